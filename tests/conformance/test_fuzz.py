"""Fuzzing a live server: whatever is sent, it answers as documented, and goes on answering.

``python -m pytest -m endurance tests/conformance/test_fuzz.py -s`` is the long form: other requests
each time, and a table of what was answered at the end.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_from_bytes

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kg.rdf.vocabulary import BASE, PREFIXES
from kg.sparql.saved_queries import library
from tests.support.endpoints import WIKIDATA, alias
from tests.support.endpoints import settings as federation_settings
from tests.support.live import Serving, serving
from tests.support.load import comes

#: How many requests are made in all, in the gate and in the long form.
REQUESTS: Final = 600
MANY_REQUESTS: Final = 20_000
QUERY_TIMEOUT: Final = 2
#: Seconds within which every answer must have come, however busy the machine is.
ANSWER_SECONDS: Final = 120.0
#: Seconds a request that breaks off is left open, for an answer to what has come of it.
_READ_WAIT_SECONDS: Final = 0.03
#: About as many bytes of head as uvicorn reads.
_MAX_HEAD_BYTES: Final = 60_000
#: Processes of a server at rest: one for each light lane, and one that is just being replaced.
_MAX_IDLE_PROCESSES: Final = 4
STATUSES: Final = "200 204 304 308 400 403 404 405 406 411 413 414 415 429 431 501 503".split()
#: What the service says when it cannot answer (docs/how-to/operate.md).
UNAVAILABLE: Final = re.compile(
    rf"the query exceeded its time limit of {QUERY_TIMEOUT} seconds; request less data, or "
    r"aggregate in a sub-select before joining\n"
    r"|the query exceeded its memory limit of [\d,]+ MiB; avoid ORDER BY and DISTINCT over large "
    r"results, or apply them in a small sub-select\n"
    r"|the server is busy; try again in a moment\n"
    r"|\d+ long queries are running and \d+ are waiting; try again later, or request less data\n"
    # docs/explanation/federation.md
    rf"|{re.escape(WIKIDATA)} [^<>\n]+\n"
)
FORM: Final = b"application/x-www-form-urlencoded"
DIRECT: Final = b"application/sparql-query"
HEADS: Final = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
TALLY: Final = (
    f"PREFIX unv: <{BASE}ontology#> SELECT ?yes ?no ?abstaining ?absent {{"
    "?event unv:decides/unv:symbol 'A/RES/ES-11/6' ; unv:yesCount ?yes ; unv:noCount ?no ;"
    "unv:abstentionCount ?abstaining ; unv:nonVotingCount ?absent }"
)


@dataclass(frozen=True)
class Sent:
    """A request, byte for byte; ``broken``: it may never be complete, so nobody need answer."""

    content: bytes
    broken: bool = False

    def __repr__(self) -> str:
        return f"{len(self.content)} bytes: {self.content[:2000]!r}"


class LostError(BaseException):
    """The server no longer answers. No Exception: there is no shrinking after that."""


@dataclass
class Live:
    """A server with short limits, its log, and what it answered to each generator."""

    server: Serving
    client: httpx.Client
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: bool = False

    def try_out(self, generator: str, request: Sent) -> None:
        """Send a request and hold the answer, and the server after it, against what it must be."""
        if self.lost:
            raise LostError("an earlier request has brought the server to a halt")
        # The comment keeps the answer from coming out of the cache.
        parameters = {"query": f"{TALLY}#{self.answered.total()}", "format": "csv"}
        try:
            self.answered[generator, self._send(request)] += 1
            tally = self.client.get("/sparql", params=parameters)
        except (TimeoutError, httpx.HTTPError) as error:
            self.lost = True
            raise LostError(
                f"no answer within {ANSWER_SECONDS:g} seconds to, or after, {request}"
            ) from error
        assert (tally.status_code, tally.text.split()[1:]) == (200, ["141,7,32,13"])

    def _send(self, request: Sent) -> str:
        started = time.monotonic()
        with socket.create_connection(
            ("127.0.0.1", self.server.port), ANSWER_SECONDS
        ) as connection:
            try:
                connection.sendall(request.content)
            except ConnectionError:
                assert len(request.content) > _MAX_HEAD_BYTES, "refused before it was read"
            if request.broken and not select.select([connection], [], [], _READ_WAIT_SECONDS)[0]:
                connection.shutdown(socket.SHUT_WR)
            response = HTTPResponse(
                connection, method=request.content.partition(b" ")[0].decode("l1")
            )
            body, complete = b"", False
            try:
                response.begin()
            except (HTTPException, ConnectionError):
                assert request.broken, "no answer"
                return "none"
            with contextlib.suppress(IncompleteRead, ConnectionError):
                body, complete = response.read(), True
        seconds = time.monotonic() - started
        _check(response, body)
        assert seconds < ANSWER_SECONDS, f"{response.status} after {seconds:.1f} seconds"
        # A limit passed after the first bytes breaks an answer off, and bytes left unread do.
        excused = seconds > 1 or (response.status == 400 and len(request.content) > _MAX_HEAD_BYTES)
        assert complete or request.broken or excused, "the answer broke off"
        return str(response.status) if complete else "broken off"


def _check(response: HTTPResponse, body: bytes) -> None:
    summary = f"{response.status} {body[:500]!r}"
    assert str(response.status) in STATUSES, summary
    if response.status >= 400:
        assert response.headers["content-type"] == "text/plain; charset=utf-8", summary
        assert len(body) < 10_000, f"{len(body)} bytes: {summary}"
        assert b"Traceback" not in body, summary
    if response.status == 503 and body:
        assert UNAVAILABLE.fullmatch(body.decode()), summary


@pytest.fixture(scope="module")
def live(embedded: Path, wikidata: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A live server of our own, with short limits; its table is printed at the end."""
    folder = tmp_path_factory.mktemp("fuzz")
    stand_in = alias(WIKIDATA, wikidata, per_minute=60_000, timeout=QUERY_TIMEOUT)
    limits = {
        "KG_QUERY_TIMEOUT": QUERY_TIMEOUT,
        "KG_QUERY_MEMORY": 512,
        "KG_FEDERATION": federation_settings(folder, stand_in),
    }
    with (
        serving(embedded, folder / "log", **limits) as running,
        httpx.Client(base_url=running.address, timeout=ANSWER_SECONDS) as client,
    ):
        server = Live(running, client)
        yield server
    columns = sorted({status for _, status in server.answered})
    print("\n" + "".join(f"{title:>11}" for title in ("", *columns)))
    for name in GENERATORS:
        cells = (server.answered[name, status] or "" for status in columns)
        print("".join(f"{cell:>11}" for cell in (name, *cells)))


