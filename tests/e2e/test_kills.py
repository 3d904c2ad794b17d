"""Builds, adoptions and publications killed at random points: what is current is always whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest

from benchmarks.endpoints import UNAVAILABLE, Endpoint, run_endpoint
from kg.rdf.vocabulary import BASE
from kg.release import integrity
from kg.release.adoption import adopt
from kg.release.release import require_current
from tests.support.damage import renamed

pytestmark = pytest.mark.endurance

#: Kills of each kind; 100 in all.
_BUILDS: Final = 30
_ADOPTIONS: Final = 40
_PUBLICATIONS: Final = 30
_NAME: Final = "20260101T00000{}.000000Z-0123abcd"
_SOURCES: Final = ("--source", "states", "--source", "proposals")


def run_until_killed(*arguments: str, seconds: float) -> bool:
    """Run ``kg`` and kill it with all its processes; return whether it had not ended before."""
    command = [sys.executable, "-m", "kg", *arguments]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def duration(*arguments: str) -> float:
    """Return the seconds that a command takes."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "kg", *arguments], check=True, capture_output=True)
    return time.monotonic() - started


def kill(number: int, run: Callable[[], tuple[str, ...]], check: Callable[[], str]) -> list[bool]:
    """Kill a command a number of times at random points; return for each whether it was killed.

    ``run`` returns its arguments, ``check`` checks the state after it and returns a description.
    """
    longest, generator = duration(*run()), random.Random(20)
    killed = []
    for turn in range(number):
        seconds = generator.uniform(0, longest)
        killed.append(run_until_killed(*run(), seconds=seconds))
        state = check()
        print(f"{turn:3} {'killed' if killed[-1] else 'ended'} at {seconds:6.3f} s: {state}")
    return killed


def _check_current(data: Path) -> str:
    """Check that the current release of a data folder is whole."""
    release = require_current(data)
    assert list(integrity.damaged_files(release)) == []
    leftovers = [path.name for path in release.path.parent.iterdir() if path.name.startswith(".")]
    return f"{release.name[9:23]} is whole, left behind: {len(leftovers)}"


def test_builds_are_killed(tmp_path: Path) -> None:
    build = ("build", *_SOURCES, "--data", str(tmp_path))
    killed = kill(_BUILDS, lambda: build, lambda: _check_current(tmp_path))
    assert sum(killed) > _BUILDS / 2
    duration(*build)
    assert "left behind: 0" in _check_current(tmp_path)


def test_adoptions_are_killed(small: Path, tmp_path: Path) -> None:
    data, sources = tmp_path / "data", [tmp_path / str(number) for number in range(5)]
    for number, source in enumerate(sources):
        renamed(require_current(small), source, _NAME.format(number))
    adopt(data, sources[-1])
    # More than are kept, so that each has to be copied again.
    turns = cycle(sources)

    def arguments() -> tuple[str, ...]:
        return ("adopt", str(next(turns)), "--data", str(data))

    killed = kill(_ADOPTIONS, arguments, lambda: _check_current(data))
    assert sum(killed) > _ADOPTIONS / 2
    for _ in sources:
        duration(*arguments())
    assert "left behind: 0" in _check_current(data)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Endpoint]:
    if reason := UNAVAILABLE["oxigraph"]:
        pytest.skip(reason)
    (tmp_path / "database").mkdir()
    with run_endpoint("oxigraph", tmp_path / "database") as server:
        yield server


def test_publications_are_killed(small: Path, target: Endpoint, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(3)]
    for number, folder in enumerate(folders):
        renamed(require_current(small), folder, _NAME.format(number))
    triples = require_current(small).manifest().count("triples")
    generator = random.Random(11)

    def arguments() -> tuple[str, ...]:
        folder = str(generator.choice(folders))
        return ("publish", target.query, *target.options, "--data", folder)

    def check() -> str:
        ((current,),) = target.rows(f"SELECT ?g {{ GRAPH <{BASE}graph/current> {{ ?s ?p ?g }} }}")
        name = current.rpartition("/")[2]
        graphs = target.graphs()
        total = sum(graphs[graph] for graph in (f"facts/{name}", "ontology", "shapes", "report"))
        assert total == triples
        return f"{name[9:23]} is current with {total} triples"

    killed = kill(_PUBLICATIONS, arguments, check)
    assert sum(killed) > _PUBLICATIONS / 2
