"""Handlers of errors: a page for browsers, a message for other clients."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from kg.errors import KgError
from kg.sparql.formats import HTML, PLAIN, negotiate
from kg.web.error_responses import PROBLEM, accept_of, error_response
from kg.web.http_error import HttpError, http_error_from
from kg.web.pages.context import PageContext
from kg.web.pages.error_page import error_page


def negotiated_error(context: PageContext, request: Request, error: HttpError) -> Response:
    """Return the response to a request that failed, in the form that the client prefers."""
    if negotiate((PLAIN, HTML, PROBLEM), accept_of(request)) is HTML:
        return error_page(context, request, error)
    return error_response(request, error)


def add_error_handlers(app: FastAPI, respond: Callable[[Request, HttpError], Response]) -> None:
    """Convert the exceptions that routes raise into responses with their status and message."""

    @app.exception_handler(KgError)
    async def on_kg_error(request: Request, error: KgError) -> Response:
        return respond(request, http_error_from(error))

    @app.exception_handler(HTTPException)
    async def on_http_exception(request: Request, error: HTTPException) -> Response:
        """Respond to errors of the framework itself: no such route, or method not allowed."""
        return respond(request, HttpError(error.status_code, str(error.detail), error.headers))
