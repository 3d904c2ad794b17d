"""The application, assembled from engine, middleware, routes and error handlers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from rich.console import Console
from starlette.routing import Route

import kg
from kg.engine.federation import allowlist
from kg.engine.interface import Engine
from kg.pipeline.bootstrap import ensure_release
from kg.settings import Settings
from kg.web import downloads, entry_points, operations
from kg.web.admission import AdmissionMiddleware
from kg.web.engines import create_engine
from kg.web.error_handlers import add_error_handlers, negotiated_error
from kg.web.http_error import HttpError
from kg.web.metrics import Metrics
from kg.web.middleware import ObservabilityMiddleware
from kg.web.pages import routes as pages
from kg.web.pages.context import PageContext
from kg.web.pages.preparation import prepare_pages
from kg.web.preflight import PreflightMiddleware
from kg.web.rate_limit import RateLimiter
from kg.web.root_path import RootPathMiddleware, configured_root_path
from kg.web.sparql_endpoint import PATH, SparqlEndpoint
from kg.web.trailing_slash import TrailingSlashMiddleware


def create_app(settings: Settings) -> FastAPI:
    """Return the application that serves the current release of the data folder.

    Raises:
        SettingError: if the file of the endpoints that SERVICE may name, or the root path, is
            invalid.
    """
    federated = bool(allowlist.load(settings.federation).by_iri)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(ensure_release, settings, Console(stderr=True))
        app.state.engine = create_engine(settings)
        await app.state.engine.start()
        preparation = asyncio.create_task(prepare_pages(context))
        yield
        preparation.cancel()
        with suppress(asyncio.CancelledError):
            await preparation
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

    metrics, context = Metrics(), PageContext(engine, settings)
    app.state.metrics = metrics
    rate_limiter = RateLimiter(
        settings.rate_limit, settings.client_concurrency, loopback=settings.limit_loopback
    )
    error_response = partial(negotiated_error, context)
    _add_middleware(app, settings, engine, metrics, rate_limiter, error_response)
    add_error_handlers(app, error_response)
    _include_routers(app, settings, context, metrics, federated=federated)
    own_paths = {route.path.split("/")[1] for route in app.routes if isinstance(route, Route)}
    # The outermost middleware, so that all others see the same paths wherever the service is.
    app.add_middleware(RootPathMiddleware, root_path=configured_root_path(settings, own_paths))
    return app


def _add_middleware(
    app: FastAPI,
    settings: Settings,
    engine: Callable[[], Engine],
    metrics: Metrics,
    rate_limiter: RateLimiter,
    error_response: Callable[[Request, HttpError], Response],
) -> None:
    """Put the endpoint in front of the routes, admission in front of it, and metrics in front."""
    app.add_middleware(SparqlEndpoint, engine=engine)
    app.add_middleware(TrailingSlashMiddleware, except_paths=frozenset({downloads.PATH}))
    app.add_middleware(PreflightMiddleware)
    app.add_middleware(
        AdmissionMiddleware, rate_limiter=rate_limiter, error_response=error_response
    )
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
    metrics: Metrics,
    *,
    federated: bool,
) -> None:
    app.include_router(entry_points.router(context, settings.dumps, federated=federated))
    app.include_router(operations.router(context.queries.engine, metrics))
    app.include_router(downloads.router(context.intact_release, settings.dumps))
    app.include_router(pages.router(context))
