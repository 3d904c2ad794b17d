"""How our SPARQL service does beside ``oxigraph serve-read-only`` on the same store.

    python -m benchmarks.service --data DIR [--short]

measures speed, what hostile load does to other clients, what the limits hold, and how soon answers
are back after a crash. It prints a table in Markdown on standard output and its progress on
standard error. Without the program ``oxigraph`` (``pip install oxigraph``) its column stays empty.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import platform
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import pyoxigraph as ox

from benchmarks.servers import (
    BrokenAnswerError,
    Reply,
    Server,
    Wire,
    computed,
    find_oxigraph,
    ours,
    oxigraph,
)
from kg import release

_PREFIX: Final = "PREFIX unv: <https://w3id.org/un-votes/ontology#>\n"
_AGGREGATE: Final = (
    _PREFIX + "SELECT ?state (COUNT(?event) AS ?n) WHERE { ?event unv:against ?state } "
    "GROUP BY ?state ORDER BY DESC(?n) ?state LIMIT 20"
)
#: No end within anybody's patience: the cube of the number of triples.
_CROSS: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_SORT: Final = """SELECT ?a ?b WHERE {
  { SELECT ?a WHERE { ?a ?p ?x } LIMIT 10000 } { SELECT ?b WHERE { ?b ?q ?y } LIMIT 10000 }
} ORDER BY ?b ?a"""
_CSV_ROWS: Final = 5_000_000
_CSV: Final = (
    _PREFIX + "SELECT ?a ?b ?c WHERE { ?a unv:iso3 ?x . ?b unv:iso3 ?y . ?c unv:iso3 ?z } "
    f"LIMIT {_CSV_ROWS}"
)
#: Rows of all triples whose JSON takes some 10 MB.
_BIG_ROWS: Final = 45_000

_BROKEN: Final = "connection broken"
_CLIENTS: Final = 4
_HOSTILE: Final = 8
#: Seconds a query may take: under load and for speed, and for the rest (the default of ours).
_STRICT_SECONDS: Final = 5
_DEFAULT_SECONDS: Final = 60
#: MiB at which the peer, which has no limit, is ended for the sake of the machine: in the sort,
#: and under load.
_ENOUGH_MEMORY: Final = 4096
_ENOUGH_UNDER_LOAD: Final = 12 * 1024
_SLOW_BYTES_A_SECOND: Final = 2 * 2**20
#: Seconds to wait for an answer that should come sooner.
_PATIENCE: Final = 120.0
_NONE: Final = "–"


@dataclass(frozen=True)
class Extent:
    """How long each measurement takes, in seconds."""

    speed: float
    load: float
    slow: float


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    ours: str
    theirs: str = _NONE
    ratio: str = _NONE


@dataclass(frozen=True)
class Speed:
    """How much a second, and how the table says it."""

    rate: float
    text: str


@dataclass(frozen=True)
class Lookup:
    """A query for what one state did in one vote, and a word its right answer holds."""

    query: str
    expected: bytes

    def is_right(self, reply: Reply) -> bool:
        """Tell whether a reply is the right answer."""
        return reply.status == 200 and self.expected in reply.body


@dataclass
class Load:
    """What the ninth client saw while eight sent cross products, and what the eight got."""

    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    hostile: Counter[str] = field(default_factory=Counter)
    memory: tuple[int, int] = (0, 0)
    workers: tuple[int, int] = (0, 0)
    peak: int = 0
    #: Set if the benchmark had to end the server early.
    ended: str = ""

    def quantile(self, share: float) -> float:
        """Return the milliseconds within which a share of the lookups was answered."""
        ordered = sorted(self.seconds) or [float("nan")]
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def main() -> None:
    """Run all measurements and print the table, or what there is of it when interrupted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder")
    parser.add_argument("--short", action="store_true", help="ten seconds of load, not 300")
    parser.add_argument("--load", type=float, metavar="N", help="seconds of load")
    options = parser.parse_args()
    extent = Extent(2, 10, 3) if options.short else Extent(3, 300, 8)
    if options.load:
        extent = Extent(extent.speed, options.load, extent.slow)
    # A polite end must clean up as Ctrl-C does, and Ctrl-C in the background too.
    for polite in (signal.SIGINT, signal.SIGTERM):
        signal.signal(polite, signal.default_int_handler)
    rows: list[Row] = []
    try:
        measure_all(options.data.resolve(), extent, rows)
    except KeyboardInterrupt:
        progress("interrupted; the table is not complete")
        sys.exit(130)
    finally:
        print_table(rows)


