"""The engine over live servers: limits, load, clients that leave, kills, switched releases."""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kg.rdf.vocabulary import PREFIXES
from kg.release import release
from kg.sparql import evaluation
from tests.support.live import Serving, serving
from tests.support.releases import make_release

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

_UNV = f"PREFIX unv: <{PREFIXES['unv']}> "
POINT = _UNV + "SELECT ?yes { ?e unv:decides/unv:symbol 'A/RES/ES-11/6' ; unv:yesCount ?yes }"
# Products of some 4,400 votes: long, but small in memory.
PAIRS = _UNV + "SELECT * { ?a unv:castBy ?b . ?d unv:castBy ?e }"
#: Three votes of the same event: seconds in the columns.
TRIPLETS = _UNV + (
    "SELECT (COUNT(*) AS ?n) { ?a unv:event ?e . ?b unv:event ?e . ?c unv:event ?e }"
)
TRIPLES = (
    _UNV + "SELECT (COUNT(*) AS ?n) { ?a unv:castBy ?b . ?d unv:castBy ?e . ?g unv:castBy ?h }"
)
COUNTS = _UNV + (
    "SELECT ?n ?proposals { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }"
    "{ SELECT (COUNT(*) AS ?proposals) { ?x a unv:Proposal } } }"
)
PLAIN = {"Accept": "text/csv", "Accept-Encoding": "identity"}
SMALL = 300 * 1024  # KiB


class Live:
    """A live server and its processes, and a client that takes in little at a time."""

    def __init__(self, server: Serving) -> None:
        self.port, self.process = server.port, server.process
        self.url = f"{server.address}/sparql"
        buffer = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 15)]
        transport = httpx.HTTPTransport(limits=httpx.Limits(), socket_options=buffer)
        self.client = httpx.Client(transport=transport, timeout=60)
        self._asked = 0

    def ask(self, query: str, timeout: float = 60) -> httpx.Response:
        """Ask for CSV; a comment makes each query one that is not cached."""
        self._asked += 1
        params = {"query": f"{query} # {self._asked}-{threading.get_ident()}"}
        return self.client.get(self.url, params=params, headers=PLAIN, timeout=timeout)

    def answers(self) -> None:
        """Check that a point lookup is answered."""
        answer = self.ask(POINT, timeout=10)
        assert (answer.status_code, answer.text.split()) == (200, ["yes", "141"]), answer.text

    def stream(self, query: str, coding: str = "identity") -> httpx.Response:
        """Ask for CSV that is read piece by piece, or not at all."""
        headers = PLAIN | {"Accept-Encoding": coding}
        params = {"query": query}
        request = self.client.build_request("GET", self.url, params=params, headers=headers)
        return self.client.send(request, stream=True)

    def send(self, query: str) -> socket.socket:
        """Send a query, one that nobody else asks, without waiting for its answer."""
        self._asked += 1
        query = f"{query} # {self._asked} sent"
        head = f"POST /sparql HTTP/1.1\r\nHost: test\r\nContent-Length: {len(query)}\r\n"
        client = socket.create_connection(("127.0.0.1", self.port))
        client.sendall(f"{head}Content-Type: application/sparql-query\r\n\r\n{query}".encode())
        return client

    def workers(self) -> set[int]:
        """Return the ids of the worker processes."""
        workers = set()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                ours = _stat(int(folder.name))[1] == str(self.process.pid)
                if ours and b"kg.engine.worker" in (folder / "cmdline").read_bytes():
                    workers.add(int(folder.name))
        return workers

    def peak(self) -> int:
        """Return the largest memory the server process itself has had, in KiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def busy(self) -> int:
        """Wait for a worker that computes and has done so for long, and return its id."""
        # Not by its processor time: one that only starts, or opens its columns, uses that too.
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for pid in self.workers():
                if 10 in _nice(pid) and _stat(pid)[0] != "T":
                    return pid
            time.sleep(0.02)
        raise AssertionError("no worker began to compute")


def _stat(pid: int) -> list[str]:
    """Return what /proc tells of a process, from its state on; state X if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["X"] + ["0"] * 50


def _nice(pid: int) -> set[int]:
    """Return the nice values of the threads of a process."""
    with contextlib.suppress(OSError):
        return {int(_stat(int(task.name))[16]) for task in Path(f"/proc/{pid}/task").iterdir()}
    return set()


