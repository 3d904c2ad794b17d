"""The page for an error."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response
from markupsafe import escape

from kg.errors import KgError
from kg.sparql.formats import HTML
from kg.web.http_error import HttpError, UnknownValueError
from kg.web.pages.context import PageContext
from kg.web.pages.responses import PAGE_POLICY

#: The values that a sentence lists; more are links only.
_MAX_VALUES_IN_SENTENCE: Final = 12


def error_page(context: PageContext, request: Request, error: HttpError) -> Response:
    """Return the page for an error, with its status."""
    message, choices = str(error), []
    if isinstance(error, UnknownValueError) and error.choices:
        if len(error.choices) > _MAX_VALUES_IN_SENTENCE:
            # The links that follow are the list, with names.
            message = message.partition("; expected")[0]
        choices = [
            (f"?{request.url.include_query_params(**{error.parameter: value}).query}", label)
            for value, label in error.choices.items()
        ]
    try:
        content = context.render(
            request, "error.html", status=error.status, message=message, choices=choices
        )
    except KgError:
        # The layout needs a release.
        content = str(escape(message))
    headers = {"Vary": "Accept", **PAGE_POLICY, **error.headers}
    return Response(content, error.status, headers, media_type=HTML.content_type)
