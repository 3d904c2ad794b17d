"""Routes of documents: the ontology with its documentation, static files, ``/robots.txt``."""

from __future__ import annotations

import mimetypes
from typing import Final

from fastapi import APIRouter, Request, Response

from kg.sparql.formats import HTML
from kg.web.http_error import HttpError
from kg.web.pages import resource_data
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_page import ontology_page
from kg.web.pages.ontology_terms import ontology_version
from kg.web.pages.request_parameters import PageRoute
from kg.web.pages.responses import PAGE_POLICY, negotiated_format
from kg.web.pages.static_files import static_file, static_tag
from kg.web.pages.urls import DATA_FORMATS

_METHODS: Final = ["GET", "HEAD"]
#: For a URL that changes with the content: browsers never have to request it again.
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_ROBOTS: Final = "User-agent: *\nDisallow: /sparql\nDisallow: /run\n"


def router(context: PageContext) -> APIRouter:
    """Return these routes."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/ontology", methods=_METHODS)
    @routes.api_route("/ontology/{version}", methods=_METHODS)
    async def ontology(request: Request, version: str = "") -> Response:
        current = ontology_version()
        if version and version != current:
            raise HttpError(
                404, f"no ontology version {version}; this release has version {current}"
            )
        address = resource_data.resource_address("ontology")
        response_format = negotiated_format(request, (*DATA_FORMATS.values(), HTML))
        if response_format is not HTML:
            return await resource_data.rdf_response(context, request, address, response_format)

        async def make() -> str:
            variables = await ontology_page(context.queries)
            return context.render(request, "ontology.html", ontology_version=current, **variables)

        headers = PAGE_POLICY | resource_data.link_headers(context, request, address)
        return await context.responder.respond_html(request, make, headers)

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

    @routes.api_route("/robots.txt", methods=_METHODS)
    async def robots() -> Response:
        return Response(_ROBOTS, media_type="text/plain")

    return routes
