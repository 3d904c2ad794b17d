"""The query editor, and ``/run``, which shows the result of any query as a page."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request, Response

from kg.engine.interface import QueryRequest
from kg.errors import KgError
from kg.limits import PAGE_GRAPH_CHARACTERS
from kg.rdf.vocabulary import PREFIXES, UNV
from kg.sparql.formats import GRAPHS, HTML, RESULTS, by_name
from kg.sparql.lexer import BYTE_ORDER_MARK
from kg.web.http_cache import is_volatile
from kg.web.http_error import HttpError
from kg.web.pages.components.result_choice import PARAMETERS as RESULT_PARAMETERS
from kg.web.pages.components.result_choice import ResultChoice
from kg.web.pages.components.result_view import ResultView, result_view
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_terms import ontology, short_name
from kg.web.pages.queries import result_table
from kg.web.pages.request_parameters import FORMAT, PageRoute, reads
from kg.web.pages.responses import (
    EDITOR_POLICY,
    FIGURE_POLICY,
    page_with_error,
    uncached_response,
)
from kg.web.pages.result_figures import FIGURES, result_figure
from kg.web.pages.result_requests import mistake_in, requested_choice
from kg.web.pages.saved_queries import gallery
from kg.web.sparql_protocol import read_body

_FIRST_QUERY: Final = f"""\
PREFIX unv: <{UNV.iri}>

SELECT ?event ?month ?date ?inFavour ?against ?abstaining WHERE {{
  ?event a unv:VotingEvent ;
    unv:month ?month ;
    unv:yesCount ?inFavour ;
    unv:noCount ?against ;
    unv:abstentionCount ?abstaining .
  # The day of many votes up to 2002 is not known.
  OPTIONAL {{ ?event unv:date ?date }}
}}
ORDER BY DESC(?month) DESC(?date)
LIMIT 20"""


async def editor_page(context: PageContext, request: Request) -> Response:
    """Return the editor without a query; without scripts it is a plain form."""

    async def make() -> str:
        return _render(context, request, "editor.html")

    return await context.responder.respond_html(request, make, EDITOR_POLICY)


def router(context: PageContext) -> APIRouter:
    """Return the route ``/run``."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/run", methods=["GET", "HEAD", "POST"])
    @reads("query", "part", *RESULT_PARAMETERS)
    async def run(request: Request) -> Response:
        parameters = dict(request.query_params)
        if request.method == "POST":
            parameters |= dict(await read_body(request))
        query = parameters.get("query", "").removeprefix(BYTE_ORDER_MARK)
        # The editor's script replaces a part of its own page.
        template = "_result.html" if parameters.get("part") == "result" else "editor.html"

        async def shown() -> tuple[ResultView | None, str]:
            choice = requested_choice(parameters)
            if not query.strip():
                if template == "_result.html":
                    raise HttpError(400, "the query is empty: write one, or choose an example")
                return None, ""
            return await _execute(context, QueryRequest(query), choice)

        named = parameters.get(FORMAT, "")
        if named and (file := by_name(FIGURES, named)):
            result, _ = await shown()
            remark = f"{context.base_url(request)}/run"
            figure = await result_figure(context.pictures, result, "Query result", remark, file)
            return uncached_response(figure, file.content_type, FIGURE_POLICY)

        async def make() -> str:
            result, graph = await shown()
            return _render(context, request, template, query=query, result=result, graph=graph)

        try:
            if request.method == "POST" or is_volatile(QueryRequest(query)):
                return uncached_response(await make(), HTML.content_type, EDITOR_POLICY)
            return await context.responder.respond_html(request, make, EDITOR_POLICY)
        except KgError as error:
            content = _render(context, request, template, query=query, error=str(error))
            return page_with_error(error, content, EDITOR_POLICY)

    return routes


def _render(
    context: PageContext,
    request: Request,
    template: str,
    *,
    query: str = "",
    error: str = "",
    result: ResultView | None = None,
    graph: str = "",
) -> str:
    return context.render(
        request,
        template,
        query=query,
        error=error,
        result=result,
        graph=graph,
        prefixes=PREFIXES,
        terms={short_name(iri): term.comment for iri, term in ontology().items()},
        mistake=mistake_in(error),
        result_path="run",
        result_values={"query": query},
        gallery=gallery(),
        first_query=_FIRST_QUERY,
    )


async def _execute(
    context: PageContext, query_request: QueryRequest, choice: ResultChoice
) -> tuple[ResultView | None, str]:
    """Return the result of a query as a table, or as Turtle if it is a graph."""
    accept = ",".join((RESULTS[0].media_type, GRAPHS[0].media_type))
    response = await context.queries.response(replace(query_request, accept=accept))
    if response.content[:1] == b"{":
        states = await context.states.read()
        return await result_view(context.queries, states, result_table(response), choice), ""
    return None, response.content.decode()[:PAGE_GRAPH_CHARACTERS]
