"""What the facts of a release are compared by: counts and lengths, by class and by property."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

#: Rows of a SELECT as texts.
Ask = Callable[[str], list[list[str]]]
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
class Sums:
    """The triples of a graph, by class and by property: how many, and how many characters.

    The characters are those of the things of a class, and of the values of a property.
    """

    total: int
    classes: dict[str, tuple[int, int]]
    properties: dict[str, tuple[int, int]]


def sums(ask: Ask, graph: str = "") -> Sums:
    """Return the sums of a graph, or without one of the default graph."""
    facts = f"FROM <{graph}>" if graph else ""

    def grouped(query: str) -> dict[str, tuple[int, int]]:
        return {iri: (int(n), int(length)) for iri, n, length in ask(query.format(facts=facts))}

    ((total,),) = ask(_TOTAL.format(facts=facts))
    return Sums(int(total), grouped(_CLASSES), grouped(_PROPERTIES))


def sums_of(store: ox.Store) -> Sums:
    """Return the sums of the default graph of a store."""

    def ask(query: str) -> list[list[str]]:
        found = store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        return [[getattr(term, "value", "") for term in row] for row in found]

    return sums(ask)


def differences(here: Sums, there: Sums) -> Iterator[str]:
    """Yield how a published graph differs from the release, in sentences."""
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
                    f"{kind} {iri}: {n_there:,} of {length_there:,} characters, "
                    f"expected {n:,} of {length:,}"
                )
