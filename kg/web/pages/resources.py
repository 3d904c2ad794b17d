"""Routes of the resources under the base IRI: ``/id/``, ``/page/``, ``/data/`` and documents."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

import kg
from kg.rdf.vocabulary import BASE, DCTERMS
from kg.sparql.formats import HTML
from kg.web.http_error import HttpError
from kg.web.pages.citations import CITATION_FORMATS, Citation
from kg.web.pages.context import PageContext
from kg.web.pages.description import is_described, present_iri
from kg.web.pages.request_parameters import PageRoute, reads
from kg.web.pages.resource_data import (
    ResourceAddress,
    data_links,
    existing_description,
    not_found,
    rdf_response,
    resource_address,
    respelled_path,
)
from kg.web.pages.resource_page import (
    PAGE_PARAMETERS,
    resource_page,
)
from kg.web.pages.responses import link_header, negotiated_format
from kg.web.pages.urls import DATA_FORMATS

_METHODS: Final = ["GET", "HEAD"]
_FORMATS: Final = (*DATA_FORMATS.values(), HTML)


def router(context: PageContext) -> APIRouter:
    """Return these routes."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/id/{path:path}", methods=_METHODS)
    async def identifier(path: str, request: Request) -> Response:
        present = await _present_path(context, path)
        urls = context.urls(request)
        if present != path:
            return RedirectResponse(urls.path(f"id/{present}"), 301)
        response_format = negotiated_format(request, _FORMATS)
        if response_format is HTML:
            location = urls.path(f"page/{path}")
        else:
            location = urls.data(path, response_format.extension)
        # The resource is not a document: the data describe it, they are not an alternate form.
        address = resource_address(path)
        links = link_header(data_links(context, request, address, "describedby"))
        return RedirectResponse(location, 303, {"Vary": "Accept", **links})

    @routes.api_route("/page/{path:path}", methods=_METHODS)
    @reads(*PAGE_PARAMETERS)
    async def page(path: str, request: Request) -> Response:
        try:
            return await resource_page(context, request, resource_address(path))
        except HttpError as error:
            if error.status != 404 or (present := await _present_path(context, path)) == path:
                raise
            return RedirectResponse(context.urls(request).path(f"page/{present}"), 301)

    @routes.api_route("/data/{path:path}", methods=_METHODS)
    async def data(path: str, request: Request) -> Response:
        stem, _, extension = path.rpartition(".")
        response_format = DATA_FORMATS.get(extension)
        if response_format is None:
            stem = path
            response_format = negotiated_format(request, tuple(DATA_FORMATS.values()))
        try:
            return await rdf_response(context, request, resource_address(stem), response_format)
        except HttpError as error:
            if error.status != 404 or (present := await _present_path(context, stem)) == stem:
                raise
            location = context.urls(request).data(present, response_format.extension)
            return RedirectResponse(location, 301)

    @routes.api_route("/cite/{path:path}.{extension}", methods=_METHODS)
    async def citation(path: str, extension: str, request: Request) -> Response:
        chosen = CITATION_FORMATS.get(extension)
        if chosen is None:
            raise HttpError(404, f"expected one of {', '.join(CITATION_FORMATS)} as the extension")
        address = resource_address(path)

        async def make() -> str:
            return chosen.write(await _citation(context, request, address))

        return await context.responder.respond(request, chosen.media_type, make)

    @routes.api_route("/dataset", methods=_METHODS)
    @reads(*PAGE_PARAMETERS)
    async def dataset(request: Request) -> Response:
        return await document_response(context, request, "dataset")

    @routes.api_route("/dataset/{path:path}", methods=_METHODS)
    @reads(*PAGE_PARAMETERS)
    async def part(path: str, request: Request) -> Response:
        return await document_response(context, request, f"dataset/{path}")

    @routes.api_route("/shapes", methods=_METHODS)
    @reads(*PAGE_PARAMETERS)
    async def shapes(request: Request) -> Response:
        # The IRI of a shape leads here, for example from a result in the validation report.
        return await document_response(context, request, "graph/shapes")

    @routes.api_route("/shapes/{version}", methods=_METHODS)
    async def version_of_shapes(version: str, request: Request) -> Response:
        # Earlier shapes are in the releases that they validated.
        if version != kg.__version__:
            raise HttpError(
                404, f"no version {version[:30]} of the shapes; this is {kg.__version__}"
            )
        return await document_response(context, request, "graph/shapes")

    @routes.api_route("/graph/{name}", methods=_METHODS)
    @reads(*PAGE_PARAMETERS)
    async def graph(name: str, request: Request) -> Response:
        return await document_response(context, request, f"graph/{name}")

    return routes


async def _citation(context: PageContext, request: Request, address: ResourceAddress) -> Citation:
    """Return the citation of a page.

    Raises:
        HttpError: with status 404 if there is no such resource.
        KgError: if the engine cannot answer.
    """
    description = await existing_description(context, address)
    titles = [title for title in description.values(DCTERMS.title) if title != description.label]
    manifest = await run_in_threadpool(context.release().manifest)
    return Citation(
        ": ".join([description.label, *titles[:1]]),
        f"{context.base_url(request)}/{address.page_path}",
        manifest.name,
        manifest.created[:10],
    )


async def _present_path(context: PageContext, path: str) -> str:
    """Return the path below ``/id/`` of the resource that a path identifies.

    It differs from the path for the former IRI of a resource, and for a symbol in another spelling.

    Raises:
        HttpError: with status 404 if there is no such resource.
    """
    for candidate in filter(None, (path, respelled_path(path))):
        try:
            address = resource_address(candidate)
        except HttpError:
            # A symbol as printed has characters that do not occur in IRIs under the base.
            continue
        if address.is_graph or await is_described(context.queries, address.iri):
            return candidate
        if present := await present_iri(context.queries, address.iri):
            return present.removeprefix(f"{BASE}id/")
    raise not_found(resource_address(path))


async def document_response(context: PageContext, request: Request, path: str) -> Response:
    """Return a document at its own IRI, as a page or in RDF."""
    address = resource_address(path)
    response_format = negotiated_format(request, _FORMATS)
    if response_format is HTML:
        return await resource_page(context, request, address)
    return await rdf_response(context, request, address, response_format)
