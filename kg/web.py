"""The HTTP service: SPARQL 1.1 Protocol at ``/sparql``, and ``/health`` (contract A5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from rich.console import Console
from starlette.exceptions import HTTPException

import kg
from kg import engine, settings
from kg.build import ensure_release
from kg.engine import Dataset, Engine
from kg.errors import ForbiddenServiceError, KgError, QueryError
from kg.formats import Format, by_name, negotiate
from kg.vocabulary import PREFIXES

FORM: Final = "application/x-www-form-urlencoded"
DIRECT: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"

_WELCOME = """\
UN votes knowledge graph {version}

SPARQL endpoint: {base}sparql
Health:          {base}health

A first query:
  curl {base}sparql -H 'Accept: text/csv' --data-urlencode 'query=
  PREFIX unv: <{unv}>
  SELECT ?symbol ?yes ?no ?abstaining WHERE {{
    ?event unv:decides/unv:symbol ?symbol ; unv:yesCount ?yes ; unv:noCount ?no ;
      unv:abstentionCount ?abstaining ; unv:date ?date
  }} ORDER BY DESC(?date) LIMIT 10'
"""


class _RefusalError(Exception):
    """An answer other than 200, told as a sentence."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


def create_app(data: Path | None = None) -> FastAPI:
    """Return the application that serves the release in force of a data folder."""
    folder = data or settings.data_dir()
    served = Engine(folder)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(ensure_release, folder, Console(stderr=True))
        yield

    app = FastAPI(
        title="UN votes knowledge graph",
        version=kg.__version__,
        openapi_url=None,
        lifespan=lifespan,
    )

    @app.exception_handler(_RefusalError)
    async def refused(_: Request, refusal: _RefusalError) -> Response:
        return _plain(refusal.status, str(refusal), refusal.headers)

    @app.exception_handler(HTTPException)
    async def failed(_: Request, error: HTTPException) -> Response:
        return _plain(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.get("/")
    async def welcome(request: Request) -> Response:
        base = settings.public_url() or str(request.base_url)
        text = _WELCOME.format(version=kg.__version__, base=base, unv=PREFIXES["unv"])
        return _plain(200, text)

    @app.get("/health")
    def health() -> Response:
        try:
            answer = served.query("ASK { ?s ?p ?o }")
            name = served.release().name
        except KgError as error:
            return _plain(503, f"not ready: {error}")
        return _plain(200 if answer else 503, f"ok: release {name}" if answer else "empty release")

    @app.api_route("/sparql", methods=["GET", "HEAD", "POST"])
    async def sparql(request: Request) -> Response:
        query, dataset, wanted = await _read(request)
        accept = ",".join(request.headers.getlist("accept"))
        return await run_in_threadpool(_answer, served, query, dataset, wanted, accept)

    return app


async def _read(request: Request) -> tuple[str, Dataset, str]:
    """Return the query, its dataset and the format asked for by name (SPARQL 1.1 Protocol, 2.1)."""
    pairs = _pairs(request.url.query)
    if request.method == "POST":
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await request.body()
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _RefusalError(400, f"the body is not UTF-8: {error}") from error
        if content_type == FORM:
            pairs += _pairs(text)
        elif content_type == DIRECT:
            pairs.append(("query", text))
        elif content_type == _UPDATE:
            raise _RefusalError(403, "this endpoint is read-only: updates are not accepted")
        else:
            raise _RefusalError(
                415, f"expected Content-Type {FORM} or {DIRECT}, not {content_type!r}"
            )
    queries = [value for name, value in pairs if name == "query"]
    if any(name == "update" for name, _ in pairs):
        raise _RefusalError(403, "this endpoint is read-only: updates are not accepted")
    if len(queries) != 1:
        raise _RefusalError(400, f"expected one parameter query, found {len(queries)}")
    dataset = Dataset(
        tuple(value for name, value in pairs if name == "default-graph-uri"),
        tuple(value for name, value in pairs if name == "named-graph-uri"),
    )
    wanted = next((value for name, value in pairs if name == "format"), "")
    return queries[0], dataset, wanted


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise _RefusalError(400, f"a parameter is not UTF-8: {error}") from error


def _answer(served: Engine, query: str, dataset: Dataset, wanted: str, accept: str) -> Response:
    """Evaluate and write out in this one thread (see kg.engine)."""
    try:
        answer = served.query(query, dataset)
        written_in = _format(engine.formats_of(answer), wanted, accept)
        content = engine.write(answer, written_in, PREFIXES)
    except ForbiddenServiceError as error:
        raise _RefusalError(403, str(error)) from error
    except QueryError as error:
        raise _RefusalError(400, str(error)) from error
    except KgError as error:
        raise _RefusalError(503, str(error)) from error
    return Response(content, media_type=written_in.content_type, headers={"Vary": "Accept"})


def _format(formats: tuple[Format, ...], wanted: str, accept: str) -> Format:
    found = by_name(formats, wanted) if wanted else negotiate(formats, accept)
    if found is None:
        offered = ", ".join(f"{one.name} ({one.media_type})" for one in formats)
        raise _RefusalError(406, f"this query can be answered in: {offered}")
    return found


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return Response(
        text.rstrip("\n") + "\n",
        status,
        headers,
        media_type="text/plain; charset=utf-8",
    )