def _gone(pid: int) -> bool:
    return _stat(pid)[0] in "XZ"


def _written(pid: int) -> int:
    return int(Path(f"/proc/{pid}/io").read_text().split("wchar:")[1].split()[0])


def _comes(condition: Callable[[], bool]) -> bool:
    """Wait until something is so: a moment here, more on a machine with other work."""
    end = time.monotonic() + 20
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return met


def _assert_refused(answer: httpx.Response, *words: str) -> None:
    """Check that a 503 says in a sentence what happened."""
    assert answer.status_code == 503, answer.text[:300]
    assert len(answer.text.split()) > 4, repr(answer.text)
    assert all(word in answer.text for word in words), answer.text


Start = Callable[..., Live]


@pytest.fixture
def start(embedded: Path) -> Iterator[Start]:
    """Start a server with settings of its own."""
    with contextlib.ExitStack() as stack:

        def start_server(data: Path = embedded, **settings: int) -> Live:
            variables = {f"KG_{name}": value for name, value in settings.items()}
            limits: dict[str, object] = {"KG_WORKERS": 2, "KG_QUERY_TIMEOUT": 2, **variables}
            live = Live(stack.enter_context(serving(data, None, **limits)))
            stack.callback(live.client.close)
            return live

        yield start_server


@linux
def test_the_same_question_at_the_same_time_is_computed_once(start: Start) -> None:
    live = start(QUERY_TIMEOUT=3)
    at_rest = len(live.workers())
    with ThreadPoolExecutor(6) as pool:
        params = {"query": TRIPLES}
        responses = [pool.submit(live.client.get, live.url, params=params) for _ in range(6)]
        time.sleep(1.5)
        # One worker has left its light lane, and another was started in its stead.
        assert len(live.workers()) == at_rest + 1
        for response in responses:
            _assert_refused(response.result(), "time limit of 3 seconds")


def test_time_limit(start: Start) -> None:
    live = start(QUERY_TIMEOUT=2)
    for _ in range(2):
        _assert_refused(live.ask(TRIPLES), "time limit of 2 seconds")
        live.answers()


@linux
def test_memory_limit(start: Start) -> None:
    live = start(QUERY_TIMEOUT=30, QUERY_MEMORY=64)
    pairs = PAIRS.partition("*")[2]
    distinct = f"{_UNV} SELECT DISTINCT * {pairs} OFFSET 10000000"
    grouped = f"{_UNV} SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?e))) AS ?x) {pairs}"
    for query in (PAIRS + " ORDER BY ?e", distinct, grouped):
        _assert_refused(live.ask(query), "memory limit of 64 MiB")
        live.answers()
    assert live.peak() < SMALL


def test_one_term_beyond_the_memory_limit(start: Start) -> None:
    """A refused allocation is reported as the memory limit, whichever part of a worker meets it."""
    live = start(QUERY_TIMEOUT=30, QUERY_MEMORY=64)
    for doublings in range(21, 26):
        binds = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(doublings))
        answer = live.ask(f"SELECT ?x{doublings} {{ BIND('abcd' AS ?x0) {binds} }}")
        if answer.status_code != 200:
            _assert_refused(answer, "memory limit of 64 MiB")
    live.answers()


@linux
def test_point_lookups_while_others_compute(start: Start) -> None:
    limit = 5
    live = start(WORKERS=4, QUERY_TIMEOUT=limit)
    at_rest, over = len(live.workers()), time.monotonic() + 3

    def load() -> None:
        while time.monotonic() < over:
            _assert_refused(live.ask(TRIPLES), f"time limit of {limit} seconds")

    with ThreadPoolExecutor(8) as pool:
        loads = [pool.submit(load) for _ in range(8)]
        while not all(load.done() for load in loads):
            live.answers()
    for finished in loads:
        finished.result()
    assert _comes(lambda: len(live.workers()) == at_rest), (at_rest, live.workers())
    assert live.peak() < SMALL


@linux
def test_more_long_queries_than_places(start: Start) -> None:
    live = start(WORKERS=1, QUERY_TIMEOUT=60)
    clients = [live.send(TRIPLES) for _ in range(9)]
    # One computes and the rest of them wait, stopped.
    assert _comes(lambda: [_stat(pid)[0] for pid in live.workers()].count("T") == 8)
    for _ in range(3):
        answer = live.ask(TRIPLES, timeout=20)
        _assert_refused(answer)
        assert int(answer.headers["retry-after"]) > 0
        live.answers()
    for client in clients:
        client.close()