def measure_all(data: Path, extent: Extent, rows: list[Row]) -> None:
    """Run every measurement; rows are added as they become known."""
    used = release.require(data)
    program = find_oxigraph()
    store = used.open()
    print(f"Release {used.name}, {len(store):,} triples; {platform.machine()}, ", end="")
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}; ", end="")
    print(f"{extent.load:g} seconds of load for each server.\n", flush=True)
    if program is None:
        progress("oxigraph is not here (pip install oxigraph): measuring ours alone")
    lookups = sample_lookups(store)
    del store

    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(ours(data, _STRICT_SECONDS))]
        if program:
            path = used.path / "store"
            servers.append(stack.enter_context(oxigraph(program, path, _STRICT_SECONDS)))
        measure_speed(servers, lookups, extent.speed, rows)
        rows += load_rows([measure_load(one, lookups, extent.load) for one in servers])
    measure_sort(data, used.path / "store", program, rows)
    measure_slow_client(data, used.path / "store", program, extent.slow, rows)
    with ours(data, _DEFAULT_SECONDS) as server:
        measure_kill_of_one(server, lookups, rows)
        measure_kill_in_answer(server, lookups, rows)
        measure_kill_of_all(server, lookups, rows)


def sample_lookups(store: ox.Store) -> Iterator[Lookup]:
    """Return lookups without end, in a random order that is the same every time, none twice."""
    found = store.query(_PREFIX + "SELECT ?vote ?option WHERE { ?vote unv:option ?option }")
    assert isinstance(found, ox.QuerySolutions)
    pairs = [(str(row["vote"]), str(row["option"])) for row in found]
    random.Random(1).shuffle(pairs)  # noqa: S311
    progress(f"{len(pairs):,} votes to look up")

    def lookups() -> Iterator[Lookup]:
        for turn in itertools.count():
            for vote, option in pairs:
                # The number makes it a text never seen before, should a turn not suffice.
                text = (
                    f"{_PREFIX}SELECT ?event ?state ?option WHERE {{ {vote} unv:event ?event ; "
                    f"unv:castBy ?state ; unv:option ?option }} # {turn}"
                )
                yield Lookup(text, option.strip("<>").encode())

    return lookups()


# Speed


def measure_speed(
    servers: list[Server], lookups: Iterator[Lookup], seconds: float, rows: list[Row]
) -> None:
    """Measure requests and bytes per second, of each server in turn."""
    repeated = next(lookups).query
    fresh = itertools.count(_BIG_ROWS)

    def big() -> str:
        return f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {next(fresh)}"

    each: list[tuple[str, Callable[[Server], Speed]]] = [
        (
            "repeated point lookup",
            lambda one: requests_per_second(one, lambda: repeated, seconds),
        ),
        (
            "repeated aggregate (votes against, by state)",
            lambda one: requests_per_second(one, lambda: _AGGREGATE, seconds),
        ),
        (
            "point lookups never asked before",
            lambda one: requests_per_second(one, lambda: next(lookups).query, seconds),
        ),
        (
            "result of 10 MB, JSON",
            lambda one: megabytes_per_second(one, big, seconds, "identity"),
        ),
        (
            "result of 10 MB, client takes gzip",
            lambda one: megabytes_per_second(one, big, seconds, "gzip"),
        ),
    ]
    for what, measure in each:
        progress(what)
        values = [measure(one) for one in servers]
        # The peer keeps a thread for each query until its time limit is over, and fails when it
        # can have no more; with a rest it is seen at its best.
        time.sleep(_STRICT_SECONDS if len(servers) == 2 else 0)
        told = [value.text for value in values]
        ratio = _NONE
        if len(values) == 2 and values[1].rate:
            ratio = f"{values[0].rate / values[1].rate:.2f}"
        rows.append(_row(what, told, ratio))
        progress(f"  {', '.join(told)}")


