"""A release in other SPARQL servers: published, counted, and queried through a front end.

    python -m benchmarks.remotes --data DIR [--only NAME] [--keep FOLDER] [--yes]

publishes the current release to an empty ``oxigraph serve`` and an empty Virtuoso and compares the
counts. Through a front end on each server it then requests the queries of the library, unchanged,
and a page of each kind (except those that ``benchmarks.endpoints`` lists as unanswerable), and
compares the answers with those of the local engine. It prints a Markdown table and the bytes on
disk to standard output, and progress to standard error. With ``--keep`` the databases are kept, and
their content is not published again. ``--yes`` confirms the question of ``kg publish`` about
sources that must not be redistributed. Queries with SERVICE need a ``KG_FEDERATION`` with a
reachable endpoint. The exit code is 1 if counts or answers differ without a known reason.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from benchmarks import virtuoso
from benchmarks.endpoints import (
    KNOWN_DIFFERENCES,
    UNANSWERABLE,
    UNAVAILABLE,
    Endpoint,
    run_endpoint,
)
from benchmarks.output import NONE, progress
from benchmarks.pages import addresses
from benchmarks.servers import ours
from kg.release.release import Release, require_current
from kg.sparql.saved_queries import library

#: Seconds: time limits of a query, and of a publication.
_QUERY_TIMEOUT: Final = 60
_PUBLICATION_TIMEOUT: Final = 3 * 3600
#: The page of a query with a map, used instead of one that a server does not answer.
_MAP_PAGE: Final = "/queries/states-by-position"


@dataclass
class Answer:
    """The answer of a front end to a saved query: its sorted rows, and the time it took."""

    rows: list[str] | None
    milliseconds: float
    failure: str = ""


@dataclass
class Outcome:
    """The outcome for a server."""

    answers: dict[str, Answer] = field(default_factory=dict)
    #: Bytes of its database on disk.
    size: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def _front(data: Path, engine: str = "") -> Iterator[str]:
    """Run our server on a release, with another server as engine if one is given."""
    more = {"KG_ENGINE": engine, "KG_FEDERATION": os.environ.get("KG_FEDERATION", "")}
    settings = {name: value for name, value in more.items() if value}
    with ours(data, _QUERY_TIMEOUT, settings=settings) as server:
        yield f"http://127.0.0.1:{server.port}"


def _ask(client: httpx.Client, name: str) -> Answer:
    begun = time.perf_counter()
    response = client.get(f"/queries/{name}?format=json")
    took = 1000 * (time.perf_counter() - begun)
    if response.status_code != 200:
        return Answer(None, took, f"{response.status_code} {response.text.strip()[:200]}")
    return Answer(sorted(map(str, response.json()["results"]["bindings"])), took)


def _library(address: str, unfit: frozenset[str] = frozenset()) -> dict[str, Answer]:
    answers = {}
    with httpx.Client(base_url=address, timeout=2 * _QUERY_TIMEOUT) as client:
        for name in library():
            if name in unfit:
                continue
            answers[name] = answer = _ask(client, name)
            rows = NONE if answer.rows is None else len(answer.rows)
            progress(f"  {name}: {answer.milliseconds:,.0f} ms, {rows} rows {answer.failure}")
    return answers


def _pages(address: str, data: Path, unfit: frozenset[str]) -> list[str]:
    """Request a page of each kind; return the errors."""
    wrong = []
    with httpx.Client(base_url=address, timeout=2 * _QUERY_TIMEOUT) as client:
        # A small release may have no resources of a class.
        pages = [(kind, path) for kind, paths in addresses(data, 1).items() for path in paths]
        for kind, path in pages:
            page = _MAP_PAGE if path.removeprefix("/queries/") in unfit else path
            status = client.get(page, headers={"Accept": "text/html"}).status_code
            progress(f"  {kind} {page}: {status}")
            if status != 200:
                wrong.append(f"page {page}: {status}")
    return wrong


def _counts(theirs: Endpoint, release: Release) -> list[str]:
    """Compare the number of triples with the manifest; return the errors."""
    triples_by_graph = theirs.graphs()
    triples_by_graph.pop("current", None)
    total, expected = sum(triples_by_graph.values()), release.manifest().count("triples")
    counts = ", ".join(f"{name} {number:,}" for name, number in sorted(triples_by_graph.items()))
    progress(f"  {counts}: {total:,} of {expected:,}")
    return [] if total == expected else [f"expected {expected:,} triples, found {total:,}"]


def _size(name: str, folder: Path) -> int:
    """Return the bytes of a database, after a checkpoint where there is one."""
    if name == "virtuoso":
        programs = virtuoso.find()
        assert programs is not None
        virtuoso.execute(programs[1], folder, "checkpoint;")
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _measure(
    name: str, data: Path, folder: Path, more: list[str], local: dict[str, Answer]
) -> Outcome:
    outcome = Outcome()
    unfit = frozenset(query for server, query in UNANSWERABLE if server == name)
    folder.mkdir(parents=True, exist_ok=True)
    with run_endpoint(name, folder, buffers=virtuoso.FULL_RECORD_BUFFERS) as theirs:
        begun = time.monotonic()
        theirs.publish(data, *more, seconds=_PUBLICATION_TIMEOUT)
        progress(f"{name}: published in {time.monotonic() - begun:,.0f} s")
        outcome.wrong += _counts(theirs, require_current(data))
        outcome.size = _size(name, folder)
        progress(f"{name}: {outcome.size:,} bytes on disk")
        with _front(data, theirs.query) as address:
            outcome.wrong += _pages(address, data, unfit)
            outcome.answers = _library(address, unfit)
    for query, answer in outcome.answers.items():
        if answer.rows != local[query].rows and (name, query) not in KNOWN_DIFFERENCES:
            outcome.wrong.append(f"{query}: {answer.failure or 'different answer'}")
    return outcome


def _cell(answer: Answer | None, expected: Answer, reason: str) -> str:
    if answer is None:
        return f"not run: {reason}"
    took = f"{answer.milliseconds:,.0f}"
    if answer.rows == expected.rows and answer.rows is not None:
        return f"{took}, equal"
    return f"{took}, {reason or answer.failure or '**different answer**'}"


def main() -> int:
    """Publish, query, and print the table; return 1 if anything differs without a known reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=sorted(UNAVAILABLE))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--yes", action="store_true")
    arguments = parser.parse_args()
    names = [name for name, reason in UNAVAILABLE.items() if not reason]
    names = [name for name in names if arguments.only in {None, name}]
    progress("local")
    with _front(arguments.data) as address:
        local = _library(address)
    more = ["--yes"] if arguments.yes else []
    with tempfile.TemporaryDirectory() as temporary:
        keep = arguments.keep or Path(temporary)
        outcomes = {
            name: _measure(name, arguments.data, keep / name, more, local) for name in names
        }
    print(f"| query | rows | local, ms | {' | '.join(f'{name}, ms' for name in names)} |")
    print("|---|---|---|" + "---|" * len(names))
    for query, answer in local.items():
        cells = [
            _cell(outcome.answers.get(query), answer, KNOWN_DIFFERENCES.get((name, query), ""))
            for name, outcome in outcomes.items()
        ]
        rows = answer.failure if answer.rows is None else len(answer.rows)
        print(f"| {query} | {rows} | {answer.milliseconds:,.0f} | {' | '.join(cells)} |")
    print()
    for name, outcome in outcomes.items():
        print(f"- {name}: {outcome.size:,} bytes on disk")
    wrong = [f"{name}: {line}" for name, outcome in outcomes.items() for line in outcome.wrong]
    print("".join(f"\n- {line}" for line in wrong) or "\nNo differences without a known reason.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
