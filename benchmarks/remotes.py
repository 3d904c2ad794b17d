"""A release in other SPARQL servers: published, counted, and asked through a front.

    python -m benchmarks.remotes --data DIR [--only NAME] [--keep FOLDER] [--yes]

publishes the release in force into an empty ``oxigraph serve`` and an empty Virtuoso, compares the
counts, puts the queries of the library, as they stand, and a page of each kind to a front on each
(but for those that ``benchmarks.endpoints`` lists as unfit), and compares the answers with those
of the local engine. It prints a table in Markdown and the bytes on disk on standard output, its
progress on standard error. With ``--keep`` the databases stay, and what lies in them already is not
published again. ``--yes`` is what ``kg publish`` asks about sources that may not be passed on.
Queries with SERVICE need a ``KG_FEDERATION`` that leads to an endpoint. It ends with 1 if counts or
answers differ without a known reason.
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
from benchmarks.endpoints import MISSING, OTHERWISE, UNFIT, Remote, remote
from benchmarks.output import NONE, progress
from benchmarks.pages import addresses
from benchmarks.servers import ours
from kg.release.release import Release, require_current
from kg.sparql.saved_queries import library

#: The time limit of a query, and seconds a publication may take.
_SECONDS: Final = 60
_PUBLISHING: Final = 3 * 3600
#: The page of a query with a map, for where that of another one is not to be asked.
_MAP: Final = "/queries/states-by-position"
#: Virtuoso's buffers of 8 KiB: room for the whole record.
_BUFFERS: Final = 340_000


@dataclass
class Answer:
    """What a front said to a saved query: its rows, sorted, and the milliseconds it took."""

    rows: list[str] | None
    milliseconds: float
    failure: str = ""


@dataclass
class Outcome:
    """What came of one server."""

    answers: dict[str, Answer] = field(default_factory=dict)
    #: Bytes that its database takes on disk.
    size: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def _front(data: Path, engine: str = "") -> Iterator[str]:
    """Run our server on a release, with the engine of another server if one is given."""
    more = {"KG_ENGINE": engine, "KG_FEDERATION": os.environ.get("KG_FEDERATION", "")}
    settings = {name: value for name, value in more.items() if value}
    with ours(data, _SECONDS, more=settings) as server:
        yield f"http://127.0.0.1:{server.port}"


def _ask(client: httpx.Client, name: str) -> Answer:
    begun = time.perf_counter()
    got = client.get(f"/queries/{name}?format=json")
    took = 1000 * (time.perf_counter() - begun)
    if got.status_code != 200:
        return Answer(None, took, f"{got.status_code} {got.text.strip()[:200]}")
    return Answer(sorted(map(str, got.json()["results"]["bindings"])), took)


def _library(address: str, unfit: frozenset[str] = frozenset()) -> dict[str, Answer]:
    found = {}
    with httpx.Client(base_url=address, timeout=2 * _SECONDS) as client:
        for name in library():
            if name in unfit:
                continue
            found[name] = one = _ask(client, name)
            rows = NONE if one.rows is None else len(one.rows)
            progress(f"  {name}: {one.milliseconds:,.0f} ms, {rows} rows {one.failure}")
    return found


def _pages(address: str, data: Path, unfit: frozenset[str]) -> list[str]:
    """Return what is wrong with a page of each kind."""
    wrong = []
    with httpx.Client(base_url=address, timeout=2 * _SECONDS) as client:
        # A small release may have nothing of a class.
        asked = [(kind, path) for kind, paths in addresses(data, 1).items() for path in paths]
        for kind, path in asked:
            fit = _MAP if path.removeprefix("/queries/") in unfit else path
            status = client.get(fit, headers={"Accept": "text/html"}).status_code
            progress(f"  {kind} {fit}: {status}")
            if status != 200:
                wrong.append(f"page {fit}: {status}")
    return wrong


def _counts(theirs: Remote, release: Release) -> list[str]:
    """Return what is wrong with the counts of graphs."""
    held = theirs.graphs()
    held.pop("current", None)
    total, expected = sum(held.values()), release.manifest().count("triples")
    told = ", ".join(f"{name} {number:,}" for name, number in sorted(held.items()))
    progress(f"  {told}: {total:,} of {expected:,}")
    return [] if total == expected else [f"{total:,} triples, not {expected:,}"]


def _size(name: str, folder: Path) -> int:
    """Return the bytes of a database, with all that has been written in its place."""
    if name == "virtuoso":
        found = virtuoso.find()
        assert found is not None
        virtuoso.execute(found[1], folder, "checkpoint;")
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _asked(
    name: str, data: Path, folder: Path, more: list[str], local: dict[str, Answer]
) -> Outcome:
    outcome = Outcome()
    unfit = frozenset(query for server, query in UNFIT if server == name)
    folder.mkdir(parents=True, exist_ok=True)
    with remote(name, folder, buffers=_BUFFERS) as theirs:
        begun = time.monotonic()
        theirs.published(data, *more, seconds=_PUBLISHING)
        progress(f"{name}: published in {time.monotonic() - begun:,.0f} s")
        outcome.wrong += _counts(theirs, require_current(data))
        outcome.size = _size(name, folder)
        progress(f"{name}: {outcome.size:,} bytes on disk")
        with _front(data, theirs.query) as address:
            outcome.wrong += _pages(address, data, unfit)
            outcome.answers = _library(address, unfit)
    for query, one in outcome.answers.items():
        if one.rows != local[query].rows and (name, query) not in OTHERWISE:
            outcome.wrong.append(f"{query}: {one.failure or 'another answer'}")
    return outcome


def _tell(one: Answer | None, expected: Answer, why: str) -> str:
    if one is None:
        return f"not asked: {why}"
    took = f"{one.milliseconds:,.0f}"
    if one.rows == expected.rows and one.rows is not None:
        return f"{took}, equal"
    return f"{took}, {why or one.failure or '**another answer**'}"


def main() -> int:
    """Publish, ask, and print the table; return 1 if anything differs without a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=sorted(MISSING))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--yes", action="store_true")
    arguments = parser.parse_args()
    names = [one for one, why in MISSING.items() if not why and arguments.only in {None, one}]
    progress("local")
    with _front(arguments.data) as address:
        local = _library(address)
    more = ["--yes"] if arguments.yes else []
    with tempfile.TemporaryDirectory() as temporary:
        keep = arguments.keep or Path(temporary)
        found = {name: _asked(name, arguments.data, keep / name, more, local) for name in names}
    print(f"| query | rows | local, ms | {' | '.join(f'{name}, ms' for name in names)} |")
    print("|---|---|---|" + "---|" * len(names))
    for query, one in local.items():
        cells = [
            _tell(outcome.answers.get(query), one, OTHERWISE.get((name, query), ""))
            for name, outcome in found.items()
        ]
        rows = one.failure if one.rows is None else len(one.rows)
        print(f"| {query} | {rows} | {one.milliseconds:,.0f} | {' | '.join(cells)} |")
    print()
    for name, outcome in found.items():
        print(f"- {name}: {outcome.size:,} bytes on disk")
    wrong = [f"{name}: {line}" for name, outcome in found.items() for line in outcome.wrong]
    print("".join(f"\n- {line}" for line in wrong) or "\nNothing differs without a reason.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
