"""The list of saved queries, and the page of each with its form, result and snippets."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from kg.engine.interface import QueryRequest
from kg.errors import KgError
from kg.release.examples import MEDIA_TYPE
from kg.sparql.formats import GRAPHS, HTML, JSON, RESULTS, TABLES, Format
from kg.sparql.saved_queries import SavedQuery, library
from kg.web.access_log import request_details
from kg.web.http_cache import is_volatile
from kg.web.http_error import HttpError
from kg.web.pages import resource_data, saved_queries
from kg.web.pages.components.result_choice import PARAMETERS as RESULT_PARAMETERS
from kg.web.pages.components.result_view import ResultView, result_view
from kg.web.pages.context import PageContext
from kg.web.pages.request_parameters import PageRoute, reads
from kg.web.pages.responses import (
    FIGURE_POLICY,
    PAGE_POLICY,
    negotiated_format,
    page_with_error,
    uncached_response,
)
from kg.web.pages.result_figures import FIGURES, result_figure
from kg.web.pages.result_requests import requested_choice
from kg.web.pages.saved_queries import gallery, parameter_names

#: The file of a saved query, with its header and its parameters as variables.
_QUERY_FILE: Final = Format("query", MEDIA_TYPE, "rq", "", None)


def router(context: PageContext) -> APIRouter:
    """Return the routes ``/queries`` and ``/queries/{name}``."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/queries", methods=["GET", "HEAD"])
    async def all_queries(request: Request) -> Response:
        queries = library().values()
        if negotiated_format(request, (JSON, HTML)) is JSON:
            entries = [{"name": q.name, "summary": q.summary, "tags": q.tags} for q in queries]
            return JSONResponse({"queries": entries}, headers={"Vary": "Accept"})

        async def make() -> str:
            return context.render(request, "queries.html", gallery=gallery())

        return await context.responder.respond_html(request, make)

    @routes.api_route("/queries/{name}", methods=["GET", "HEAD"])
    @reads(*RESULT_PARAMETERS, by_path=parameter_names)
    async def one_query(name: str, request: Request) -> Response:
        if name not in library():
            raise HttpError(404, "no such saved query; /queries lists them")
        query = library()[name]
        response_format = negotiated_format(request, (*RESULTS, *TABLES, *GRAPHS, HTML, *FIGURES))
        if response_format in FIGURES:
            return await _figure_file(context, request, query, response_format)
        if response_format in GRAPHS:
            address = resource_data.resource_address(f"queries/{name}")
            return await resource_data.rdf_response(context, request, address, response_format)
        if response_format is HTML:
            return await _query_page(context, request, query)
        return await _result(context, request, query, response_format)

    @routes.api_route("/queries/{name}/template", methods=["GET", "HEAD"])
    async def template(name: str, request: Request) -> Response:
        if name not in library():
            raise HttpError(404, "no such saved query; /queries lists them")
        response_format = negotiated_format(request, (_QUERY_FILE, *GRAPHS, HTML))
        if response_format in GRAPHS:
            address = resource_data.resource_address(f"queries/{name}/template")
            return await resource_data.rdf_response(context, request, address, response_format)
        if response_format is HTML:
            location = context.urls(request).path(f"queries/{name}")
            return RedirectResponse(location, 303, {"Vary": "Accept"})
        content_type = response_format.content_type
        return Response(library()[name].text, media_type=content_type, headers={"Vary": "Accept"})

    return routes


async def _result(
    context: PageContext, request: Request, query: SavedQuery, response_format: Format
) -> Response:
    """Return the result of a query in a format."""
    values = saved_queries.requested_values(request, query)
    query_request = saved_queries.query_request(query, values, response_format)
    content_type = response_format.content_type
    if is_volatile(query_request):
        response = await context.queries.response(query_request)
        headers = dict(response.metadata.headers)
        details = request_details(request.scope)
        details.query, details.federation = query.text, headers
        return uncached_response(response.content, content_type, headers)
    return await context.responder.respond(
        request,
        content_type,
        lambda: context.queries.content(query_request),
        is_compressed=response_format.is_compressed,
    )


async def _view(context: PageContext, request: Request, query: SavedQuery) -> ResultView:
    """Return the result of a query as the request chooses to see it."""
    values = saved_queries.requested_values(request, query)
    choice = requested_choice(request.query_params)
    parameters = saved_queries.query_parameters(query, values)
    table = await context.queries.table(query.text, parameters, is_page=False)
    return await result_view(context.queries, await context.states.read(), table, choice)


async def _figure_file(
    context: PageContext, request: Request, query: SavedQuery, file: Format
) -> Response:
    async def make() -> str | bytes:
        result = await _view(context, request, query)
        remark = f"{context.base_url(request)}/queries/{query.name}?{request.url.query}"
        return await result_figure(context.pictures, result, query.summary, remark, file)

    if is_volatile(QueryRequest(query.text)):
        return uncached_response(await make(), file.content_type, FIGURE_POLICY)
    return await context.responder.respond(request, file.content_type, make, FIGURE_POLICY)


async def _query_page(context: PageContext, request: Request, query: SavedQuery) -> Response:
    async def make() -> str:
        values = saved_queries.requested_values(request, query)
        result = await _view(context, request, query)
        return await _render(context, request, query, values, result=result)

    address = resource_data.resource_address(f"queries/{query.name}")
    headers = PAGE_POLICY | resource_data.link_headers(context, request, address)
    try:
        if is_volatile(QueryRequest(query.text)):
            return uncached_response(await make(), HTML.content_type, headers)
        return await context.responder.respond_html(request, make, headers)
    except KgError as error:
        values = {p.name: request.query_params.get(p.name, p.default) for p in query.parameters}
        content = await _render(context, request, query, values, error=str(error))
        return page_with_error(error, content, headers)


async def _render(
    context: PageContext,
    request: Request,
    query: SavedQuery,
    values: dict[str, str],
    *,
    result: ResultView | None = None,
    error: str = "",
) -> str:
    text, snippets = query.text, list[saved_queries.Snippet]()
    if not error:
        text = query.text_with_values(values)
        snippets = saved_queries.snippets(context.base_url(request), query, values)
    return context.render(
        request,
        "query.html",
        saved=query,
        values=values,
        result=result,
        error=error,
        graph="",
        query=text,
        mistake=None,
        result_path=f"queries/{query.name}",
        result_values=values,
        text=text,
        snippets=snippets,
        table_formats=tuple((form.name, form.name.capitalize()) for form in TABLES),
        input_type=saved_queries.input_type,
        input_pattern=saved_queries.input_pattern,
        states=await context.states.read(),
    )
