"""The preview of a resource, which clients show in a frame, and the way to its page."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from kg.rdf import iris
from kg.release.search import Hit, resources
from kg.release.search_index import FILE
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext

#: The size of the frame, in pixels.
SIZE: Final = {"width": 420, "height": 180}
#: Pages of any origin may show it in a frame, unlike all other pages.
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors *"
}


async def preview(context: PageContext, request: Request, iri: str) -> Response:
    """Return the page of a preview.

    Raises:
        HttpError: with status 404 if no such resource can be reconciled.
        NoIndexError: if the release has no search index.
    """

    async def make() -> str:
        return context.render(request, "preview.html", hit=await _resource(context, iri))

    return await context.responder.respond_html(request, make, _HEADERS)


def view(context: PageContext, request: Request, iri: str) -> Response:
    """Redirect to the page of a resource on this host.

    Raises:
        HttpError: with status 404 if the IRI is not that of a resource.
    """
    if not iris.parse(iri):
        raise _not_found(iri)
    return RedirectResponse(context.urls(request).page(iri), 303)


async def _resource(context: PageContext, iri: str) -> Hit:
    hits = await run_in_threadpool(resources, context.intact_release(FILE), [iri])
    if iri not in hits:
        raise _not_found(iri)
    return hits[iri]


def _not_found(iri: str) -> HttpError:
    return HttpError(404, f"expected the IRI of a resource as 'id', found {iri[:200]!r}")
