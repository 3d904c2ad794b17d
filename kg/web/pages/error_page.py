"""The page for an error."""

from __future__ import annotations

from fastapi import Request, Response
from markupsafe import escape

from kg.errors import KgError
from kg.sparql.formats import HTML
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext
from kg.web.pages.responses import PAGE_POLICY


def error_page(context: PageContext, request: Request, error: HttpError) -> Response:
    """Return the page for an error, with its status."""
    message = str(error)
    try:
        content = context.render(request, "error.html", status=error.status, message=message)
    except KgError:
        # The layout needs a release.
        content = str(escape(message))
    headers = {"Vary": "Accept", **PAGE_POLICY, **error.headers}
    return Response(content, error.status, headers, media_type=HTML.content_type)