# Requests.
_HOST, _GZIP = b"Host: 127.0.0.1\r\n", b"Accept-Encoding: gzip\r\n"


def _get(query: bytes, more: bytes = b"", headers: bytes = b"", method: bytes = b"GET") -> Sent:
    target = b"/sparql?query=" + quote_from_bytes(query).encode() + more
    return Sent(method + b" " + target + b" HTTP/1.1\r\n" + _HOST + headers + b"\r\n")


def _post(body: bytes, kind: bytes = DIRECT) -> Sent:
    head = b"POST /sparql HTTP/1.1\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return Sent(head % (_HOST, kind, len(body)) + body)


def _ways(query: bytes) -> st.SearchStrategy[Sent]:
    """The ways to ask a query; one that is too long for an address goes by POST."""
    form = b"query=" + quote_from_bytes(query).encode()
    short = [_get(query), _get(query, method=b"HEAD"), _get(query, headers=_GZIP)]
    return st.sampled_from([_post(query), _post(form, FORM)] + short * (len(form) < 50_000))


# ε is nothing. Deep inside only the first two alternatives are taken: these must come to an end.
_GRAMMAR: Final = r"""
QUERY = SELECT (@EXPR AS ?x) { } | SELECT @VARS { @PATTERN } LIMIT 9 | ASK FROM unv: { @PATTERN }
 | SELECT ((@EXPR) AS ?x) { @PATTERN } @END | CONSTRUCT { @NODE ?p @TERM } { @PATTERN } LIMIT 99
 | DESCRIBE @NODE { @PATTERN } LIMIT 2 | INSERT DATA { @NODE a @NODE } | SELECT @VARS { } @END
VARS = * | ?a | DISTINCT ?a | (1 AS ?a) | (COUNT(*) AS ?n)
END = ε | LIMIT 5 | ORDER BY ?a LIMIT 9 | GROUP BY ?a | HAVING(COUNT(*) > 1) | ORDER BY RAND()
 | OFFSET 99999999999999999999 | VALUES ?a { 1 } | LIMIT -1
PATTERN = @NODE @PATH @TERM . | BIND(@TERM AS ?new) | BIND(@EXPR AS ?a) | FILTER(@EXPR)
 | VALUES (?a ?b) { (@TERM UNDEF) } | @PATTERN @PATTERN | OPTIONAL { @PATTERN }
 | { @PATTERN } UNION { @PATTERN } | @PATTERN MINUS { @PATTERN } | GRAPH @NODE { @PATTERN }
 | SERVICE @NODE { @PATTERN } | LATERAL { @PATTERN } | { SELECT @VARS { @PATTERN } LIMIT 3 }
EXPR = @TERM | ?a | (@EXPR @OP @EXPR) | @CALL(@EXPR) | @CALL(@EXPR, @EXPR) | !@EXPR
 | @CALL(@TERM, @EXPR, @TERM) | @CALL() | EXISTS { @NODE a @NODE } | (- @EXPR)
OP = + | - | * | / | = | < | >= | && | || | != | IN
CALL = STRLEN | SUBSTR | REGEX | REPLACE | CONCAT | YEAR | SECONDS | TZ | TIMEZONE | IRI | BNODE
 | STRDT | STRLANG | LANGMATCHES | ENCODE_FOR_URI | SHA512 | ROUND | ABS | CEIL | IF | COALESCE
 | UUID | RAND | NOW | TRIPLE | SUBJECT | ADJUST | xsd:@TYPE | <urn:f> | COUNT | SUM | AVG | MIN
 | GROUP_CONCAT | SAMPLE | COUNT(DISTINCT *) -
PATH = a | unv:date | unv:decides/unv:symbol | ^unv:votedBy | (a|!a)? | unv:partOf* | ?p | !(a|^a)
 | rdfs:subClassOf+ | unv:yesCount | a{1,3} | 'p'
NODE = ?a | unv:Vote | ?b | $c | _:b | [] | <urn:x> | (1 ?a) | << ?a a ?b >> | <<( ?a a ?b )>>
TERM = ?a | 1 | @NODE | '@LEXICAL'^^xsd:@TYPE | '@LEXICAL'^^xsd:@TYPE | 1. | .5 | +1 | -1e999 | ''
 | 'A/RES/ES-11/6' | 'Türkiye'@tr | '\uD83D\uDE00' | '(((a*)*)*)*$' | 'i' | 1e308 | true
 | 9223372036854775807 | 170141183460469231731.7
TYPE = integer | decimal | double | dateTime | date | time | gYear | duration | dayTimeDuration
LEXICAL = 2023-02-23 | P1Y | -99999999999999999-12-31T24:00:00Z | 24:00:00+14:00 | ε | 0 | NaN
 | -P99999999999Y | PT9999999999999999.9S | -170141183460469231731.687303715884105728 | 1e400
HEADER = @NAME: @VALUE
NAME = Accept | Accept-Encoding | If-None-Match | Content-Type | Host | Expect | Connection | @ANY
 | Upgrade | TE | X-Forwarded-For | X-Forwarded-Proto | Origin | Content-Length | Range | Cookie
 | Transfer-Encoding | Forwarded
VALUE = @ANY | % | @RANGE;q=@ANY | @RANGE;q=@TERM | @RANGE, @VALUE | [ | a>b | websocket | chunked
 | 100-continue | -1 | 10.0.0.1 | upgrade
RANGE = text/csv | */* | gzip | zstd | text/* | W/"x" | *;q=0
KIND = @READ | @READ;charset=@CHARSET | @READ; Charset = @CHARSET | @READ;;a=b;charset | / | @ANY
READ = application/x-www-form-urlencoded | application/sparql-query | application/sparql-update
CHARSET = utf-8 | "UTF-8" | latin-1 | \ | = | @ANY
LINE = @METHOD @TARGET
METHOD = GET | HEAD | POST | OPTIONS | PUT | DELETE | TRACE | CONNECT | PATCH | PROPFIND | get
TARGET = / | /sparql | /health | /sparql?query=ASK%7B%7D | /.well-known/void | /nowhere | * | //
 | /sparql/ | x:1 | /../sparql | /%2e/ | http://x/sparql | /sparql#?query | /sparql?format=%FF
 | /sparql?query=% | /sparql?format=turtle | /sparql?;&&==&query | /@ESCAPED | /sparql?@ESCAPED
ASKED = GET /sparql?query=ASK%7B%7D | GET /sparql | GET / | POST /sparql?query=x
PARAMETER = &@KEY=@ESCAPED | &@KEY=csv | &@KEY=turtle | &@KEY=urn:@ESCAPED | &@KEY=ASK%7B%7D
 | &@KEY=https://w3id.org/un-votes/graph/ontology | &@KEY=http://127.0.0.1:1/ | &@KEY=
KEY = default-graph-uri | named-graph-uri | format | query | update | x | ε
DEEP = { @ } | FILTER(((((( @ )))))) | OPTIONAL{ @ } | ?a ?b [ ?c @ ] | ?a ?b ( @ ) | MINUS { @ }
 | FILTER EXISTS { @ } | {SELECT*{ @ }} | GRAPH ?g { @ } | ?a ((( @ )*)*)* ?b | FILTER(- @ )
 | << @ a ?b>> | BIND(! @ AS ?x) | FILTER(IF( @ ,1,2))
AROUND = SELECT (STRLEN('@') AS ?x) {} | ASK { ?@ a ?b } | ASK { <urn:@> a ?b } | ASK {} #@ | @
 | PREFIX @: <urn:> ASK { @:a a ?b } | ASK { @:a a ?b } | SELECT ?@ {} | ASK { <@> a service:@ }
 | SELECT (REGEX('@', '@') AS ?x) {} | ASK { ?a a '''@ } | BASE <@> ASK { <@> a ?b }
 | ASK { _:@ a 'x'@@ } | SELECT * { FILTER(service@()) } | SELECT ('@'^^<urn:@> AS ?x) {}
UNIT = x | é | 😀 | \u0041 | \U0010FFFF | \ | \\ | %41 | _ | a-
"""
_RULES: Final = {
    name: [
        alternative.replace("ε", "") for alternative in re.split(r"\s+\|\s+", alternatives.strip())
    ]
    for name, alternatives in re.findall(r"^([A-Z]+) = (.*(?:\n \|.*)*)", _GRAMMAR, re.MULTILINE)
}
_LATIN = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\r\n\0"), max_size=30)


