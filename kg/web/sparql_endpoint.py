"""The SPARQL endpoint: protocol, cache and engine behind one address (docs/reference/http.md).

It is plain ASGI, without the framework's routing and dependency injection: most requests are
answered from the cache, where these would take most of the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.engine.content_coding import choose_content_coding
from kg.engine.interface import Engine, QueryRequest
from kg.errors import KgError
from kg.limits import CACHED_RESPONSE_BYTES
from kg.web.access_log import request_details
from kg.web.error_responses import error_response
from kg.web.http_cache import CachedResponse, ResponseCache, entity_tag, is_volatile, matches
from kg.web.http_error import HttpError, http_error_from
from kg.web.sparql_protocol import read_query_request
from kg.web.sparql_responses import (
    StartedResponse,
    StreamedResponse,
    complete_response,
    not_modified,
)

PATH: Final = "/sparql"


class SparqlEndpoint:
    """Answers queries at one path; passes all other requests on to the wrapped application.

    Requests without a query are passed on too: the application answers with the service
    description.
    """

    def __init__(self, app: ASGIApp, engine: Callable[[], Engine]) -> None:
        self._app = app
        self._engine = engine
        self._cache = ResponseCache()
        #: Requests whose responses will be in the cache, if they are short enough.
        self._pending: dict[tuple[str, QueryRequest], _PendingResponse] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        try:
            await self._handle(scope, receive, send)
        except HttpError as error:
            await error_response(Request(scope), error)(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        coding = choose_content_coding(request.headers.get("accept-encoding", ""))
        query = await read_query_request(request, coding)
        if query is None:
            await self._app(scope, receive, send)
            return
        request_details(scope).query = query.query
        response = await self._respond(query, request)
        await response(scope, receive, send)

    async def _respond(self, query: QueryRequest, request: Request) -> ASGIApp:
        """Return 304, a cached response, or a response of the engine."""
        try:
            release = self._engine().release().name
        except KgError as error:
            raise HttpError(503, str(error)) from error
        if_none_match = request.headers.get("if-none-match", "")
        cached = await self._cached(release, query)
        if cached is None:
            tag = "" if is_volatile(query) else entity_tag(release, query)
            if tag and matches(if_none_match, tag):
                return not_modified(tag, release)
            return await self._execute(query, request, release, tag)
        if matches(if_none_match, cached.tag):
            return not_modified(cached.tag, release)
        return complete_response(cached, release, request.scope, len(cached.body))

    async def _cached(self, release: str, query: QueryRequest) -> CachedResponse | None:
        """Return the cached response; wait for it if the same query is being executed."""
        cached = self._cache.get(release, query)
        while cached is None and (pending := self._pending.get((release, query))):
            await pending.done.wait()
            if error := pending.error:
                raise HttpError(error.status, str(error), error.headers)
            cached = self._cache.get(release, query)
        return cached

    async def _execute(
        self, query: QueryRequest, request: Request, release: str, tag: str
    ) -> ASGIApp:
        """Return the response of the engine; it is cached if it is short and has an entity tag."""
        is_head = request.method == "HEAD"
        async with self._announced(release, query, tag):
            started = await self._start(query, head_only=is_head)
        metadata = started.response.metadata
        if metadata.release != release:
            # The release changed in between: the response is right, but has another tag.
            tag = ""
        if metadata.headers:
            request_details(request.scope).federation = dict(metadata.headers)
        if not started.is_complete:
            return StreamedResponse(started, tag)
        response = CachedResponse(
            metadata.content_type,
            metadata.content_coding,
            started.content,
            tag,
            started.response.row_count,
            metadata.engine,
        )
        if is_head or not tag:
            length = metadata.length if is_head else len(response.body)
            return complete_response(
                response, metadata.release, request.scope, length, metadata.headers
            )
        self._cache.put(release, query, response)
        return complete_response(response, release, request.scope, len(response.body))

    @asynccontextmanager
    async def _announced(self, release: str, query: QueryRequest, tag: str) -> AsyncIterator[None]:
        """Let identical queries wait while this one, if it may be cached, is executed."""
        if not tag:
            yield
            return
        pending = self._pending[release, query] = _PendingResponse()
        try:
            yield
        except HttpError as error:
            pending.error = error
            raise
        finally:
            del self._pending[release, query]
            # Waiting queries check the cache in the next turn of the event loop, once it is filled.
            asyncio.get_running_loop().call_soon(pending.done.set)

    async def _start(self, query: QueryRequest, *, head_only: bool) -> StartedResponse:
        """Execute a query and read as much as may be cached; a longer response stays open.

        Raises:
            HttpError: for every error up to that point.
        """
        try:
            response = await self._engine().execute(query)
            content = bytearray()
            chunks = response.chunks()
            try:
                if not head_only:
                    async for chunk in chunks:
                        content += chunk
                        if len(content) > CACHED_RESPONSE_BYTES:
                            return StartedResponse(response, bytes(content), chunks)
            except BaseException:
                await response.close()
                raise
            await response.close()
            return StartedResponse(response, bytes(content), None)
        except KgError as error:
            raise http_error_from(error) from error


@dataclass
class _PendingResponse:
    """A query being executed; if it fails, all requests that wait for it get its error."""

    done: asyncio.Event = field(default_factory=asyncio.Event)
    error: HttpError | None = None