@linux
@pytest.mark.parametrize("point", ["computing", "waiting for a place", "reading", "not reading"])
def test_a_client_that_goes_away_frees_its_worker(start: Start, point: str) -> None:
    live = start(WORKERS=1, QUERY_TIMEOUT=60)
    at_rest = live.workers()
    if "reading" in point:
        answer = live.stream(PAIRS)
        pieces = answer.iter_raw()
        for _ in range(50 if point == "reading" else 1):
            next(pieces)
        pid = max(at_rest, key=_written)
        answer.close()
    else:
        with live.send(TRIPLES):
            pid = live.busy()
            if point != "computing":
                with live.send(TRIPLES):
                    assert _comes(lambda: "T" in {_stat(pid)[0] for pid in live.workers()})
                    time.sleep(0.5)
                    pid = next(p for p in live.workers() if _stat(p)[0] == "T")
    assert _comes(lambda: _gone(pid)), "the worker of a client that is gone is still there"
    live.answers()


@linux
def test_clients_that_leave_at_once(start: Start, tmp_path: Path, embedded: Path) -> None:
    """Nothing is left behind, also where a worker was only being started."""
    data = tmp_path / "data"
    shutil.copytree(embedded, data)
    live = start(data)
    at_rest = len(live.workers())
    for n in range(24):
        if n % 3 == 0:
            _switch(data, embedded, f"9{n:03}")
        with live.send(f"{POINT} # {n}"):
            time.sleep(n % 8 * 0.03)
    for _ in range(4):
        live.answers()
    assert _comes(lambda: len(live.workers()) <= at_rest), (at_rest, live.workers())


def test_head_requests(start: Start) -> None:
    """They take a worker as any other, and give it back."""
    live = start()
    for query in [POINT, PAIRS] * 4:
        assert live.client.head(live.url, params={"query": query}, timeout=10).is_success
    live.answers()


@linux
@pytest.mark.parametrize("which", ["busy", "all", "idle"])
def test_killed_workers(start: Start, which: str) -> None:
    live = start(QUERY_TIMEOUT=30)
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(live.ask, POINT if which == "idle" else TRIPLES)
        if which == "idle":
            response.result()
        for pid in [live.busy()] if which == "busy" else live.workers():
            os.kill(pid, signal.SIGKILL)
        if which != "idle":
            _assert_refused(response.result(timeout=5))
    # They are replaced before anybody asks.
    assert _comes(lambda: len(live.workers()) >= 3), live.workers()
    for _ in range(4):
        live.answers()


@linux
def test_a_killed_server_leaves_no_worker(start: Start) -> None:
    live = start(QUERY_TIMEOUT=60)
    with live.send(TRIPLES), live.send(PAIRS):
        live.busy()
        workers = live.workers()
        assert len(workers) >= 2
        live.process.kill()
        assert _comes(lambda: all(map(_gone, workers)))


@linux
def test_a_stopped_server_answers_what_has_begun(start: Start) -> None:
    live = start(QUERY_TIMEOUT=5)
    # Some work, with an answer: far less than the limit, also where others compute.
    size = int(live.ask(_UNV + "SELECT (COUNT(*) AS ?n) { ?d unv:castBy ?e }").text.split()[1])
    some = "{ SELECT * { ?a unv:castBy ?b } LIMIT 800 }"
    query = f"{_UNV} SELECT (COUNT(*) AS ?n) {{ {some} ?d unv:castBy ?e }}"
    with ThreadPoolExecutor(2) as pool:
        medium, endless = pool.submit(live.ask, query), pool.submit(live.ask, TRIPLES)
        live.busy()
        workers = live.workers()
        live.process.terminate()
        _assert_refused(endless.result(), "time limit of 5 seconds")
        assert medium.result().text.split() == ["n", str(800 * size)]
    live.process.wait(timeout=10)
    assert _comes(lambda: all(map(_gone, workers)))


