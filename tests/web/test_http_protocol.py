"""Limits of requests and connections before the application."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from kg.limits import HEADER_FIELDS, URL_BYTES
from kg.web import http_protocol
from kg.web.connections import Connections
from kg.web.http_protocol import limited_protocol

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


@dataclass
class Served:
    """A server in this process: its port, and what its application and its metrics saw."""

    port: int
    #: Paths of the requests that are handled, and of those that were.
    handled: list[str] = field(default_factory=list)
    disconnected: list[str] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a new connection."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def exchange(self, content: bytes) -> bytes:
        """Send bytes and return everything until the connection is closed."""
        reader, writer = await self.connect()
        writer.write(content)
        answer = await reader.read()
        writer.close()
        return answer


@contextlib.asynccontextmanager
async def server(limit: int = 100, limit_per_client: int = 100) -> AsyncIterator[Served]:
    """Run a server whose application waits at /wait, and reads the body elsewhere."""
    served = Served(0)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        served.handled.append(scope["path"])
        if scope["path"] == "/wait":
            while (await receive())["type"] != "http.disconnect":
                pass
            served.disconnected.append(scope["path"])
            return
        with contextlib.suppress(Exception):
            await PlainTextResponse(await request.body())(scope, receive, send)

    connections = Connections(lambda _: False, limit, limit_per_client)
    config = uvicorn.Config(
        application,
        port=0,
        loop="asyncio",
        lifespan="off",
        log_config=None,
        http=limited_protocol(connections, lambda status: served.refused.update([status])),
    )
    running = uvicorn.Server(config)
    task = asyncio.create_task(running._serve())
    while not running.started:
        await asyncio.sleep(0)
    served.port = running.servers[0].sockets[0].getsockname()[1]
    yield served
    running.should_exit = running.force_exit = True
    await task


def run(test: Callable[[Served], Awaitable[None]], **limits: int) -> None:
    """Run a test with a server."""

    async def main() -> None:
        async with server(**limits) as served:
            await asyncio.wait_for(test(served), 60)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000, 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * HEADER_FIELDS + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + (b"X: " + b"x" * 9000 + b"\r\n") * 4 + b"\r\n", 431),
        (b"\r\n" * 200_000, 431),
        (b"GET /" + b"x" * URL_BYTES + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_a_request_beyond_a_limit_is_refused(content: bytes, status: int) -> None:
    async def test(served: Served) -> None:
        answer = await served.exchange(content)
        assert answer.startswith(b"HTTP/1.1 %d " % status), answer
        assert b"connection: close" in answer
        assert answer.endswith(b"\n")
        assert not served.handled
        assert served.refused == {status: 1}

    run(test)


@pytest.mark.parametrize(
    "content",
    [
        GET,
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET /?" + b"x" * (URL_BYTES - 2) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * (HEADER_FIELDS - 1) + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + GET,
    ],
)
def test_a_request_within_the_limits_is_handled(content: bytes) -> None:
    async def test(served: Served) -> None:
        reader, writer = await served.connect()
        for byte in (content[:7], content[7:-3], content[-3:]):
            writer.write(byte)
            await writer.drain()
            await asyncio.sleep(0)
        for _ in range(content.count(b"\r\n\r\n")):
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200 ")
        writer.close()
        assert not served.refused

    run(test)


def test_heads_that_wait_for_a_body_and_heads_that_have_none() -> None:
    """A head is sent with its body, but an interim response, or one to HEAD, at once."""

    async def test(served: Served) -> None:
        reader, writer = await served.connect()
        post = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n"
        for method, interim, body in ((b"POST", b"HTTP/1.1 100", b"hi"), (b"HEAD", b"", b"")):
            head = post.replace(b"POST", method)
            writer.write(head + (b"Expect: 100-continue\r\n\r\n" if interim else b"\r\nhi"))
            if interim:
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(interim)
                writer.write(b"hi")
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"content-length: 2\r\n" in answer
            assert await reader.readexactly(len(body)) == body
        writer.write(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"\r\n\r\n")
        writer.close()

    run(test)


def test_a_body_is_read_after_a_declined_offer_of_another_protocol() -> None:
    async def test(served: Served) -> None:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\n"
        answer = await served.exchange(head + b"Content-Length: 4\r\n\r\nbody")
        assert answer.endswith(b"\r\n\r\nbody")

    run(test)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost:", b"HTTP/1.1 408 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n12", b"HTTP/1.1 408 "),
        (b"POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n12", b"HTTP/1.1 408 "),
    ],
)
def test_a_request_that_takes_too_long_is_refused(
    content: bytes, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", 0.05)
    monkeypatch.setattr(http_protocol, "BODY_SECONDS", 0.05)

    async def test(served: Served) -> None:
        assert (await served.exchange(content))[: len(b"HTTP/1.1 408 ")] == answer

    run(test)


def test_a_slow_response_is_not_ended_by_the_limit_of_the_next_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", 0.01)

    async def test(served: Served) -> None:
        reader, writer = await served.connect()
        writer.write(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.1)
        assert not served.disconnected
        writer.close()

    run(test)


def test_requests_behind_the_first_are_not_handled_after_the_client_has_left() -> None:
    async def test(served: Served) -> None:
        _, writer = await served.connect()
        writer.write(GET.replace(b"/ ", b"/wait ") * 2)
        while served.handled != ["/wait"]:
            await asyncio.sleep(0)
        writer.close()
        while served.disconnected != ["/wait"]:
            await asyncio.sleep(0)
        assert (await served.exchange(b"GET /last HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert served.handled == ["/wait", "/last"]

    run(test)


@pytest.mark.parametrize("limits", [{"limit": 3}, {"limit_per_client": 3}])
def test_waiting_connections_make_room_for_new_ones(limits: dict[str, int]) -> None:
    async def test(served: Served) -> None:
        idle = [await served.connect() for _ in range(3)]
        idle[1][1].write(b"GET / HTTP/1.1\r\nHost: half a request")
        for _ in range(5):
            assert (await served.exchange(GET.replace(b"1.1", b"1.0"))).startswith(b"HTTP/1.1 200 ")
        # The one that has waited longest is closed.
        assert await idle[0][0].read() == b""
        for _, writer in idle:
            writer.close()

    run(test, **limits)


@pytest.mark.parametrize("limits", [{"limit": 2}, {"limit_per_client": 2}])
def test_connections_with_requests_do_not_make_room(limits: dict[str, int]) -> None:
    async def test(served: Served) -> None:
        busy = [await served.connect() for _ in range(2)]
        for _, writer in busy:
            writer.write(GET.replace(b"/ ", b"/wait "))
        while len(served.handled) < 2:
            await asyncio.sleep(0)
        answer = await served.exchange(b"")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"more than 2 connections" in answer
        busy[0][1].close()
        while not served.disconnected:
            await asyncio.sleep(0)
        assert (await served.exchange(GET.replace(b"1.1", b"1.0"))).startswith(b"HTTP/1.1 200 ")
        busy[1][1].close()

    run(test, **limits)
