"""The bounded description of a resource, the basis of both its page and its data.

It contains the triples with the resource as subject, the labels of their objects, and a few triples
about the document itself. It omits triples with the resource as object: a state has tens of
thousands.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from kg.rdf import iris
from kg.rdf.vocabulary import (
    BASE,
    DATASET,
    FOAF,
    LABEL_LANGUAGE,
    RDF,
    VOID,
)
from kg.web.pages.names import (
    Term,
    best_label,
    composed_names,
    label_triples,
    labels_of,
    names_of,
)
from kg.web.pages.ontology_terms import full_name
from kg.web.pages.queries import QueryRunner, iri_text
from kg.web.pages.urls import fallback_label

#: Referring resources per page of their list.
REFERRERS_PER_PAGE: Final = 100


@dataclass(frozen=True)
class IncomingProperty:
    """A property of other resources that refers to this one, with the number of references."""

    property: str
    count: int


@dataclass(frozen=True)
class Description:
    """The triples about a resource; ``labels`` are triples about their objects.

    ``incoming`` are the properties of other resources that refer to it, where a page has read them.
    """

    iri: str
    triples: tuple[ox.Triple, ...]
    labels: tuple[ox.Triple, ...] = ()
    properties: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    incoming: tuple[IncomingProperty, ...] = ()

    @property
    def label(self) -> str:
        """The name of the resource in English."""
        return self.names.get(self.iri) or best_label(self.properties) or fallback_label(self.iri)

    @property
    def types(self) -> tuple[str, ...]:
        """The classes of the resource."""
        return self.values(RDF.type)

    def values(self, term: str) -> tuple[str, ...]:
        """Return the values of a property as strings."""
        return tuple(value.value for value in self.properties.get(term, ()))

    def value(self, term: str) -> str:
        """Return a value of a property as a string, empty if it has none."""
        return next(iter(self.values(term)), "")

    def references(self, term: str) -> int:
        """Return how many other resources refer to this one by a property."""
        return sum(entry.count for entry in self.incoming if entry.property == term)

    def texts(self, term: str) -> list[tuple[str, str]]:
        """Return the texts of a property, each with its language, English first."""
        values = self.properties.get(term, ())
        texts = [(v.language or "", v.value) for v in values if isinstance(v, ox.Literal)]
        return sorted(texts, key=lambda text: (text[0] != LABEL_LANGUAGE, text))

    def name(self, iri: str) -> str:
        """Return the name of a resource that is an object in the description."""
        return self.names.get(iri) or fallback_label(iri)

    def named_values(self, *terms: str) -> list[tuple[str, str]]:
        """Return the resources to which properties refer, each with its name."""
        return [(iri, self.name(iri)) for term in terms for iri in self.values(term)]

    def document(self) -> list[ox.Triple]:
        """Return all triples of the description, with those about the document itself."""
        resource = ox.NamedNode(self.iri)
        document = ox.NamedNode(document_iri(self.iri))
        return [
            *self.triples,
            *self.labels,
            ox.Triple(document, ox.NamedNode(FOAF.primaryTopic), resource),
            ox.Triple(document, ox.NamedNode(VOID.inDataset), ox.NamedNode(DATASET)),
        ]


def document_iri(iri: str) -> str:
    """Return the IRI of the document that describes a resource, whatever its format."""
    return f"{BASE}data/{iri.removeprefix(BASE).removeprefix('id/')}"


async def describe(queries: QueryRunner, iri: str) -> Description | None:
    """Return the description of a resource, or None if it is not the subject of any triple.

    Raises:
        KgError: if the engine cannot answer.
    """
    pattern = f"{iri_text(iri)} ?p ?o"
    triples = await queries.triples(f"CONSTRUCT {{ {pattern} }} WHERE {{ {pattern} }}")
    if not triples:
        return None
    objects = dict.fromkeys(t.object.value for t in triples if isinstance(t.object, ox.NamedNode))
    labels, composed = await asyncio.gather(
        label_triples(queries, [resource for resource in objects if resource != iri]),
        composed_names(queries, [iri, *objects]),
    )
    return _description(iri, triples, labels, composed)


async def is_described(queries: QueryRunner, iri: str) -> bool:
    """Return whether a resource is the subject of any triple.

    Raises:
        KgError: if the engine cannot answer.
    """
    (row,) = await queries.rows(f"ASK {{ {iri_text(iri)} ?p ?o }}")
    return row["answer"] == "true"


async def present_iri(queries: QueryRunner, iri: str) -> str:
    """Return the IRI that replaces another one, or the empty string.

    Merged events and their votes replace those of a single source; numbered paragraphs and their
    correspondences replace those named by words; listed agents replace those named by theirs.

    Raises:
        KgError: if the engine cannot answer.
    """
    kind, key = iris.parse(iri) or ("", "")
    if kind not in {"agent", "event", "vote", "paragraph", "correspondence"}:
        return ""
    event, _, state = key.partition("/")
    replaced = iris.event(event) if kind == "vote" else iri
    rows = await queries.rows(
        f"SELECT ?new WHERE {{ ?new dcterms:replaces {iri_text(replaced)} }} LIMIT 1"
    )
    if not rows:
        return ""
    new = rows[0]["new"]
    return iris.vote(iris.local_name(new), state) if kind == "vote" else new


async def incoming_properties(queries: QueryRunner, iri: str) -> list[IncomingProperty]:
    """Return the properties that refer to a resource, most frequent first.

    Raises:
        KgError: if the engine cannot answer.
    """
    rows = await queries.rows(
        f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ ?s ?p {iri_text(iri)} }} GROUP BY ?p"
    )
    incoming = [IncomingProperty(row["p"], int(row["n"])) for row in rows]
    return sorted(incoming, key=lambda entry: (-entry.count, entry.property))


async def referrers(
    queries: QueryRunner, iri: str, short: str, offset: int
) -> list[tuple[str, str]]:
    """Return the resources that refer to another by a property (``unv:castBy``), with their names.

    Raises:
        KgError: if the engine cannot answer.
    """
    term = full_name(short)
    if term is None:
        return []
    # A release never changes, so its order stays the same from page to page.
    rows = await queries.rows(
        f"SELECT ?s WHERE {{ ?s {iri_text(term)} {iri_text(iri)} }} "
        f"LIMIT {REFERRERS_PER_PAGE} OFFSET {max(offset, 0)}"
    )
    subjects = [row["s"] for row in rows]
    names = await labels_of(queries, subjects)
    return [(subject, names.get(subject) or fallback_label(subject)) for subject in subjects]


def _description(
    iri: str, triples: list[ox.Triple], labels: list[ox.Triple], composed: dict[str, str]
) -> Description:
    properties: dict[str, list[Term]] = defaultdict(list)
    for triple in triples:
        assert isinstance(triple.object, ox.NamedNode | ox.Literal)
        properties[triple.predicate.value].append(triple.object)
    return Description(
        iri=iri,
        triples=tuple(triples),
        labels=tuple(labels),
        properties={
            term: tuple(sorted(values, key=_sort_key)) for term, values in properties.items()
        },
        names=names_of(labels) | composed,
    )


def _sort_key(term: Term) -> tuple[int, float, str]:
    """Order numbers by value, everything else by its text."""
    text = term.value
    number = float(text) if text.lstrip("-").isdecimal() else 0.0
    return (0 if isinstance(term, ox.Literal) else 1, number, text)
