"""What clients see when processes are killed, and the time until correct answers return."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import httpx

from benchmarks.client import BrokenAnswerError, Connection
from benchmarks.output import Row, progress
from benchmarks.servers import Server, Start, cpu_ticks, resident
from benchmarks.service.lookups import CROSS, MAX_WAIT_SECONDS, Lookup, long_answer, outcome

#: Seconds: time limit of a query, the default of our server.
_QUERY_TIMEOUT: Final = 60
#: Longer than can be sent in the second before the kill.
_LONG_ANSWER: Final = long_answer(5_000_000)


def measure_crashes(start: Start, lookups: Iterator[Lookup], rows: list[Row]) -> None:
    """Kill workers and the server with -9, and continue to send queries."""
    with start(_QUERY_TIMEOUT) as server:
        rows += _kill_of_one(server, lookups)
        rows += _kill_in_answer(server, lookups)
        rows += _kill_of_all(server, lookups)
        rows += _kill_of_server(start, server, lookups)


def _kill_of_one(server: Server, lookups: Iterator[Lookup]) -> list[Row]:
    """Kill the worker of a query whose response has not begun."""
    progress("kill -9 of the worker of a query")
    with _asking(server, 1) as futures:
        os.kill(_busiest(server), signal.SIGKILL)
        back = _milliseconds_until_right(server, lookups)
        return _rows("kill -9 of a worker in mid-query", [futures[0].result()], back)


def _kill_in_answer(server: Server, lookups: Iterator[Lookup]) -> list[Row]:
    """Kill the worker of a response that has begun."""
    progress("kill -9 of the worker of a response that has begun")
    result, back = "complete, which is wrong", 0.0
    try:
        with (
            httpx.Client(timeout=MAX_WAIT_SECONDS) as client,
            client.stream("POST", server.url, data={"query": _LONG_ANSWER}) as response,
        ):
            if response.status_code != 200:
                raise RuntimeError(
                    f"{server.name}: {response.status_code} {response.read()[:200]!r}"
                )
            killed = False
            started = time.monotonic()
            for _ in response.iter_raw():
                if not killed and time.monotonic() - started > 1:
                    os.kill(_busiest(server), signal.SIGKILL)
                    killed = True
                    back = _milliseconds_until_right(server, lookups)
    except httpx.HTTPError as error:
        result = f"200, then a broken connection ({type(error).__name__})"
    return _rows("kill -9 of a worker in mid-answer", [result], back)


def _kill_of_all(server: Server, lookups: Iterator[Lookup]) -> list[Row]:
    """Kill all workers while they compute two queries."""
    progress("kill -9 of all workers")
    with _asking(server, 2) as futures:
        for pid in server.workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        back = _milliseconds_until_right(server, lookups)
        outcomes = [future.result() for future in futures]
    return _rows("kill -9 of all workers in mid-query", outcomes, back)


def _kill_of_server(start: Start, server: Server, lookups: Iterator[Lookup]) -> list[Row]:
    """Kill the server while it computes two queries, and start another."""
    progress("kill -9 of the server")
    with _asking(server, 2) as futures:
        workers = server.workers()
        killed = time.monotonic()
        os.kill(server.pid, signal.SIGKILL)
        outcomes = [future.result() for future in futures]
        while any(map(resident, workers)) and time.monotonic() - killed < MAX_WAIT_SECONDS:
            time.sleep(0.01)
        gone = f"its workers were gone after {1000 * (time.monotonic() - killed):.0f} ms"
        started = time.monotonic()
        with start(_QUERY_TIMEOUT) as another:
            _milliseconds_until_right(another, lookups)
            back = 1000 * (time.monotonic() - started)
    return _rows("kill -9 of the server in mid-query", [*outcomes, gone], back)


def _rows(subject: str, outcomes: list[str], back: float) -> list[Row]:
    progress(f"  {outcomes}, {back:.0f} ms")
    return [
        Row(f"{subject}: its client saw", "; ".join(dict.fromkeys(outcomes))),
        Row(f"{subject}: correct answer to another client", f"after {back:.0f} ms"),
    ]


@contextlib.contextmanager
def _asking(server: Server, clients: int) -> Iterator[list[Future[str]]]:
    """Let clients send cross products, and wait until they are being computed."""
    connections = [Connection(server, MAX_WAIT_SECONDS) for _ in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        try:
            futures = [pool.submit(outcome, connection, CROSS) for connection in connections]
            time.sleep(1.5)
            yield futures
        finally:
            for connection in connections:
                connection.close()


def _busiest(server: Server) -> int:
    """Return the worker that uses most processor time."""
    before = {pid: cpu_ticks(pid) for pid in server.workers()}
    time.sleep(0.2)
    return max(before, key=lambda pid: cpu_ticks(pid) - before[pid])


def _milliseconds_until_right(server: Server, lookups: Iterator[Lookup]) -> float:
    started = time.monotonic()
    connection = Connection(server, timeout=5)
    while time.monotonic() - started < MAX_WAIT_SECONDS:
        lookup = next(lookups)
        with contextlib.suppress(OSError, BrokenAnswerError):
            if lookup.is_right(connection.query(lookup.query)):
                connection.close()
                return 1000 * (time.monotonic() - started)
        time.sleep(0.002)
    raise RuntimeError("no correct answer arrived in time")