@st.composite
def _generated(draw: st.DrawFn, rule: str, depth: int = 0) -> str:
    """A text made by a rule of the grammar."""
    if rule in {"ANY", "ESCAPED"}:
        text = draw(_LATIN) if rule == "ANY" else quote(draw(st.text(max_size=20)))
        return text * draw(st.sampled_from([1, 1, 1, 2500]))
    choices = _RULES[rule] if depth < 6 else _RULES[rule][:2]
    chosen = draw(st.sampled_from(choices))
    return re.sub("@([A-Z]+)", lambda reference: draw(_generated(reference[1], depth + 1)), chosen)


_TOKEN = re.compile(r"<[^<>\s]*>|\"[^\"]*\"|'[^']*'|[?$]?\w[\w:.-]*|\s+|.", re.DOTALL)
_LIBRARY = [_TOKEN.findall(query.text) for query in library().values()]
_QUERY = _generated("QUERY").map(lambda query: HEADS + query)


@st.composite
def _mutated_query(draw: st.DrawFn) -> bytes:
    """A query, from the library or the grammar, with some tokens dropped, doubled or swapped."""
    tokens = list(draw(st.sampled_from(_LIBRARY) | _QUERY.map(_TOKEN.findall)))
    for _ in range(draw(st.integers(0, 4))):
        position, second_position = (draw(st.integers(0, len(tokens) - 1)) for _ in range(2))
        how = draw(st.sampled_from(["drop", "double", "swap", "other"]))
        if how == "swap":
            tokens[position], tokens[second_position] = tokens[second_position], tokens[position]
        elif how == "other":
            tokens[position] = draw(st.sampled_from(draw(st.sampled_from(_LIBRARY))))
        else:
            tokens[position : position + 1] = (
                [] if how == "drop" and len(tokens) > 1 else [tokens[position]] * 2
            )
    return "".join(tokens).encode()


