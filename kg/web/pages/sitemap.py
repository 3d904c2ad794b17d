"""The site map and ``/robots.txt``, for crawlers (https://www.sitemaps.org/protocol.html).

Votes, agreements and yearly tallies are left out: they are numerous, and pages of events and states
show them.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response

from kg.limits import SITEMAP_ADDRESSES
from kg.rdf.vocabulary import SKOS, UNV
from kg.sparql.saved_queries import library
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext
from kg.web.pages.queries import iri_text
from kg.web.pages.request_parameters import PageRoute
from kg.web.pages.urls import UrlBuilder

_METHODS: Final = ["GET", "HEAD"]
_XML: Final = "application/xml"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: The lists of pages, by the names of their files.
_PAGES: Final = (
    *(
        "",
        "about",
        "votes",
        "states",
        "topics",
        "proposals",
        "queries",
        "compare",
        "maps",
        "ideal-points",
    ),
    *("ontology", "ontology/alignments", "dataset", "releases", "changes"),
)
_PAGES_FILE: Final = "pages"
#: The resources in each other file, by their class.
_KINDS: Final = {
    "states": UNV.State,
    "resolutions": UNV.Resolution,
    "decisions": UNV.Decision,
    "drafts": UNV.Draft,
    "events": UNV.VotingEvent,
    "topics": SKOS.Concept,
    "proposals": UNV.Proposal,
    "statements": UNV.Statement,
    "sources": UNV.Source,
}
#: Addresses that compute an answer to a request rather than show a page.
_ROBOTS: Final = """\
User-agent: *
Disallow: {root}/sparql
Disallow: {root}/run
Disallow: {root}/search
Disallow: {root}/reconcile
Disallow: {root}/*?incoming=

Sitemap: {address}/sitemap.xml
"""


def router(context: PageContext) -> APIRouter:
    """Return these routes."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/robots.txt", methods=_METHODS)
    async def robots(request: Request) -> Response:
        text = _ROBOTS.format(root=context.urls(request).root, address=context.base_url(request))
        return Response(text, media_type="text/plain")

    @routes.api_route("/sitemap.xml", methods=_METHODS)
    async def index(request: Request) -> Response:
        async def make() -> str:
            base_url = context.base_url(request)
            files = [_PAGES_FILE]
            for kind, count in (await _counts(context)).items():
                pages = -(-count // SITEMAP_ADDRESSES)
                files += [f"{kind}-{number}" for number in range(1, pages + 1)]
            addresses = [f"{base_url}/sitemap/{name}.xml" for name in files]
            return _document(context, "sitemapindex", "sitemap", addresses)

        return await context.responder.respond(request, _XML, make)

    @routes.api_route("/sitemap/{name}.xml", methods=_METHODS)
    async def file(name: str, request: Request) -> Response:
        urls = UrlBuilder(context.base_url(request))
        kind, _, number = name.partition("-")
        if name != _PAGES_FILE and not (kind in _KINDS and number.isdecimal() and int(number)):
            raise HttpError(404, "no such site map; /sitemap.xml lists them")

        async def make() -> str:
            if name == _PAGES_FILE:
                queries = [f"queries/{query}" for query in library()]
                addresses = [urls.path(path) for path in (*_PAGES, *queries)]
            else:
                rows = await context.queries.rows(
                    f"SELECT ?thing {{ ?thing a {iri_text(_KINDS[kind])} }} ORDER BY ?thing "
                    f"LIMIT {SITEMAP_ADDRESSES} OFFSET {(int(number) - 1) * SITEMAP_ADDRESSES}"
                )
                addresses = [urls.page(row["thing"]) for row in rows]
            return _document(context, "urlset", "url", addresses)

        return await context.responder.respond(request, _XML, make)

    return routes


async def _counts(context: PageContext) -> dict[str, int]:
    """Return the number of resources in each kind that has any."""
    kinds = {iri: name for name, iri in _KINDS.items()}
    rows = await context.queries.rows(
        f"SELECT ?class (COUNT(*) AS ?n) {{ VALUES ?class {{ {' '.join(map(iri_text, kinds))} }} "
        "?thing a ?class } GROUP BY ?class"
    )
    counts = {kinds[row["class"]]: int(row["n"]) for row in rows}
    return {name: counts[name] for name in _KINDS if name in counts}


def _document(context: PageContext, root: str, entry: str, addresses: list[str]) -> str:
    """Return a site map or an index of site maps, whose entries all changed with the release."""
    changed = context.release().manifest().created
    entries = "".join(
        f"<{entry}><loc>{escape(address)}</loc><lastmod>{changed}</lastmod></{entry}>\n"
        for address in addresses
    )
    return f'{_DECLARATION}<{root} xmlns="{_NAMESPACE}">\n{entries}</{root}>\n'
