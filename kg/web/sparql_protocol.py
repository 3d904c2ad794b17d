"""The SPARQL 1.1 Protocol: parsing of HTTP requests, which are rejected if they are invalid.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from kg.engine.interface import ENGINES, QueryRequest
from kg.limits import REQUEST_BODY_BYTES, REQUEST_PARAMETERS
from kg.sparql.evaluation import Dataset
from kg.sparql.lexer import BYTE_ORDER_MARK
from kg.web.client_address import client_group, client_of
from kg.web.http_error import HttpError

METHODS: Final = "GET, HEAD, POST, OPTIONS"
FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
#: The parameters by which clients name a format: SPARQLWrapper sends all of them.
FORMAT_PARAMETERS: Final = ("format", "output", "results")


async def read_query_request(request: Request, content_coding: str) -> QueryRequest | None:
    """Return the query of a request, or None if it asks for the service description.

    ``content_coding`` is the content coding of the response.

    Raises:
        HttpError: with status 400, 403, 405, 413 or 415 if it is not a query operation.
    """
    if request.method not in METHODS.split(", "):
        message = f"expected one of the methods {METHODS}, found {request.method}"
        raise HttpError(405, message, {"Allow": METHODS})
    parameters = _parse_parameters(request.scope["query_string"].decode("latin-1"))
    if request.method == "POST":
        parameters += await read_body(request)
    if any(name == "update" for name, _ in parameters):
        raise HttpError(403, "this endpoint is read-only: updates are not accepted")
    queries = [value for name, value in parameters if name == "query"]
    if not queries and request.method != "POST":
        return None
    if len(queries) != 1:
        message = f"expected exactly one 'query' parameter, found {len(queries) or 'none'}"
        raise HttpError(400, message)
    engine = next((value for name, value in parameters if name == "engine"), "")
    if engine and engine not in ENGINES:
        expected = ", ".join(ENGINES)
        raise HttpError(400, f"unknown engine {engine[:100]!r}; expected one of {expected}")
    return QueryRequest(
        query=queries[0].removeprefix(BYTE_ORDER_MARK),
        dataset=Dataset(
            tuple(value for name, value in parameters if name == "default-graph-uri" and value),
            tuple(value for name, value in parameters if name == "named-graph-uri" and value),
        ),
        format=format_names(parameters),
        accept=",".join(request.headers.getlist("accept")),
        content_coding=content_coding,
        client=client_group(client_of(request)),
        engine=engine,
    )


def format_names(parameters: Iterable[tuple[str, str]]) -> str:
    """Return the formats that parameters name, separated by commas."""
    values = (value for name, value in parameters if name in FORMAT_PARAMETERS)
    return ",".join(dict.fromkeys(filter(None, values)))


async def read_body(request: Request) -> list[tuple[str, str]]:
    """Return the parameters in the body of a POST; a body that is a query is one parameter.

    Raises:
        HttpError: with status 400, 403, 413 or 415 if it is neither.
    """
    content_type, _, media_parameters = request.headers.get("content-type", "").partition(";")
    content_type = content_type.strip().lower()
    if content_type == _UPDATE:
        raise HttpError(403, "this endpoint is read-only: updates are not accepted")
    if content_type not in {FORM, DIRECT}:
        raise HttpError(
            415, f"expected Content-Type {FORM} or {DIRECT}, found {content_type[:100]!r}"
        )
    charset = _charset(media_parameters)
    if charset not in {"", "utf-8", "utf8"}:
        raise HttpError(415, f"expected charset UTF-8, found {charset[:100]!r}")
    try:
        text = (await read_content(request)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HttpError(400, f"request body is not valid UTF-8: {error}") from error
    return _parse_parameters(text) if content_type == FORM else [("query", text)]


async def read_content(request: Request) -> bytes:
    """Return the body of a request.

    Raises:
        HttpError: with status 413 if it is too long.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > REQUEST_BODY_BYTES:
            raise HttpError(413, f"request body exceeds {REQUEST_BODY_BYTES:,} bytes")
    return bytes(body)


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def _parse_parameters(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=REQUEST_PARAMETERS
        )
    except UnicodeDecodeError as error:
        raise HttpError(400, f"parameter is not valid UTF-8: {error}") from error
    except ValueError as error:
        raise HttpError(400, f"too many parameters: {error}") from error
