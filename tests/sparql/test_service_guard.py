"""The guard against SERVICE, compared with the actual behaviour of pyoxigraph.

In the tables ``<U>`` stands for the address of a listening socket, so that any call is detected,
``^`` for a line feed, and ``~`` for a carriage return.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from string import ascii_lowercase

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kg.sparql.service_guard import uses_service

#: Spellings that pyoxigraph executes without the guard.
LIVE = (
    "SELECT * {SERVICE <U> {?s ?p ?o}}",
    "SELECT * {service <U> {?s ?p ?o}}",
    "SELECT * {sErViCe <U> {?s ?p ?o}}",
    "SELECT * {SERVICE<U>{?s ?p ?o}}",
    "PREFIX : <U> SELECT * {SERVICE:a{?s ?p ?o}}",
    "PREFIX ex: <U> SELECT * {SERVICEex:a{?s ?p ?o}}",
    "PREFIX ex: <U> SELECT * {SERVICE ex:a {?s ?p ?o}}",
    "PREFIX é: <U> SELECT * {SERVICEé:a{?s ?p ?o}}",
    "PREFIX a.b: <U> SELECT * {SERVICEa.b:a{?s ?p ?o}}",
    "PREFIX service: <U> SELECT * {SERVICEservice:a{?s ?p ?o}}",
    "SELECT * {SERVICESILENT<U>{?s ?p ?o}}",
    "SELECT * {serviceSilent<U>{?s ?p ?o}}",
    "PREFIX : <U> SELECT * {SERVICEsilent:a{?s ?p ?o}}",
    "SELECT * {VALUES ?x {'x'}SERVICE<U>{?s ?p ?o}}",
    "SELECT * {BIND('x'@en AS ?x)SERVICE<U>{?s ?p ?o}}",
    r"SELECT * {BIND('\''AS ?x)SERVICE<U>{?s ?p ?o}}",
    "SELECT * {BIND('''a'b''c''' AS ?x)SERVICE<U>{?s ?p ?o}}",
    "ASK {VALUES ?x {1} FILTER EXISTS {SERVICE <U> {?s ?p ?o}}}",
    "ASK {VALUES ?x {1} FILTER NOT EXISTS{SERVICE<U>{?s ?p ?o}}}",
    "SELECT (EXISTS{SERVICE<U>{?s ?p ?o}} AS ?x) {}",
    "SELECT * {} ORDER BY (EXISTS{SERVICE<U>{?s ?p ?o}})",
    "ASK {VALUES ?x {1} OPTIONAL {SERVICE <U> {?s ?p ?o}}}",
    "ASK {VALUES ?x {1} MINUS {SERVICE <U> {?x ?p ?o}}}",
    "SELECT * {{} UNION {SERVICE <U> {?s ?p ?o}}}",
    "ASK {{SELECT * {SERVICE<U>{?s ?p ?o}}}}",
    "ASK {GRAPH <U> {SERVICE <U> {?s ?p ?o}}}",
    "PREFIX a: <U> SELECT * {GRAPH a:a{SERVICEa:a{?s ?p ?o}}}",
    "SELECT * {LATERAL{SERVICE<U>{?s ?p ?o}}}",
    "SELECT * {SERVICE#c^<U>{?s ?p ?o}}",
    "SELECT * {SERVICE SILENT#'~<U>#\"~{?s ?p ?o}}",
    "SELECT * {#~SERVICE<U>{?s ?p ?o}}",
    "PREFIX a: <U> SELECT * {SERVICE#'^a:a#y^{?s ?p ?o}}",
    "ASK {FILTER('a'<'>') SERVICE <U> {?s ?p ?o} FILTER('b'<'>')}",
    "ASK {FILTER('a'<'#>')^SERVICE <U> {?s ?p ?o} FILTER('b'<'>')}",
    'SELECT * {FILTER("a"<"}#") SERVICE<U>{?s ?p ?o}^FILTER("b"<"}")}',
    "ASK {FILTER('a'<?x||?y>'b') SERVICE<U>{?s ?p ?o}}",
    "BASE <U> SELECT * {SERVICE <a> {?s ?p ?o}}",
    r"SELECT * {SERVICE <\u0068ttp://HOST/> {?s ?p ?o}}",
    "CONSTRUCT {?s ?p ?o} WHERE {SERVICE <U> {?s ?p ?o}}",
    "DESCRIBE ?s {SERVICE <U> {?s ?p ?o}}",
    "PREFIX a: <U> DESCRIBE a:a {SERVICEa:a{?s ?p ?o}}",
    "SELECT * {SERVICE <U> {SERVICE <U> {?s ?p ?o}}}",
    'VERSION "1.2" SELECT * {SERVICE<U>{?s ?p ?o}}',
    # What looks like an IRI is a comparison, followed by a comment that opens a long literal.
    "ASK {BIND(1 AS ?a)FILTER(?a<2#>'''^)SERVICE<U>{?s ?p ?o}#'''^}",
    'ASK {BIND(1 AS ?a)FILTER(?a<2#>"""^)SERVICE<U>{?s ?p ?o}#"""^}',
    # What looks like a long literal is two short ones, since its escape is invalid.
    r"ASK {VALUES ?x {'''a'} SERVICE<U>{?s ?p ?o}#\x'''^}",
    r"ASK {VALUES ?x {'''a'} SERVICE<U>{?s ?p ?o}#\uD800'''^}",
    # The local name would make the IRI invalid (a port of letters), so the name ends at its colon.
    "PREFIX : <http://h:> ASK {?s ?p :SERVICE<U>{?s ?p ?o}}",
)
#: Spellings refused although pyoxigraph also refuses them, or makes no call.
DORMANT = (
    "ASK {SERVICE ?u {?s ?p ?o}}",
    "ASK {VALUES ?u {<U>} SERVICE ?u {?s ?p ?o}}",
    "ASK {SERVICE <relative> {?s ?p ?o}}",
    "ASK {SERVICE <U> {?s <relative> ?o}}",
    "ASK {BIND(<U> AS ?u) SERVICE SILENT ?u {?s ?p ?o}}",
    r"ASK {\u0053ERVICE <U> {?s ?p ?o}}",
    r"ASK {SERV\U00000049CE <U> {?s ?p ?o}}",
    "ASK {SERVICE <U> {?s ?p ?o}}#" + " ".join(f"ser{letter}ice" for letter in ascii_lowercase),
    "ASK {?a ?b 1SERVICE<U>{?s ?p ?o}}",
    "ASK {?a ?b trueSERVICE<U>{?s ?p ?o}}",
)
FORGED = LIVE + DORMANT
_WORDS = ("service", " SERVICE <U> {?s ?p ?o} ", "}SERVICE:a{", "SERVICESILENT<U>{}")
_PREFIX = "PREFIX service: <urn:s> "
HARMLESS = (
    "SELECT * { ?s ?p <http://x/it's> , 'service' }",
    "SELECT * { ?s ?p <http://x/o'service> }",
    "PREFIX service: <urn:s> DESCRIBE service:a service:b { ?s a service:c }",
    *(f"ASK {{?s ?p {quote}{w}{quote}}}" for quote in ("'", '"', "'''", '"""') for w in _WORDS),
    *(f"ASK {{?a ?b ?c}}#{word}" for word in _WORDS),
    *(f"ASK {{#{word}{end}}}" for word in _WORDS for end in "^~"),
    r"ASK {?s ?p 'it\'s SERVICE <U> {}'}",
    r"ASK {?s ?p '''it's '' \''' SERVICE <U> {}'''}",
    r"ASK {?s ?p '\\u0053ERVICE <U> {}'}",
    r"ASK {?s ?p '\u0053ERVICE <U> {}'}",
    r"ASK {?s ?p <urn:\u0053ERVICE>}",
    "ASK {?s <http://example.org/service> ?o}",
    "ASK {?s <http://example.org/o'service'> ?o}",
    "BASE <http://service/> ASK {?a <service#service> ?c}",
    "ASK {?service ?p $SERVICE}",
    "SELECT (1 AS ?service) {}",
    "ASK {_:service ?p ?o}",
    "ASK {?s ?p 'x'@service}",
    "ASK {?s ?p 'x'^^<urn:service>}",
    _PREFIX + "ASK {?s a service:a}",
    _PREFIX + "ASK {?s service:service 'service'}",
    _PREFIX + "ASK {?s service:a/service:b ?o}",
    _PREFIX + "ASK {?s a service:a OPTIONAL {?s ?p ?o}}",
    _PREFIX + "ASK {VALUES ?x {service:a} {?s ?p ?o}}",
    _PREFIX + "ASK {GRAPH service:g {?s ?p ?o}}",
    _PREFIX + "ASK {graph#c^service:g{?s ?p ?o}}",
    _PREFIX + "ASK FROM service:g {?s ?p ?o}",
    _PREFIX + "ASK FROM NAMED service:g {?s ?p ?o}",
    _PREFIX + "DESCRIBE service:a {?s ?p ?o}",
    "PREFIX x-service: <urn:s> ASK {GRAPH x-service:g {?s ?p ?o}}",
    "PREFIX x: <urn:x> ASK {?s x:service ?o}",
    r"PREFIX x: <urn:x> ASK {?s x:\$service ?o}",
    "PREFIX x: <urn:x> ASK {?s x:%53ervice.service ?o}",
    "ASK {BIND('a' AS ?x) FILTER(?x<'service>')}",
)
LOADS = (
    "LOAD <U>",
    "load <U>",
    "LOAD<U>",
    "LOAD SILENT <U>",
    "LOADSILENT<U>INTO GRAPH<urn:g>",
    "LOAD#'~<U>",
    "PREFIX : <U> LOAD:a",
    "BASE <U> LOAD <a>",
    r"LOAD <\u0068ttp://HOST/>",
    "INSERT DATA {} ; LOAD <U>",
)


