"""Suggestions while a user types: resources, classes and properties; properties of a class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fastapi.concurrency import run_in_threadpool

from kg.limits import SEARCH_RESULTS
from kg.model.names import normalized
from kg.rdf.vocabulary import DATASET
from kg.release.search import classes, search
from kg.release.search_index import FILE
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_terms import comment_on_term, label_of_term, short_name
from kg.web.pages.queries import iri_text
from kg.web.pages.reconciliation.candidates import candidate, type_of

#: Suggestions in a response.
_SUGGESTIONS: Final = 20
#: Resources of a class whose properties are proposed: reading all votes would take seconds.
_SAMPLE: Final = 500

Entries = list[dict[str, object]]


async def entities(context: PageContext, prefix: str, cursor: int) -> Entries:
    """Return the resources whose name, symbol or code begins with a text, after some of them.

    Raises:
        NoIndexError: if the release has no search index.
    """
    start = min(max(cursor, 0), SEARCH_RESULTS)
    hits = await run_in_threadpool(
        lambda: search(context.intact_release(FILE), prefix, limit=start + _SUGGESTIONS)
    )
    return [candidate(hit) | {"notable": [type_of(hit.type)]} for hit in hits[start:]]


async def types(context: PageContext, prefix: str, cursor: int) -> Entries:
    """Return the classes of resources that can be reconciled, by the beginning of a word.

    Raises:
        NoIndexError: if the release has no search index.
    """
    return _matching(await run_in_threadpool(classes, context.intact_release(FILE)), prefix, cursor)


async def properties(context: PageContext, prefix: str, cursor: int) -> Entries:
    """Return the properties in the release, by the beginning of a word, most frequent first.

    Raises:
        KgError: if the engine cannot answer.
    """
    rows = await context.queries.rows(
        "PREFIX void: <http://rdfs.org/ns/void#> SELECT ?property ?n WHERE { "
        f"{iri_text(DATASET)} void:propertyPartition ?part . "
        "?part void:property ?property ; void:triples ?n } ORDER BY DESC(?n) ?property"
    )
    return _matching((row["property"] for row in rows), prefix, cursor)


async def properties_of(context: PageContext, type_iri: str, limit: int) -> Entries:
    """Return the properties of resources of a class, most frequent first.

    Raises:
        KgError: if the engine cannot answer.
    """
    try:
        of_type = f"?thing a {iri_text(type_iri)}" if type_iri else "?thing a ?class"
    except ValueError:
        return []
    rows = await context.queries.rows(
        f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ {{ SELECT ?thing WHERE {{ {of_type} }} "
        f"LIMIT {_SAMPLE} }} ?thing ?p ?value }} GROUP BY ?p ORDER BY DESC(?n) ?p"
    )
    entries = [_entry(row["p"]) for row in rows]
    return entries[:limit] if limit > 0 else entries


def _matching(iris: Iterable[str], prefix: str, cursor: int) -> Entries:
    """Return the terms of which a word, or the prefixed name, begins with a text."""
    text, start = normalized(prefix), max(cursor, 0)
    entries = [
        _entry(iri)
        for iri in iris
        if f" {text}"
        in f" {normalized(label_of_term(iri))} {normalized(short_name(iri))} {normalized(iri)}"
    ]
    return entries[start : start + _SUGGESTIONS]


def _entry(iri: str) -> dict[str, object]:
    description = comment_on_term(iri) or short_name(iri)
    return {"id": iri, "name": label_of_term(iri), "description": description}
