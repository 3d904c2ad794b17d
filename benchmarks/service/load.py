"""The effect of hostile clients on another client."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from benchmarks.client import BrokenAnswerError, Connection
from benchmarks.output import NONE, Row, progress, row
from benchmarks.servers import Server, Start
from benchmarks.service.lookups import BROKEN, CROSS, Lookup, describe

#: Clients that send cross products.
_HOSTILE_CLIENTS: Final = 8
#: Seconds: time limit of a query.
_QUERY_TIMEOUT: Final = 5
#: MiB: the benchmark kills a peer that uses more, since it has no limit of its own.
_MAX_PEER_MEMORY_MIB: Final = 12 * 1024


@dataclass
class Load:
    """Results of the ninth client while eight sent cross products, and of those eight."""

    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    hostile: Counter[str] = field(default_factory=Counter)
    memory: tuple[int, int] = (0, 0)
    workers: tuple[int, int] = (0, 0)
    peak: int = 0
    #: Set if the benchmark had to kill the server early.
    ended: str = ""

    def quantile(self, share: float) -> float:
        """Return the milliseconds in which a share of the lookups was answered."""
        ordered = sorted(self.seconds) or [float("nan")]
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def measure_load(
    servers: list[Start], lookups: Iterator[Lookup], seconds: float, rows: list[Row]
) -> None:
    """Measure the answers of each server to one client while others send cross products."""
    loads = []
    for start in servers:
        with start(_QUERY_TIMEOUT) as server:
            loads.append(_under_load(server, lookups, seconds))
    rows += _rows(loads)


def _under_load(server: Server, lookups: Iterator[Lookup], seconds: float) -> Load:
    """Let eight clients send cross products while a ninth sends one lookup after another."""
    progress(f"eight clients with cross products on {server.name}, {seconds:g} seconds")
    load = Load()
    before, workers = server.memory(), len(server.workers())
    server.reset_peak()
    connections = [Connection(server) for _ in range(_HOSTILE_CLIENTS)]
    stop = threading.Event()
    with ThreadPoolExecutor(_HOSTILE_CLIENTS) as pool:
        for connection in connections:
            pool.submit(_send_cross_products, connection, stop, load.hostile)
        try:
            time.sleep(1)
            _look_up(server, lookups, seconds, load)
        finally:
            load.peak = server.peak()
            stop.set()
            for connection in connections:
                connection.close()
            if load.ended:
                os.kill(server.pid, signal.SIGKILL)
    # Abandoned queries get their time limit to end, and new workers get time to start.
    time.sleep(_QUERY_TIMEOUT + 2)
    load.memory = before, server.memory()
    load.workers = workers, len(server.workers())
    if load.ended:
        progress(f"  {load.ended}")
    progress(
        f"  p95 {load.quantile(0.95):.0f} ms, {len(load.seconds)} answers, "
        f"failures {dict(load.failures)}, cross products {dict(load.hostile)}"
    )
    return load


def _send_cross_products(
    connection: Connection, stop: threading.Event, outcomes: Counter[str]
) -> None:
    while not stop.is_set():
        try:
            outcome = describe(connection.query(CROSS))
        except TimeoutError:
            outcome = "no answer within a minute"
        except (OSError, BrokenAnswerError):
            if stop.is_set():
                return
            outcome = BROKEN
            stop.wait(0.1)
        outcomes[outcome] += 1


def _look_up(server: Server, lookups: Iterator[Lookup], seconds: float, load: Load) -> None:
    connection = Connection(server, timeout=30)
    first = time.monotonic()
    while (started := time.monotonic()) - first < seconds:
        if (taken := server.memory()) > _MAX_PEER_MEMORY_MIB:
            load.ended = f"killed by the benchmark after {started - first:.0f} s at {taken:,} MiB"
            return
        lookup = next(lookups)
        try:
            reply = connection.query(lookup.query)
        except (OSError, BrokenAnswerError) as error:
            load.failures[type(error).__name__] += 1
            continue
        load.seconds.append(time.monotonic() - started)
        if not lookup.is_right(reply):
            load.failures[f"status {reply.status}"] += 1
        # A steady client rather than maximum throughput: the latency of each answer counts.
        time.sleep(0.005)
    connection.close()


def _rows(loads: list[Load]) -> list[Row]:
    rows = []
    for name, share in (("p50", 0.5), ("p95", 0.95), ("maximum", 1.0)):
        values = [load.quantile(share) for load in loads]
        ratio = f"{values[0] / values[1]:.2f}" if len(values) == 2 else NONE
        took = [f"{value:,.1f} ms" for value in values]
        rows.append(row(f"under load: point lookup, {name}", took, ratio))
    failures = [f"{sum(load.failures.values())} of {len(load.seconds):,}" for load in loads]
    rows.append(row("under load: failed lookups", failures))
    hostile = ["; ".join(f"{n} × {s}" for s, n in sorted(load.hostile.items())) for load in loads]
    rows.append(
        row("under load: responses to cross products", [text or "no answer" for text in hostile])
    )
    rows.append(
        row("under load: peak of the server process", [f"{load.peak:,} MiB" for load in loads])
    )
    after = [load.ended or f"{load.memory[0]:,} → {load.memory[1]:,} MiB" for load in loads]
    rows.append(row("memory of server and workers, before → after load", after))
    after = [f"{load.workers[0]} → {load.workers[1]}" for load in loads]
    # The peer has no workers to count.
    rows.append(row("worker processes, before → after load", after[:1]))
    return rows
