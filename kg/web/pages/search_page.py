"""The route ``/search``: a page for browsers, JSON for other clients."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from kg.limits import SEARCH_RESULTS
from kg.rdf.iris import local_name
from kg.release.search import Hit, search
from kg.release.search_index import FILE
from kg.release.search_list import ResultList, Selection, search_list
from kg.sparql.formats import HTML, JSON
from kg.web.http_error import UnknownValueError
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.request_parameters import (
    FIRST_YEAR,
    PageRoute,
    reads,
    requested_page,
    requested_years,
)
from kg.web.pages.responses import PAGE_POLICY, negotiated_format
from kg.web.pages.search_results import facets, shown_results
from kg.web.pages.urls import UrlBuilder
from kg.web.pages.vote_filter import BODIES

#: Characters of the description of each result in JSON.
DESCRIPTION_CHARACTERS: Final = 300
#: Results on a page.
_PER_PAGE: Final = 20
#: The parameters that restrict the results.
_RESTRICTIONS: Final = ("type", "body", "from", "until")


def router(context: PageContext) -> APIRouter:
    """Return the route."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/search", methods=["GET", "HEAD"])
    @reads(*_RESTRICTIONS, "page")
    async def search_page(request: Request, q: str = "", limit: int = _PER_PAGE) -> Response:
        response_format = negotiated_format(request, (JSON, HTML))
        is_json = response_format is JSON
        size = min(max(limit, 1), SEARCH_RESULTS) if is_json else _PER_PAGE
        is_restricted = any(request.query_params.get(name) for name in (*_RESTRICTIONS, "page"))

        async def make() -> str:
            release = context.intact_release(FILE)
            # Suggestions while typing need neither the total nor what is beyond the first results.
            if is_json and not is_restricted:
                hits = await run_in_threadpool(search, release, q, limit=size)
                return _as_json(context, request, q, hits)
            values = {name: request.query_params.get(name, "") for name in _RESTRICTIONS}
            page = requested_page(request)
            everything = await run_in_threadpool(search_list, release, q, Selection(), 1, size)
            selection = _selection(request, values, everything)
            found = everything
            if is_restricted:
                found = await run_in_threadpool(search_list, release, q, selection, page, size)
            if is_json:
                return _as_json(context, request, q, found.hits, found.total)
            return await _page(context, request, q, values, page, found)

        headers = {} if is_json else PAGE_POLICY
        return await context.responder.respond(request, response_format.content_type, make, headers)

    return routes


def _selection(request: Request, values: Mapping[str, str], found: ResultList) -> Selection:
    """Return the restriction of the results; ``found`` are those without one.

    Raises:
        HttpError: with status 400 if a value is unknown, with those that were expected.
    """
    kinds = {local_name(iri): iri for iri in found.kinds}
    kind = _expected("type", values["type"], kinds)
    body = _expected("body", values["body"], BODIES)
    last = max((decade + 9 for decade in found.decades), default=FIRST_YEAR)
    dated = values["from"] or values["until"]
    return Selection(kind, body, requested_years(request, FIRST_YEAR, last) if dated else None)


def _expected(name: str, value: str, iris: Mapping[str, str]) -> str:
    """Return the IRI of a value, empty for none.

    Raises:
        UnknownValueError: if it is unknown.
    """
    if value and value not in iris:
        labels = {key: label_of_term(iris[key]) for key in sorted(iris)}
        raise UnknownValueError(name, value, labels)
    return iris[value] if value else ""


def _as_json(
    context: PageContext, request: Request, text: str, hits: list[Hit], total: int | None = None
) -> str:
    results = [_entry(hit, context.urls(request)) for hit in hits]
    content: dict[str, object] = {"query": text, "results": results}
    return json.dumps(content if total is None else content | {"total": total}, ensure_ascii=False)


def _entry(hit: Hit, urls: UrlBuilder) -> dict[str, object]:
    dates = {name: day for name, day in (("from", hit.start), ("until", hit.until)) if day}
    return {
        "iri": hit.iri,
        "label": hit.label,
        "type": hit.type,
        "typeLabel": label_of_term(hit.type),
        "description": hit.about[:DESCRIPTION_CHARACTERS],
        "score": hit.score,
        "page": urls.page(hit.iri),
    } | dates


async def _page(
    context: PageContext,
    request: Request,
    text: str,
    values: Mapping[str, str],
    page: int,
    found: ResultList,
) -> str:
    in_url = {"q": text, **{name: value for name, value in values.items() if value}}
    # Dates tell apart the states with one name, and are those of a name that has ended.
    dated = sum(hit.is_exact for hit in found.hits) > 1 or any(hit.until for hit in found.hits)
    return context.render(
        request,
        "search.html",
        q=text,
        found=found,
        results=await shown_results(context.queries, text, found.hits),
        facets=facets(found, values),
        dated=dated,
        in_url=in_url,
        page=page,
        pages=-(-found.total // _PER_PAGE),
        first=(page - 1) * _PER_PAGE + 1,
    )
