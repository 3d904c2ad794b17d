"""Misbehaving endpoints, and addresses that must not be connected to.

Each fault is an endpoint of a real server, named after its behaviour, on the allowlist of our
server.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from kg.engine.federation import allowlist
from kg.engine.federation.address_guard import GuardedBackend, PrivateAddressError, is_public
from kg.engine.federation.gateway import Gateway
from kg.errors import RemoteError
from tests.support.endpoints import alias, settings
from tests.support.live import Serving, serving

_ROW: Final = {"item": {"type": "uri", "value": "urn:x:a"}}
_JSON: Final = b"Content-Type: application/sparql-results+json\r\n"


def _answer(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"head": {"vars": ["item"]}, "results": {"bindings": list(rows)}}).encode()


def _http_response(body: bytes, head: bytes = _JSON, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, head, len(body), body)


class Remote:
    """A server that counts requests and answers each path with the fault of its name."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.agents: set[str] = set()
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self.released = threading.Event()
        self.released.set()
        remote = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    name = remote.serve(self.rfile, self.wfile)
                    if name == "closing-idle":
                        # The next request on this connection gets no response.
                        self.rfile.readline()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @contextmanager
    def holding(self) -> Iterator[Callable[[int], None]]:
        """Hold lingering requests; yield a function that releases them once a number arrived."""
        self.released.clear()
        self.most_at_once = 0

        def comes(number: int) -> None:
            with self._lock:
                met = self._arrived.wait_for(lambda: self.at_once >= number, 60)
            self.released.set()
            assert met, f"{number} requests at once"

        try:
            yield comes
        finally:
            self.released.set()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, reader: Any, writer: Any) -> str:
        """Answer a request and return the name of its fault."""
        line = reader.readline().decode()
        if not line:
            return ""
        length = 0
        while (header := reader.readline().decode().strip()) != "":
            field, _, value = header.partition(": ")
            if field.lower() == "content-length":
                length = int(value)
            if field.lower() == "user-agent":
                self.agents.add(value)
        reader.read(length)
        name: str = line.split()[1].strip("/")
        with self._lock:
            self.asked[name] += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self._arrived.notify_all()
        try:
            _FAULTS[name](self, writer)
        finally:
            with self._lock:
                self.at_once -= 1
        return name


def _slow(_: Remote, out: Any) -> None:
    out.write(b"HTTP/1.1 200 OK\r\n" + _JSON + b"Transfer-Encoding: chunked\r\n\r\n")
    # Until the client disconnects.
    while True:
        out.write(b"1\r\n \r\n")
        out.flush()
        time.sleep(0.1)


def _endless(_: Remote, out: Any) -> None:
    out.write(b"HTTP/1.1 200 OK\r\n" + _JSON + b"Content-Length: 1073741824\r\n\r\n")
    for _piece in range(1024):
        out.write(b" " * 2**20)


def _cut_off(_: Remote, out: Any) -> None:
    body = _answer(_ROW)
    out.write(b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (_JSON, len(body), body[:30]))


def _busy_once(remote: Remote, out: Any) -> None:
    if remote.asked["busy-once"] == 1:
        out.write(_http_response(b"slow down", b"Retry-After: 1\r\n", b"429 Too Many Requests"))
    else:
        out.write(_http_response(_answer(_ROW)))


def _lingering(remote: Remote, out: Any) -> None:
    remote.released.wait(60)
    out.write(_http_response(_answer(_ROW)))


def _says(*pieces: bytes) -> Callable[[Remote, Any], None]:
    return lambda _, out: out.write(b"".join(pieces))


