"""The HTTP service (contract A5): SPARQL at ``/sparql``, and what operators need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rich.console import Console
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

import kg
from kg import settings
from kg.build import ensure_release
from kg.delivery import (
    CACHED_ANSWER_BYTES,
    Cache,
    Finished,
    choose_coding,
    coded,
    coding_for,
    entity_tag,
    is_volatile,
    matches,
)
from kg.engine import Answer, BusyError, Engine, Limits, Question
from kg.errors import ForbiddenServiceError, KgError, QueryError
from kg.fairness import FairlyUsed, FairUse
from kg.formats import GRAPHS, by_name, negotiate
from kg.observation import Metrics, Observed
from kg.protocol import RefusalError, read_question
from kg.service_description import service_description
from kg.vocabulary import PREFIXES
from kg.worker import NotAcceptableError

T = TypeVar("T")

_PREFLIGHT: Final = {
    "Allow": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

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
    cache, metrics = Cache(), Metrics()
    fair_use = FairUse(
        settings.rate_limit(),
        settings.client_concurrency(),
        loopback=settings.limits_on_loopback(),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(ensure_release, folder, Console(stderr=True))
        app.state.engine = Engine(folder, limits)
        await app.state.engine.start()
        yield
        await app.state.engine.close()

    app = FastAPI(
        title="UN votes knowledge graph",
        version=kg.__version__,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.add_middleware(FairlyUsed, fair_use=fair_use, path="/sparql")
    app.add_middleware(Observed, metrics=metrics, with_queries=settings.log_queries())

    @app.exception_handler(RefusalError)
    async def refused(_: Request, refusal: RefusalError) -> Response:
        return _plain(refusal.status, str(refusal), refusal.headers)

    @app.exception_handler(ClientDisconnect)
    async def left(_: Request, __: ClientDisconnect) -> Response:
        return _plain(400, "the client went away")

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

    @app.get("/metrics")
    async def show_metrics() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @app.api_route("/.well-known/void", methods=["GET", "HEAD"])
    async def void(request: Request) -> Response:
        return await _describe(app.state.engine, request)

    @app.api_route("/sparql", methods=["GET", "HEAD", "POST"])
    async def sparql(request: Request) -> Response:
        if request.method != "POST" and not {"query", "update"} & set(request.query_params):
            return await _describe(app.state.engine, request)
        question = await read_question(request)
        request.scope["state"]["query"] = question.query
        return await _deliver(app.state.engine, cache, question, request)

    @app.api_route("/sparql", methods=["OPTIONS"])
    async def options() -> Response:
        return Response(status_code=204, headers=_PREFLIGHT)

    return app


async def _describe(engine: Engine, request: Request) -> Response:
    """Return the service description and the description of the release."""
    wanted = request.query_params.get("format", "")
    accept = ",".join(request.headers.getlist("accept"))
    written_in = by_name(GRAPHS, wanted) if wanted else negotiate(GRAPHS, accept)
    if written_in is None:
        offered = ", ".join(f"{one.name} ({one.media_type})" for one in GRAPHS)
        raise RefusalError(406, f"the description of the service can be had in: {offered}")
    endpoint = (settings.public_url() or str(request.base_url)).rstrip("/") + "/sparql"
    try:
        content = await run_in_threadpool(
            service_description, engine.release(), endpoint, written_in
        )
    except KgError as error:
        raise RefusalError(503, str(error)) from error
    except (SyntaxError, ValueError) as error:
        raise RefusalError(400, "the Host header makes no address of this service") from error
    headers = {"Vary": "Accept", "Cache-Control": "public, no-cache"}
    return Response(content, media_type=written_in.content_type, headers=headers)


@dataclass(frozen=True)
class _Begun:
    """The beginning of an answer, coded; ``rest`` is None if that is all of it."""

    answer: Answer
    coding: str
    content: bytes
    rest: AsyncGenerator[bytes, None] | None


async def _deliver(engine: Engine, cache: Cache, question: Question, request: Request) -> Response:
    """Return the answer to a question: what the client has, what is cached, or from the engine."""
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    headers = {"Vary": "Accept, Accept-Encoding"}
    release, tag = _release_name(engine), ""
    if is_volatile(question):
        headers["Cache-Control"] = "no-store"
    else:
        tag = entity_tag(release, question, coding)
        headers |= {"ETag": tag, "Cache-Control": "public, no-cache"}
        if matches(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        if finished := cache.get(tag):
            return _finished(finished, headers)
    begun = await _unless_gone(request, _begin(engine, question, coding, request.method == "HEAD"))
    if tag and begun.answer.release != release:
        # A new release came in between: the answer is right, but not the one of this tag.
        del headers["ETag"]
        tag = ""
    finished = Finished(begun.answer.content_type, begun.coding, begun.content)
    if request.method == "HEAD":
        return _finished(finished, headers, begun.answer.length)
    if begun.rest is None:
        if tag:
            cache.put(tag, finished)
        return _finished(finished, headers)
    if begun.coding:
        headers["Content-Encoding"] = begun.coding
    return _AnswerResponse(begun, headers)


def _release_name(engine: Engine) -> str:
    try:
        return engine.release().name
    except KgError as error:
        raise RefusalError(503, str(error)) from error


async def _begin(engine: Engine, question: Question, coding: str, head_only: bool) -> _Begun:
    """Ask the engine, and gather what fits into the cache.

    Raises:
        RefusalError: for everything that goes wrong until then.
    """
    try:
        answer = await engine.ask(question)
        try:
            return await _gather(answer, coding_for(answer, coding), head_only=head_only)
        except BaseException:
            await answer.close()
            raise
    except ForbiddenServiceError as error:
        raise RefusalError(403, str(error)) from error
    except NotAcceptableError as error:
        raise RefusalError(406, str(error)) from error
    except QueryError as error:
        raise RefusalError(400, str(error)) from error
    except BusyError as error:
        raise RefusalError(503, str(error), {"Retry-After": "5"}) from error
    except KgError as error:
        raise RefusalError(503, str(error)) from error


async def _gather(answer: Answer, coding: str, *, head_only: bool) -> _Begun:
    """Read what fits into the cache; an answer that is longer stays open."""
    gathered = bytearray()
    if not head_only:
        pieces = coded(answer, coding)
        async for piece in pieces:
            gathered += piece
            if len(gathered) > CACHED_ANSWER_BYTES:
                return _Begun(answer, coding, bytes(gathered), pieces)
    await answer.close()
    return _Begun(answer, coding, bytes(gathered), None)


class _AnswerResponse(StreamingResponse):
    """A response that goes on as the answer does, and closes it however that ends."""

    def __init__(self, begun: _Begun, headers: dict[str, str]) -> None:
        super().__init__(_joined(begun), media_type=begun.answer.content_type, headers=headers)
        self._answer = begun.answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.close()


async def _joined(begun: _Begun) -> AsyncIterator[bytes]:
    yield begun.content
    assert begun.rest is not None
    async for piece in begun.rest:
        yield piece


async def _unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what work gives, or stop it when the client goes away first."""
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    """Wait until the client has gone away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _finished(finished: Finished, headers: dict[str, str], length: int | None = None) -> Response:
    coding = {"Content-Encoding": finished.coding} if finished.coding else {}
    response = Response(finished.body, media_type=finished.content_type, headers=headers | coding)
    if length is not None:
        response.headers["Content-Length"] = str(length)
    return response


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return Response(
        text.rstrip("\n") + "\n",
        status,
        headers,
        media_type="text/plain; charset=utf-8",
    )