class Listener:
    """A socket that counts connections and closes them."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()

    def text(self, template: str) -> str:
        """Fill in a row of the tables."""
        named = template.replace("<U>", f"<http://{self.host}/>").replace("HOST", self.host)
        return named.replace("^^", "\0").replace("^", "\n").replace("~", "\r").replace("\0", "^^")

    def is_called_by(self, query: str) -> bool:
        """Evaluate a query in pyoxigraph without the guard; return whether it made a call."""
        calls = self.calls
        store = ox.Store()
        store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.NamedNode("http://h:")))
        with contextlib.suppress(SyntaxError, ValueError, OSError, RuntimeError):
            answer = store.query(query)
            if not isinstance(answer, ox.QueryBoolean):
                list(answer)
        return self.calls > calls


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def _post(server: str, query: str, kind: str = "application/sparql-query") -> httpx.Response:
    return httpx.post(
        f"{server}/sparql", content=query.encode(), headers={"Content-Type": kind}, timeout=30
    )


@pytest.mark.parametrize("template", LIVE)
def test_a_live_spelling_calls_a_server_without_the_guard(
    template: str, listener: Listener
) -> None:
    assert listener.is_called_by(listener.text(template))


@pytest.mark.parametrize("template", FORGED)
def test_a_forged_spelling_is_recognised(template: str, listener: Listener) -> None:
    assert uses_service(listener.text(template))


@pytest.mark.parametrize("template", FORGED)
def test_a_forged_spelling_answers_403_and_calls_no_server(
    template: str, listener: Listener, server: str
) -> None:
    calls = listener.calls
    answer = _post(server, listener.text(template))
    assert listener.calls == calls
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("SERVICE ")
    assert "is not allowed" in answer.text


@pytest.mark.parametrize(
    "template", ["ASK {SERVICE nowhere:a {?s ?p ?o}}", "ASK {SERVICE <U>}", "SERVICE <U> {}"]
)
def test_a_malformed_query_with_the_word_answers_400_and_calls_no_server(
    template: str, listener: Listener, server: str
) -> None:
    calls = listener.calls
    assert _post(server, listener.text(template)).status_code == 400
    assert listener.calls == calls


def test_there_are_as_many_harmless_queries_as_forged_ones() -> None:
    assert len(set(HARMLESS)) >= len(set(FORGED)) >= 30


@pytest.mark.parametrize("template", HARMLESS)
def test_a_harmless_query_is_accepted(template: str, listener: Listener) -> None:
    assert not uses_service(listener.text(template))


@pytest.mark.parametrize("template", HARMLESS)
def test_a_harmless_query_answers_200_and_calls_no_server(
    template: str, listener: Listener, server: str
) -> None:
    calls = listener.calls
    answer = _post(server, listener.text(template))
    assert answer.status_code == 200, answer.text
    assert listener.calls == calls


@pytest.mark.parametrize("template", LOADS)
def test_load_is_refused_as_a_query_and_as_an_update(
    template: str, listener: Listener, server: str
) -> None:
    calls, text = listener.calls, listener.text(template)
    assert _post(server, text).status_code == 400
    assert _post(server, text, "application/sparql-update").status_code == 403
    form = httpx.post(f"{server}/sparql", data={"update": text})
    assert form.status_code == 403
    assert "read-only" in form.text
    assert listener.calls == calls


_CALLS = ("SERVICE<U>{?s ?p ?o}", "SERVICE SILENT <U> {}", "service:a{}", "SERVICEx:a{?s ?p ?o}")
_BEFORE = (
    *("BIND(1 AS ?a)", "VALUES ?v {'a'}", "VALUES ?v {'''a'}", "?s ?p :", "GRAPH ?g {}", "#'^"),
    *("FILTER('a'<'>')", "FILTER(1<2)", "FILTER(1<2#>'''^)", 'FILTER(1<2#>"""^)', "OPTIONAL {}"),
)
_AFTER = ("", "FILTER('b'<'>')", "FILTER(2>1)", "#'^", '#"~', "#'''^", '#"""^', "#>~", r"#\x'''^")
_TOKENS = (
    *_CALLS,
    *"'\"<>#{}^~\\.;:?@_a1() ",
    *(
        "'''",
        '"""',
        "''",
        "<U>",
        "SERVICE",
        "service",
        "SILENT",
        "x:",
        "x:b",
        "<'>",
        "?a",
        "\\u0027",
    ),
)


