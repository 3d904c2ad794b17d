"""Admission: work ends when its client leaves, and what is unfinished at the end is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from kg.web.admission import CURRENT_CLIENT, AdmissionMiddleware
from kg.web.http_error import HttpError
from kg.web.rate_limit import RateLimiter

_SCOPE: Scope = {
    "type": "http", "method": "GET", "path": "/page", "headers": [], "query_string": b"",
    "client": ("2001:db8::1", 1),
}  # fmt: skip


def _error(request: Request, error: HttpError) -> Response:
    return PlainTextResponse(str(error), error.status, error.headers)


class Exchange:
    """A request to the middleware: what the client sends, and what it receives."""

    def __init__(self, application: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []
        limiter = RateLimiter("100/minute", 8, loopback=False)
        self._middleware = AdmissionMiddleware(application, limiter, _error)

    async def run(self, **scope: object) -> None:
        """Handle the request to its end."""

        async def send(message: Message) -> None:
            self.sent.append(message)

        await self._middleware({**_SCOPE, **scope}, self.incoming.get, send)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_work_is_cancelled_when_its_client_leaves(method: str) -> None:
    ended: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if method == "POST":
                assert (await receive())["body"] == b"query"
            await asyncio.Event().wait()
        finally:
            ended.append(CURRENT_CLIENT.get())

    async def main() -> None:
        exchange = Exchange(application)
        exchange.incoming.put_nowait({"type": "http.request", "body": b"query"})
        exchange.incoming.put_nowait({"type": "http.disconnect"})
        await asyncio.wait_for(exchange.run(method=method), 60)
        assert not exchange.sent

    asyncio.run(main())
    assert ended == ["2001:db8::/64"]


def test_the_body_of_a_request_is_left_to_the_application() -> None:
    pieces: list[bytes] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def body() -> AsyncIterator[bytes]:
            async for piece in Request(scope, receive).stream():
                # Longer than the delay after which a connection is watched.
                await asyncio.sleep(0.1)
                yield piece

        pieces.extend([piece async for piece in body()])
        await PlainTextResponse("done")(scope, receive, send)

    async def main() -> None:
        exchange = Exchange(application)
        for piece in (b"a", b"b", b"c"):
            exchange.incoming.put_nowait(
                {"type": "http.request", "body": piece, "more_body": piece != b"c"}
            )
        await asyncio.wait_for(exchange.run(method="POST"), 60)
        assert exchange.sent[0]["status"] == 200

    asyncio.run(main())
    assert pieces[:3] == [b"a", b"b", b"c"]


def test_a_response_that_is_complete_is_not_cancelled() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.1)
        await PlainTextResponse("done")(scope, receive, send)
        exchange.incoming.put_nowait({"type": "http.disconnect"})
        await asyncio.sleep(0)
        finished.append(True)

    finished: list[bool] = []
    exchange = Exchange(application)
    asyncio.run(exchange.run())
    assert finished == [True]


def test_a_request_without_a_response_at_the_end_gets_503() -> None:
    async def main() -> None:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await asyncio.Event().wait()

        exchange = Exchange(application)
        task = asyncio.create_task(exchange.run())
        await asyncio.sleep(0)
        task.cancel()
        await task
        assert exchange.sent[0]["status"] == 503
        assert exchange.sent[1]["body"] == b"the server is stopping; try again in a moment"

    asyncio.run(main())
