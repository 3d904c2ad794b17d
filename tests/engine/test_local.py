"""The local engine in a live server: switching releases under load."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.release import release
from kg.sparql import evaluation
from tests.support.load import COUNTS, Start, comes, switch
from tests.support.releases import make_release


@pytest.mark.parametrize("switches", [3, pytest.param(100, marks=pytest.mark.endurance)])
def test_switched_releases(start: Start, tmp_path: Path, switches: int) -> None:
    full, small, data = tmp_path / "full", tmp_path / "small", tmp_path / "data"
    make_release(full, "states", "proposals", columns=True)
    make_release(small, "states")
    shutil.copytree(full, data)
    live = start(data, QUERY_TIMEOUT=60)
    over, seen = threading.Event(), Counter[tuple[int, str]]()

    def load() -> None:
        # A release is served once it is prepared; without pauses that would take far longer here.
        while not over.wait(0.02):
            answer = live.ask(COUNTS)
            seen[answer.status_code, answer.text.split()[-1]] += 1

    def answered(text: str, number: int) -> bool:
        return seen[200, text] >= number

    counts = {folder: _counts(folder) for folder in (full, small)}
    with ThreadPoolExecutor(4) as pool:
        loads = [pool.submit(load) for _ in range(4)]
        for n in range(switches):
            source = full if n % 2 else small
            begun = seen[200, counts[source]]
            switch(data, source, f"9{n:03}")
            assert comes(partial(answered, counts[source], begun + 20))
        over.set()
    for done in loads:
        done.result()
    assert {text.partition(",")[2] for text in counts.values()} == {"0", "8"}
    assert set(seen) == {(200, text) for text in counts.values()}, seen


def _counts(folder: Path) -> str:
    """Return the answer to the query from a release, as in CSV."""
    answer = evaluation.evaluate(release.require_current(folder).open_store(), COUNTS)
    assert isinstance(answer, ox.QuerySolutions)
    return ",".join(term.value for term in next(answer) if term)
