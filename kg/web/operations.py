"""Routes for operators: health checks and metrics."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse

from kg.engine.interface import Engine, QueryRequest
from kg.errors import KgError
from kg.web.metrics import Metrics


def router(engine: Callable[[], Engine], metrics: Metrics) -> APIRouter:
    """Return the routes ``/health``, ``/health/alive`` and ``/metrics``."""
    routes = APIRouter()

    @routes.get("/health")
    async def health() -> Response:
        """Answer 200 if the engine answers a query, and no file of the release is damaged."""
        try:
            engine().release()
            engine().monitor.require_intact()
            query = QueryRequest("ASK { ?s ?p ?o }", format="csv", is_page=True)
            answer = await engine().execute(query)
            content = b"".join([piece async for piece in answer.chunks()])
        except KgError as error:
            return PlainTextResponse(f"not ready: {error}\n", 503)
        if content.strip() != b"true":
            return PlainTextResponse(f"release {answer.metadata.release} is empty\n", 503)
        lines = [f"ok: release {answer.metadata.release}", *engine().warnings()]
        return PlainTextResponse("".join(f"{line}\n" for line in lines), 200)

    @routes.get("/health/alive")
    async def alive() -> Response:
        """Answer 200 whenever the process handles requests at all."""
        return PlainTextResponse("alive\n", 200)

    @routes.get("/metrics")
    async def show_metrics() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
