"""What operators see of the service, and the headers every response carries.

One line of JSON a request on the logger ``kg.access``, without the text of the query unless that is
asked for; counters for Prometheus.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Names the engine that gave an answer.
ENGINE_HEADER: Final = "KG-Engine"

_LOG: Final = logging.getLogger("kg.access")

#: Answers may be read by pages of any origin; nothing served here runs scripts or is framed.
_HEADERS: Final = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ETag, Retry-After, Link, Federation, Federation-Failed, Federation-Warning, "
        + ENGINE_HEADER.encode(),
    ),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


def note(scope: Scope, **facts: object) -> None:
    """Note for the log what only the inside of the application knows.

    ``query`` is a text, ``rows`` a number, ``engine`` a name, ``federation`` the headers of a
    federated answer.
    """
    scope.setdefault("state", {}).update(facts)


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "kg_requests",
            "Requests by path and status.",
            ["path", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "kg_request_seconds",
            "Seconds from the request to the last byte.",
            ["path"],
            registry=self.registry,
        )
        self._bytes = Counter("kg_response_bytes", "Bytes of bodies sent.", registry=self.registry)
        self._answers = Counter(
            "kg_answers",
            "Answers to queries, from the cache too, by the engine that gave them.",
            ["engine"],
            registry=self.registry,
        )
        # Looking a counter up by its labels takes longer than counting.
        self._count = functools.cache(self._requests.labels)
        self._measure = functools.cache(self._seconds.labels)

    def observe(
        self, path: str, status: int, seconds: float, length: int, engine: str = ""
    ) -> None:
        """Count one response, and the engine that gave the answer in it."""
        self._count(path, str(status)).inc()
        self._measure(path).observe(seconds)
        self._bytes.inc(length)
        if engine:
            self._answers.labels(engine).inc()


class Observed:
    """Wraps an application: sets headers, counts, and logs when a response has ended.

    ``paths`` are counted by themselves, others by their route; what has none counts together, so
    that a scan does not fill the registry.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, *, paths: frozenset[str], with_queries: bool
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._paths = paths
        self._with_queries = with_queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request of the application inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        status, length, ended = 0, 0, False

        async def observed_send(message: Message) -> None:
            nonlocal status, length, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                present = {name for name, _ in headers}
                headers += [pair for pair in _HEADERS if pair[0] not in present]
                message["headers"] = headers
            elif message["type"] == "http.response.body":
                length += len(message.get("body", b""))
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, observed_send)
        finally:
            self._note(scope, status, length, time.monotonic() - started, ended=ended)

    def _note(self, scope: Scope, status: int, length: int, seconds: float, *, ended: bool) -> None:
        path = scope["path"]
        if path not in self._paths:
            path = scope["route"].path if "route" in scope else "other"
        facts = scope.get("state", {})
        self._metrics.observe(path, status, seconds, length, facts.get("engine", ""))
        if not _LOG.isEnabledFor(logging.INFO):
            return
        query = facts.get("query", "")
        said = {
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "outcome": "complete" if ended else "broken off",
            "milliseconds": round(seconds * 1000, 1),
            "bytes": length,
            "rows": facts.get("rows"),
            "engine": facts.get("engine", ""),
            "query": hashlib.sha256(query.encode()).hexdigest()[:16] if query else "",
        }
        if "federation" in facts:
            said["federation"] = facts["federation"]
        if self._with_queries and query:
            said["text"] = query
        _LOG.info(json.dumps(said))
