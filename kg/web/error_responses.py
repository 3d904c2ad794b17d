"""Error responses for programs: a sentence, or problem details for those who ask (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kg.sparql.formats import PLAIN, Format, negotiate
from kg.web.http_error import HttpError

#: Problem details, for clients that name the media type.
PROBLEM: Final = Format("problem", "application/problem+json", "json", "", None)


def accept_of(request: Request) -> str:
    """Return the media types that a request accepts."""
    return ",".join(request.headers.getlist("accept"))


def error_response(request: Request, error: HttpError) -> Response:
    """Return the response to a request that failed."""
    response_format = negotiate((PLAIN, PROBLEM), accept_of(request)) or PLAIN
    content = f"{error}\n" if response_format is PLAIN else _problem(error)
    headers = {"Vary": "Accept", **error.headers}
    return Response(content, error.status, headers, media_type=response_format.content_type)


def _problem(error: HttpError) -> str:
    """Return problem details; the type says that the status describes the problem."""
    title = HTTPStatus(error.status).phrase
    details = {"type": "about:blank", "title": title, "status": error.status, "detail": str(error)}
    return json.dumps(details, ensure_ascii=False)
