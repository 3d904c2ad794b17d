"""Restrictions on workers: the memory limit, and no network connections."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.load import PAIRS, SMALL_MEMORY_KIB, UNV, Start, assert_refused, comes, linux


@linux
def test_memory_limit(start: Start) -> None:
    live = start(QUERY_TIMEOUT=120, QUERY_MEMORY=64)
    pairs = PAIRS.partition("*")[2]
    distinct = f"{UNV} SELECT DISTINCT * {pairs} OFFSET 10000000"
    grouped = f"{UNV} SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?e))) AS ?x) {pairs}"
    for query in (PAIRS + " ORDER BY ?e", distinct, grouped):
        assert_refused(live.ask(query), "memory limit of 64 MiB")
        live.answers()
    assert live.peak() < SMALL_MEMORY_KIB


def test_one_term_beyond_the_memory_limit(start: Start) -> None:
    """A failed allocation in any part of a worker is reported as the memory limit."""
    live = start(QUERY_TIMEOUT=120, QUERY_MEMORY=64)
    for doublings in range(21, 26):
        binds = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(doublings))
        answer = live.ask(f"SELECT ?x{doublings} {{ BIND('abcd' AS ?x0) {binds} }}")
        if answer.status_code != 200:
            assert_refused(answer, "memory limit of 64 MiB")
    live.answers()


def test_workers_cannot_open_connections(start: Start) -> None:
    code = (
        "import socket, sys\nfrom kg.engine import sandbox\n"
        "print(sandbox.isolate_network(), flush=True)\n"
        "socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-c", code, str(listener.getsockname()[1])]
        tried = subprocess.run(command, check=False, capture_output=True, text=True)
        if tried.stdout.strip() == "False":
            pytest.skip("this platform does not allow a process to isolate itself from the network")
        assert tried.returncode == 1
        assert tried.stderr.splitlines()[-1].startswith(("OSError", "ConnectionRefusedError"))
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    live = start()

    def are_isolated() -> bool:
        # A worker that is still starting is not isolated yet, but gets no queries either.
        workers = live.workers()
        with contextlib.suppress(OSError):
            networks = {Path(f"/proc/{pid}/ns/net").readlink() for pid in [os.getpid(), *workers]}
            return len(networks) == 1 + len(workers)
        return False

    assert comes(are_isolated), "a worker of the server is not isolated"
