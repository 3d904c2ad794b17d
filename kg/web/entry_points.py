"""The addresses a client starts from: ``/``, ``/.well-known/void`` and ``/sparql`` without a query.

Each is a page for browsers. Other clients get a short text at ``/`` and the service description,
in RDF, at the other two.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse

import kg
from kg.errors import KgError, NotAcceptableError
from kg.rdf.vocabulary import PREFIXES
from kg.release.void import DESCRIPTION_FILE
from kg.settings import Dumps
from kg.sparql.formats import GRAPHS, HTML, PLAIN, choose
from kg.web import downloads
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext
from kg.web.pages.editor import editor_page
from kg.web.pages.front_page import front_page
from kg.web.pages.request_parameters import PageRoute, reads
from kg.web.pages.resources import document_response
from kg.web.pages.responses import negotiated_format
from kg.web.service_description import service_description
from kg.web.sparql_endpoint import PATH
from kg.web.sparql_protocol import FORMAT_PARAMETERS, format_names

_WELCOME: Final = """\
UN votes knowledge graph {version}

SPARQL endpoint: {base}/sparql
Health:          {base}/health
Dumps:           {base}/dumps/

A first query:
  curl {base}/sparql -H 'Accept: text/csv' --data-urlencode 'query=
  PREFIX unv: <{unv}>
  SELECT ?symbol ?yes ?no ?abstaining WHERE {{
    ?event unv:decides/unv:symbol ?symbol ; unv:yesCount ?yes ; unv:noCount ?no ;
      unv:abstentionCount ?abstaining ; unv:month ?month .
    OPTIONAL {{ ?event unv:date ?date }}
  }} ORDER BY DESC(?month) DESC(?date) LIMIT 10'
"""


def router(context: PageContext, dumps: Dumps, *, federated: bool) -> APIRouter:
    """Return these routes; the service description advertises ``dumps`` and ``federated``."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/", methods=["GET", "HEAD"])
    async def welcome(request: Request) -> Response:
        if negotiated_format(request, (PLAIN, HTML)) is HTML:
            return await front_page(context, request)
        text = _WELCOME.format(
            version=kg.__version__, base=context.base_url(request), unv=PREFIXES["unv"]
        )
        return PlainTextResponse(text, headers={"Vary": "Accept"})

    @routes.api_route("/.well-known/void", methods=["GET", "HEAD"])
    @reads(*FORMAT_PARAMETERS)
    async def void(request: Request) -> Response:
        if negotiated_format(request, (*GRAPHS, HTML)) is HTML:
            return await document_response(context, request, "dataset")
        return await _description(context, request, dumps, federated=federated)

    # The endpoint in front of the application passes on requests without a query.
    @routes.api_route(PATH, methods=["GET", "HEAD"])
    @reads(*FORMAT_PARAMETERS)
    async def editor_or_description(request: Request) -> Response:
        if negotiated_format(request, (*GRAPHS, HTML)) is HTML:
            return await editor_page(context, request)
        return await _description(context, request, dumps, federated=federated)

    return routes


async def _description(
    context: PageContext, request: Request, dumps: Dumps, *, federated: bool
) -> Response:
    """Return the service description together with the description of the release."""
    names = format_names(request.query_params.multi_items())
    accept = ",".join(request.headers.getlist("accept"))
    try:
        response_format = choose(GRAPHS, names, accept)
    except NotAcceptableError as error:
        raise HttpError(406, str(error)) from error
    address = context.base_url(request)

    def describe() -> bytes:
        release = context.intact_release(DESCRIPTION_FILE)
        files = downloads.offered(release, dumps)
        return service_description(release, address, response_format, files, federated=federated)

    try:
        content = await run_in_threadpool(describe)
    except KgError as error:
        raise HttpError(503, str(error)) from error
    except (SyntaxError, ValueError) as error:
        raise HttpError(400, "invalid Host header") from error
    headers = {"Vary": "Accept", "Cache-Control": "public, no-cache"}
    return Response(content, media_type=response_format.content_type, headers=headers)
