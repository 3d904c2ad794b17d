"""Routes of documents: the vocabulary with its documentation, and static files."""

from __future__ import annotations

import mimetypes
from typing import Final

from fastapi import APIRouter, Request, Response

from kg.sparql.formats import HTML
from kg.web.http_error import HttpError
from kg.web.pages import resource_data
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_page import ontology_page
from kg.web.pages.ontology_terms import alignments, ontology_version, terms_of
from kg.web.pages.request_parameters import PageRoute
from kg.web.pages.responses import PAGE_POLICY, negotiated_format
from kg.web.pages.static_files import static_file, static_tag
from kg.web.pages.urls import DATA_FORMATS
from kg.web.pages.vocabulary_files import ALIGNMENTS_PATH, ONTOLOGY_PATH, earlier_versions

_METHODS: Final = ["GET", "HEAD"]
#: For a URL that changes with the content: browsers never have to request it again.
_IMMUTABLE: Final = "public, max-age=31536000, immutable"


def router(context: PageContext) -> APIRouter:
    """Return these routes."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/ontology", methods=_METHODS)
    async def ontology(request: Request) -> Response:
        return await _vocabulary(context, request, ONTOLOGY_PATH)

    @routes.api_route("/ontology/{name}", methods=_METHODS)
    async def part_of_ontology(name: str, request: Request) -> Response:
        versions = [ontology_version(), *earlier_versions()]
        if name not in {*versions, "alignments"}:
            raise HttpError(
                404, f"no ontology version {name[:30]}; versions: {', '.join(versions)}"
            )
        return await _vocabulary(context, request, f"{ONTOLOGY_PATH}/{name}")

    @routes.api_route("/static/{name}", methods=_METHODS)
    async def static(request: Request, name: str, v: str = "") -> Response:
        path = static_file(name)
        if path is None:
            raise HttpError(404, "no such file")
        is_tagged = bool(v) and v == static_tag(name)
        headers = {"Cache-Control": _IMMUTABLE if is_tagged else "public, no-cache"}
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"

        async def make() -> bytes:
            return path.read_bytes()

        return await context.responder.respond(request, media_type, make, headers, ignored=["v"])

    return routes


async def _vocabulary(context: PageContext, request: Request, path: str) -> Response:
    """Return a document of the vocabulary, as a page or in RDF."""
    address = resource_data.resource_address(path)
    response_format = negotiated_format(request, (*DATA_FORMATS.values(), HTML))
    if response_format is not HTML:
        return await resource_data.rdf_response(context, request, address, response_format)

    async def make() -> str:
        if path == ALIGNMENTS_PATH:
            return context.render(request, "alignments.html", alignments=alignments())
        version = path.rpartition("/")[2]
        if text := earlier_versions().get(version):
            return context.render(
                request, "ontology_version.html", version=version, terms=terms_of(text)
            )
        return context.render(request, "ontology.html", **await ontology_page(context.queries))

    headers = PAGE_POLICY | resource_data.link_headers(context, request, address)
    return await context.responder.respond_html(request, make, headers)