_PIECES = (
    b"\xff \xed\xa0\x80 \xed\xb0\x80 \xc0\x80 \xf4\x90\x80\x80 \0 \\uD800 \\uDC00\\uD800 \\u0000 "
    b"\\u00 \\U00110000 \\UFFFFFFFF \\u007B \\u0053ERVICE \xef\xbb\xbf \xe2\x80\xae"
).split(b" ")


@st.composite
def _extreme_query(draw: st.DrawFn) -> bytes:
    """A query nested deeply, with something very long in it, or with bytes that do not belong."""
    how = draw(st.sampled_from(["deep", "long", "bytes"]))
    times = draw(st.integers(1, 300) | st.integers(1, 20_000))
    if how == "deep":
        before, _, after = draw(_generated("DEEP")).partition("@")
        return f"ASK {{ {before * times} {draw(_generated('TERM'))} {after * times} }}".encode()
    if how == "long":
        return draw(_generated("AROUND")).replace("@", draw(_generated("UNIT")) * times).encode()
    query = draw(st.sampled_from([TALLY, "ASK { SERVICE <urn:x> {} }", "SELECT ('x' AS ?x) {}"]))
    at = draw(st.integers(0, len(query)))
    bits = st.text(max_size=6).map(str.encode) | st.binary(max_size=6) | st.sampled_from(_PIECES)
    return query[:at].encode() + draw(bits) + query[at:].encode()


