"""Preflight requests of browsers, for pages of any origin (https://fetch.spec.whatwg.org/)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.web.sparql_protocol import METHODS

#: Headers that clients of SPARQL and Linked Data send. A browser asks for permission for any header
#: of a page's own, and even for Accept if its value is long or contains quotation marks.
_HEADERS: Final = (
    *("Accept", "Accept-Language", "Authorization", "Cache-Control", "Content-Type"),
    *("If-Modified-Since", "If-None-Match", "Pragma", "Prefer", "X-Requested-With"),
)
_RESPONSE_HEADERS: Final = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": ", ".join(_HEADERS),
    "Access-Control-Max-Age": "86400",
}


class PreflightMiddleware:
    """Answers OPTIONS for every path; passes all other requests on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_RESPONSE_HEADERS)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
