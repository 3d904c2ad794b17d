"""The HTTP service: SPARQL 1.1 Protocol at ``/sparql``, and ``/health`` (contract A5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from rich.console import Console
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

import kg
from kg import settings
from kg.build import ensure_release
from kg.engine import Answer, BusyError, Engine, Limits, Question
from kg.errors import ForbiddenServiceError, KgError, QueryError
from kg.evaluation import Dataset
from kg.vocabulary import PREFIXES
from kg.worker import NotAcceptableError

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
    """Return the application that serves the release in force of a data folder.

    Raises:
        SettingError: if a setting has an unusable value.
    """
    folder = data or settings.data_dir()
    limits = Limits(
        workers=settings.workers(),
        seconds=settings.query_timeout(),
        memory=settings.query_memory(),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(ensure_release, folder, Console(stderr=True))
        engine = Engine(folder, limits)
        await engine.start()
        app.state.engine = engine
        yield
        await engine.close()

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
    async def health() -> Response:
        engine: Engine = app.state.engine
        try:
            answer = await engine.ask(Question("ASK { ?s ?p ?o }", format="csv"))
            told = b"".join([piece async for piece in answer.pieces])
        except KgError as error:
            return _plain(503, f"not ready: {error}")
        if told.strip() != b"true":
            return _plain(503, f"release {answer.release} is empty")
        return _plain(200, f"ok: release {answer.release}")

    @app.api_route("/sparql", methods=["GET", "HEAD", "POST"])
    async def sparql(request: Request) -> Response:
        question = await _read(request)
        answer = await _begin(app.state.engine, question, request)
        headers = {"Vary": "Accept"}
        if answer.length is not None:
            headers["Content-Length"] = str(answer.length)
        return StreamingResponse(answer.pieces, media_type=answer.content_type, headers=headers)

    return app


async def _begin(engine: Engine, question: Question, request: Request) -> Answer:
    """Ask the engine, unless the client goes away first."""
    asked = asyncio.ensure_future(engine.ask(question))
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({asked, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            raise ClientDisconnect
        return asked.result()
    except ForbiddenServiceError as error:
        raise _RefusalError(403, str(error)) from error
    except NotAcceptableError as error:
        raise _RefusalError(406, str(error)) from error
    except QueryError as error:
        raise _RefusalError(400, str(error)) from error
    except BusyError as error:
        raise _RefusalError(503, str(error), {"Retry-After": "5"}) from error
    except KgError as error:
        raise _RefusalError(503, str(error)) from error
    finally:
        asked.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    """Wait until the client has gone away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _read(request: Request) -> Question:
    """Return what is asked (SPARQL 1.1 Protocol, 2.1)."""
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
    accept = ",".join(request.headers.getlist("accept"))
    return Question(queries[0], dataset, wanted, accept)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise _RefusalError(400, f"a parameter is not UTF-8: {error}") from error


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return Response(
        text.rstrip("\n") + "\n",
        status,
        headers,
        media_type="text/plain; charset=utf-8",
    )