def _query(parts: list[str]) -> str:
    return f"PREFIX : <http://h:> PREFIX x: <U> ASK {{{''.join(parts)}}}"


@st.composite
def _queries(draw: st.DrawFn) -> str:
    """Complete patterns around a call, sometimes with a stray token among them."""
    parts = draw(st.lists(st.sampled_from(_BEFORE), max_size=3))
    parts += [draw(st.sampled_from(_CALLS)), draw(st.sampled_from(_AFTER))]
    for token in draw(st.lists(st.sampled_from(_TOKENS), max_size=1)):
        parts.insert(draw(st.integers(0, len(parts))), token)
    return _query(parts)


_BOUNDED = settings(
    max_examples=800,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_every_call_that_pyoxigraph_would_make_is_recognised(listener: Listener) -> None:
    called = 0

    @_BOUNDED
    @given(st.one_of(_queries(), st.lists(st.sampled_from(_TOKENS), max_size=12).map(_query)))
    def search(template: str) -> None:
        nonlocal called
        query = listener.text(template)
        if listener.is_called_by(query):
            called += 1
            assert uses_service(query)

    search()
    assert called >= 20, "the search found too few live queries to be meaningful"


@_BOUNDED
@given(st.one_of(st.text(), st.lists(st.sampled_from(_TOKENS)).map("".join)))
def test_random_text_never_raises(text: str) -> None:
    assert uses_service(text + "\n SERVICE <http://example.org/> {}") in {True, False}
    assert uses_service(text) in {True, False}


_REPEATED = (
    *("<'>", "'''", '"""', "<a", "<'", "<#>'", "{", "}", "\\", "'\\", '"\\', "'''\\", "\"'''\\"),
    *("'''a'", "a:", "a.", "_:a.", "#\n", "service:a ", "service:a\n#", "%41", "\\u0027", "@a-"),
)


def test_200_kb_of_repetition_are_checked_in_time() -> None:
    # In a separate process, so that a check that takes too long can be stopped: its text is then
    # the one after the last that is printed.
    code = """import json, sys
from kg.sparql.service_guard import uses_service
for unit in json.load(sys.stdin):
    uses_service("service:a " + unit * (200_000 // len(unit)))
    print(unit, flush=True)
"""
    texts = json.dumps(_REPEATED)
    subprocess.run([sys.executable, "-c", code], input=texts, text=True, timeout=600, check=True)
