"""Requests to the endpoint of a live server."""

from __future__ import annotations

import httpx

from kg.rdf.vocabulary import BASE

#: A short query whose result is one row.
TALLY = (
    f"PREFIX unv: <{BASE}ontology#> SELECT ?yes {{ ?e unv:decides/unv:symbol 'A/RES/ES-11/6' ; "
    "unv:yesCount ?yes }"
)


def query_endpoint(server: str, query: str, **headers: str) -> httpx.Response:
    """Send a query by GET."""
    return httpx.get(f"{server}/sparql", params={"query": query}, headers=headers)