def requests_per_second(server: Server, query: Callable[[], str], seconds: float) -> Speed:
    """Return how many requests a second a few kept-alive connections get answered."""
    lock = threading.Lock()
    answered = 0
    failures: Counter[str] = Counter()

    def client() -> None:
        nonlocal answered
        wire, count = Wire(server), 0
        while time.monotonic() < until:
            with lock:
                text = query()
            outcome = _outcome(wire, text)
            if outcome == "200":
                count += 1
            else:
                failures[outcome] += 1
                time.sleep(0.01)
        wire.close()
        with lock:
            answered += count

    Wire(server).ask(query())
    started = time.monotonic()
    until = started + seconds
    with ThreadPoolExecutor(_CLIENTS) as pool:
        for one in [pool.submit(client) for _ in range(_CLIENTS)]:
            one.result()
    rate = answered / (time.monotonic() - started)
    failed = "".join(f"; {n:,} failed: {text}" for text, n in failures.items())
    return Speed(rate, f"{rate:,.0f} requests/s{failed}")


def megabytes_per_second(
    server: Server, query: Callable[[], str], seconds: float, coding: str
) -> Speed:
    """Return how many MB a second of answer, before coding, one client gets; none of it cached."""
    size, started = 0, time.monotonic()
    with httpx.Client(timeout=_PATIENCE) as client:
        while time.monotonic() - started < seconds:
            headers = {"Accept": "application/sparql-results+json", "Accept-Encoding": coding}
            with client.stream("POST", server.url, data={"query": query()}, headers=headers) as got:
                got.raise_for_status()
                size += sum(map(len, got.iter_bytes()))
    rate = size / 1e6 / (time.monotonic() - started)
    return Speed(rate, f"{rate:,.0f} MB/s")


# Load


def measure_load(server: Server, lookups: Iterator[Lookup], seconds: float) -> Load:
    """Let eight clients send cross products while a ninth looks things up, one after another."""
    progress(f"eight clients with cross products on {server.name}, {seconds:g} seconds")
    load = Load()
    before, workers = server.memory(), len(server.workers())
    server.forget_peak()
    wires = [Wire(server) for _ in range(_HOSTILE)]
    stop = threading.Event()
    with ThreadPoolExecutor(_HOSTILE) as pool:
        for wire in wires:
            pool.submit(_send_cross_products, wire, stop, load.hostile)
        try:
            time.sleep(1)
            _look_up(server, lookups, seconds, load)
        finally:
            load.peak = server.peak()
            stop.set()
            for wire in wires:
                wire.close()
            if load.ended:
                os.kill(server.pid, signal.SIGKILL)
    # Queries whose clients have gone are given the time limit to end, and workers to start.
    time.sleep(_STRICT_SECONDS + 2)
    load.memory = before, server.memory()
    load.workers = workers, len(server.workers())
    if load.ended:
        progress(f"  {load.ended}")
    progress(
        f"  p95 {load.quantile(0.95):.0f} ms, {len(load.seconds)} answers, "
        f"failures {dict(load.failures)}, cross products {dict(load.hostile)}"
    )
    return load


def _send_cross_products(wire: Wire, stop: threading.Event, got: Counter[str]) -> None:
    while not stop.is_set():
        try:
            outcome = _told(wire.ask(_CROSS))
        except TimeoutError:
            outcome = "no answer within a minute"
        except (OSError, BrokenAnswerError):
            if stop.is_set():
                return
            outcome = _BROKEN
            stop.wait(0.1)
        got[outcome] += 1


def _look_up(server: Server, lookups: Iterator[Lookup], seconds: float, load: Load) -> None:
    wire = Wire(server, timeout=30)
    first = time.monotonic()
    while (started := time.monotonic()) - first < seconds:
        if (taken := server.memory()) > _ENOUGH_UNDER_LOAD:
            load.ended = f"ended by the benchmark after {started - first:.0f} s at {taken:,} MiB"
            return
        lookup = next(lookups)
        try:
            reply = wire.ask(lookup.query)
        except (OSError, BrokenAnswerError) as error:
            load.failures[type(error).__name__] += 1
            continue
        load.seconds.append(time.monotonic() - started)
        if not lookup.is_right(reply):
            load.failures[f"status {reply.status}"] += 1
        # A steady client, not a race: what counts is how long each answer takes.
        time.sleep(0.005)
    wire.close()


