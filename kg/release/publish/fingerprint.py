"""Fingerprints for comparing graphs: counts and lengths by class and by property."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import pyoxigraph as ox

from kg.release.store import solution_texts

#: Executes a SELECT query and returns its rows as texts.
Select = Callable[[str], list[list[str]]]
_TOTAL: Final = "SELECT (COUNT(*) AS ?n) {facts} WHERE {{ ?s ?p ?o }}"
_CLASSES: Final = (
    "SELECT ?class (COUNT(?s) AS ?n) (SUM(STRLEN(STR(?s))) AS ?length) {facts} "
    "WHERE {{ ?s a ?class }} GROUP BY ?class"
)
_PROPERTIES: Final = (
    "SELECT ?p (COUNT(*) AS ?n) (SUM(STRLEN(STR(?o))) AS ?length) {facts} "
    "WHERE {{ ?s ?p ?o }} GROUP BY ?p"
)


@dataclass(frozen=True)
class Fingerprint:
    """The number of triples of a graph, and counts and characters by class and by property.

    The characters are those of the instances of a class, and of the values of a property.
    """

    total: int
    classes: dict[str, tuple[int, int]]
    properties: dict[str, tuple[int, int]]


def fingerprint(select: Select, graph: str = "") -> Fingerprint:
    """Return the fingerprint of a named graph, or of the default graph."""
    facts = f"FROM <{graph}>" if graph else ""

    def grouped(query: str) -> dict[str, tuple[int, int]]:
        return {iri: (int(n), int(length)) for iri, n, length in select(query.format(facts=facts))}

    ((total,),) = select(_TOTAL.format(facts=facts))
    return Fingerprint(int(total), grouped(_CLASSES), grouped(_PROPERTIES))


def store_fingerprint(store: ox.Store) -> Fingerprint:
    """Return the fingerprint of the default graph of a store."""
    return fingerprint(partial(solution_texts, store))


def differences(here: Fingerprint, there: Fingerprint) -> Iterator[str]:
    """Yield the differences between a published graph and the release, in words."""
    if here.total != there.total:
        yield f"{there.total:,} triples, expected {here.total:,}"
    for kind, ours, theirs in (
        ("class", here.classes, there.classes),
        ("property", here.properties, there.properties),
    ):
        for iri in sorted({*ours, *theirs}):
            (n, length), (n_there, length_there) = ours.get(iri, (0, 0)), theirs.get(iri, (0, 0))
            if (n, length) != (n_there, length_there):
                yield (
                    f"{kind} {iri}: {n_there:,} with {length_there:,} characters, "
                    f"expected {n:,} with {length:,}"
                )
