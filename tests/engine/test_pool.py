"""Worker processes: clients that disconnect, killed workers, and the end of the server."""

from __future__ import annotations

import os
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.support.load import (
    BUSY_TIMEOUT_SECONDS,
    PAIRS,
    POINT,
    TRIPLES,
    UNV,
    Live,
    Start,
    assert_refused,
    comes,
    is_gone,
    linux,
    stopped,
    switch,
    template_processes,
    written,
)


@linux
@pytest.mark.parametrize("point", ["computing", "waiting for a place", "reading", "not reading"])
def test_a_client_that_disconnects_frees_its_worker(start: Start, point: str) -> None:
    live = start(WORKERS=1, QUERY_TIMEOUT=600)
    at_rest = live.workers()
    if "reading" in point:
        answer = live.stream(PAIRS)
        pieces = answer.iter_raw()
        for _ in range(50 if point == "reading" else 1):
            next(pieces)
        pid = max(at_rest, key=written)
        answer.close()
    else:
        with live.send(TRIPLES):
            pid = computing = live.busy()
            if point != "computing":
                with live.send(TRIPLES):
                    assert comes(lambda: bool(stopped(live.workers()) - {computing}))
                    (pid,) = stopped(live.workers()) - {computing}
    assert comes(lambda: is_gone(pid)), "the worker of a disconnected client is still running"
    live.answers()


@linux
def test_clients_that_disconnect_at_once(start: Start, tmp_path: Path, embedded: Path) -> None:
    """Nothing is left behind, even if a worker was still being started."""
    data = tmp_path / "data"
    shutil.copytree(embedded, data)
    live = start(data)
    at_rest = len(live.workers())
    for n in range(24):
        if n % 3 == 0:
            switch(data, embedded, f"9{n:03}")
        with live.send(f"{POINT} # {n}"):
            for _ in range(n % 4):
                live.answers()
    for _ in range(4):
        live.answers()
    assert comes(lambda: len(live.workers()) <= at_rest), (at_rest, live.workers())


@linux
@pytest.mark.parametrize("which", ["busy", "all", "idle"])
def test_killed_workers(start: Start, which: str) -> None:
    live = start(QUERY_TIMEOUT=600)
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(live.ask, POINT if which == "idle" else TRIPLES)
        if which == "idle":
            response.result()
        # The query must have begun: one that comes later goes to a new worker, and never ends.
        busy = set() if which == "idle" else {live.busy()}
        killed = busy if which == "busy" else live.workers()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        if which != "idle":
            assert_refused(response.result())
    # They are replaced before the next request.
    assert comes(lambda: len(live.workers() - killed) >= 3), live.workers()
    for _ in range(4):
        live.answers()


@linux
def test_a_killed_template_is_replaced(start: Start) -> None:
    live = start(QUERY_TIMEOUT=600)
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(live.ask, TRIPLES)
        before = {live.busy(), *live.workers()}
        for pid in template_processes(live.pid):
            os.kill(pid, signal.SIGKILL)
        assert_refused(response.result())
    assert comes(lambda: len(live.workers() - before) >= 3), live.workers()
    assert comes(lambda: all(map(is_gone, before)))
    live.answers()


@linux
def test_a_killed_server_leaves_no_worker(start: Start) -> None:
    live = start(QUERY_TIMEOUT=600)
    with live.send(TRIPLES), live.send(PAIRS):
        live.busy()
        workers = live.workers()
        assert len(workers) >= 2
        live.process.kill()
        assert comes(lambda: all(map(is_gone, workers)))


@linux
def test_a_stopping_server_completes_started_answers(start: Start) -> None:
    live = start(QUERY_TIMEOUT=5)
    # Some work: far below the time limit, even while other queries compute.
    size = int(live.ask(UNV + "SELECT (COUNT(*) AS ?n) { ?d unv:castBy ?e }").text.split()[1])
    votes = "{ SELECT * { ?a unv:castBy ?b } LIMIT 200 }"
    query = f"{UNV} SELECT (COUNT(*) AS ?n) {{ {votes} ?d unv:castBy ?e }}"
    with ThreadPoolExecutor(2) as pool:
        medium, endless = pool.submit(live.ask, query), pool.submit(live.ask, TRIPLES)
        live.busy()
        workers = live.workers()
        live.process.terminate()
        assert_refused(endless.result(), "time limit of 5 seconds")
        assert medium.result().text.split() == ["n", str(200 * size)]
    live.process.join(BUSY_TIMEOUT_SECONDS)
    assert not live.process.is_alive()
    assert comes(lambda: all(map(is_gone, workers)))


@linux
def test_a_stopping_server_notifies_clients_it_does_not_wait_for(start: Start) -> None:
    live = start(QUERY_TIMEOUT=600)
    stalled = live.stream(PAIRS)
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(live.ask, TRIPLES)
        live.busy()
        _signal_group(live, signal.SIGTERM)
        refusal = endless.result()
    assert_refused(refusal, "stopping")
    assert int(refusal.headers["retry-after"]) > 0
    live.process.join(BUSY_TIMEOUT_SECONDS)
    assert live.process.exitcode in {0, -signal.SIGTERM}
    with pytest.raises(httpx.TransportError):
        list(stalled.iter_raw())


@linux
@pytest.mark.skipif(
    signal.getsignal(signal.SIGHUP) == signal.SIG_IGN, reason="SIGHUP is ignored here (nohup)"
)
def test_a_hangup_stops_a_server(start: Start) -> None:
    live = start()
    workers = live.workers()
    _signal_group(live, signal.SIGHUP)
    live.process.join(BUSY_TIMEOUT_SECONDS)
    assert live.process.exitcode in {0, -signal.SIGTERM}
    assert comes(lambda: all(map(is_gone, workers)))


def _signal_group(live: Live, number: signal.Signals) -> None:
    """Send a signal as a terminal or a supervisor does, to all; workers leave it to the server."""
    for pid in live.workers():
        os.kill(pid, number)
    os.kill(live.pid, number)