@linux
def test_a_stopped_server_tells_those_it_does_not_wait_for(start: Start) -> None:
    live = start(QUERY_TIMEOUT=60)
    stalled = live.stream(PAIRS)
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(live.ask, TRIPLES)
        live.busy()
        live.process.terminate()
        refusal = endless.result()
    _assert_refused(refusal, "stopping")
    assert int(refusal.headers["retry-after"]) > 0
    assert live.process.wait(timeout=10) in {0, -signal.SIGTERM}
    with pytest.raises(httpx.TransportError):
        list(stalled.iter_raw())


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_an_answer_that_breaks_off_does_not_look_complete(start: Start, coding: str) -> None:
    live = start(QUERY_TIMEOUT=2)
    answer = live.stream(PAIRS, coding)
    if answer.status_code == 503 and coding != "identity":
        # The limit came while the first of it was gathered, coded.
        assert b"time limit of 2 seconds" in answer.read()
    else:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            list(answer.iter_raw())
        assert answer.num_bytes_downloaded > 1 << 16
    live.answers()


@linux
def test_a_large_answer_streams(start: Start) -> None:
    live = start(QUERY_TIMEOUT=60)
    at_rest, pause = live.workers(), 0
    answer = live.stream(f"{PAIRS} LIMIT 500000")
    assert answer.status_code == 200
    pieces = answer.iter_raw()
    next(pieces)
    time.sleep(1)
    # It waits for the client: only what the buffers hold has been computed.
    assert _written(max(at_rest, key=_written)) < 20 << 20
    for _ in pieces:
        if answer.num_bytes_downloaded > pause:
            time.sleep(0.1)
            pause += 5 << 20
    assert answer.num_bytes_downloaded > 80 << 20
    assert live.peak() < SMALL


def test_a_slow_client_does_not_use_up_the_time_limit(start: Start) -> None:
    live = start(QUERY_TIMEOUT=3)
    rows, read = 70_000, bytearray()
    answer = live.stream(f"{PAIRS} LIMIT {rows}")
    began = time.monotonic()
    for piece in answer.iter_bytes(1 << 20):
        read += piece
        time.sleep(0.5)
    assert time.monotonic() - began > 5
    assert len(list(csv.reader(read.decode().splitlines(keepends=True)))) == rows + 1


def test_slow_clients_do_not_hold_up_short_queries(start: Start) -> None:
    live = start(QUERY_TIMEOUT=10)
    with contextlib.ExitStack() as clients:
        for _ in range(3):
            clients.enter_context(live.send(PAIRS))
            time.sleep(0.7)
        for _ in range(3):
            live.answers()


@linux
def test_an_answer_goes_on_where_its_client_left_it(start: Start) -> None:
    live = start(WORKERS=1, QUERY_TIMEOUT=10)
    rows = 60_000
    answer = live.stream(f"{PAIRS} LIMIT {rows}")
    pieces, read = answer.iter_raw(), bytearray()
    read += next(pieces)
    # Its process is stopped, and its place is somebody else's.
    assert _comes(lambda: "T" in {_stat(pid)[0] for pid in live.workers()})
    _assert_refused(live.ask(TRIPLES), "time limit of 10 seconds")
    for piece in pieces:
        read += piece
    assert len(list(csv.reader(read.decode().splitlines(keepends=True)))) == rows + 1


@linux
def test_more_stalled_clients_than_are_waited_for(start: Start) -> None:
    live = start(WORKERS=1, QUERY_TIMEOUT=10)
    with contextlib.ExitStack() as clients:
        for _ in range(14):
            clients.enter_context(live.send(PAIRS))
            time.sleep(0.3)
        live.answers()
        # Eight of them, those that stand ready, and one that is being replaced.
        assert _comes(lambda: len(live.workers()) <= 8 + 3 + 1), len(live.workers())
        live.answers()
    assert _comes(lambda: len(live.workers()) == 3), live.workers()


@linux
def test_a_long_query_of_the_columns_leaves_its_process_as_it_was(start: Start) -> None:
    live = start(WORKERS=1)
    before = live.workers()
    lowered = set()
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(live.ask, TRIPLETS)
        while not response.done():
            lowered |= {nice for pid in live.workers() for nice in _nice(pid)}
            time.sleep(0.02)
    assert response.result().headers["KG-Engine"] == "columnar"
    assert lowered == {0, 10}, "it had less of a core while it ran"
    assert _comes(lambda: live.workers() == before)
    # A query's thread has the priority of the first one, which starts it.
    assert {int(_stat(pid)[16]) for pid in before} == {0}
    assert live.ask(TRIPLETS + " # again").status_code == 200


