"""Hostile requests to a running server: each must get a proper answer in time.

    python -m tests.e2e.hostile http://127.0.0.1:8000 [--short]

prints a line for each, and exits with 1 if one failed. Each is a request that once filled the
memory, stopped other clients or caused a failure. The short form leaves out those that wait for
time limits. Requests count towards the rate limit, which does not apply to this machine unless
``KG_LIMIT_LOOPBACK`` is set.
"""

from __future__ import annotations

import argparse
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpx

from kg import limits

#: Seconds in which the answer to a request that computes nothing must arrive, on a busy machine.
PROMPT_SECONDS = 120.0
XSD = "http://www.w3.org/2001/XMLSchema#"
UNV = "PREFIX unv: <https://w3id.org/un-votes/ontology#> "
#: A query that computes until its time limit.
LONG = UNV + "SELECT (COUNT(*) AS ?n) { ?a unv:castBy ?b . ?c unv:castBy ?d . ?e unv:castBy ?f }"
_MAX_ANSWER_BYTES = 1 << 20


class HostileError(AssertionError):
    """An answer is not the expected one."""


@dataclass(frozen=True)
class Target:
    """The server; ``root`` is the path below which it is mounted, usually empty."""

    address: str

    @property
    def host(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.address)
        return parts.hostname or "", parts.port or 80

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Return the response to GET, without following redirects."""
        return httpx.get(self.address + path, headers=headers, timeout=120)

    def connect(self) -> socket.socket:
        """Return a new connection."""
        return socket.create_connection(self.host, timeout=PROMPT_SECONDS)

    def exchange(self, *parts: bytes) -> bytes:
        """Send bytes and return everything until the server closes the connection."""
        with self.connect() as connection:
            for part in parts:
                try:
                    connection.sendall(part)
                except OSError:
                    break
            return read_all(connection)

    def is_prompt(self) -> None:
        """Check that the front page, made anew or not, is answered soon."""
        started = time.monotonic()
        response = self.get("/", Accept="text/html")
        expect(response.status_code == 200, f"the front page has status {response.status_code}")
        seconds = time.monotonic() - started
        expect(seconds < PROMPT_SECONDS, f"the front page took {seconds:.1f} seconds")


def expect(condition: bool, message: str) -> None:
    """Fail with a message unless a condition is true."""
    if not condition:
        raise HostileError(message)


def expect_status(answer: bytes, status: int) -> None:
    """Check the status line of a raw answer."""
    line = answer.partition(b"\r\n")[0].decode("latin-1")
    expect(line.startswith(f"HTTP/1.1 {status} "), f"expected status {status}, found {line!r}")


def read_all(connection: socket.socket) -> bytes:
    """Return what a server sends until it closes the connection."""
    answer = bytearray()
    try:
        while len(answer) < _MAX_ANSWER_BYTES and (data := connection.recv(1 << 16)):
            answer += data
    except ConnectionResetError:
        pass
    except TimeoutError as error:
        raise HostileError(f"the connection was not closed after {bytes(answer[:80])!r}") from error
    return bytes(answer)


Check = Callable[[Target], None]


# Results that are drawn


def _term(value: str, datatype: str = "") -> str:
    return f"'{value}'^^<{XSD}{datatype}>" if datatype else value


def _year_and_number(*pairs: tuple[str, str]) -> str:
    rows = " ".join(f"('{year}' {number})" for year, number in pairs)
    return f"SELECT ?year ?n {{ VALUES (?year ?n) {{ {rows} }} }}"


DRAWN = {
    "a span of 30 million years": "SELECT ?year (1 AS ?n) { VALUES ?year {'1' '30000000'} }",
    "a span of 9,000 years": _year_and_number(("1000", "1"), ("9999", "2")),
    "negative numbers by year": _year_and_number(("1990", "-1"), ("1991", "-30")),
    "no votes minus yes votes by year": UNV
    + "SELECT ?year (SUM(?no) - SUM(?yes) AS ?n) { ?e unv:year ?year ; unv:noCount ?no ; "
    "unv:yesCount ?yes } GROUP BY ?year ORDER BY ?year",
    "NaN and infinite numbers": _year_and_number(
        ("1990", _term("NaN", "double")), ("1991", _term("INF", "double")), ("1992", "1e308")
    ),
    "ill-typed numbers": _year_and_number(
        ("1990", _term("many", "integer")), ("1991", _term("", "decimal"))
    ),
    "numbers of 400 digits": _year_and_number(("1990", "9" * 400), ("1991", "1")),
    "a share of states that is no number": UNV
    + "SELECT ?state ('x' AS ?share) { ?state a unv:State }",
    "infinite shares of states": UNV
    + f"SELECT ?state ({_term('INF', 'double')} AS ?share) {{ ?state a unv:State }}",
    "triple terms": "SELECT ?t { BIND(<<( <urn:s> <urn:p> <<( <urn:s> <urn:p> 1 )>> )>> AS ?t) }",
    "control and bidirectional characters": "SELECT ('\\u0000\\u202E<script>\\uFFFF' AS ?text) {}",
    "an IRI with a script": "SELECT ?iri { BIND(IRI('javascript:alert(1)') AS ?iri) }",
    "no variables": "SELECT * {}",
    "a thousand rows without a name": "SELECT * { VALUES ?x { " + "UNDEF " * 1000 + "} }",
}


def _drawn(query: str) -> Check:
    def check(server: Target) -> None:
        for path in ("/run", "/run?part=result"):
            response = httpx.post(
                server.address + path, data={"query": query}, timeout=PROMPT_SECONDS
            )
            text = response.text
            expect(response.status_code in {200, 400, 503}, f"status {response.status_code}")
            is_shown = "<table" in text or 'class="error"' in text or "<p" in text
            expect(is_shown, "neither a result nor a reason")
            expect("<script>\\u" not in text and 'javascript:alert(1)"' not in text, "a script")

    return check


# The head and the body of a request


def endless_header(server: Target) -> None:
    """A header field that never ends is answered with 431."""
    part = b"x" * 65536
    expect_status(server.exchange(b"GET / HTTP/1.1\r\nHost: x\r\nX: ", *[part] * 64), 431)


def many_fields(server: Target) -> None:
    """Too many header fields are answered with 431."""
    fields = b"".join(b"X-%d: 1\r\n" % n for n in range(limits.HEADER_FIELDS + 1))
    expect_status(server.exchange(b"GET / HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n"), 431)


def endless_url(server: Target) -> None:
    """A URL that never ends is answered with 414."""
    expect_status(server.exchange(b"GET /?", *[b"x" * 65536] * 64), 414)


def empty_lines(server: Target) -> None:
    """Empty lines without a request are not read for ever."""
    answer = server.exchange(*[b"\r\n" * 32768] * 64)
    expect(answer[:12] in {b"HTTP/1.1 431", b"HTTP/1.1 400"}, f"found {answer[:40]!r}")


def hosts(server: Target) -> None:
    """HTTP/1.1 without a Host, or with two, is answered with 400."""
    expect_status(server.exchange(b"GET / HTTP/1.1\r\n\r\n"), 400)
    expect_status(server.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400)
    expect_status(server.exchange(b"GET /health/alive HTTP/1.0\r\n\r\n"), 200)


def malformed(server: Target) -> None:
    """What is not HTTP is answered with 400, and two lengths of a body too."""
    expect_status(server.exchange(b"\x16\x03\x01\x02\x00\x01\x00" * 10), 400)
    lengths = b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"
    expect_status(server.exchange(b"POST /run HTTP/1.1\r\nHost: x\r\n" + lengths + b"\r\n"), 400)


def trailers(server: Target) -> None:
    """Endless fields after a body do not fill the memory."""
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n\r\n0\r\n"
    answer = server.exchange(head + form, *[b"X: " + b"y" * 1000 + b"\r\n"] * 1000)
    expect(answer[:9] in {b"", b"HTTP/1.1 "}, f"found {answer[:40]!r}")
    server.is_prompt()


def long_body(server: Target) -> None:
    """A body beyond the limit is answered with 413."""
    size = limits.REQUEST_BODY_BYTES + 1
    head = f"POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    expect_status(server.exchange((head + form).encode(), b"x" * size), 413)


def slow_head(server: Target) -> None:
    """A head that arrives a byte a second is answered with 408."""
    expect_status(_slowly(server, b"GET / HTTP/1.1\r\nHost: x\r\nX-" + b"x" * 1000), 408)


def slow_body(server: Target) -> None:
    """A body that arrives a byte a second is answered with 408."""
    head = b"POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    expect_status(_slowly(server, b"x" * 1000, head + form), 408)


def _slowly(server: Target, content: bytes, first: bytes = b"") -> bytes:
    with server.connect() as connection:
        connection.sendall(first)
        for byte in content:
            try:
                connection.sendall(bytes([byte]))
                connection.settimeout(1)
                if data := connection.recv(1 << 16):
                    return data
                raise HostileError("the connection was closed without an answer")
            except TimeoutError:
                continue
    raise HostileError("the server waited to the end")


def idle(server: Target) -> None:
    """A connection without a request is closed."""
    with server.connect() as connection:
        connection.settimeout(limits.HEADER_SECONDS + PROMPT_SECONDS)
        expect(read_all(connection) == b"", "an answer without a request")


# Parameters


PATHS = {
    "a path with a null character": "/page/state/%00",
    "a path of invalid UTF-8": "/page/%ff%fe",
    "a path above the root": "/page/../../etc/passwd",
    "a static file above its folder": "/static/..%2f..%2fapp.py",
    "a parameter of invalid UTF-8": "/search?q=%ff%fe",
    "a limit of 40 digits": f"/search?q=x&limit={'9' * 40}",
    "a cursor of 40 digits": f"/reconcile/suggest?prefix=x&cursor={'9' * 40}",
    "a negative cursor": "/reconcile/suggest?prefix=x&cursor=-1",
    "years in other digits": "/compare?from=%D9%A1%D9%A9%D9%A9%D9%A0&until=1999",
    "a page of 40 digits": f"/changes?page={'9' * 40}",
    "a property that is no IRI": "/page/state/IND?incoming=%22%3E%20.%20%3Fs%20%3Fp%20%3Fo",
    "1,001 parameters": "/run?" + "&".join(f"p{n}=1" for n in range(1001)),
    "a name of 10,000 characters": "/search?q=" + "x" * 10_000,
    "reconciliation of deep JSON": "/reconcile?queries=" + quote("[" * 9000),
    "reconciliation of a number": "/reconcile?queries=1",
    "a query of deep groups": "/sparql?query=" + quote("SELECT * " + "{" * 9000),
}


def _answered(path: str) -> Check:
    def check(server: Target) -> None:
        for accept in ("text/html", "*/*"):
            response = server.get(path, Accept=accept)
            status = response.status_code
            expect(status < 500, f"status {status}: {response.text[:100]!r}")
            expect("Traceback" not in response.text, "a traceback")

    return check


def meaningless_parameters(server: Target) -> None:
    """A parameter that a page does not read gives no new page."""
    for path in ("/", "/states", "/static/site.css"):
        tags = {server.get(path + query).headers.get("etag") for query in ("", "?x=1", "?x=2&y")}
        expect(len(tags) == 1, f"{path} has the tags {tags}")


# Clients that leave or wait


@contextmanager
def _abandoned(server: Target, path: str, number: int) -> Iterator[None]:
    """Send requests at the same time, and leave after the context."""
    host = server.host[0]
    with ExitStack() as stack:
        for n in range(number):
            connection = stack.enter_context(server.connect())
            target = path.replace("NUMBER", str(n))
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        yield


def _leaving(path: str) -> Check:
    def check(server: Target) -> None:
        with _abandoned(server, path, 40):
            server.is_prompt()
        # Their queries have ended with them: a long query gets a lane at once, or is refused.
        server.is_prompt()

    return check


LEAVING = {
    "forty abandoned requests to /run": "/run?query=" + quote(LONG + " # NUMBER"),
    "forty abandoned requests to /sparql": "/sparql?query=" + quote(LONG + " # NUMBER"),
    "forty abandoned requests to a page": "/compare?states=IND,CHN&from=19NUMBER",
}


def pipelined(server: Target) -> None:
    """A client that sends many requests at once and leaves does not keep the server busy."""
    path = quote(LONG)
    requests = b"".join(
        f"GET /run?query={path}%20%23{n} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for n in range(40)
    )
    with server.connect() as connection:
        connection.sendall(requests)
    server.is_prompt()


def idle_connections(server: Target) -> None:
    """Connections that send nothing, or only half a request, do not refuse a reader."""
    with ExitStack() as stack:
        for number in range(100):
            connection = stack.enter_context(server.connect())
            if number % 2:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-")
        with ThreadPoolExecutor(8) as pool:
            statuses = set(pool.map(lambda _: server.get("/").status_code, range(40)))
        expect(statuses == {200}, f"readers got {statuses}")


def checks(*, short: bool) -> dict[str, Check]:
    """Return the checks by name."""
    prompt: dict[str, Check] = {
        **{f"/run: {name}": _drawn(query) for name, query in DRAWN.items()},
        **{name: _answered(path) for name, path in PATHS.items()},
        "an endless header field": endless_header,
        "more header fields than allowed": many_fields,
        "an endless URL": endless_url,
        "empty lines without end": empty_lines,
        "no Host, two Hosts": hosts,
        "malformed requests": malformed,
        "endless trailer fields": trailers,
        "a body beyond the limit": long_body,
        "parameters without a meaning": meaningless_parameters,
        **{name: _leaving(path) for name, path in LEAVING.items()},
        "forty pipelined long queries": pipelined,
        "a hundred idle connections": idle_connections,
    }
    waiting: dict[str, Check] = {
        "a slow head": slow_head,
        "a slow body": slow_body,
        "a connection without a request": idle,
    }
    return prompt if short else prompt | waiting


def main() -> None:
    """Run the checks against a server."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.hostile", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("url", metavar="URL", help="the address of the server")
    parser.add_argument("--short", action="store_true", help="without waiting for time limits")
    options = parser.parse_args()
    server = Target(options.url.rstrip("/"))
    failed = 0
    for name, check in checks(short=options.short).items():
        started = time.monotonic()
        try:
            check(server)
            outcome = "ok"
        except (HostileError, httpx.HTTPError, OSError) as error:
            failed += 1
            outcome = f"FAILED: {error or type(error).__name__}"
        print(f"{time.monotonic() - started:6.1f} s  {name}: {outcome}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
