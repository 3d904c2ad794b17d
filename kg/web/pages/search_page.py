"""The route ``/search``: a page for browsers, JSON for other clients."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from kg.limits import SEARCH_RESULTS
from kg.release.search import Hit, search
from kg.release.search_index import FILE
from kg.sparql.formats import HTML, JSON
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.request_parameters import PageRoute
from kg.web.pages.responses import PAGE_POLICY, negotiated_format
from kg.web.pages.urls import UrlBuilder

#: Characters of the description of each result in JSON.
DESCRIPTION_CHARACTERS = 300


def router(context: PageContext) -> APIRouter:
    """Return the route."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/search", methods=["GET", "HEAD"])
    async def search_page(request: Request, q: str = "", limit: int = 20) -> Response:
        response_format = negotiated_format(request, (JSON, HTML))

        async def make() -> str:
            count = min(max(limit, 1), SEARCH_RESULTS)
            hits = await run_in_threadpool(search, context.intact_release(FILE), q, limit=count)
            if response_format is JSON:
                results = [_entry(hit, context.urls(request)) for hit in hits]
                return json.dumps({"query": q, "results": results}, ensure_ascii=False)
            # Dates tell apart the states with one name, and are those of a name that has ended.
            dated = sum(hit.is_exact for hit in hits) > 1 or any(hit.until for hit in hits)
            return context.render(request, "search.html", q=q, hits=hits, dated=dated)

        headers = {} if response_format is JSON else PAGE_POLICY
        return await context.responder.respond(request, response_format.content_type, make, headers)

    return routes


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