def _switch(data: Path, source: Path, name: str) -> None:
    """Publish a copy of the release of another folder."""
    built = data / "releases" / f".building-{name}"
    shutil.copytree(release.require_current(source).path, built)
    release.activate(data, built, name)


def test_switched_releases(start: Start, tmp_path: Path) -> None:
    full, small, data = tmp_path / "full", tmp_path / "small", tmp_path / "data"
    make_release(full, "states", "proposals", columns=True)
    make_release(small, "states")
    shutil.copytree(full, data)
    live = start(data, QUERY_TIMEOUT=60)
    over, seen, expected = threading.Event(), Counter[tuple[int, str]](), set()

    def load() -> None:
        while not over.is_set():
            answer = live.ask(COUNTS)
            seen[answer.status_code, answer.text.split()[-1]] += 1

    with ThreadPoolExecutor(4) as pool:
        loads = [pool.submit(load) for _ in range(4)]
        for n in range(50):
            _switch(data, full if n % 2 else small, f"9{n:03}")
            end, target = time.monotonic() + 20, seen.total() + 40
            while seen.total() < target and time.monotonic() < end:
                time.sleep(0.02)
        over.set()
    for done in loads:
        done.result()
    for folder in (full, small):
        answer = evaluation.evaluate(release.require_current(folder).open_store(), COUNTS)
        assert isinstance(answer, ox.QuerySolutions)
        expected.add((200, ",".join(term.value for term in next(answer) if term)))
    assert {text.partition(",")[2] for _, text in expected} == {"0", "4"}
    assert set(seen) == expected, seen


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
            pytest.skip("this platform does not let a process cut itself off from the network")
        assert tried.returncode == 1
        assert tried.stderr.splitlines()[-1].startswith(("OSError", "ConnectionRefusedError"))
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()
    workers = start().workers()
    networks = {Path(f"/proc/{pid}/ns/net").readlink() for pid in [os.getpid(), *workers]}
    assert len(networks) == 1 + len(workers), "the workers of a server are cut off too"


#: What a query begins with, what is repeated, its middle, what is repeated, and the end.
NESTED = [
    ("SELECT * ", "{", "", "", ""),
    ("SELECT * {", "{", "", "}", "}"),
    ("SELECT * {", "OPTIONAL {", "", "}", "}"),
    ("SELECT * { FILTER ", "(", "1", ")", "}"),
    ("SELECT * { FILTER (", "!", "true", "", ") }"),
    ("SELECT * {", "FILTER NOT EXISTS {", "", "}", "}"),
    ("SELECT * {", "{ SELECT * {", "", "}}", "}"),
    ("SELECT * { ?s ", "(", "<urn:p>", ")*", " ?o }"),
    ("SELECT * { ?s ?p ", "[ ?p ", "1", "]", " }"),
    ("SELECT * ", "{" * 50, "", "", ""),
    ("", "x" * 50, "", "", ""),
]


def test_deep_nesting(start: Start) -> None:
    live, wrong = start(), {}
    headers = {"Content-Type": "application/sparql-query"}
    for before, opened, middle, closed, after in NESTED:
        query = before + opened * 20_000 + middle + closed * 20_000 + after
        answer = live.client.post(live.url, content=query, headers=headers)
        if answer.status_code != 503 and answer.status_code // 100 != 4:
            wrong[before + opened] = (answer.status_code, answer.text[:200])
        live.answers()
    assert not wrong


def test_many_short_queries_at_once(start: Start) -> None:
    live = start(QUERY_TIMEOUT=30)
    cases = [
        (POINT, 200, "yes 141"),
        ("ASK { <urn:none> ?p ?o }", 200, "false"),
        ("SELECT (1 + 1 AS ?two) {}", 200, "two 2"),
        ("SELECT nonsense", 400, "error"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403, "SERVICE"),
    ]

    def right(n: int) -> bool:
        query, status, text = cases[n % len(cases)]
        answer = live.ask(query)
        return answer.status_code == status and text in " ".join(answer.text.split())

    with ThreadPoolExecutor(40) as pool:
        assert all(pool.map(right, range(400)))
