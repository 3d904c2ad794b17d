"""A server behind our front end that is down, slow or wrong: responses to users, and recovery.

A proxy in front of a real server passes everything on, until a test sets a fault for queries that
contain a marker or for all queries.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import httpx
import pytest

from benchmarks.endpoints import UNAVAILABLE, Endpoint, run_endpoint
from kg.limits import SHUTDOWN_SECONDS
from kg.rdf.vocabulary import UNV
from kg.release.adoption import adopt
from kg.release.release import require_current
from tests.support.damage import renamed
from tests.support.live import Serving, serving
from tests.support.load import SMALL_MEMORY_KIB, Live, assert_refused

pytestmark = pytest.mark.skipif(bool(UNAVAILABLE["oxigraph"]), reason=UNAVAILABLE["oxigraph"])

#: Queries with this word are answered with ``FaultyProxy.fault``.
FAULT_MARKER: Final = "faulty"
JSON: Final = "application/sparql-results+json"
QUERY_TIMEOUT_SECONDS: Final = 3
LARGE_QUERY: Final = (
    f"SELECT ?s ?p ?o ?c {{ ?s ?p ?o . ?c a <{UNV.State}> }} LIMIT 60000 # {FAULT_MARKER}"
)


@dataclass(frozen=True)
class Fault:
    """A response: its status, headers and body; ``cut`` closes the connection in the middle."""

    status: int = 200
    media_type: str = JSON
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    #: Whether it waits until the test is over.
    hangs: bool = False
    #: Follows the body again and again.
    endless: bytes = b""


class FaultyProxy:
    """A proxy between the front end and a server, on a fixed port."""

    def __init__(self, theirs: Endpoint) -> None:
        self.theirs = theirs
        #: The response to queries with the marker; None passes them on.
        self.fault: Fault | None = None
        #: Whether all other queries get it too.
        self.always = False
        self._port = 0
        #: Set once hanging requests may continue.
        self.released = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """The address for the front end, with a password that must not be shown."""
        return f"http://reader:secret@127.0.0.1:{self._port}/query"

    def up(self) -> None:
        """Start listening."""
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with contextlib.suppress(OSError):
                    proxy.handle(self, body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        """Stop listening."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._server = None

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer a request."""
        affected = self.always or FAULT_MARKER.encode() in body
        fault = self.fault if affected else None
        if fault is None or (fault.cut and not fault.body):
            accept = {"Accept": request.headers["Accept"],
                      "Content-Type": request.headers["Content-Type"]}  # fmt: skip
            real = httpx.post(self.theirs.query, content=body, headers=accept, timeout=60)
            fault = Fault(
                real.status_code,
                real.headers["content-type"],
                real.content,
                fault.headers if fault else {},
                cut=bool(fault and fault.cut),
            )
        if fault.hangs:
            self.released.wait(600)
        request.send_response(fault.status)
        request.send_header("Content-Type", fault.media_type)
        if not fault.endless:
            request.send_header("Content-Length", str(len(fault.body)))
        # Otherwise connections outlive ``down``.
        request.send_header("Connection", "close")
        for name, value in fault.headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(fault.body[: len(fault.body) // 2] if fault.cut else fault.body)
        while fault.endless:
            request.wfile.write(fault.endless)


@dataclass(frozen=True)
class Front:
    """Our server, whose engine is the faulty proxy."""

    ours: Serving
    proxy: FaultyProxy
    data: Path

    def ask(self, query: str, accept: str = "text/csv") -> httpx.Response:
        """Send a query."""
        url = f"{self.ours.address}/sparql"
        # With compression, the long answer would be held back until it is complete.
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        return httpx.get(url, params={"query": query}, headers=headers, timeout=60)

    def health(self, status: int, message: str = "") -> None:
        """Wait until the front end reports a health status and a message."""
        deadline = time.monotonic() + 180
        while True:
            answer = httpx.get(f"{self.ours.address}/health", timeout=60)
            if answer.status_code == status and message in answer.text:
                return
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.2)


@pytest.fixture(scope="module")
def front(states_alone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("faults")
    data = folder / "data"
    adopt(data, states_alone)
    (folder / "database").mkdir()
    with run_endpoint("oxigraph", folder / "database") as theirs:
        theirs.publish(data)
        proxy = FaultyProxy(theirs)
        proxy.up()
        settings = {"KG_ENGINE": proxy.address, "KG_QUERY_TIMEOUT": QUERY_TIMEOUT_SECONDS}
        with serving(data, folder / "log", **settings) as ours:
            yield Front(ours, proxy, data)
        proxy.down()


@pytest.fixture(autouse=True)
def in_order(front: Front) -> Iterator[None]:
    """Begin and end each test with a working server."""
    front.proxy.released.clear()
    front.health(200)
    yield
    front.proxy.fault, front.proxy.always = None, False
    front.proxy.released.set()
    front.health(200)


#: The beginning of a result whose only term has no end.
_ONE_TERM: Final = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"'
#: Some kilobytes that expand to a gigabyte.
_BOMB: Final = gzip.compress(_ONE_TERM + bytes(2**24), 9) * 64
_ENDLESS: Final = {
    "one term": Fault(body=_ONE_TERM, endless=b"x" * 2**16),
    "spaces": Fault(body=b'{"head":', endless=b" " * 2**16),
    "rows": Fault(
        body=b'{"head":{"vars":["n"]},"results":{"bindings":[{}',
        endless=b',{"n":{"type":"literal","value":"x"}}' * 1000,
    ),
    "bomb": Fault(body=_BOMB, headers={"Content-Encoding": "gzip"}),
}
_TABLE: Final = (
    b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"1"}}]}}'
)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(body=b"<html>Welcome</html>", media_type="text/html"), "a web page"),
        (Fault(500, "text/plain", b"Something broke\nat line 3"), "500: Something broke\n"),
        (Fault(500, "text/html", b"<html>Something</html>"), "answered with status 500\n"),
        (Fault(500, "text/plain", b"Query timed out after 5 s"), "time limit of its own"),
        (Fault(504, "text/plain", b"Execution time limit exceeded"), "time limit of its own"),
        (Fault(429, "text/plain", b"too many"), "is overloaded (status 429)"),
        (Fault(503, "text/plain", b""), "is overloaded (status 503)"),
        (Fault(401, "text/plain", b""), "denies access to this service (status 401)"),
        (Fault(404, "text/plain", b"nothing here"), "404: nothing here"),
        (Fault(400, "text/plain", b"no such function"), "400: no such function"),
        (Fault(body=_TABLE, headers={"X-SPARQL-MaxRows": "1"}), "truncated the response"),
        (Fault(body=_TABLE, headers={"X-SQL-State": "S1TAT"}), "truncated the response"),
        (Fault(body=b'{"head":{"vars":["n"]},"results":{"bindings":['), "an invalid response"),
        (Fault(body=_TABLE, cut=True), "broke off"),
        (Fault(body=b'{"head":{},"boolean":true}'), "with a result of another form"),
        (Fault(body=b"{}", media_type="application/octet-stream"), "which cannot hold its result"),
        (Fault(body=_TABLE, hangs=True), f"not answer within {QUERY_TIMEOUT_SECONDS} seconds"),
    ],
)  # fmt: skip
def test_an_error_is_reported_in_a_sentence(front: Front, fault: Fault, message: str) -> None:
    front.proxy.fault = fault
    # A comment makes each query a new one that is not cached.
    query = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} # {FAULT_MARKER} {id(fault)}"
    answer = front.ask(query)
    assert answer.status_code == 503
    assert message in answer.text
    assert "127.0.0.1" in answer.text
    assert "secret" not in answer.text
    # Other queries are answered meanwhile, and the same query once the fault is gone.
    assert front.ask("SELECT (1 AS ?n) {}").text == "n\r\n1\r\n"
    front.proxy.fault = None
    assert front.ask(query).status_code == 200


@pytest.mark.parametrize("name", ["one term", "spaces", "bomb"])
def test_an_endless_answer_fills_no_memory(front: Front, name: str) -> None:
    front.proxy.fault = _ENDLESS[name]
    answer = front.ask(f"SELECT ?n {{}} # {FAULT_MARKER}")
    assert_refused(answer, "compressed" if name == "bomb" else "without a result in them")


@pytest.mark.parametrize("name", _ENDLESS)
def test_a_server_with_endless_answers_delays_neither_start_nor_end(
    front: Front, name: str
) -> None:
    front.proxy.fault, front.proxy.always = _ENDLESS[name], True
    front.health(503)
    with serving(front.data, KG_ENGINE=front.proxy.address) as started:
        assert httpx.get(f"{started.address}/health", timeout=60).status_code == 503
        assert Live(started).peak() < SMALL_MEMORY_KIB
        started.process.terminate()
        started.process.join(SHUTDOWN_SECONDS + 10)
        assert not started.process.is_alive()
    assert Live(front.ours).peak() < SMALL_MEMORY_KIB


def test_busy_and_unreachable_servers_answer_with_retry_after(front: Front) -> None:
    front.proxy.fault = Fault(429, "text/plain", b"too many")
    assert front.ask(f"ASK {{}} # {FAULT_MARKER}").headers["retry-after"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"head":{"vars":["__ask"]},"results":{"bindings":'
         b'[{"__ask":{"type":"typed-literal","value":"1",'
         b'"datatype":"http://www.w3.org/2001/XMLSchema#integer"}}]}}', "true"),
        (b'{"head":{"vars":["a"]},"results":{"bindings":'
         b'[{"a":{"type":"literal","value":"false"}}]}}', "false"),
        (b'{"head":{"link":[]},"boolean":true}', "true"),
    ],
)  # fmt: skip
def test_an_ask_answered_as_a_table_is_a_boolean(front: Front, body: bytes, expected: str) -> None:
    front.proxy.fault = Fault(body=body)
    assert front.ask(f"ASK {{ ?s ?p {len(body)} }} # {FAULT_MARKER}").text == expected


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/sparql-results+xml; charset=UTF-8",
         b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="n"/></head>'
         b'<results><result><binding name="n"><literal>1</literal></binding></result></results>'
         b"</sparql>"),
        ("text/tab-separated-values", b'?n\n"1"\n'),
        ("application/json", _TABLE),
        (JSON, _TABLE.replace(b'"type":"literal"', b'"type":"typed-literal","datatype":'
         b'"http://www.w3.org/2001/XMLSchema#string"')),
    ],
)  # fmt: skip
def test_other_result_formats_are_accepted(front: Front, media_type: str, body: bytes) -> None:
    front.proxy.fault = Fault(media_type=media_type, body=body)
    assert front.ask(f"SELECT ?n {{ ?s ?p ?n }} # {FAULT_MARKER} {len(body)}").text == "n\r\n1\r\n"


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/turtle", b"@prefix : <urn:> . :a :b true ."),
        ("text/plain", b'<urn:a> <urn:b> "1"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n'),
        ("application/rdf+xml",
         b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="urn:">'
         b'<rdf:Description rdf:about="urn:a"><b rdf:datatype='
         b'"http://www.w3.org/2001/XMLSchema#boolean">true</b></rdf:Description></rdf:RDF>'),
    ],
)  # fmt: skip
def test_other_graph_formats_are_accepted(front: Front, media_type: str, body: bytes) -> None:
    front.proxy.fault = Fault(media_type=media_type, body=body)
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }} # {FAULT_MARKER} {len(body)}"
    assert front.ask(query, "application/n-triples").text == (
        '<urn:a> <urn:b> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n'
    )


def test_a_truncated_answer_never_looks_complete(front: Front) -> None:
    # On a busy machine so many rows may take longer than the server of the other tests may.
    with serving(front.data, KG_ENGINE=front.proxy.address) as started:
        patient = Front(started, front.proxy, front.data)
        front.proxy.fault = Fault(cut=True)
        with pytest.raises(httpx.RemoteProtocolError):
            patient.ask(LARGE_QUERY)
        front.proxy.fault = None
        answer = patient.ask(LARGE_QUERY)
    assert len(list(csv.reader(io.StringIO(answer.text)))) == 60_001


def test_a_server_that_is_down_is_reported_and_recovers_without_a_restart(
    front: Front,
) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s a ?c }"
    answer_before = front.ask(query)
    front.proxy.down()
    try:
        front.health(503, "cannot be reached")
        answer = front.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o ; a ?c }")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "secret" not in answer.text
        page = httpx.get(f"{front.ours.address}/page/state/FRA", headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert "cannot be reached" in page.text
        # A cached answer is still valid for the release.
        assert front.ask(query).text == answer_before.text
        assert httpx.get(f"{front.ours.address}/health/alive").status_code == 200
    finally:
        front.proxy.up()
    front.health(200)
    assert front.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o ; a ?c }").status_code == 200


def test_a_hanging_server_does_not_block_other_requests(front: Front) -> None:
    front.proxy.fault, front.proxy.always = Fault(hangs=True), True
    front.health(503, "does not answer even a small query")
    front.proxy.fault, front.proxy.always = None, False
    front.health(200)


def test_a_front_end_started_before_its_server_recovers_when_it_starts(
    front: Front, tmp_path: Path
) -> None:
    front.proxy.down()
    up = False
    try:
        settings = {"KG_ENGINE": front.proxy.address}
        with serving(front.data, tmp_path / "log", **settings) as late:
            answer = httpx.get(f"{late.address}/health")
            assert (answer.status_code, "cannot be reached" in answer.text) == (503, True)
            front.proxy.up()
            up = True
            Front(late, front.proxy, front.data).health(200)
            assert "secret" not in late.logged()
    finally:
        if not up:
            front.proxy.up()


def test_the_front_end_follows_the_current_release_of_the_server(
    front: Front, tmp_path: Path
) -> None:
    first = require_current(front.data).name
    newer = tmp_path / "newer"
    second = "20990101T000000.000000Z-0123abcd"
    renamed(require_current(front.data), newer, second)
    # A release that the front end does not have yet.
    front.proxy.theirs.publish(newer)
    front.health(503, f"holds release {second}, which is not in")
    tag = httpx.get(f"{front.ours.address}/sparql", params={"query": "ASK {}"})
    assert tag.status_code == 503
    adopt(front.data, newer)
    front.health(200, second)
    # Switch back: the local pointer names the newer release, but the server decides.
    adopt(tmp_path / "older", front.data / "releases" / first)
    front.proxy.theirs.publish(tmp_path / "older")
    front.health(200, first)


def test_triples_in_the_default_graph_of_a_server_are_accepted(
    front: Front, tmp_path: Path
) -> None:
    (tmp_path / "database").mkdir()
    with run_endpoint("oxigraph", tmp_path / "database") as theirs:
        store = theirs.options[3]
        facts = require_current(front.data).open_store()
        content = b"".join(f"{quad.triple} .\n".encode() for quad in facts)
        settings = {"KG_ENGINE": theirs.query}
        with serving(front.data, tmp_path / "log", **settings) as ours:
            empty = httpx.get(f"{ours.address}/health")
            assert (empty.status_code, "kg publish" in empty.text) == (503, True)
            sent = httpx.post(
                f"{store}?default",
                content=content,
                headers={"Content-Type": "application/n-triples"},
                timeout=60,
            )
            assert sent.is_success, sent.text
            Front(ours, front.proxy, front.data).health(200)
            assert "its default graph, queried without graph parameters" in ours.logged()
            query = {"query": f"SELECT (COUNT(?s) AS ?n) {{ ?s a <{UNV.State}> }}"}
            answer = httpx.get(
                f"{ours.address}/sparql", params=query, headers={"Accept": "text/csv"}
            )
            assert answer.text == "n\r\n206\r\n"


def test_an_invalid_address_is_refused(states_alone: Path) -> None:
    from click.testing import CliRunner  # noqa: PLC0415

    from kg.cli.main import cli  # noqa: PLC0415

    for value in ("votes.example/sparql", "ftp://user:secret@votes.example/", "http://"):
        result = CliRunner().invoke(
            cli, ["serve", "--data", str(states_alone)], env={"KG_ENGINE": value}
        )
        output = str(result.exception or result.output)
        assert "KG_ENGINE" in output, output
        assert "secret" not in output
