"""The Reconciliation Service API 0.2, as OpenRefine speaks it, over the search index.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from kg.limits import RECONCILIATION_CANDIDATES, RECONCILIATION_QUERIES, SEARCH_RESULTS
from kg.rdf.vocabulary import BASE, SKOS, UNV
from kg.release.search import Hit, search
from kg.web.http_error import HttpError
from kg.web.pages.context import Site
from kg.web.pages.ontology_terms import label_of_term
from kg.web.sparql_protocol import read_body

PATH = "/reconcile"
_TYPES = (UNV.State, UNV.Resolution, SKOS.Concept, UNV.Session, UNV.Proposal, UNV.Statement)


def router(site: Site) -> APIRouter:
    """Return the routes of the reconciliation service."""
    routes = APIRouter()

    @routes.api_route(PATH, methods=["GET", "HEAD", "POST"])
    async def reconcile(request: Request) -> Response:
        given: dict[str, Any] = dict(request.query_params)
        if request.method == "POST":
            given |= dict(await read_body(request))
        if "extend" in given:
            raise HttpError(400, "this service extends no data; ask /sparql for it")
        if "queries" not in given:
            return JSONResponse(_manifest(site.address(request)))
        return await _answered(lambda: _reconciled(site, _read(str(given["queries"]))))

    @routes.get(PATH + "/suggest")
    async def suggest(prefix: str = "", cursor: int = 0) -> Response:
        def found() -> dict[str, Any]:
            hits = search(site.release(), prefix, limit=min(cursor, SEARCH_RESULTS) + 20)[
                max(cursor, 0) :
            ]
            told = [{**_told(hit), "notable": [_kind(hit.type)]} for hit in hits]
            return {"result": told}

        return await _answered(found)

    return routes


async def _answered(work: Any) -> Response:
    return JSONResponse(await run_in_threadpool(work))


def _manifest(address: str) -> dict[str, Any]:
    return {
        "versions": ["0.2"],
        "name": "UN votes knowledge graph",
        "identifierSpace": f"{BASE}id/",
        "schemaSpace": UNV.iri,
        "defaultTypes": [_kind(one) for one in _TYPES],
        "view": {"url": "{{id}}"},
        "suggest": {"entity": {"service_url": address, "service_path": f"{PATH}/suggest"}},
    }


def _read(text: str) -> dict[str, dict[str, Any]]:
    try:
        queries = json.loads(text)
    except ValueError as error:
        raise HttpError(400, f"queries is not JSON: {error}") from error
    if not isinstance(queries, dict) or not all(isinstance(q, dict) for q in queries.values()):
        raise HttpError(400, "queries is not an object of objects")
    if len(queries) > RECONCILIATION_QUERIES:
        raise HttpError(413, f"more than {RECONCILIATION_QUERIES} queries at once")
    return queries


def _reconciled(site: Site, queries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    release = site.release()
    found = {}
    for name, query in queries.items():
        told = query.get("type") or []
        types = [str(one) for one in (told if isinstance(told, list) else [told])]
        limit = query.get("limit")
        limit = (
            min(limit, RECONCILIATION_CANDIDATES) if isinstance(limit, int) and limit > 0 else 10
        )
        hits = search(release, str(query.get("query", "")), types=types, limit=limit)
        # Sure enough to be taken without a look: named exactly, and nothing else is.
        sure = sum(hit.is_exact for hit in hits) == 1
        found[name] = {"result": [{**_told(hit), "match": hit.is_exact and sure} for hit in hits]}
    return found


def _told(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.iri,
        "name": hit.label,
        "description": hit.about[:300],
        "type": [_kind(hit.type)],
        "score": hit.score,
    }


def _kind(iri: str) -> dict[str, str]:
    return {"id": iri, "name": label_of_term(iri)}
