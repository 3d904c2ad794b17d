"""A live server under load: queries, worker processes, and checks of its answers."""

from __future__ import annotations

import contextlib
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from benchmarks.servers import children
from kg.rdf.vocabulary import PREFIXES
from kg.release import release
from tests.support.live import Serving

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

UNV = f"PREFIX unv: <{PREFIXES['unv']}> "
POINT = UNV + "SELECT ?yes { ?e unv:decides/unv:symbol 'A/RES/ES-11/6' ; unv:yesCount ?yes }"
# Cross products of some 4,400 votes: they take long but little memory.
PAIRS = UNV + "SELECT * { ?a unv:castBy ?b . ?d unv:castBy ?e }"
#: Combinations of three votes of an event: it takes seconds in the columnar engine.
TRIPLETS = UNV + ("SELECT (COUNT(*) AS ?n) { ?a unv:event ?e . ?b unv:event ?e . ?c unv:event ?e }")
TRIPLES = UNV + "SELECT (COUNT(*) AS ?n) { ?a unv:castBy ?b . ?d unv:castBy ?e . ?g unv:castBy ?h }"
COUNTS = UNV + (
    "SELECT ?n ?proposals { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }"
    "{ SELECT (COUNT(*) AS ?proposals) { ?x a unv:Proposal } } }"
)
PLAIN = {"Accept": "text/csv", "Accept-Encoding": "identity"}
#: KiB that the server process itself may use.
SMALL_MEMORY_KIB = 300 * 1024
#: Seconds after which a wait fails, generous enough for a busy machine.
BUSY_TIMEOUT_SECONDS = 180.0


class Live:
    """A live server and its processes, and a client with a small receive buffer."""

    def __init__(self, server: Serving) -> None:
        self.port, self.process, self.pid = server.port, server.process, server.pid
        self.url = f"{server.address}/sparql"
        buffer = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 15)]
        transport = httpx.HTTPTransport(limits=httpx.Limits(), socket_options=buffer)
        self.client = httpx.Client(transport=transport, timeout=BUSY_TIMEOUT_SECONDS)
        self._asked = 0

    def ask(self, query: str, timeout: float = BUSY_TIMEOUT_SECONDS) -> httpx.Response:
        """Send a query for CSV; a comment makes each query a new one that is not cached."""
        self._asked += 1
        params = {"query": f"{query} # {self._asked}-{threading.get_ident()}"}
        return self.client.get(self.url, params=params, headers=PLAIN, timeout=timeout)

    def answers(self) -> None:
        """Check that a point lookup is answered."""
        answer = self.ask(POINT)
        assert (answer.status_code, answer.text.split()) == (200, ["yes", "141"]), answer.text

    def stream(self, query: str, coding: str = "identity") -> httpx.Response:
        """Send a query for CSV, to be read in pieces or not at all."""
        headers = PLAIN | {"Accept-Encoding": coding}
        params = {"query": query}
        request = self.client.build_request("GET", self.url, params=params, headers=headers)
        return self.client.send(request, stream=True)

    def send(self, query: str) -> socket.socket:
        """Send a new query without waiting for its answer."""
        self._asked += 1
        query = f"{query} # {self._asked} sent"
        head = f"POST /sparql HTTP/1.1\r\nHost: test\r\nContent-Length: {len(query)}\r\n"
        client = socket.create_connection(("127.0.0.1", self.port))
        client.sendall(f"{head}Content-Type: application/sparql-query\r\n\r\n{query}".encode())
        return client

    def workers(self) -> set[int]:
        """Return the ids of the worker processes."""
        return worker_processes(self.pid)

    def wait_for_stopped(self, number: int) -> None:
        """Wait until at least ``number`` workers are stopped."""
        assert comes(lambda: len(stopped(self.workers())) >= number), number

    def peak(self) -> int:
        """Return the peak memory of the server process itself, in KiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def busy(self) -> int:
        """Wait for a worker that is computing a long query, and return its id."""
        # Not by its processor time, which a starting worker or one opening columns uses too.
        end = time.monotonic() + BUSY_TIMEOUT_SECONDS
        while time.monotonic() < end:
            for pid in self.workers():
                if 10 in nice_values(pid) and stat(pid)[0] != "T":
                    return pid
            time.sleep(0.02)
        raise AssertionError("no worker started to compute a long query")


def worker_processes(parent: int) -> set[int]:
    """Return the ids of the worker processes of a server: its template process forks them."""
    forked = (pid for template in template_processes(parent) for pid in children(template))
    return {pid for pid in forked if not is_gone(pid)}


def template_processes(parent: int) -> set[int]:
    """Return the id of the template process of a server; two while one replaces the other."""

    def is_template(pid: int) -> bool:
        with contextlib.suppress(OSError):
            return b"kg.engine.template" in Path(f"/proc/{pid}/cmdline").read_bytes()
        return False

    return set(filter(is_template, children(parent)))


def stat(pid: int) -> list[str]:
    """Return the /proc fields of a process, starting at its state; state X if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["X"] + ["0"] * 50


def nice_values(pid: int) -> set[int]:
    """Return the nice values of the threads of a process."""
    with contextlib.suppress(OSError):
        return {int(stat(int(task.name))[16]) for task in Path(f"/proc/{pid}/task").iterdir()}
    return set()


def stopped(pids: set[int]) -> set[int]:
    """Return the stopped processes, which wait for a lane or for a client."""
    return {pid for pid in pids if stat(pid)[0] == "T"}


def is_gone(pid: int) -> bool:
    """Return whether a process has ended."""
    return stat(pid)[0] in "XZ"


def written(pid: int) -> int:
    """Return the number of bytes a process has written."""
    return int(Path(f"/proc/{pid}/io").read_text().split("wchar:")[1].split()[0])


def comes(condition: Callable[[], bool]) -> bool:
    """Wait until a condition is true; return whether it is."""
    end = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return met


def assert_refused(answer: httpx.Response, *words: str) -> None:
    """Check that a 503 explains in a sentence what happened."""
    assert answer.status_code == 503, answer.text[:300]
    assert len(answer.text.split()) > 4, repr(answer.text)
    assert all(word in answer.text for word in words), answer.text


Start = Callable[..., Live]


def switch(data: Path, source: Path, name: str) -> None:
    """Activate a copy of the release of another folder."""
    built = data / "releases" / f".building-{name}"
    shutil.copytree(release.require_current(source).path, built)
    release.activate(data, built, name)
