"""The requests and bytes per second that a server answers."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import httpx

from benchmarks.client import Connection
from benchmarks.output import NONE, Row, progress, row
from benchmarks.servers import Server, Start
from benchmarks.service.lookups import MAX_WAIT_SECONDS, PREFIX, Lookup, outcome

_AGGREGATE: Final = (
    PREFIX + "SELECT ?state (COUNT(?event) AS ?n) WHERE { ?event unv:against ?state } "
    "GROUP BY ?state ORDER BY DESC(?n) ?state LIMIT 20"
)
#: Number of triples whose JSON takes about 10 MB.
_BIG_ROWS: Final = 45_000
_CLIENTS: Final = 4
#: The peer keeps a thread for each query until its time limit is over, and fails or exits when it
#: cannot create more (about 16,000): a short limit and a new process show it at its best.
_QUERY_TIMEOUT: Final = 2
#: Our server is still starting workers when it gives its first answers.
_WARM_SECONDS: Final = 1


@dataclass(frozen=True)
class Speed:
    """A rate per second, and its text in the table."""

    rate: float
    text: str


def measure_speed(
    servers: list[Start], lookups: Iterator[Lookup], seconds: float, rows: list[Row]
) -> None:
    """Measure requests and bytes per second, on a new process of each server in turn."""
    repeated = next(lookups).query
    fresh = itertools.count(_BIG_ROWS)

    def big() -> str:
        return f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {next(fresh)}"

    measurements: list[tuple[str, Callable[[Server], Speed]]] = [
        (
            "repeated point lookup",
            lambda server: requests_per_second(server, lambda: repeated, seconds),
        ),
        (
            "repeated aggregate (votes against, by state)",
            lambda server: requests_per_second(server, lambda: _AGGREGATE, seconds),
        ),
        (
            "new point lookups",
            lambda server: requests_per_second(server, lambda: next(lookups).query, seconds),
        ),
        (
            "result of 10 MB, JSON",
            lambda server: megabytes_per_second(server, big, seconds, "identity"),
        ),
        (
            "result of 10 MB, client accepts gzip",
            lambda server: megabytes_per_second(server, big, seconds, "gzip"),
        ),
    ]
    for measured, measure in measurements:
        progress(measured)
        values = []
        for start in servers:
            with start(_QUERY_TIMEOUT) as server:
                values.append(measure(server))
        texts = [value.text for value in values]
        ratio = NONE
        if len(values) == 2 and values[1].rate:
            ratio = f"{values[0].rate / values[1].rate:.2f}"
        rows.append(row(measured, texts, ratio))
        progress(f"  {', '.join(texts)}")


def requests_per_second(server: Server, query: Callable[[], str], seconds: float) -> Speed:
    """Return the requests per second answered over a few persistent connections."""
    _ask_for(server, query, _WARM_SECONDS)
    started = time.monotonic()
    outcomes = _ask_for(server, query, seconds)
    rate = outcomes.pop("200", 0) / (time.monotonic() - started)
    failed = "".join(f"; {n:,} failed: {text}" for text, n in outcomes.items())
    return Speed(rate, f"{rate:,.0f} requests/s{failed}")


def _ask_for(server: Server, query: Callable[[], str], seconds: float) -> Counter[str]:
    """Return the outcomes that a few clients observed, with their counts."""
    lock = threading.Lock()
    seen: Counter[str] = Counter()
    until = time.monotonic() + seconds

    def client() -> None:
        connection, counts = Connection(server), Counter[str]()
        while time.monotonic() < until:
            with lock:
                text = query()
            status = outcome(connection, text)
            counts[status] += 1
            if status != "200":
                time.sleep(0.01)
        connection.close()
        with lock:
            seen.update(counts)

    with ThreadPoolExecutor(_CLIENTS) as pool:
        for future in [pool.submit(client) for _ in range(_CLIENTS)]:
            future.result()
    return seen


def megabytes_per_second(
    server: Server, query: Callable[[], str], seconds: float, coding: str
) -> Speed:
    """Return the MB per second of uncached responses, before compression, that a client gets."""
    size, started = 0, time.monotonic()
    with httpx.Client(timeout=MAX_WAIT_SECONDS) as client:
        while time.monotonic() - started < seconds:
            headers = {"Accept": "application/sparql-results+json", "Accept-Encoding": coding}
            with client.stream(
                "POST", server.url, data={"query": query()}, headers=headers
            ) as response:
                response.raise_for_status()
                size += sum(map(len, response.iter_bytes()))
    rate = size / 1e6 / (time.monotonic() - started)
    return Speed(rate, f"{rate:,.0f} MB/s")