_ENDLESS = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
_BYTES = st.binary(max_size=300) | st.builds(bytes.__mul__, st.binary(max_size=9), st.just(99_999))


@st.composite
def _request_with_parameters(draw: st.DrawFn) -> Sent:
    query = draw(st.sampled_from([b"ASK {}", b"ASK { GRAPH ?g { ?s ?p ?o } }", b"x"]))
    parameters = draw(st.lists(_generated("PARAMETER"), max_size=6))
    more = "".join(parameters * draw(st.sampled_from([1, 1, 1, 200, 1500]))).encode()
    if len(more) < 50_000 and draw(st.booleans()):
        return _get(query, more)
    return _post(b"query=" + quote_from_bytes(query).encode() + more, FORM)


@st.composite
def _malformed_request(draw: st.DrawFn) -> Sent:
    """A body that ends too early or too late, a client that goes, or bytes that are no HTTP."""
    head = b"POST /sparql HTTP/1.1\r\n" + _HOST + b"Content-Type: " + DIRECT + b"\r\n"
    body = draw(st.sampled_from([b"ASK {}", TALLY.encode(), b"#" * 99_999, _ENDLESS]))
    how = draw(st.sampled_from(["short", "long", "chunked", "odd", "both", "bytes", "cut"]))
    if how in {"short", "long"}:
        # With the right length it is a client that goes away while its query runs.
        length = len(body) + draw(st.sampled_from([0, 1, 99])) * (1 if how == "short" else -1)
        return Sent(head + b"Content-Length: %d\r\n\r\n" % max(length, 0) + body, broken=True)
    if how == "odd":
        length_text = draw(st.sampled_from(f"x -0 1e3 {'9' * 400} +6 6,7 0x6 ６".split())).encode()
        return Sent(head + b"Content-Length: " + length_text + b"\r\n\r\n" + body, broken=True)
    if how == "bytes":
        return Sent(draw(_BYTES), broken=True)
    size = draw(st.sampled_from([b"%x" % len(body), b"x", b"", b"-1", b"f" * 30, b"6;a"]))
    head += b"Content-Length: 3\r\n" if how == "both" else b""
    message = head + b"Transfer-Encoding: chunked\r\n\r\n%s\r\n%s\r\n0\r\n\r\n" % (size, body)
    end = draw(st.integers(0, len(message))) if how == "cut" else None
    return Sent(message[:end], broken=True)


