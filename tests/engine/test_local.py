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


@pytest.mark.parametrize("switches", [3, pytest.param(100, marks=pytest.mark.endurance)])
def test_switched_releases(
    start: Start, small: Path, states_alone: Path, tmp_path: Path, switches: int
) -> None:
    data = tmp_path / "data"
    shutil.copytree(small, data)
    live = start(data, QUERY_TIMEOUT=60)
    over, seen, expected = threading.Event(), Counter[tuple[int, str]](), set()

    def load() -> None:
        while not over.is_set():
            answer = live.ask(COUNTS)
            seen[answer.status_code, answer.text.split()[-1]] += 1

    def answered(number: int) -> bool:
        return seen.total() >= number

    with ThreadPoolExecutor(4) as pool:
        loads = [pool.submit(load) for _ in range(4)]
        for n in range(switches):
            switch(data, small if n % 2 else states_alone, f"9{n:03}")
            assert comes(partial(answered, seen.total() + 40))
        over.set()
    for done in loads:
        done.result()
    for folder in (small, states_alone):
        answer = evaluation.evaluate(release.require_current(folder).open_store(), COUNTS)
        assert isinstance(answer, ox.QuerySolutions)
        expected.add((200, ",".join(term.value for term in next(answer) if term)))
    assert {text.partition(",")[2] for _, text in expected} == {"0", "8"}
    assert set(seen) == expected, seen
