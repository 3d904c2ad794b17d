"""What operators see of the service, and the headers every response carries.

One line of JSON a request on the logger ``kg.access``, without the text of the query unless that is
asked for; counters for Prometheus.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG: Final = logging.getLogger("kg.access")

#: Answers may be read by pages of any origin; nothing served here runs scripts or is framed.
_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After, Link",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kg_requests",
            "Requests by path and status.",
            ["path", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "kg_request_seconds",
            "Seconds from the request to the last byte.",
            ["path"],
            registry=self.registry,
        )
        self.bytes = Counter("kg_response_bytes", "Bytes of bodies sent.", registry=self.registry)


class Observed:
    """Wraps an application: sets headers, counts, and logs when a response has ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, with_queries: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._with_queries = with_queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request of the application inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        status, length, ended = 0, 0, False
        scope.setdefault("state", {})

        async def observed_send(message: Message) -> None:
            nonlocal status, length, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            elif message["type"] == "http.response.body":
                length += len(message.get("body", b""))
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, observed_send)
        finally:
            self._note(scope, status, length, time.monotonic() - started, ended=ended)

    def _note(self, scope: Scope, status: int, length: int, seconds: float, *, ended: bool) -> None:
        # Paths that are not ours are counted together: a scan must not fill the registry.
        path = scope["route"].path if "route" in scope else "other"
        self._metrics.requests.labels(path, str(status)).inc()
        self._metrics.seconds.labels(path).observe(seconds)
        self._metrics.bytes.inc(length)
        query = scope["state"].get("query", "")
        said = {
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "outcome": "complete" if ended else "broken off",
            "milliseconds": round(seconds * 1000, 1),
            "bytes": length,
            "query": hashlib.sha256(query.encode()).hexdigest()[:16] if query else "",
        }
        if self._with_queries and query:
            said["text"] = query
        _LOG.info(json.dumps(said))
