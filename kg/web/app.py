"""The application, assembled from engine, middleware, routes and error handlers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from rich.console import Console

import kg
from kg.engine.federation import allowlist
from kg.engine.interface import Engine
from kg.pipeline.bootstrap import ensure_release
from kg.settings import Settings
from kg.web import downloads, entry_points, operations
from kg.web.engines import create_engine
from kg.web.error_handlers import add_error_handlers
from kg.web.metrics import Metrics
from kg.web.middleware import ObservabilityMiddleware
from kg.web.pages import routes as pages
from kg.web.pages.context import PageContext
from kg.web.preflight import PreflightMiddleware
from kg.web.rate_limit import RateLimiter
from kg.web.service_manager import READY, STOPPING, notify
from kg.web.sparql_endpoint import PATH, SparqlEndpoint
from kg.web.sparql_protocol import client_of
from kg.web.trailing_slash import TrailingSlashMiddleware


def create_app(settings: Settings) -> FastAPI:
    """Return the application that serves the current release of the data folder.

    Raises:
        SettingError: if the file of the endpoints that SERVICE may name is invalid.
    """
    federated = bool(allowlist.load(settings.federation).by_iri)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(ensure_release, settings, Console(stderr=True))
        app.state.engine = create_engine(settings)
        await app.state.engine.start()
        notify(READY)
        yield
        notify(STOPPING)
        await app.state.engine.close()

    app = FastAPI(
        title="UN votes knowledge graph",
        version=kg.__version__,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )

    def engine() -> Engine:
        """Return the engine, which exists once the application has started."""
        started: Engine = app.state.engine
        return started

    metrics, context = Metrics(), PageContext(engine, settings.public_url)
    rate_limiter = RateLimiter(
        settings.rate_limit, settings.client_concurrency, loopback=settings.limit_loopback
    )
    _add_middleware(app, settings, engine, rate_limiter, metrics)
    add_error_handlers(app, context)
    _include_routers(app, settings, context, rate_limiter, metrics, federated=federated)
    return app


def _add_middleware(
    app: FastAPI,
    settings: Settings,
    engine: Callable[[], Engine],
    rate_limiter: RateLimiter,
    metrics: Metrics,
) -> None:
    """Put the endpoint in front of the routes, and the observing middleware in front of all."""
    app.add_middleware(SparqlEndpoint, engine=engine, rate_limiter=rate_limiter)
    app.add_middleware(TrailingSlashMiddleware, except_paths=frozenset({downloads.PATH}))
    app.add_middleware(PreflightMiddleware)
    app.add_middleware(
        ObservabilityMiddleware,
        metrics=metrics,
        paths=frozenset({PATH}),
        log_queries=settings.log_queries,
    )


def _include_routers(
    app: FastAPI,
    settings: Settings,
    context: PageContext,
    rate_limiter: RateLimiter,
    metrics: Metrics,
    *,
    federated: bool,
) -> None:
    async def admit(request: Request) -> AsyncIterator[None]:
        with rate_limiter.admit(client_of(request)):
            yield

    app.include_router(entry_points.router(context, settings.dumps, federated=federated))
    app.include_router(operations.router(context.queries.engine, metrics))
    app.include_router(downloads.router(context.intact_release, settings.dumps))
    # A page executes several queries, so pages count towards a client's rate limit.
    app.include_router(pages.router(context), dependencies=[Depends(admit)])
