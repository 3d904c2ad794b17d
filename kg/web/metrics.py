"""Metrics of requests and queries, for Prometheus."""

from __future__ import annotations

import functools

from prometheus_client import CollectorRegistry, Counter, Histogram


class Metrics:
    """The metrics of one application, in a registry of their own."""

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
        self._bytes = Counter(
            "kg_response_bytes", "Bytes of response bodies sent.", registry=self.registry
        )
        self._answers = Counter(
            "kg_answers",
            "Responses to queries, including cached ones, by engine.",
            ["engine"],
            registry=self.registry,
        )
        # Looking a counter up by its labels takes longer than counting.
        self._requests_by_labels = functools.cache(self._requests.labels)
        self._seconds_by_path = functools.cache(self._seconds.labels)
        self._answers_by_engine = functools.cache(self._answers.labels)

    def observe(
        self, path: str, status: int, seconds: float, length: int, engine: str = ""
    ) -> None:
        """Count one response; ``engine`` answered the query in it, if there was one."""
        self._requests_by_labels(path, str(status)).inc()
        self._seconds_by_path(path).observe(seconds)
        self._bytes.inc(length)
        if engine:
            self._answers_by_engine(engine).inc()

    def count_refused(self, status: int) -> None:
        """Count a request that was refused before it reached the application."""
        self._requests_by_labels("refused", str(status)).inc()
