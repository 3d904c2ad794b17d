"""Error responses: a page for browsers, a sentence in plain text for other clients."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from kg.errors import KgError
from kg.sparql.formats import HTML, PLAIN, negotiate
from kg.web.pages.context import Site
from kg.web.pages.routes import refusal_page
from kg.web.responses import plain_text
from kg.web.sparql_protocol import RefusalError, refusal_of


def add_error_handlers(app: FastAPI, site: Site) -> None:
    """Answer the exceptions that routes raise with the status and message they stand for."""

    def respond(request: Request, status: int, message: str, headers: dict[str, str]) -> Response:
        if negotiate((PLAIN, HTML), ",".join(request.headers.getlist("accept"))) is HTML:
            return refusal_page(site, request, status, message, headers)
        return plain_text(status, message, headers)

    @app.exception_handler(RefusalError)
    async def on_refusal(request: Request, error: RefusalError) -> Response:
        return respond(request, error.status, str(error), error.headers)

    @app.exception_handler(KgError)
    async def on_kg_error(request: Request, error: KgError) -> Response:
        refusal = refusal_of(error)
        return respond(request, refusal.status, str(refusal), refusal.headers)

    @app.exception_handler(HTTPException)
    async def on_http_exception(request: Request, error: HTTPException) -> Response:
        return respond(request, error.status_code, str(error.detail), dict(error.headers or {}))
