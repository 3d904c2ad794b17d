"""The local engine in a live server: switching releases under load."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.release import release
from kg.sparql import evaluation
from tests.support.live import Serving, serving, serving_prepared_pages
from tests.support.load import COUNTS, Live, comes, switch


# In the long form each release is prepared before it is served, which takes seconds.
@pytest.mark.parametrize(
    ("serve", "switches"),
    [(serving, 3), pytest.param(serving_prepared_pages, 100, marks=pytest.mark.endurance)],
)
def test_switched_releases(
    serve: Callable[..., AbstractContextManager[Serving]],
    small: Path,
    states_alone: Path,
    tmp_path: Path,
    switches: int,
) -> None:
    data = tmp_path / "data"
    shutil.copytree(small, data)
    with serve(data, KG_WORKERS=2, KG_QUERY_TIMEOUT=60) as server:
        _check_under_load(Live(server), data, small, states_alone, switches)


def _check_under_load(live: Live, data: Path, full: Path, small: Path, switches: int) -> None:
    over, seen = threading.Event(), Counter[tuple[int, str]]()

    def load() -> None:
        # Without pauses a preparation would take far longer.
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
