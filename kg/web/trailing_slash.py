"""Redirects from a path that ends with a slash to the one without."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.web.root_path import root_path

#: The characters of a path that need no escape (RFC 3986, 3.3).
_SAFE: Final = "/:@!$&'()*+,;=-._~"


class TrailingSlashMiddleware:
    """Redirects paths with a slash at the end, except some paths; passes other requests on."""

    def __init__(self, app: ASGIApp, except_paths: Collection[str]) -> None:
        self._app = app
        self._except_paths = except_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path.endswith("/") and path.strip("/") and path not in self._except_paths:
            # One slash at the beginning: two would lead to another host.
            location = f"{root_path(scope)}/{quote(path.strip('/'), safe=_SAFE)}"
            if query := scope["query_string"].decode("latin-1"):
                location += f"?{query}"
            # Status 308 keeps the method, so a query sent by POST is sent again.
            await Response(status_code=308, headers={"Location": location})(scope, receive, send)
        else:
            await self._app(scope, receive, send)