_TIME_OUT = b'{"exception": "Operation timed out after 30 seconds", "status": "ERROR"}'
_FAULTS: Final[dict[str, Callable[[Remote, Any], None]]] = {
    "well": _says(_http_response(_answer(_ROW))),
    "closing-idle": _says(_http_response(_answer(_ROW))),
    "lingering": _lingering,
    "slow": _slow,
    "endless": _endless,
    "cut-off": _cut_off,
    "cut-json": _says(_http_response(_answer(_ROW)[:-9])),
    "trailing": _says(_http_response(_answer(_ROW) + b"\njava.util.concurrent.TimeoutException")),
    "html": _says(_http_response(b"<html>Sorry</html>", b"Content-Type: text/html\r\n")),
    "no-term": _says(_http_response(_answer({"item": {"type": "uri", "value": "no iri"}}))),
    "many-rows": _says(_http_response(_answer(*[_ROW] * 101))),
    "deep": _says(_http_response(b"[" * 100_000)),
    "partial": _says(_http_response(_answer(_ROW), _JSON + b"X-SQL-State: S1TAT\r\n")),
    "redirect": _says(b"HTTP/1.1 302 Found\r\nLocation: /well\r\nContent-Length: 0\r\n\r\n"),
    "failing": _says(_http_response(b"oops", status=b"500 Internal Server Error")),
    "refusing": _says(_http_response(b"no such prefix", status=b"400 Bad Request")),
    "busy": _says(_http_response(b"slow down", b"Retry-After: 60\r\n", b"429 Too Many Requests")),
    "busy-once": _busy_once,
    "timed-out": _says(_http_response(_TIME_OUT, b"", b"429 Too Many Requests")),
    "no-http": _says(b"SSH-2.0-OpenSSH_9.0\r\n"),
    "breaking": _says(_http_response(b"oops", status=b"500 Internal Server Error")),
}  # fmt: skip
#: A part of the message after the name of the endpoint.
_MESSAGES: Final = {
    "slow": "did not answer within 1 seconds",
    "endless": "sent a response that is longer than 100,000 bytes",
    "cut-off": "closed the connection before the end of its response",
    "cut-json": "is not a complete SPARQL result in JSON",
    "trailing": "is not a complete SPARQL result in JSON",
    "html": "has Content-Type text/html, expected application/sparql-results+json",
    "no-term": "sent a response that has an invalid term",
    "many-rows": "has more than 100 rows",
    "deep": "is not a complete SPARQL result in JSON",
    "partial": "was truncated at a limit of the endpoint",
    "redirect": "redirects (status 302), and redirects are not followed",
    "failing": "responded with status 500",
    "refusing": "rejected the query (status 400)",
    "busy": "accepts no more requests at present (status 429); its Retry-After is 60 seconds",
    "timed-out": "ran out of time (status 429); request less data",
    "no-http": "does not speak HTTP",
    "dead": "cannot be reached",
    "private": "resolves to 127.0.0.1, which is not public",
}


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    server = Remote()
    yield server
    server.close()


