"""Routes for operators: health checks and metrics."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kg.engine.interface import Engine, QueryRequest
from kg.errors import KgError
from kg.web.middleware import Metrics
from kg.web.responses import plain_text


def router(engine: Callable[[], Engine], metrics: Metrics) -> APIRouter:
    """Return the routes ``/health``, ``/health/alive`` and ``/metrics``."""
    routes = APIRouter()

    @routes.get("/health")
    async def health() -> Response:
        """Answer 200 if the engine answers a query and the release in force holds a triple."""
        try:
            answer = await engine().execute(QueryRequest("ASK { ?s ?p ?o }", format="csv"))
            content = b"".join([piece async for piece in answer.chunks()])
        except KgError as error:
            return plain_text(503, f"not ready: {error}")
        if content.strip() != b"true":
            return plain_text(503, f"release {answer.metadata.release} is empty")
        return plain_text(200, f"ok: release {answer.metadata.release}")

    @routes.get("/health/alive")
    async def alive() -> Response:
        """Answer 200 as long as the process handles requests at all."""
        return plain_text(200, "alive")

    @routes.get("/metrics")
    async def show_metrics() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
