"""Routes of the releases that are kept, ``/releases``, and of the changes in each, ``/changes``.

Both are available as a page, in RDF and as an Atom feed (RFC 4287; the pages of a long feed are
linked as in RFC 5005). The changes were computed when a release was built.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, NamedTuple

import pyoxigraph as ox
from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from kg.rdf import iris
from kg.rdf.vocabulary import ADMS, BASE, CS, DCAT, PREFIXES, VOID
from kg.release import change_list, history
from kg.sparql.formats import ATOM, HTML, Format
from kg.web.http_cache import file_response
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext
from kg.web.pages.csv_files import CSV_TYPE
from kg.web.pages.release_changes import (
    CHANGE_PARAMETERS,
    ChangePage,
    KeptRelease,
    kept_releases,
    page_of_change,
    release_named,
    release_with_key,
    requested_page,
)
from kg.web.pages.request_parameters import PageRoute, reads
from kg.web.pages.resource_data import serialized
from kg.web.pages.responses import PAGE_POLICY, HeaderLink, link_header, negotiated_format
from kg.web.pages.urls import DATA_FORMATS, UrlBuilder

_METHODS: Final = ["GET", "HEAD"]
#: The formats by the extension of an address below ``/data/``.
_DATA_FORMATS: Final = {**DATA_FORMATS, ATOM.extension: ATOM}
_FORMATS: Final = (*_DATA_FORMATS.values(), HTML)
#: The complete list of a release, by the extension of its address: the file and its media type.
_FILES: Final = {
    "csv": (change_list.CSV_FILE, CSV_TYPE),
    "nt.gz": (change_list.RDF_FILE, "application/gzip"),
}
_PREFIXES: Final = PREFIXES | {
    "adms": ADMS.iri,
    "cs": CS.iri,
    "dcat": DCAT.iri,
    "void": VOID.iri,
}


class _Document(NamedTuple):
    """The content of a response: path, parameters, page number and number of pages."""

    path: str
    parameters: dict[str, str]
    page: int = 1
    last: int = 1


def router(context: PageContext) -> APIRouter:
    """Return these routes."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route("/releases", methods=_METHODS)
    async def releases(request: Request) -> Response:
        return await _releases(context, request, negotiated_format(request, _FORMATS))

    @routes.api_route("/data/releases.{extension}", methods=_METHODS)
    async def releases_data(extension: str, request: Request) -> Response:
        return await _releases(context, request, _data_format(extension))

    @routes.api_route("/changes", methods=_METHODS)
    @routes.api_route("/changes/{name}", methods=_METHODS)
    @reads(*CHANGE_PARAMETERS)
    async def changes(request: Request, name: str = "") -> Response:
        return await _changes(context, request, name, negotiated_format(request, _FORMATS))

    @routes.api_route("/data/changes.{extension}", methods=_METHODS)
    @reads(*CHANGE_PARAMETERS)
    async def current_changes_data(extension: str, request: Request) -> Response:
        return await _changes(context, request, "", _data_format(extension))

    @routes.api_route("/data/changes/{file}", methods=_METHODS)
    @reads(*CHANGE_PARAMETERS)
    async def changes_data(file: str, request: Request) -> Response:
        for extension in _FILES:
            if file.endswith(f".{extension}"):
                return await _file(context, request, file.removesuffix(f".{extension}"), extension)
        name, _, extension = file.rpartition(".")
        return await _changes(context, request, name, _data_format(extension))

    @routes.api_route("/id/release/{key}", methods=_METHODS)
    async def release(key: str, request: Request) -> Response:
        kept = release_with_key(await kept_releases(context), key)
        return _see_other(context, request, kept.name)

    @routes.api_route("/id/change/{key}/{path:path}", methods=_METHODS)
    async def change(key: str, path: str, request: Request) -> Response:
        kept = release_with_key(await kept_releases(context), key)
        # The paths below a change identify the statements that it removed and added.
        digest = path.partition("/")[0]
        page = await page_of_change(kept, f"{BASE}id/change/{key}/{digest}")
        return _see_other(context, request, kept.name, page, f"#c-{digest}")

    return routes


async def _releases(context: PageContext, request: Request, response_format: Format) -> Response:
    """Return the releases that are kept."""
    kept = await kept_releases(context)
    document = _Document("releases", {})

    async def make() -> str | bytes:
        if response_format in DATA_FORMATS.values():
            manifests = (release.manifest for release in kept)
            return _rdf(history.versions(manifests, context.release().name), response_format)
        return _render(context, request, document, response_format, kept=kept)

    return await _respond(context, request, document, response_format, kept, make)


