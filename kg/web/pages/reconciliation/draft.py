"""What differs in the draft of version 1.0: its manifest, and requests with JSON as body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.web.pages.context import PageContext
from kg.web.pages.reconciliation.candidates import reconcile
from kg.web.pages.reconciliation.extension import extend, meta, settings
from kg.web.pages.reconciliation.preview import SIZE
from kg.web.pages.reconciliation.requests import read_draft_batch, read_extension, read_json
from kg.web.sparql_protocol import read_content

#: The path of the version below that of the service, and its name in the manifest.
PATH: Final = "/1.0-draft"
_VERSION: Final = "1.0-draft"


def add_routes(
    routes: APIRouter,
    context: PageContext,
    base: str,
    description: Callable[[str], dict[str, object]],
) -> None:
    """Add these routes below a path; ``description`` returns the common part of the manifests."""

    @routes.api_route(base, methods=["GET", "HEAD"])
    async def manifest(request: Request) -> Response:
        base_url = context.base_url(request)
        return JSONResponse(description(base_url) | _manifest(base_url + base))

    @routes.post(base + "/reconcile")
    async def reconcile_batch(request: Request) -> Response:
        batch = read_draft_batch(read_json("the body", await read_content(request)))
        answers = await reconcile(context, batch)
        return JSONResponse({"results": [{"candidates": answer} for answer in answers]})

    @routes.post(base + "/extend")
    async def extend_data(request: Request) -> Response:
        query = read_extension(read_json("the body", await read_content(request)))
        rows = [
            {
                "id": identifier,
                "properties": [{"id": name, "values": values} for name, values in cells.items()],
            }
            for identifier, cells in (await extend(context, query)).items()
        ]
        return JSONResponse({"meta": meta(query), "rows": rows})


def _manifest(address: str) -> dict[str, object]:
    return {
        "versions": [_VERSION],
        "lang": LABEL_LANGUAGE,
        # A template of RFC 6570, which escapes the IRI.
        "view": {"url": f"{address}/view{{?id}}"},
        "preview": SIZE,
        "suggest": {"entity": True, "type": True, "property": True},
        "extend": {
            "proposeProperties": True,
            "propertySettings": settings("id", "name", "helpText"),
        },
        "standardizedScore": True,
    }
