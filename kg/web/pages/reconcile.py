"""The Reconciliation Service API 0.2, as used by OpenRefine, over the search index.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import json
from typing import Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from kg.limits import RECONCILIATION_CANDIDATES, RECONCILIATION_QUERIES, SEARCH_RESULTS
from kg.rdf.vocabulary import BASE, SKOS, UNV
from kg.release.release import Release
from kg.release.search import Hit, search
from kg.release.search_index import FILE
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_terms import label_of_term
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
#: Candidates for a name, unless a query requests another number.
_DEFAULT_CANDIDATES: Final = 10
#: Suggestions in a response.
_SUGGESTIONS: Final = 20
#: Characters of the description of each candidate.
_DESCRIPTION_CHARACTERS: Final = 300


def router(context: PageContext) -> APIRouter:
    """Return the routes of the reconciliation service."""
    routes = APIRouter()

    @routes.api_route(PATH, methods=["GET", "HEAD", "POST"])
    async def reconcile(request: Request) -> Response:
        parameters = dict(request.query_params)
        if request.method == "POST":
            parameters |= dict(await read_body(request))
        if "extend" in parameters:
            raise HttpError(400, "data extension is not supported; query /sparql instead")
        if "queries" not in parameters:
            return JSONResponse(_manifest(context.base_url(request)))
        results = await run_in_threadpool(
            lambda: _reconcile_all(
                context.intact_release(FILE), _parse_queries(parameters["queries"])
            )
        )
        return JSONResponse(results)

    @routes.get(PATH + "/suggest")
    async def suggest(prefix: str = "", cursor: int = 0) -> Response:
        limit = min(cursor, SEARCH_RESULTS) + _SUGGESTIONS
        hits = await run_in_threadpool(
            lambda: search(context.intact_release(FILE), prefix, limit=limit)[max(cursor, 0) :]
        )
        return JSONResponse(
            {"result": [{**_candidate(hit), "notable": [_type(hit.type)]} for hit in hits]}
        )

    return routes


def _manifest(base_url: str) -> dict[str, object]:
    return {
        "versions": ["0.2"],
        "name": "UN votes knowledge graph",
        "identifierSpace": f"{BASE}id/",
        "schemaSpace": UNV.iri,
        "defaultTypes": [_type(iri) for iri in _TYPES],
        "view": {"url": "{{id}}"},
        "suggest": {"entity": {"service_url": base_url, "service_path": f"{PATH}/suggest"}},
    }


def _parse_queries(text: str) -> dict[str, dict[str, object]]:
    try:
        queries = json.loads(text)
    except ValueError as error:
        raise HttpError(400, f"'queries' is not valid JSON: {error}") from error
    except RecursionError as error:
        raise HttpError(400, "'queries' is nested too deeply") from error
    if not isinstance(queries, dict) or not all(isinstance(q, dict) for q in queries.values()):
        raise HttpError(400, "'queries' is not a JSON object of objects")
    if len(queries) > RECONCILIATION_QUERIES:
        message = f"expected at most {RECONCILIATION_QUERIES} queries, found {len(queries)}"
        raise HttpError(413, message)
    return queries


def _reconcile_all(
    release: Release, queries: dict[str, dict[str, object]]
) -> dict[str, dict[str, object]]:
    return {name: {"result": _candidates(release, query)} for name, query in queries.items()}


def _candidates(release: Release, query: dict[str, object]) -> list[dict[str, object]]:
    """Return the candidates for one name, best first."""
    types = query.get("type") or []
    limit = query.get("limit")
    hits = search(
        release,
        str(query.get("query", "")),
        types=[str(iri) for iri in (types if isinstance(types, list) else [types])],
        limit=min(limit, RECONCILIATION_CANDIDATES)
        if isinstance(limit, int) and limit > 0
        else _DEFAULT_CANDIDATES,
    )
    # Certain enough to be accepted without review: the name, and no other one, matches exactly.
    is_unique = sum(hit.is_exact for hit in hits) == 1
    return [{**_candidate(hit), "match": hit.is_exact and is_unique} for hit in hits]


def _candidate(hit: Hit) -> dict[str, object]:
    return {
        "id": hit.iri,
        "name": hit.label,
        "description": hit.about[:_DESCRIPTION_CHARACTERS],
        "type": [_type(hit.type)],
        "score": hit.score,
    }


def _type(iri: str) -> dict[str, str]:
    return {"id": iri, "name": label_of_term(iri)}
