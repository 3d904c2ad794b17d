"""The Reconciliation Service API, as used by OpenRefine: version 0.2, and the draft of 1.0.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/,
https://reconciliation-api.github.io/specs/draft/
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

import kg
from kg.rdf.vocabulary import BASE, SKOS, UNV
from kg.web.pages.context import PageContext
from kg.web.pages.reconciliation import draft, suggestions
from kg.web.pages.reconciliation.candidates import reconcile, type_of
from kg.web.pages.reconciliation.extension import extend, meta, settings
from kg.web.pages.reconciliation.preview import SIZE, preview, view
from kg.web.pages.reconciliation.requests import read_batch, read_extension, read_json
from kg.web.pages.request_parameters import PageRoute, reads
from kg.web.sparql_protocol import read_body

PATH: Final = "/reconcile"
_TYPES: Final = (
    UNV.State,
    UNV.Resolution,
    UNV.Decision,
    SKOS.Concept,
    UNV.Session,
    UNV.Proposal,
    UNV.Statement,
)


def router(context: PageContext) -> APIRouter:
    """Return the routes of the reconciliation service."""
    routes = APIRouter(route_class=PageRoute)

    @routes.api_route(PATH, methods=["GET", "HEAD", "POST"])
    @reads("queries", "extend")
    async def service(request: Request) -> Response:
        parameters = dict(request.query_params)
        if request.method == "POST":
            parameters |= dict(await read_body(request))
        if "extend" in parameters:
            query = read_extension(read_json("'extend'", parameters["extend"]))
            return JSONResponse({"meta": meta(query), "rows": await extend(context, query)})
        if "queries" in parameters:
            batch = read_batch(read_json("'queries'", parameters["queries"]))
            answers = await reconcile(context, list(batch.values()))
            results = zip(batch, answers, strict=True)
            return JSONResponse({key: {"result": answer} for key, answer in results})
        return JSONResponse(_manifest(context.base_url(request)))

    # Version 0.2 names the addresses in its manifest, the draft of 1.0 fixes them below its own.
    for base in (PATH, PATH + draft.PATH):
        _add_common_routes(routes, context, base)
    draft.add_routes(routes, context, PATH + draft.PATH, _description)
    return routes


def _add_common_routes(routes: APIRouter, context: PageContext, base: str) -> None:
    """Add the routes whose requests and responses are the same in both versions."""

    # The path without "entity" is that of earlier versions, which projects of OpenRefine keep.
    @routes.get(base + "/suggest")
    @routes.get(base + "/suggest/entity")
    async def suggest_entities(prefix: str = "", cursor: int = 0) -> Response:
        return JSONResponse({"result": await suggestions.entities(context, prefix, cursor)})

    @routes.get(base + "/suggest/type")
    async def suggest_types(prefix: str = "", cursor: int = 0) -> Response:
        return JSONResponse({"result": await suggestions.types(context, prefix, cursor)})

    @routes.get(base + "/suggest/property")
    async def suggest_properties(prefix: str = "", cursor: int = 0) -> Response:
        return JSONResponse({"result": await suggestions.properties(context, prefix, cursor)})

    @routes.get(base + "/extend/propose")
    @reads("type")
    async def propose_properties(request: Request, limit: int = 0) -> Response:
        type_iri = request.query_params.get("type", "")
        proposed = await suggestions.properties_of(context, type_iri, limit)
        response = {"type": type_iri, "properties": proposed}
        return JSONResponse(response | ({"limit": limit} if limit > 0 else {}))

    @routes.get(base + "/preview")
    @reads("id")
    async def show_preview(request: Request) -> Response:
        return await preview(context, request, request.query_params.get("id", ""))

    @routes.get(base + "/view")
    @reads("id")
    async def show_page(request: Request) -> Response:
        return view(context, request, request.query_params.get("id", ""))


def _description(base_url: str) -> dict[str, object]:
    """Return what the manifests of both versions contain."""
    return {
        "name": "UN votes knowledge graph",
        "identifierSpace": f"{BASE}id/",
        "schemaSpace": UNV.iri,
        "documentation": f"{base_url}/ontology",
        "serviceVersion": kg.__version__,
        "defaultTypes": [type_of(iri) for iri in _TYPES],
    }


def _manifest(base_url: str) -> dict[str, object]:
    def service(path: str) -> dict[str, object]:
        return {"service_url": base_url, "service_path": PATH + path}

    return _description(base_url) | {
        "versions": ["0.2"],
        "view": {"url": f"{base_url}{PATH}/view?id={{{{id}}}}"},
        "preview": {"url": f"{base_url}{PATH}/preview?id={{{{id}}}}", **SIZE},
        "suggest": {kind: service(f"/suggest/{kind}") for kind in ("entity", "type", "property")},
        "extend": {
            "propose_properties": service("/extend/propose"),
            "property_settings": settings("name", "label", "help_text"),
        },
    }
