"""Responses of the SPARQL endpoint: complete ones and streamed ones."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.engine.interface import QueryResponse
from kg.errors import InterruptedResponseError
from kg.rdf import iris
from kg.web.access_log import request_details
from kg.web.http_cache import CachedResponse
from kg.web.middleware import ENGINE_HEADER, RELEASE_HEADER

_LOG: Final = logging.getLogger("kg.web.sparql_endpoint")


@dataclass(frozen=True, slots=True)
class StartedResponse:
    """The beginning of a response; ``rest`` is None if the response is complete."""

    response: QueryResponse
    content: bytes
    rest: AsyncIterator[bytes] | None

    @property
    def is_complete(self) -> bool:
        """Whether ``content`` is the complete response."""
        return self.rest is None


class StreamedResponse:
    """Sends the response of the engine as it arrives, and closes it in every case."""

    def __init__(self, started: StartedResponse, tag: str) -> None:
        self._started = started
        metadata = started.response.metadata
        headers = {
            **_headers(tag, metadata.content_coding, metadata.release),
            **dict(metadata.headers),
            ENGINE_HEADER: metadata.engine,
            "Content-Type": metadata.content_type,
        }
        self._headers = Headers(headers).raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        response, rest = self._started.response, self._started.rest
        assert rest is not None
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})
            await _send_chunk(send, self._started.content)
            async for chunk in rest:
                await _send_chunk(send, chunk)
            _log_answer(scope, response.row_count, response.metadata.engine)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except InterruptedResponseError as error:
            # Without the last chunk the server closes the connection, so that no client takes the
            # response for complete.
            _LOG.warning("response interrupted: %s", error)
        finally:
            await response.close()


def complete_response(
    content: CachedResponse,
    release: str,
    scope: Scope,
    length: int | None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    """Return a response from a release whose body is known; ``length`` is None if unknown."""
    _log_answer(scope, content.rows, content.engine)
    all_headers = _headers(content.tag, content.content_coding, release) | dict(headers)
    all_headers[ENGINE_HEADER] = content.engine
    if length is not None:
        all_headers["Content-Length"] = str(length)
    response = Response(content.body, media_type=content.content_type, headers=all_headers)
    if length is None:
        # Starlette sets it to the length of the body, but a response to HEAD has no body.
        del response.headers["Content-Length"]
    return response


def not_modified(tag: str, release: str) -> Response:
    """Return the response to a client that already has the current response."""
    return Response(status_code=304, headers=_headers(tag, "", release))


def _log_answer(scope: Scope, rows: int | None, engine: str) -> None:
    details = request_details(scope)
    details.rows, details.engine = rows, engine


async def _send_chunk(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})


def _headers(tag: str, content_coding: str, release: str) -> dict[str, str]:
    headers = {"Vary": "Accept, Accept-Encoding", RELEASE_HEADER: iris.release(release)}
    if tag:
        headers |= {"ETag": tag, "Cache-Control": "public, no-cache"}
    else:
        headers["Cache-Control"] = "no-store"
    if content_coding:
        headers["Content-Encoding"] = content_coding
    return headers