def load_rows(loads: list[Load]) -> list[Row]:
    """Return what the table says of the load scenario."""
    rows = []
    for name, share in (("p50", 0.5), ("p95", 0.95), ("maximum", 1.0)):
        values = [load.quantile(share) for load in loads]
        ratio = f"{values[0] / values[1]:.2f}" if len(values) == 2 else _NONE
        told = [f"{value:,.1f} ms" for value in values]
        rows.append(_row(f"under load: point lookup, {name}", told, ratio))
    failures = [f"{sum(one.failures.values())} of {len(one.seconds):,}" for one in loads]
    rows.append(_row("under load: failed lookups", failures))
    got = ["; ".join(f"{n} × {s}" for s, n in sorted(one.hostile.items())) for one in loads]
    rows.append(_row("under load: what the cross products got", [x or "no answer" for x in got]))
    rows.append(_row("under load: peak of the server process", [f"{x.peak:,} MiB" for x in loads]))
    after = [one.ended or f"{one.memory[0]:,} → {one.memory[1]:,} MiB" for one in loads]
    rows.append(_row("memory of server and workers, before → after load", after))
    after = [f"{one.workers[0]} → {one.workers[1]}" for one in loads]
    # The peer has no workers to count.
    rows.append(_row("worker processes, before → after load", after[:1]))
    return rows


def _row(what: str, told: list[str], ratio: str = _NONE) -> Row:
    return Row(what, told[0], told[1] if len(told) > 1 else _NONE, ratio)


# Limits


def _one_by_one(
    data: Path, store: Path, program: str | None, measure: Callable[[Server], str]
) -> list[str]:
    """Return what a measurement says of each server, with the default time limit and fresh."""
    told = []
    with ours(data, _DEFAULT_SECONDS) as server:
        told.append(measure(server))
        progress(f"  ours: {told[-1]}")
    if program:
        with oxigraph(program, store, _DEFAULT_SECONDS) as server:
            told.append(measure(server))
            progress(f"  oxigraph: {told[-1]}")
    return told


def measure_sort(data: Path, store: Path, program: str | None, rows: list[Row]) -> None:
    """Measure what becomes of a query that sorts 100 million rows."""
    progress("a query that sorts 100 million rows")

    def measure(server: Server) -> str:
        server.forget_peak()
        started, wire = time.monotonic(), Wire(server, _PATIENCE)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(_outcome, wire, _SORT)
            ended = ""
            try:
                while not asked.done():
                    if server.peak() > _ENOUGH_MEMORY and not ended:
                        ended = f"no limit: ended by the benchmark at {_ENOUGH_MEMORY:,} MiB"
                        os.kill(server.pid, signal.SIGKILL)
                    time.sleep(0.02)
            finally:
                wire.close()
        took = f"after {time.monotonic() - started:.0f} s"
        return f"{ended} {took}" if ended else f"{asked.result()} {took}; peak {server.peak()} MiB"

    rows.append(_row("sort of 100 million rows", _one_by_one(data, store, program, measure)))


def measure_slow_client(
    data: Path, store: Path, program: str | None, slow: float, rows: list[Row]
) -> None:
    """Measure a server's memory while a client takes in a long answer more slowly than it comes."""
    progress(f"a CSV of {_CSV_ROWS:,} rows, read slowly for {slow:g} seconds, then to the end")

    def measure(server: Server) -> str:
        server.forget_peak()
        lines, status, ended = 0, 0, "complete"
        started = time.monotonic()
        headers = {"Accept": "text/csv", "Accept-Encoding": "identity"}
        try:
            with (
                httpx.Client(timeout=_PATIENCE) as client,
                client.stream("POST", server.url, data={"query": _CSV}, headers=headers) as got,
            ):
                status = got.status_code
                for piece in got.iter_raw():
                    lines += piece.count(b"\n")
                    if time.monotonic() - started < slow:
                        time.sleep(len(piece) / _SLOW_BYTES_A_SECOND)
        except httpx.HTTPError as error:
            ended = f"broken off ({type(error).__name__})"
        took = time.monotonic() - started
        return f"{status}, {lines - 1:,} rows, {ended} after {took:.0f} s; peak {server.peak()} MiB"

    rows.append(
        _row("CSV of 5 million rows, slow client", _one_by_one(data, store, program, measure))
    )