@pytest.fixture(scope="module")
def ours(
    remote: Remote, embedded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    """Our server, with each fault on its allowlist."""
    folder = tmp_path_factory.mktemp("faults")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ports = dict.fromkeys(_FAULTS, remote.port) | {"dead": closed.getsockname()[1]}
        limits: dict[str, object] = {"timeout": 30, "retries": 0, "per_minute": 6000}
        limits |= {"result_bytes": 100_000, "result_rows": 100}
        tables = [
            alias(_iri(name), f"http://127.0.0.1:{port}/{name}", **limits | _MORE.get(name, {}))
            for name, port in ports.items()
        ]
        private = f'[endpoint."{_iri("private")}"]\nalias = "http://127.0.0.1:{remote.port}/well"'
        listed = settings(folder, *tables, private, contact="https://example.org/me")
        log = folder / "log"
        with serving(embedded, log, KG_FEDERATION=listed) as server:
            yield server


_MORE: Final[dict[str, dict[str, object]]] = {
    "busy-once": {"retries": 1},
    "slow": {"timeout": 1},
    "breaking": {"failures": 2},
    "lingering": {"concurrency": 2, "timeout": 60},
}


def _iri(name: str) -> str:
    return f"https://{name}.example/sparql"


def _query(name: str, extra: str = "", silent: str = "") -> str:
    return (
        f"SELECT ?item {{ VALUES ?item {{ <urn:x:a> <urn:x:b{extra}> }} "
        f"SERVICE {silent}<{_iri(name)}> {{ ?item <urn:p> ?value }} }}"
    )


def _ask(ours: Serving, query: str) -> httpx.Response:
    return httpx.post(
        f"{ours.address}/sparql", data={"query": query}, headers={"Accept": "text/csv"}, timeout=60
    )


@pytest.mark.parametrize("name", _MESSAGES)
def test_failure_is_reported_in_a_sentence_and_not_cached(
    name: str, ours: Serving, remote: Remote
) -> None:
    answer = _ask(ours, _query(name))
    print(f"\n{name}: {answer.status_code} {answer.text.strip()}")
    assert answer.status_code == 503
    assert answer.text.startswith(_iri(name))
    assert _MESSAGES[name] in answer.text
    requests = remote.asked[name]
    again = _ask(ours, _query(name))
    assert again.status_code == 503
    # It is queried again, since failures are not cached, unless it sent a Retry-After.
    assert remote.asked[name] == requests + (name not in {"busy", "dead", "private"})


def test_silent_answers_without_the_endpoint_and_reports_its_failure(ours: Serving) -> None:
    answer = _ask(ours, _query("html", silent="SILENT "))
    assert answer.status_code == 200
    assert answer.text.split() == ["item", "urn:x:a", "urn:x:b"]
    assert answer.headers["cache-control"] == "no-store"
    failed = answer.headers["federation-failed"]
    assert failed.startswith(f'"{_iri("html")}";reason="')
    assert "text/html" in failed
    page = httpx.get(
        f"{ours.address}/run", params={"query": _query("html", silent="SILENT ")}, timeout=60
    )
    assert "Because of SERVICE SILENT the query was answered without this endpoint" in page.text


def test_a_short_retry_after_is_waited_for(ours: Serving, remote: Remote) -> None:
    answer = _ask(ours, _query("busy-once"))
    assert answer.status_code == 200
    assert answer.text.split() == ["item", "urn:x:a"]
    assert remote.asked["busy-once"] == 2


def test_a_failing_endpoint_is_not_queried_for_any_user(ours: Serving, remote: Remote) -> None:
    answers = [_ask(ours, _query("breaking", extra=str(n))).text for n in range(4)]
    assert remote.asked["breaking"] == 2
    assert "is not queried for" in answers[-1]
    assert "failed repeatedly" in answers[-1]


def test_answers_are_cached_and_equal_requests_made_once(ours: Serving, remote: Remote) -> None:
    first, second = _ask(ours, _query("well")), _ask(ours, _query("well"))
    assert first.text == second.text
    assert remote.asked["well"] == 1
    assert "requests=1;cached=0;rows=1" in first.headers["federation"]
    assert "requests=0;cached=1;rows=1" in second.headers["federation"]
    asking = threading.Barrier(8)

    def ask(_: int) -> httpx.Response:
        asking.wait()
        return _ask(ours, _query("lingering"))

    with remote.holding() as comes, ThreadPoolExecutor(8) as pool:
        responses = pool.map(ask, range(8))
        comes(1)
    assert [answer.text for answer in responses if answer.status_code != 200] == []
    assert remote.asked["lingering"] == 1


def test_an_idle_connection_closed_by_the_endpoint_is_not_a_failure(
    ours: Serving, remote: Remote
) -> None:
    for number in range(3):
        answer = _ask(ours, _query("closing-idle", extra=str(number)))
        assert (answer.status_code, answer.text.split()) == (200, ["item", "urn:x:a"])
    assert remote.asked["closing-idle"] == 3


def test_no_more_requests_at_once_than_allowed(ours: Serving, remote: Remote) -> None:
    queries = [_query("lingering", extra=str(n)) for n in range(6)]
    with remote.holding() as comes, ThreadPoolExecutor(8) as pool:
        responses = pool.map(lambda query: _ask(ours, query), queries)
        comes(2)
    assert [answer.text for answer in responses if answer.status_code != 200] == []
    assert remote.most_at_once == 2


def test_user_agent_names_a_contact(ours: Serving, remote: Remote) -> None:
    _ask(ours, _query("well"))
    assert all(re.fullmatch(r"un-votes-kg/\S+ \(https://example.org/me\) httpcore", agent)
               for agent in remote.agents)  # fmt: skip


def test_log_names_the_queried_endpoints(ours: Serving) -> None:
    _ask(ours, _query("well", extra="log"))
    lines = [json.loads(line) for line in ours.logged().splitlines() if line.startswith("{")]
    assert any(_iri("well") in line.get("federation", {}).get("Federation", "") for line in lines)


def test_others_are_served_while_endpoints_misbehave(ours: Serving) -> None:
    stop = threading.Event()

    def misbehave(name: str) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            _ask(ours, _query(name, extra=f"{name}{number}"))

    with ThreadPoolExecutor(4) as pool:
        under_way = [pool.submit(misbehave, name) for name in ("slow", "endless", "deep", "slow")]
        try:
            for _ in range(20):
                answer = _ask(ours, "SELECT (1 AS ?one) {}")
                assert (answer.status_code, answer.text.split()) == (200, ["one", "1"])
            assert _ask(ours, _query("well")).status_code == 200
        finally:
            stop.set()
        for future in under_way:
            future.result()


def test_gateway_that_ends_is_replaced(ours: Serving) -> None:
    assert _ask(ours, _query("well", extra="before")).status_code == 200
    children = Path(f"/proc/{ours.pid}/task/{ours.pid}/children")
    if not children.exists():
        pytest.skip("this system does not list the children of a process")
    for child in children.read_text(encoding="ascii").split():
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"kg.engine.federation.gateway_worker" in command:
            os.kill(int(child), signal.SIGKILL)
    assert _ask(ours, _query("well", extra="after")).status_code in {200, 503}
    assert _ask(ours, _query("well", extra="after")).status_code == 200


# Addresses.
_PRIVATE: Final = (
    "127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 "
    "255.255.255.255 192.0.2.1 198.18.0.1 240.0.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 ff02::1 "
    "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 "
    "64:ff9b:1::a00:1 2002:7f00:1:: 2002:a00:1:: 2001:0:7f00:1:: ::ffff:0:7f00:1 "
    "2001:db8::1 localhost 1 0x7f000001"
).split()


@pytest.mark.parametrize("address", _PRIVATE)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "208.80.154.224", "2620:0:861:ed1a::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_a_public_address(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["2002:7f00:1::"], ["::1"]],
)
def test_a_name_with_a_private_address_is_not_connected_to(
    answers: list[str], remote: Remote
) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return answers

    async def connect() -> None:
        await GuardedBackend(private=False, resolver=resolver).connect_tcp("x.example", remote.port)

    with pytest.raises(PrivateAddressError, match="which is not public"):
        asyncio.run(connect())


