"""The HTTP service (contract A5): SPARQL at ``/sparql``, and what operators need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rich.console import Console
from starlette.exceptions import HTTPException

import kg
from kg import settings
from kg.engine.federation import allowlist
from kg.engine.federation.engine import FederatedEngine
from kg.engine.federation.gateway_process import GatewayProcess
from kg.engine.interface import Engine, Limits, Question
from kg.engine.local import OxigraphEngine
from kg.engine.remote.engine import RemoteEngine
from kg.errors import KgError, NotAcceptableError
from kg.pipeline.bootstrap import ensure_release
from kg.rdf.vocabulary import PREFIXES
from kg.release.release import Release
from kg.sparql.formats import GRAPHS, HTML, PLAIN, choose, negotiate
from kg.web import downloads
from kg.web.middleware import Metrics, Observed
from kg.web.pages import resources
from kg.web.pages.context import Site
from kg.web.pages.responses import wanted
from kg.web.pages.routes import editor, home, refusal_page, router
from kg.web.rate_limit import FairUse
from kg.web.service_description import service_description
from kg.web.sparql_endpoint import PATH, SparqlEndpoint
from kg.web.sparql_protocol import RefusalError, client_of, refusal_of

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
    dumps_setting, remote = settings.dumps(), settings.engine()
    limits = Limits(
        workers=settings.workers(),
        seconds=settings.query_timeout(),
        memory=settings.query_memory(),
    )
    federation = settings.federation()
    federated = bool(allowlist.load(federation).listed)
    metrics = Metrics()
    site = Site(lambda: app.state.engine, public_url)
    fair_use = FairUse(
        settings.rate_limit(),
        settings.client_concurrency(),
        loopback=settings.limits_on_loopback(),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(ensure_release, folder, Console(stderr=True))
        app.state.engine = _engine(folder, remote, limits, federation)
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
    async def refused(request: Request, refusal: RefusalError) -> Response:
        return _told(request, refusal.status, str(refusal), refusal.headers)

    @app.exception_handler(KgError)
    async def unanswered(request: Request, error: KgError) -> Response:
        refusal = refusal_of(error)
        return _told(request, refusal.status, str(refusal), refusal.headers)

    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> Response:
        return _told(request, error.status_code, str(error.detail), dict(error.headers or {}))

    def _told(request: Request, status: int, text: str, headers: dict[str, str]) -> Response:
        """Tell what went wrong: to a browser as a page, to anything else as a sentence."""
        if negotiate((PLAIN, HTML), ",".join(request.headers.getlist("accept"))) is HTML:
            return refusal_page(site, request, status, text, headers)
        return _plain(status, text, headers)

    @app.api_route("/", methods=["GET", "HEAD"])
    async def welcome(request: Request) -> Response:
        if wanted(request, (PLAIN, HTML)) is HTML:
            return await home(site, request)
        base = f"{(public_url or str(request.base_url)).rstrip('/')}/"
        text = _WELCOME.format(version=kg.__version__, base=base, unv=PREFIXES["unv"])
        return _plain(200, text, {"Vary": "Accept"})

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

    @app.get("/health/alive")
    async def alive() -> Response:
        return _plain(200, "alive")

    @app.get("/metrics")
    async def show_metrics() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @app.api_route("/.well-known/void", methods=["GET", "HEAD"])
    async def void(request: Request) -> Response:
        if request.url.path != PATH and wanted(request, (*GRAPHS, HTML)) is HTML:
            return await resources.document(site, request, "dataset")
        address = public_url or str(request.base_url)
        return await _describe(
            app.state.engine, request, address, dumps_setting, federated=federated
        )

    def in_force() -> Release:
        engine: Engine = app.state.engine
        return engine.release()

    app.include_router(downloads.router(in_force, dumps_setting))

    # The endpoint passes on what comes without a query.
    @app.api_route(PATH, methods=["GET", "HEAD"])
    async def describe_or_edit(request: Request) -> Response:
        is_page = wanted(request, (*GRAPHS, HTML)) is HTML
        return await (editor(site, request) if is_page else void(request))

    async def admit(request: Request) -> AsyncIterator[None]:
        with fair_use.admit(client_of(request)):
            yield

    app.include_router(router(site), dependencies=[Depends(admit)])
    return app


def _engine(folder: Path, remote: str, limits: Limits, federation: Path | None) -> Engine:
    """Return the engine, which asks other endpoints too if any is allowed."""
    inner: Engine
    if remote:
        inner = RemoteEngine(folder, remote, limits)
    else:
        inner = OxigraphEngine(folder, limits, columnar=settings.columnar())
    if not allowlist.load(federation).listed:
        return inner
    return FederatedEngine(inner, GatewayProcess(folder, federation))


async def _describe(
    engine: Engine, request: Request, address: str, offer: settings.Dumps, *, federated: bool
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
        files = [
            base + downloads.PATH + one.name for one in downloads.offered(release, offer) if one.rdf
        ]
        return service_description(release, base + PATH, written_in, files, federated=federated)

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