# Crashes


def measure_kill_of_one(server: Server, lookups: Iterator[Lookup], rows: list[Row]) -> None:
    """Kill the worker that computes a query that has not begun to answer."""
    progress("kill -9 of the worker of a query")
    with _asking(server, 1) as asked:
        os.kill(_busiest(server), signal.SIGKILL)
        back = _milliseconds_until_right(server, lookups)
        rows += _crash_rows("kill -9 of a worker in mid-query", [asked[0].result()], back)


def measure_kill_in_answer(server: Server, lookups: Iterator[Lookup], rows: list[Row]) -> None:
    """Kill the worker of an answer that is on its way."""
    progress("kill -9 of the worker of an answer on its way")
    told, back = "complete, which is wrong", 0.0
    try:
        with (
            httpx.Client(timeout=_PATIENCE) as client,
            client.stream("POST", server.url, data={"query": _CSV}) as got,
        ):
            if got.status_code != 200:
                raise RuntimeError(f"{server.name}: {got.status_code} {got.read()[:200]!r}")
            killed = False
            started = time.monotonic()
            for _ in got.iter_raw():
                if not killed and time.monotonic() - started > 1:
                    os.kill(_busiest(server), signal.SIGKILL)
                    killed = True
                    back = _milliseconds_until_right(server, lookups)
    except httpx.HTTPError as error:
        told = f"200, then a broken connection ({type(error).__name__})"
    rows += _crash_rows("kill -9 of a worker in mid-answer", [told], back)


def measure_kill_of_all(server: Server, lookups: Iterator[Lookup], rows: list[Row]) -> None:
    """Kill all workers while two queries are computed."""
    progress("kill -9 of all workers")
    with _asking(server, 2) as asked:
        for pid in server.workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        back = _milliseconds_until_right(server, lookups)
        saw = [one.result() for one in asked]
    rows += _crash_rows("kill -9 of all workers in mid-query", saw, back)


def _crash_rows(what: str, saw: list[str], back: float) -> list[Row]:
    progress(f"  {saw}, {back:.0f} ms")
    return [
        Row(f"{what}: its client saw", "; ".join(dict.fromkeys(saw))),
        Row(f"{what}: right answer to another", f"after {back:.0f} ms"),
    ]


@contextlib.contextmanager
def _asking(server: Server, clients: int) -> Iterator[list[Future[str]]]:
    """Have clients ask cross products, and give them a second to get going."""
    wires = [Wire(server, _PATIENCE) for _ in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        try:
            asked = [pool.submit(_outcome, wire, _CROSS) for wire in wires]
            time.sleep(1.5)
            yield asked
        finally:
            for wire in wires:
                wire.close()


def _outcome(wire: Wire, query: str) -> str:
    """Return what a client saw of a query: status and what was said, or a broken connection."""
    try:
        return _told(wire.ask(query))
    except TimeoutError:
        return "no answer"
    except (OSError, BrokenAnswerError):
        return _BROKEN


def _told(reply: Reply) -> str:
    said = reply.body[:200].decode(errors="replace").split(";")[0].strip()
    return "200" if reply.status == 200 else f"{reply.status} “{said}”"


def _busiest(server: Server) -> int:
    """Return the worker that computes most."""
    before = {pid: computed(pid) for pid in server.workers()}
    time.sleep(0.2)
    return max(before, key=lambda pid: computed(pid) - before[pid])


def _milliseconds_until_right(server: Server, lookups: Iterator[Lookup]) -> float:
    started = time.monotonic()
    wire = Wire(server, timeout=5)
    while time.monotonic() - started < _PATIENCE:
        lookup = next(lookups)
        with contextlib.suppress(OSError, BrokenAnswerError):
            if lookup.is_right(wire.ask(lookup.query)):
                wire.close()
                return 1000 * (time.monotonic() - started)
        time.sleep(0.002)
    raise RuntimeError("no right answer came back")


# Telling


def progress(text: str) -> None:
    """Say on standard error what is being done."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def print_table(rows: list[Row]) -> None:
    """Print the rows as a table in Markdown."""
    print("| measurement | ours | oxigraph | ours ÷ oxigraph |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.ours} | {row.theirs} | {row.ratio} |")


if __name__ == "__main__":
    main()