def _request_with_headers(start: str, headers: str) -> Sent:
    host = b"" if "Host: " in headers else _HOST
    lines = f"{start} HTTP/1.1\r\n".encode() + host + headers.encode("l1", "replace")
    return Sent(lines + b"\r\n", "Content-Length" in headers or "Transfer-Encoding" in headers)


_HEADERS = st.builds(
    lambda lines, times: "\r\n".join([*lines * times, ""]),
    st.lists(_generated("HEADER"), min_size=1, max_size=5),
    st.sampled_from([1, 1, 1, 2, 1000]),
)
#: Strategies by name, with the share of all requests each gets, in percent.
GENERATORS: Final[dict[str, tuple[st.SearchStrategy[Sent], int]]] = {
    "grammar": (_QUERY.map(str.encode).flatmap(_ways), 28),
    "mutated": (_mutated_query().flatmap(_ways), 7),
    "strange": (_extreme_query().flatmap(_ways), 10),
    "bodies": (st.builds(_post, _BYTES, _generated("KIND").map(lambda kind: kind.encode("l1"))), 8),
    "headers": (st.builds(_request_with_headers, _generated("ASKED"), _HEADERS), 15),
    "parameters": (_request_with_parameters(), 13),
    "framing": (_malformed_request(), 9),
    "addresses": (st.builds(_request_with_headers, _generated("LINE"), st.just("")), 10),
}


@pytest.mark.parametrize(
    "requests", [REQUESTS, pytest.param(MANY_REQUESTS, marks=pytest.mark.endurance)]
)
@pytest.mark.parametrize("generator", GENERATORS)
def test_whatever_is_sent_is_answered_as_documented(
    live: Live, generator: str, requests: int
) -> None:
    strategy, share = GENERATORS[generator]

    @settings(
        max_examples=max(1, requests * share // 100),
        database=None,
        derandomize=requests == REQUESTS,  # the gate is not to fail by chance
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def fuzz(request: Sent) -> None:
        live.try_out(generator, request)

    fuzz()


def test_nothing_failed_unseen(live: Live) -> None:
    log = live.server.logged()
    assert "Traceback" not in log, log[log.index("Traceback") :][:3000]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")
def test_no_process_is_left_behind(live: Live) -> None:
    def left() -> int:
        number = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parent = stat.read_text().rpartition(")")[2].split()[1]
                number += parent == str(live.server.pid)
        return number

    # Those that are being replaced end in a moment.
    assert comes(lambda: left() <= _MAX_IDLE_PROCESSES), left()
