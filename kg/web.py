"""The HTTP service (contract A5): SPARQL at ``/sparql``, and what operators need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rich.console import Console
from starlette.exceptions import HTTPException

import kg
from kg import dumps, settings
from kg.build import ensure_release
from kg.endpoint import PATH, SparqlEndpoint
from kg.engine.oxigraph import OxigraphEngine
from kg.engine.seam import Engine, Limits, Question
from kg.errors import KgError, NotAcceptableError
from kg.fairness import FairUse
from kg.formats import GRAPHS, choose
from kg.observation import Metrics, Observed
from kg.protocol import RefusalError
from kg.release import Release
from kg.service_description import service_description
from kg.vocabulary import PREFIXES

_WELCOME: Final = """\
UN votes knowledge graph {version}

SPARQL endpoint: {base}sparql
Health:          {base}health
Dumps:           {base}dumps/

A first query:
  curl {base}sparql -H 'Accept: text/csv' --data-urlencode 'query=
  PREFIX unv: <{unv}>
  SELECT ?symbol ?yes ?no ?abstaining WHERE {{
    ?event unv:decides/unv:symbol ?symbol ; unv:yesCount ?yes ; unv:noCount ?no ;
      unv:abstentionCount ?abstaining ; unv:date ?date
  }} ORDER BY DESC(?date) LIMIT 10'
"""


def create_app(data: Path | None = None) -> FastAPI:
    """Return the application that serves the release in force of a data folder.

    Raises:
        SettingError: if a setting has an unusable value.
    """
    folder, public_url = data or settings.data_dir(), settings.public_url()
    dumps_setting = settings.dumps()
    limits = Limits(
        workers=settings.workers(),
        seconds=settings.query_timeout(),
        memory=settings.query_memory(),
    )
    metrics = Metrics()
    fair_use = FairUse(
        settings.rate_limit(),
        settings.client_concurrency(),
        loopback=settings.limits_on_loopback(),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(ensure_release, folder, Console(stderr=True))
        app.state.engine = OxigraphEngine(folder, limits)
        await app.state.engine.start()
        yield
        await app.state.engine.close()

    app = FastAPI(
        title="UN votes knowledge graph",
        version=kg.__version__,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.add_middleware(SparqlEndpoint, engine=lambda: app.state.engine, fair_use=fair_use)
    app.add_middleware(
        Observed,
        metrics=metrics,
        paths=frozenset({PATH}),
        with_queries=settings.log_queries(),
    )

    @app.exception_handler(RefusalError)
    async def refused(_: Request, refusal: RefusalError) -> Response:
        return _plain(refusal.status, str(refusal), refusal.headers)

    @app.exception_handler(HTTPException)
    async def failed(_: Request, error: HTTPException) -> Response:
        return _plain(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.get("/")
    async def welcome(request: Request) -> Response:
        base = f"{(public_url or str(request.base_url)).rstrip('/')}/"
        text = _WELCOME.format(version=kg.__version__, base=base, unv=PREFIXES["unv"])
        return _plain(200, text)

    @app.get("/health")
    async def health() -> Response:
        engine: Engine = app.state.engine
        try:
            answer = await engine.ask(Question("ASK { ?s ?p ?o }", format="csv"))
            told = b"".join([piece async for piece in answer.pieces()])
        except KgError as error:
            return _plain(503, f"not ready: {error}")
        if told.strip() != b"true":
            return _plain(503, f"release {answer.head.release} is empty")
        return _plain(200, f"ok: release {answer.head.release}")

    @app.get("/metrics")
    async def show_metrics() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @app.api_route("/.well-known/void", methods=["GET", "HEAD"])
    async def void(request: Request) -> Response:
        address = public_url or str(request.base_url)
        return await _describe(app.state.engine, request, address, dumps_setting)

    def in_force() -> Release:
        engine: Engine = app.state.engine
        return engine.release()

    app.include_router(dumps.router(in_force, dumps_setting))
    # The endpoint passes on what comes without a query.
    app.add_api_route(PATH, void, methods=["GET", "HEAD"])
    return app


async def _describe(
    engine: Engine, request: Request, address: str, offer: settings.Dumps
) -> Response:
    """Return the service description and the description of the release."""
    wanted = request.query_params.get("format", "")
    accept = ",".join(request.headers.getlist("accept"))
    try:
        written_in = choose(GRAPHS, wanted, accept)
    except NotAcceptableError as error:
        raise RefusalError(406, str(error)) from error
    base = address.rstrip("/")

    def describe() -> bytes:
        release = engine.release()
        files = [base + dumps.PATH + one.name for one in dumps.offered(release, offer) if one.rdf]
        return service_description(release, base + PATH, written_in, files)

    try:
        content = await run_in_threadpool(describe)
    except KgError as error:
        raise RefusalError(503, str(error)) from error
    except (SyntaxError, ValueError) as error:
        raise RefusalError(400, "the Host header makes no address of this service") from error
    headers = {"Vary": "Accept", "Cache-Control": "public, no-cache"}
    return Response(content, media_type=written_in.content_type, headers=headers)


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return Response(
        text.rstrip("\n") + "\n",
        status,
        headers,
        media_type="text/plain; charset=utf-8",
    )