async def _changes(
    context: PageContext, request: Request, name: str, response_format: Format
) -> Response:
    """Return a page of the changes in a release; without a name, in the current release."""
    kept = await kept_releases(context)
    page = requested_page(request, release_named(kept, name))
    path = f"changes/{name}" if name else "changes"
    document = _Document(path, page.parameters, page.number, page.last)

    async def make() -> str | bytes:
        if response_format in DATA_FORMATS.values():
            return _rdf(await _changes_as_ntriples(page), response_format)
        shown = await page.shown(context.queries)
        return _render(
            context, request, document, response_format, kept=kept, page=page, changes=shown
        )

    return await _respond(context, request, document, response_format, kept, make)


async def _changes_as_ntriples(page: ChangePage) -> list[str]:
    """Return the description of a release, and the changes on a page, if any."""
    lines = list(history.version(page.kept.manifest))
    if changes := await page.changes():
        lines += change_list.to_ntriples(changes, page.releases)
    return lines


def _render(
    context: PageContext,
    request: Request,
    document: _Document,
    response_format: Format,
    **variables: object,
) -> str:
    """Return a page or a feed; its template has the name of the first part of the path."""
    name = document.path.partition("/")[0]
    return context.render(
        request,
        f"{name}.{response_format.extension}",
        document=document,
        absolute_urls=UrlBuilder(context.base_url(request)),
        base_iri=BASE,
        release_iri=iris.release,
        **variables,
    )


async def _respond(
    context: PageContext,
    request: Request,
    document: _Document,
    response_format: Format,
    kept: list[KeptRelease],
    make: Callable[[], Awaitable[str | bytes]],
) -> Response:
    links = link_header(_links(context, request, document, response_format))
    return await context.responder.respond(
        request,
        response_format.content_type,
        make,
        PAGE_POLICY | links if response_format is HTML else links,
        # The list of kept releases changes independently of the current one.
        depends_on=" ".join(release.name for release in kept),
    )


def _links(
    context: PageContext, request: Request, document: _Document, response_format: Format
) -> list[HeaderLink]:
    """Return links to the other formats, and to the adjacent pages in the same format."""
    urls = UrlBuilder(context.base_url(request))

    def link(target: Format, page: int, relation: str) -> HeaderLink:
        parameters = document.parameters | ({"page": str(page)} if page > 1 else {})
        path = document.path if target is HTML else f"data/{document.path}.{target.extension}"
        return HeaderLink(urls.path(path, **parameters), relation, target.media_type)

    links = [
        link(other, document.page, "alternate") for other in _FORMATS if other != response_format
    ]
    if document.page > 1:
        links.append(link(response_format, document.page - 1, "prev"))
    if document.page < document.last:
        links.append(link(response_format, document.page + 1, "next"))
    return links


async def _file(context: PageContext, request: Request, name: str, extension: str) -> Response:
    """Return all changes in a release, from the file that contains them."""
    release = release_named(await kept_releases(context), name)
    file, media_type = _FILES[extension]
    if release.manifest.changes is None:
        raise HttpError(404, "this release was not compared with an earlier one")
    if release.is_current:
        context.intact_release(file)
    return file_response(request, release.release.path / file, release.name, media_type)


def _see_other(
    context: PageContext, request: Request, name: str, page: int = 1, anchor: str = ""
) -> Response:
    """Redirect from the IRI of a release or a change to the page or the data that describes it."""
    response_format = negotiated_format(request, (*DATA_FORMATS.values(), HTML))
    is_page = response_format is HTML
    path = f"changes/{name}" if is_page else f"data/changes/{name}.{response_format.extension}"
    location = context.urls(request).path(path, page=page if page > 1 else None)
    location += anchor if is_page else ""
    return RedirectResponse(location, 303, {"Vary": "Accept"})


def _data_format(extension: str) -> Format:
    """Return the format of an extension.

    Raises:
        HttpError: with status 404 if there is none.
    """
    if extension not in _DATA_FORMATS:
        raise HttpError(
            404, f"unknown format {extension[:30]!r}; supported formats: {', '.join(_DATA_FORMATS)}"
        )
    return _DATA_FORMATS[extension]


def _rdf(lines: Iterable[str], response_format: Format) -> bytes:
    """Return lines of N-Triples in another format."""
    quads = ox.parse("".join(lines), format=ox.RdfFormat.N_TRIPLES)
    return serialized([quad.triple for quad in quads], response_format, _PREFIXES)
