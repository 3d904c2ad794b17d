"""The outermost middleware: response headers of the service, metrics and the access log."""

from __future__ import annotations

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.access_log import log_request, request_details
from kg.web.metrics import Metrics

#: Status, in metrics and the access log, of a request whose client left before the response; no
#: client receives it. The number is that of nginx.
CLIENT_CLOSED_REQUEST: Final = 499
#: Names the engine that answered a query.
ENGINE_HEADER: Final = "KG-Engine"
#: The IRI of the release from which a response was made.
RELEASE_HEADER: Final = "KG-Release"

#: Pages of any origin may read responses; nothing served here runs scripts or is framed, unless a
#: route sets a policy of its own.
_DEFAULT_HEADERS: Final = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ETag, Retry-After, Link, Federation, Federation-Failed, Federation-Warning, "
        + f"{ENGINE_HEADER}, {RELEASE_HEADER}".encode(),
    ),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class ObservabilityMiddleware:
    """Adds default headers to responses; counts and logs each request when its response has ended.

    It is a single middleware, because each one costs time on every request. ``paths`` are counted
    individually, other paths by their route; requests without a route are counted together, so that
    a scan does not fill the registry.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, *, paths: frozenset[str], log_queries: bool
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._paths = paths
        self._log_queries = log_queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request to the wrapped application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        status, length, complete = 0, 0, False

        async def observed_send(message: Message) -> None:
            nonlocal status, length, complete
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                present = {name for name, _ in headers}
                headers += [header for header in _DEFAULT_HEADERS if header[0] not in present]
                message["headers"] = headers
            elif message["type"] == "http.response.body":
                length += len(message.get("body", b""))
                complete = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, observed_send)
        except Exception:
            # The framework answers with status 500 outside this middleware.
            status = status or 500
            raise
        finally:
            status = status or CLIENT_CLOSED_REQUEST
            seconds = time.monotonic() - started
            engine = request_details(scope).engine
            self._metrics.observe(self._path_label(scope), status, seconds, length, engine)
            log_request(
                scope, status, length, seconds, complete=complete, with_query=self._log_queries
            )

    def _path_label(self, scope: Scope) -> str:
        path: str = scope["path"]
        if path in self._paths:
            return path
        return scope["route"].path if "route" in scope else "other"
