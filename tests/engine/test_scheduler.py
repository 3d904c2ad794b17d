"""Scheduling: which queries run, which wait, and which yield to others."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from kg.engine import scheduler
from kg.engine.interface import Limits, QueryRequest
from kg.engine.local import LocalEngine
from kg.limits import STALLED_RESPONSES
from tests.support.load import (
    BUSY_TIMEOUT_SECONDS,
    PAIRS,
    SMALL_MEMORY_KIB,
    TRIPLES,
    TRIPLETS,
    Start,
    assert_refused,
    comes,
    linux,
    nice_values,
    stat,
    stopped,
    worker_processes,
)

LIMITS = Limits(workers=1, seconds=60, memory_mib=1000)


def test_a_stalled_response_is_aborted_at_its_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "STALL_TIMEOUT_SECONDS", 0)
    aborted: list[str] = []

    async def stall() -> None:
        lanes, timeout_passed = scheduler.LaneScheduler(LIMITS), asyncio.Event()
        for name in ("read on", "stalled"):
            lanes.add_stalled(name, partial(aborted.append, name))
        lanes.add_stalled("last", timeout_passed.set)
        lanes.remove_stalled("read on")
        await timeout_passed.wait()

    asyncio.run(stall())
    assert aborted == ["stalled"]


def test_the_oldest_of_too_many_stalled_responses_is_aborted() -> None:
    aborted: list[int] = []

    async def stall() -> None:
        lanes = scheduler.LaneScheduler(LIMITS)
        for number in range(STALLED_RESPONSES + 2):
            lanes.add_stalled(number, partial(aborted.append, number))
            lanes.remove_stalled(1)

    asyncio.run(stall())
    assert aborted == [0]


@linux
def test_equal_concurrent_queries_are_computed_once(start: Start) -> None:
    live = start(QUERY_TIMEOUT=3)
    at_rest = len(live.workers())
    with ThreadPoolExecutor(6) as pool:
        params = {"query": TRIPLES}
        responses = [pool.submit(live.client.get, live.url, params=params) for _ in range(6)]
        # One worker leaves its light lane, and another is started in its place.
        assert comes(lambda: len(live.workers()) == at_rest + 1)
        max_workers = 0
        while not any(response.done() for response in responses):
            max_workers = max(max_workers, len(live.workers()))
            time.sleep(0.02)
        assert max_workers == at_rest + 1
        for response in responses:
            assert_refused(response.result(), "time limit of 3 seconds")


@linux
def test_point_lookups_while_others_compute(start: Start) -> None:
    limit = 2
    live = start(WORKERS=4, QUERY_TIMEOUT=limit)
    at_rest = len(live.workers())

    def load() -> None:
        assert_refused(live.ask(TRIPLES), f"time limit of {limit} seconds")

    with ThreadPoolExecutor(8) as pool:
        loads = [pool.submit(load) for _ in range(8)]
        while not all(load.done() for load in loads):
            live.answers()
    for finished in loads:
        finished.result()
    assert comes(lambda: len(live.workers()) == at_rest), (at_rest, live.workers())
    assert live.peak() < SMALL_MEMORY_KIB


@linux
def test_more_long_queries_than_workers(start: Start) -> None:
    live = start(WORKERS=1, QUERY_TIMEOUT=60)
    clients = [live.send(TRIPLES) for _ in range(9)]
    # One computes; the others are stopped and wait.
    assert comes(lambda: len(stopped(live.workers())) == 8)
    for _ in range(3):
        answer = live.ask(TRIPLES)
        assert_refused(answer)
        assert int(answer.headers["retry-after"]) > 0
        live.answers()
    for client in clients:
        client.close()


@linux
def test_slow_clients_do_not_delay_short_queries(start: Start) -> None:
    live = start(QUERY_TIMEOUT=600)
    with contextlib.ExitStack() as clients:
        for number in range(1, 4):
            clients.enter_context(live.send(PAIRS))
            live.wait_for_stopped(number)
        for _ in range(3):
            live.answers()


@linux
def test_a_response_continues_when_its_client_reads_again(start: Start) -> None:
    """Waiting for the client is not part of the query's time; meanwhile another query runs."""
    live = start(WORKERS=1, QUERY_TIMEOUT=4)
    # Long rows are soon computed, also on a busy machine and with the priority of a long query.
    rows, text = 10_000, "x" * 2_000
    answer = live.stream(f'SELECT ?s (CONCAT("{text}", STR(?s)) AS ?t) {{ ?s ?p ?o }} LIMIT {rows}')
    pieces, received = answer.iter_raw(), bytearray()
    received += next(pieces)
    # Its process is stopped, and another query has its lane.
    assert comes(lambda: bool(stopped(live.workers())))
    assert_refused(live.ask(TRIPLES), "time limit of 4 seconds")
    for piece in pieces:
        received += piece
    assert len(list(csv.reader(received.decode().splitlines(keepends=True)))) == rows + 1


@linux
def test_more_stalled_clients_than_allowed(start: Start) -> None:
    live = start(WORKERS=1, QUERY_TIMEOUT=600)
    with contextlib.ExitStack() as clients:
        for number in range(STALLED_RESPONSES + 2):
            clients.enter_context(live.send(PAIRS))
            wanted = min(number + 1, STALLED_RESPONSES)
            live.wait_for_stopped(wanted)
            live.answers()
        # Eight stalled workers, the idle ones, and one that is being replaced.
        assert comes(lambda: len(live.workers()) <= 8 + 3 + 1), len(live.workers())
        live.answers()
    assert comes(lambda: len(live.workers()) == 3), live.workers()


@linux
def test_a_long_columnar_query_leaves_its_process_unchanged(embedded: Path) -> None:
    # Without a service, whose pages ask questions of their own and may replace a process.
    others = worker_processes(os.getpid())
    lowered: set[int] = set()

    async def ask(engine: LocalEngine, query: str) -> str:
        execution = await engine.execute(QueryRequest(query, format="csv"))
        assert [chunk async for chunk in execution.chunks()]
        return execution.metadata.engine

    async def check() -> None:
        engine = LocalEngine(embedded, LIMITS)
        await engine.start()
        try:
            before = worker_processes(os.getpid()) - others
            assert len(before) == 3
            running = asyncio.create_task(ask(engine, TRIPLETS))
            while not running.done():
                lowered.update(nice for pid in before for nice in nice_values(pid))
                await asyncio.sleep(0.01)
            assert await running == "columnar"
            while worker_processes(os.getpid()) - others != before:
                await asyncio.sleep(0.01)
            # The thread of a query inherits the priority of the main thread.
            assert {int(stat(pid)[16]) for pid in before} == {0}
            assert await ask(engine, TRIPLETS) == "columnar"
        finally:
            await engine.close()

    asyncio.run(asyncio.wait_for(check(), BUSY_TIMEOUT_SECONDS))
    assert lowered == {0, 10}, "its priority was not lowered while it ran"
