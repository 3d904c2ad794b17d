"""The SPARQL 1.1 Protocol: a request in, a question or a refusal out.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from kg.engine.interface import ENGINES, QueryRequest
from kg.errors import (
    BusyError,
    ForbiddenServiceError,
    KgError,
    NotAcceptableError,
    QueryError,
    UnavailableError,
)
from kg.sparql.evaluation import Dataset

METHODS: Final = "GET, HEAD, POST, OPTIONS"
FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
#: The longest body that is read, in bytes.
MAX_BODY: Final = 2 * 2**20


def client_of(request: Request) -> str:
    """Return the address of who asks."""
    return request.client.host if request.client else ""


class RefusalError(Exception):
    """An answer other than 200, told as a sentence."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


def refusal_of(error: KgError) -> RefusalError:
    """Return how the failure of a question is told to the client."""
    match error:
        case ForbiddenServiceError():
            return RefusalError(403, str(error))
        case NotAcceptableError():
            return RefusalError(406, str(error))
        case QueryError():
            return RefusalError(400, str(error))
        case BusyError() | UnavailableError():
            return RefusalError(503, str(error), {"Retry-After": "5"})
    return RefusalError(503, str(error))


async def read_question(request: Request, coding: str) -> QueryRequest | None:
    """Return what a request asks, or None if it asks for the description of the service.

    ``coding`` is the content coding of the answer.

    Raises:
        RefusalError: with status 400, 403, 405, 413 or 415 if it is no query operation.
    """
    if request.method not in METHODS.split(", "):
        raise RefusalError(405, f"expected {METHODS}, not {request.method}", {"Allow": METHODS})
    pairs = _pairs(request.scope["query_string"].decode("latin-1"))
    if request.method == "POST":
        pairs += await read_body(request)
    if any(name == "update" for name, _ in pairs):
        raise RefusalError(403, "this endpoint is read-only: updates are not accepted")
    queries = [value for name, value in pairs if name == "query"]
    if not queries and request.method != "POST":
        return None
    if len(queries) != 1:
        raise RefusalError(400, f"expected one parameter query, found {len(queries)}")
    engine = next((value for name, value in pairs if name == "engine"), "")
    if engine and engine not in ENGINES:
        raise RefusalError(400, f"expected one of {', '.join(ENGINES)} as engine")
    return QueryRequest(
        query=queries[0],
        dataset=Dataset(
            tuple(value for name, value in pairs if name == "default-graph-uri"),
            tuple(value for name, value in pairs if name == "named-graph-uri"),
        ),
        format=next((value for name, value in pairs if name == "format"), ""),
        accept=",".join(request.headers.getlist("accept")),
        content_coding=coding,
        client=client_of(request),
        engine=engine,
    )


async def read_body(request: Request) -> list[tuple[str, str]]:
    """Return the parameters in the body of a POST, or the query that it is.

    Raises:
        RefusalError: with status 400, 403, 413 or 415 if it is neither.
    """
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    content_type = content_type.strip().lower()
    if content_type == _UPDATE:
        raise RefusalError(403, "this endpoint is read-only: updates are not accepted")
    if content_type not in {FORM, DIRECT}:
        raise RefusalError(
            415, f"expected Content-Type {FORM} or {DIRECT}, not {content_type[:100]!r}"
        )
    charset = _charset(parameters)
    if charset not in {"", "utf-8", "utf8"}:
        raise RefusalError(415, f"expected the charset UTF-8, not {charset[:100]!r}")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise RefusalError(413, f"the body is longer than {MAX_BODY:,} bytes")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusalError(400, f"the body is not UTF-8: {error}") from error
    return _pairs(text) if content_type == FORM else [("query", text)]


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except UnicodeDecodeError as error:
        raise RefusalError(400, f"a parameter is not UTF-8: {error}") from error
    except ValueError as error:
        raise RefusalError(400, f"too many parameters: {error}") from error
