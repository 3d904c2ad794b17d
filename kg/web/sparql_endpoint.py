"""The SPARQL endpoint: protocol, cache and engine behind one address (contract A5).

It is plain ASGI, without the framework's routing and injection around it: what is asked most is
answered from the cache, where these would take most of the time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.engine.content_coding import choose_content_coding
from kg.engine.interface import Engine, QueryRequest, QueryResponse
from kg.errors import InterruptedResponseError, KgError
from kg.web.http_cache import CACHED_ANSWER_BYTES, Cache, Finished, entity_tag, is_volatile, matches
from kg.web.middleware import ENGINE_HEADER, note
from kg.web.rate_limit import FairUse
from kg.web.sparql_protocol import METHODS, RefusalError, client_of, read_question, refusal_of

PATH: Final = "/sparql"

_LOG: Final = logging.getLogger("kg.web.sparql_endpoint")
_PREFLIGHT: Final = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
#: Seconds after which a client is watched: it may go away while its query computes.
_UNWATCHED: Final = 0.05


class SparqlEndpoint:
    """Answers at one path; what is asked elsewhere goes to the application inside.

    A request without a query goes there too: it is answered with the service description.
    """

    def __init__(self, app: ASGIApp, engine: Callable[[], Engine], fair_use: FairUse) -> None:
        self._app = app
        self._engine = engine
        self._fair_use = fair_use
        self._cache = Cache()
        #: Questions whose answers will be in the cache, if they are short enough.
        self._under_way: dict[tuple[str, QueryRequest], _UnderWay] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        try:
            with self._fair_use.admit(client_of(Request(scope))):
                await self._answer(scope, receive, send)
        except RefusalError as refusal:
            response = PlainTextResponse(f"{refusal}\n", refusal.status, refusal.headers)
            await response(scope, receive, send)
        except ClientDisconnect:
            pass

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
            return
        coding = choose_content_coding(request.headers.get("accept-encoding", ""))
        question = await read_question(request, coding)
        if question is None:
            await self._app(scope, receive, send)
            return
        note(scope, query=question.query)
        try:
            response = await self._respond(question, request)
        except asyncio.CancelledError:
            # What the server does to requests that outlast its grace when it is told to stop.
            raise RefusalError(
                503, "the server is stopping; ask again in a moment", {"Retry-After": "5"}
            ) from None
        await response(scope, receive, send)

    async def _respond(self, question: QueryRequest, request: Request) -> ASGIApp:
        """Return what the client has, what is cached, or an answer of the engine."""
        try:
            release = self._engine().release().name
        except KgError as error:
            raise RefusalError(503, str(error)) from error
        if_none_match = request.headers.get("if-none-match", "")
        finished = self._cache.get(release, question)
        while finished is None and (earlier := self._under_way.get((release, question))):
            # The same question at the same time is computed once.
            async with _while_connected(request.receive):
                await earlier.done.wait()
            if refusal := earlier.refusal:
                raise RefusalError(refusal.status, str(refusal), refusal.headers)
            finished = self._cache.get(release, question)
        if finished is None:
            tag = "" if is_volatile(question) else entity_tag(release, question)
            if tag and matches(if_none_match, tag):
                return _not_modified(tag)
            async with _while_connected(request.receive), self._noted(release, question, tag):
                begun = await self._begin(question, head_only=request.method == "HEAD")
            answer = begun.answer
            head = answer.metadata
            if head.release != release:
                # A new release came in between: the answer is right, but not the one of this tag.
                tag = ""
            if head.headers:
                note(request.scope, federation=dict(head.headers))
            if not begun.is_whole:
                return _Stream(begun, tag)
            finished = Finished(
                head.content_type,
                head.content_coding,
                begun.content,
                tag,
                answer.row_count,
                head.engine,
            )
            if request.method == "HEAD" or not tag:
                length = head.length if request.method == "HEAD" else len(finished.body)
                return _whole(finished, request.scope, length, head.headers)
            self._cache.put(release, question, finished)
        elif matches(if_none_match, finished.tag):
            return _not_modified(finished.tag)
        return _whole(finished, request.scope, len(finished.body))

    @asynccontextmanager
    async def _noted(self, release: str, question: QueryRequest, tag: str) -> AsyncIterator[None]:
        """Let others know that a question that may be cached is being answered."""
        if not tag:
            yield
            return
        this = self._under_way[release, question] = _UnderWay()
        try:
            yield
        except RefusalError as refusal:
            this.refusal = refusal
            raise
        finally:
            del self._under_way[release, question]
            # Those who wait look into the cache in the next turn of the loop, after it is filled.
            asyncio.get_running_loop().call_soon(this.done.set)

    async def _begin(self, question: QueryRequest, *, head_only: bool) -> _Begun:
        """Ask the engine, and gather what fits into the cache; a longer answer stays open.

        Raises:
            RefusalError: for everything that goes wrong until then.
        """
        try:
            answer = await self._engine().execute(question)
            gathered = bytearray()
            pieces = answer.chunks()
            try:
                if not head_only:
                    async for piece in pieces:
                        gathered += piece
                        if len(gathered) > CACHED_ANSWER_BYTES:
                            return _Begun(answer, bytes(gathered), pieces)
            except BaseException:
                await answer.close()
                raise
            await answer.close()
            return _Begun(answer, bytes(gathered), None)
        except KgError as error:
            raise refusal_of(error) from error


@dataclass
class _UnderWay:
    """A question that is being answered, and what those who ask the same are told if it fails."""

    done: asyncio.Event = field(default_factory=asyncio.Event)
    refusal: RefusalError | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    """The beginning of an answer; ``rest`` is None if that is all of it."""

    answer: QueryResponse
    content: bytes
    rest: AsyncIterator[bytes] | None

    @property
    def is_whole(self) -> bool:
        return self.rest is None


class _Stream:
    """A response that goes on as the answer does, and closes it however that ends."""

    def __init__(self, begun: _Begun, tag: str) -> None:
        self._begun = begun
        head = begun.answer.metadata
        headers = {
            **_headers(tag, head.content_coding),
            **dict(head.headers),
            ENGINE_HEADER: head.engine,
            "Content-Type": head.content_type,
        }
        self._headers = Headers(headers).raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer, rest = self._begun.answer, self._begun.rest
        assert rest is not None
        try:
            async with _while_connected(receive):
                await send({"type": "http.response.start", "status": 200, "headers": self._headers})
                await _send_piece(send, self._begun.content)
                async for piece in rest:
                    await _send_piece(send, piece)
            note(scope, rows=answer.row_count, engine=answer.metadata.engine)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except InterruptedResponseError as error:
            # Without its last piece the server breaks the connection: nobody takes it for whole.
            _LOG.warning("an answer broke off: %s", error)
        finally:
            await answer.close()


async def _send_piece(send: Send, piece: bytes) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": True})


def _whole(
    finished: Finished,
    scope: Scope,
    length: int | None,
    told: tuple[tuple[str, str], ...] = (),
) -> Response:
    note(scope, rows=finished.rows, engine=finished.engine)
    headers = _headers(finished.tag, finished.coding) | dict(told)
    headers[ENGINE_HEADER] = finished.engine
    if length is not None:
        headers["Content-Length"] = str(length)
    response = Response(finished.body, media_type=finished.content_type, headers=headers)
    if length is None:
        # Of a long answer that was only asked for its headers.
        del response.headers["Content-Length"]
    return response


def _not_modified(tag: str) -> Response:
    return Response(status_code=304, headers=_headers(tag, ""))


def _headers(tag: str, coding: str) -> dict[str, str]:
    headers = {"Vary": "Accept, Accept-Encoding"}
    if tag:
        headers |= {"ETag": tag, "Cache-Control": "public, no-cache"}
    else:
        headers["Cache-Control"] = "no-store"
    if coding:
        headers["Content-Encoding"] = coding
    return headers


@asynccontextmanager
async def _while_connected(receive: Receive) -> AsyncIterator[None]:
    """Cancel what happens in the context when the client goes away.

    Raises:
        ClientDisconnect: in that case.
    """
    task = asyncio.current_task()
    assert task is not None
    watcher: asyncio.Task[None] | None = None
    gone = False

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        task.cancel()

    def begin() -> None:
        nonlocal watcher
        watcher = asyncio.create_task(watch())

    timer = asyncio.get_running_loop().call_later(_UNWATCHED, begin)
    try:
        yield
    except asyncio.CancelledError:
        if not gone:
            raise
        task.uncancel()
        raise ClientDisconnect from None
    finally:
        timer.cancel()
        if watcher:
            watcher.cancel()