def test_dns_rebinding_has_no_effect(remote: Remote) -> None:
    """The name is resolved once; the checked addresses are the ones connected to."""
    hosts: list[str] = []

    async def resolver(host: str, port: int) -> list[str]:
        hosts.append(host)
        # The first answer is not of this machine, later ones are.
        return ["192.0.2.1"] if len(hosts) == 1 else ["127.0.0.1"]

    endpoints = allowlist.Allowlist(
        by_iri={"http://x.example/": allowlist.Endpoint(iri=f"http://x.example:{remote.port}/well")}
    )
    before = remote.asked["well"]

    async def fetch() -> None:
        gateway = Gateway(endpoints, None, resolver)
        try:
            await gateway.fetch(endpoints.by_iri["http://x.example/"], "ASK {}", ("item",), "")
        finally:
            await gateway.close()

    with pytest.raises(RemoteError, match="not public"):
        asyncio.run(fetch())
    assert hosts == ["x.example"]
    assert remote.asked["well"] == before


@pytest.mark.parametrize(
    "iri",
    [
        "http://127.0.0.1:{port}/well",
        "http://[::ffff:127.0.0.1]:{port}/well",
        "https://well.example@127.0.0.1:{port}/well",
        "https://name:secret@well.example/sparql",
        "https://well.example/sparql?",
        "https://well.example/sparql#",
        "https://well.example:443/sparql",
        "https://WELL.example/sparql",
        "https://well.example/sparql/../sparql",
        "http://well.example/sparql",
        "file:///etc/passwd",
        "https://well.example./sparql",
    ],
)
def test_only_the_listed_spelling_is_queried(iri: str, ours: Serving, remote: Remote) -> None:
    before = remote.asked.total()
    written = iri.format(port=remote.port)
    answer = _ask(ours, f"SELECT * {{ SERVICE <{written}> {{ <urn:x:a> ?p ?o }} }}")
    assert answer.status_code == 403
    assert "is not allowed; allowed endpoints: https://well.example/sparql" in answer.text
    assert "secret" not in answer.text
    assert remote.asked.total() == before


def test_variable_and_nested_endpoints_are_refused(ours: Serving, remote: Remote) -> None:
    before = remote.asked.total()
    inner = f"<{_iri('well')}> {{ <urn:x:a> ?p ?o SERVICE <http://127.0.0.1:{remote.port}/> {{}} }}"
    for clause in ("?where { <urn:x:a> ?p ?o }", inner):
        answer = _ask(ours, f"SELECT * {{ VALUES ?where {{ <{_iri('well')}> }} SERVICE {clause} }}")
        assert answer.status_code == 403
        assert "is not allowed" in answer.text
    assert remote.asked.total() == before
