"""The outcome of a query that exceeds limits, and of a response that is read slowly."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx

from benchmarks.client import Connection
from benchmarks.output import Row, progress, row
from benchmarks.servers import Server, Start
from benchmarks.service.lookups import MAX_WAIT_SECONDS, long_answer, outcome

#: Seconds: time limit of a query, the default of our server.
_QUERY_TIMEOUT: Final = 60
_SORT: Final = """SELECT ?a ?b WHERE {
  { SELECT ?a WHERE { ?a ?p ?x } LIMIT 10000 } { SELECT ?b WHERE { ?b ?q ?y } LIMIT 10000 }
} ORDER BY ?b ?a"""
#: MiB: the benchmark kills a peer that uses more, since it has no limit of its own.
_MAX_PEER_MEMORY_MIB: Final = 4096
_SLOW_BYTES_A_SECOND: Final = 2 * 2**20


def _one_by_one(servers: list[Start], measure: Callable[[Server], str]) -> list[str]:
    """Run a measurement on a new process of each server with our default time limit."""
    outcomes = []
    for start in servers:
        with start(_QUERY_TIMEOUT) as server:
            outcomes.append(measure(server))
            progress(f"  {server.name}: {outcomes[-1]}")
    return outcomes


def measure_sort(servers: list[Start], rows: list[Row]) -> None:
    """Measure the outcome of a query that sorts 100 million rows."""
    progress("a query that sorts 100 million rows")

    def measure(server: Server) -> str:
        server.reset_peak()
        started, connection = time.monotonic(), Connection(server, MAX_WAIT_SECONDS)
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(outcome, connection, _SORT)
            ended = ""
            try:
                while not future.done():
                    if server.peak() > _MAX_PEER_MEMORY_MIB and not ended:
                        ended = f"no limit: killed by the benchmark at {_MAX_PEER_MEMORY_MIB:,} MiB"
                        os.kill(server.pid, signal.SIGKILL)
                    time.sleep(0.02)
            finally:
                connection.close()
        took = f"after {time.monotonic() - started:.0f} s"
        return f"{ended} {took}" if ended else f"{future.result()} {took}; peak {server.peak()} MiB"

    rows.append(row("sort of 100 million rows", _one_by_one(servers, measure)))


def measure_slow_client(servers: list[Start], length: int, slow: float, rows: list[Row]) -> None:
    """Measure a server's memory while a client reads a long response slowly."""
    progress(f"a CSV of {length:,} rows, read slowly for {slow:g} seconds, then at full speed")

    def measure(server: Server) -> str:
        server.reset_peak()
        lines, status, ended = 0, 0, "complete"
        started = time.monotonic()
        headers = {"Accept": "text/csv", "Accept-Encoding": "identity"}
        try:
            with (
                httpx.Client(timeout=MAX_WAIT_SECONDS) as client,
                client.stream(
                    "POST", server.url, data={"query": long_answer(length)}, headers=headers
                ) as response,
            ):
                status = response.status_code
                for piece in response.iter_raw():
                    lines += piece.count(b"\n")
                    if time.monotonic() - started < slow:
                        time.sleep(len(piece) / _SLOW_BYTES_A_SECOND)
        except httpx.HTTPError as error:
            ended = f"interrupted ({type(error).__name__})"
        took = time.monotonic() - started
        return f"{status}, {lines - 1:,} rows, {ended} after {took:.0f} s; peak {server.peak()} MiB"

    rows.append(row(f"CSV of {length:,} rows, slow client", _one_by_one(servers, measure)))
