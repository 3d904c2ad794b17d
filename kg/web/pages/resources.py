"""Things under the base: 303 to page or data, the page of each kind, the data in each format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox
from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kg.engine.interface import QueryRequest
from kg.rdf.vocabulary import BASE, ONTOLOGY_GRAPH, PREFIXES, REPORT_GRAPH, SHAPES_GRAPH, UNV
from kg.sparql.formats import HTML, Format
from kg.web.http_error import HttpError
from kg.web.pages import jsonld
from kg.web.pages.compare import span
from kg.web.pages.context import Site
from kg.web.pages.description import LISTED, Description, describe, incoming, is_described, subjects
from kg.web.pages.listings import thing_page
from kg.web.pages.ontology_terms import full_name
from kg.web.pages.proposals import part_page, proposal_page
from kg.web.pages.responses import PAGE_POLICY, link_header, wanted
from kg.web.pages.source_page import source_page
from kg.web.pages.state_page import state_page
from kg.web.pages.statements import contact_page, statement_page
from kg.web.pages.urls import DATA_FORMATS
from kg.web.pages.votes import vote_page

#: A path under the base: what stands in IRIs, and nothing that could end one.
_PATH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/._-]*")
#: What stands beside ``id/`` under the base.
_DOCUMENT: Final = re.compile(r"ontology|dataset(/.*)?|(graph|queries)/.*")
_GRAPHS_BY_PATH: Final = {
    "ontology": ONTOLOGY_GRAPH,
    **{name.removeprefix(BASE): name for name in (ONTOLOGY_GRAPH, SHAPES_GRAPH, REPORT_GRAPH)},
}
#: How far back agreement is told on a state's page, unless other years are asked for.
_YEARS: Final = 10
_HTML_FIRST: Final = (*DATA_FORMATS.values(), HTML)


@dataclass(frozen=True)
class Address:
    """A path below ``/page/`` or ``/data/``, and the IRI it tells of."""

    path: str
    iri: str


def address(path: str) -> Address:
    """Return what a path tells of.

    Raises:
        HttpError: with status 404 if it cannot be part of an IRI.
    """
    if not _PATH.fullmatch(path) or ".." in path:
        raise HttpError(404, "there is nothing at this address")
    if _DOCUMENT.fullmatch(path):
        return Address(path, BASE + path)
    return Address(path, f"{BASE}id/{path}")


def router(site: Site) -> APIRouter:
    """Return the routes of ``/id/``, ``/page/``, ``/data/`` and the documents under the base."""
    routes = APIRouter()

    @routes.api_route("/id/{path:path}", methods=["GET", "HEAD"])
    async def identifier(path: str, request: Request) -> Response:
        this = address(path)
        is_graph = this.iri in _GRAPHS_BY_PATH.values()
        if not (is_graph or await is_described(site.asker, this.iri)):
            raise _nothing(this)
        written_in = wanted(request, _HTML_FIRST)
        links = site.links(request)
        if written_in is HTML:
            place = links.to(f"page/{path}")
        else:
            place = links.data(path, written_in.extension)
        # The thing is no document: what can be had is described by, not alternate to it.
        described = link_header(_data_links(site, request, this, "describedby"))
        return RedirectResponse(place, 303, {"Vary": "Accept", **described})

    @routes.api_route("/page/{path:path}", methods=["GET", "HEAD"])
    async def page(path: str, request: Request) -> Response:
        return await thing(site, request, address(path))

    @routes.api_route("/data/{path:path}", methods=["GET", "HEAD"])
    async def data(path: str, request: Request) -> Response:
        stem, _, extension = path.rpartition(".")
        written_in = DATA_FORMATS.get(extension)
        if written_in is None:
            stem, written_in = path, wanted(request, tuple(DATA_FORMATS.values()))
        return await rdf(site, request, address(stem), written_in)

    @routes.api_route("/dataset", methods=["GET", "HEAD"])
    async def dataset(request: Request) -> Response:
        return await document(site, request, "dataset")

    @routes.api_route("/dataset/{path:path}", methods=["GET", "HEAD"])
    async def part(path: str, request: Request) -> Response:
        return await document(site, request, f"dataset/{path}")

    @routes.api_route("/graph/{name}", methods=["GET", "HEAD"])
    async def graph(name: str, request: Request) -> Response:
        return await document(site, request, f"graph/{name}")

    return routes


async def document(site: Site, request: Request, path: str) -> Response:
    """Answer at the IRI of a document, as a page or in RDF."""
    written_in = wanted(request, _HTML_FIRST)
    if written_in is not HTML:
        return await rdf(site, request, address(path), written_in)
    return await thing(site, request, address(path))


async def thing(site: Site, request: Request, this: Address) -> Response:
    """Return the page of a thing."""

    async def make() -> str:
        if this.iri in _GRAPHS_BY_PATH.values():
            count = await site.asker.rows(
                f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{this.iri}> {{ ?s ?p ?o }} }}"
            )
            return site.render(request, "graph.html", this=this, count=count[0]["n"])
        description = await _existing(site, this)
        template, shown = await _shown(site, request, description)
        shown |= await _pointing(site, request, description)
        return site.render(
            request,
            template,
            this=description,
            path=this.path,
            embedded=jsonld.embedded(description.document()),
            **shown,
        )

    headers = PAGE_POLICY | alternates(site, request, this)
    return await site.deliverer.deliver(request, HTML.content_type, make, headers)


async def rdf(site: Site, request: Request, this: Address, written_in: Format) -> Response:
    """Return the description of a thing in a format."""

    async def make() -> bytes:
        if graph := _GRAPHS_BY_PATH.get(this.path):
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
            return await site.asker.read(QueryRequest(query, format=written_in.name))
        triples = (await _existing(site, this)).document()
        if written_in.name == "jsonld":
            return jsonld.document(triples).encode()
        assert isinstance(written_in.oxigraph, ox.RdfFormat)
        content = ox.serialize(triples, format=written_in.oxigraph, prefixes=PREFIXES)
        assert content is not None
        return content

    base = site.address(request)
    path = "ontology" if this.path == "ontology" else f"page/{this.path}"
    links = [(this.iri, "describes", ""), (f"{base}/{path}", "alternate", HTML.media_type)]
    headers = link_header(links)
    return await site.deliverer.deliver(request, written_in.content_type, make, headers)


def alternates(site: Site, request: Request, this: Address) -> dict[str, str]:
    """Return the Link header that names the data of a thing, and the thing."""
    links = _data_links(site, request, this, "alternate")
    return link_header([(this.iri, "describes", ""), *links])


def _data_links(
    site: Site, request: Request, this: Address, relation: str
) -> list[tuple[str, str, str]]:
    base = site.address(request)
    return [
        (f"{base}/data/{this.path}.{extension}", relation, one.media_type)
        for extension, one in DATA_FORMATS.items()
    ]


async def _existing(site: Site, this: Address) -> Description:
    """Return the description of a thing.

    Raises:
        HttpError: with status 404 if nothing is stated of it.
    """
    if this.iri in _GRAPHS_BY_PATH.values():
        return Description(this.iri, ())
    found = await describe(site.asker, this.iri)
    if found is None:
        raise _nothing(this)
    return found


def _nothing(this: Address) -> HttpError:
    return HttpError(404, f"this release states nothing of {this.iri}")


async def _shown(site: Site, request: Request, this: Description) -> tuple[str, dict[str, Any]]:
    """Return the template of a thing's kind, and what it shows."""
    if UNV.Resolution in this.types or UNV.VotingEvent in this.types:
        return "vote.html", await vote_page(site, this)
    if UNV.State in this.types:
        # Of a former member the years before it left.
        last = int(this.one(UNV.memberUntil)[:4] or site.release().year)
        years = span(request, last - _YEARS, last)
        return "state.html", await state_page(site, this, years)
    if UNV.Proposal in this.types:
        return "proposal.html", await proposal_page(site.asker, this)
    if UNV.ProposalPoint in this.types or UNV.OperativeParagraph in this.types:
        return "part.html", await part_page(site.asker, this)
    if UNV.Statement in this.types:
        return "statement.html", await statement_page(site.asker, this)
    if UNV.DiplomaticContact in this.types:
        return "statement.html", await contact_page(site.asker, this)
    if UNV.Source in this.types:
        return "source.html", await source_page(site, this)
    number = request.query_params.get("page", "1")
    page = int(number) if number.isdecimal() and 0 < int(number) < 10_000 else 1
    return "thing.html", await thing_page(site, this, page)


async def _pointing(site: Site, request: Request, this: Description) -> dict[str, Any]:
    """Return how often each property points here, and where one that is opened comes from."""
    opened = request.query_params.get("incoming", "")
    offset = request.query_params.get("offset", "0")
    start = int(offset) if offset.isdecimal() and len(offset) < 8 else 0
    listed = await subjects(site.asker, this.iri, opened, start) if opened else []
    return {
        "incoming": await incoming(site.asker, this.iri),
        "opened": full_name(opened) or "",
        "opened_name": opened,
        "listed": listed,
        "offset": start,
        "step": LISTED,
    }
