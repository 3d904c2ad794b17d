"""Resources under the base IRI as data: their addresses, descriptions in RDF, Link headers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox
from fastapi import Request, Response

from kg import DEFAULT_BASE_IRI
from kg.engine.interface import QueryRequest
from kg.model.symbol_spelling import document_key, document_kind
from kg.rdf.vocabulary import (
    BASE,
    DATASET,
    ONTOLOGY_GRAPH,
    PREFIXES,
    REPORT_GRAPH,
    SHAPES_GRAPH,
)
from kg.sparql.formats import HTML, Format
from kg.web.http_error import HttpError
from kg.web.pages import jsonld
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description, describe
from kg.web.pages.responses import HeaderLink, link_header
from kg.web.pages.urls import DATA_FORMATS
from kg.web.pages.vocabulary_files import triples_of, vocabulary_file

#: A path under the base IRI: the characters of its IRIs, and none that could end one.
_PATH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/._-]*")
#: Paths of documents, whose IRIs are not below ``id/``.
_DOCUMENT: Final = re.compile(r"dataset(/.*)?|(graph|queries)/.*")
#: Paths of the documents of the vocabulary, whose IRIs do not depend on the base.
_VOCABULARY: Final = re.compile(r"ontology(/.*)?")
#: Kinds of resources whose key is the slug of a symbol.
_NAMED_BY_SYMBOL: Final = {"resolution", "decision", "event"}
_GRAPHS_BY_PATH: Final = {
    name.removeprefix(BASE): name for name in (ONTOLOGY_GRAPH, SHAPES_GRAPH, REPORT_GRAPH)
}


@dataclass(frozen=True)
class ResourceAddress:
    """A path below ``/page/`` or ``/data/``, and the IRI of its resource."""

    path: str
    iri: str

    @property
    def is_graph(self) -> bool:
        """Whether the resource is a named graph."""
        return self.iri in _GRAPHS_BY_PATH.values()

    @property
    def page_path(self) -> str:
        """The path of the page; documents of the vocabulary have page and data at one path."""
        return self.path if _VOCABULARY.fullmatch(self.path) else f"page/{self.path}"


def resource_address(path: str) -> ResourceAddress:
    """Return the address for a path.

    Raises:
        HttpError: with status 404 if it cannot be part of an IRI.
    """
    if not _PATH.fullmatch(path) or ".." in path:
        raise HttpError(404, "invalid path of a resource")
    if _VOCABULARY.fullmatch(path):
        return ResourceAddress(path, DEFAULT_BASE_IRI + path)
    if _DOCUMENT.fullmatch(path):
        return ResourceAddress(path, BASE + path)
    return ResourceAddress(path, f"{BASE}id/{path}")


def respelled_path(path: str) -> str:
    """Return the usual path of a document or an event whose symbol has another spelling in a path.

    It is empty if the path belongs to neither, or is already the usual one.

    >>> respelled_path("resolution/S/RES/2623 (2022)"), respelled_path("event/A-RES-41-68B")
    ('resolution/S-RES-2623-2022', 'event/A-RES-41-68-B')
    """
    kind, _, symbol = path.partition("/")
    if kind not in _NAMED_BY_SYMBOL:
        return ""
    try:
        key = document_key(symbol)
    except ValueError:
        return ""
    usual = f"{kind if kind == 'event' else document_kind(symbol)}/{key}"
    return usual if usual != path else ""


async def existing_description(context: PageContext, address: ResourceAddress) -> Description:
    """Return the description of a resource.

    Raises:
        HttpError: with status 404 if it is not the subject of any triple.
    """
    if address.is_graph:
        return Description(address.iri, ())
    description = await describe(context.queries, address.iri)
    if description is None:
        raise not_found(address)
    return description


def not_found(address: ResourceAddress) -> HttpError:
    """Return the error for a resource without a description."""
    return HttpError(404, f"this release contains no description of {address.iri}")


async def rdf_response(
    context: PageContext, request: Request, address: ResourceAddress, response_format: Format
) -> Response:
    """Return the description of a resource, or all triples of a graph, in a format."""

    async def make() -> bytes:
        if turtle := vocabulary_file(address.path):
            return _serialized(triples_of(turtle), response_format)
        if graph := _GRAPHS_BY_PATH.get(address.path):
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
            query_request = QueryRequest(query, format=response_format.name, is_page=True)
            return await context.queries.content(query_request)
        return serialized(
            (await existing_description(context, address)).document(), response_format
        )

    page_url = f"{context.base_url(request)}/{address.page_path}"
    page = HeaderLink(page_url, "alternate", HTML.media_type)
    headers = link_header([HeaderLink(address.iri, "describes"), page])
    return await context.responder.respond(request, response_format.content_type, make, headers)


def serialized(
    triples: list[ox.Triple], response_format: Format, prefixes: Mapping[str, str] = PREFIXES
) -> bytes:
    """Return triples in an RDF format."""
    if response_format.name == "jsonld":
        return jsonld.document(triples).encode()
    return _serialized(triples, response_format, prefixes)


def _serialized(
    triples: list[ox.Triple], response_format: Format, prefixes: Mapping[str, str] = PREFIXES
) -> bytes:
    """Return triples, which may have blank nodes, in an RDF format as Oxigraph writes it."""
    assert isinstance(response_format.oxigraph, ox.RdfFormat)
    content = ox.serialize(triples, format=response_format.oxigraph, prefixes=dict(prefixes))
    assert content is not None
    return content


def link_headers(
    context: PageContext,
    request: Request,
    address: ResourceAddress,
    more: Sequence[HeaderLink] = (),
) -> dict[str, str]:
    """Return the Link header of a page: the resource, its data in each format, and more links.

    Machines find here which IRI to cite, and the terms of use (https://signposting.org/FAIR/).
    """
    links = [
        HeaderLink(address.iri, "describes"),
        HeaderLink(address.iri, "cite-as"),
        *data_links(context, request, address, "alternate"),
        *data_links(context, request, address, "describedby"),
        HeaderLink(context.licence(), "license"),
        *more,
    ]
    if address.iri != DATASET:
        links.append(HeaderLink(DATASET, "collection"))
    return link_header(links)


def data_links(
    context: PageContext, request: Request, address: ResourceAddress, relation: str
) -> list[HeaderLink]:
    """Return links to the data of a resource in each format."""
    base_url = context.base_url(request)
    return [
        HeaderLink(f"{base_url}/data/{address.path}.{extension}", relation, rdf.media_type)
        for extension, rdf in DATA_FORMATS.items()
    ]
