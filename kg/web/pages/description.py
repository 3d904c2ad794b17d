"""The bounded description of a thing, from which its page and its data are both made.

It holds what the graph states of the thing, the labels of what that names, and a few triples about
the document itself. What points to the thing is not in it: of a state these are tens of thousands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from kg.rdf.vocabulary import BASE, DATASET, DCTERMS, FOAF, RDF, RDFS, SKOS, UNV, VOID
from kg.web.pages.ontology_terms import full_name
from kg.web.pages.queries import Asker, iri_list, iri_text
from kg.web.pages.urls import fallback_label

#: Properties whose value names a thing, the best first.
LABELS: Final = (RDFS.label, SKOS.prefLabel, DCTERMS.title, UNV.symbol)
#: How many of the things that point to one are listed at once.
LISTED: Final = 100


@dataclass(frozen=True)
class Incoming:
    """How often a property leads to the thing."""

    property: str
    count: int


@dataclass(frozen=True)
class Description:
    """What is stated of a thing; ``labels`` are triples about what it names."""

    iri: str
    triples: tuple[ox.Triple, ...]
    labels: tuple[ox.Triple, ...] = ()
    values: dict[str, tuple[ox.NamedNode | ox.Literal, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name of the thing in English."""
        return _best_label(self.values) or fallback_label(self.iri)

    @property
    def types(self) -> tuple[str, ...]:
        """The classes of the thing."""
        return self.all(RDF.type)

    def all(self, term: str) -> tuple[str, ...]:
        """Return the values of a property as texts."""
        return tuple(value.value for value in self.values.get(term, ()))

    def one(self, term: str) -> str:
        """Return a value of a property as a text, empty if it has none."""
        return next(iter(self.all(term)), "")

    def name(self, iri: str) -> str:
        """Return the name of something the description names."""
        return self.names.get(iri) or fallback_label(iri)

    def named(self, *terms: str) -> list[tuple[str, str]]:
        """Return the things that properties lead to, each with its name."""
        return [(iri, self.name(iri)) for term in terms for iri in self.all(term)]

    def document(self) -> list[ox.Triple]:
        """Return all triples of the description, with those about the document that holds it."""
        this = ox.NamedNode(self.iri)
        about = ox.NamedNode(document_iri(self.iri))
        return [
            *self.triples,
            *self.labels,
            ox.Triple(about, ox.NamedNode(FOAF.primaryTopic), this),
            ox.Triple(about, ox.NamedNode(VOID.inDataset), ox.NamedNode(DATASET)),
        ]


def document_iri(iri: str) -> str:
    """Return the IRI of the document that describes a thing, in whatever format."""
    return f"{BASE}data/{iri.removeprefix(BASE).removeprefix('id/')}"


async def describe(asker: Asker, iri: str) -> Description | None:
    """Return the description of a thing, or None if nothing is stated of it.

    Raises:
        KgError: if the engine cannot answer.
    """
    this = iri_text(iri)
    triples = await asker.triples(f"CONSTRUCT {{ {this} ?p ?o }} WHERE {{ {this} ?p ?o }}")
    if not triples:
        return None
    return _made(iri, triples, await _labels(asker, triples))


async def is_described(asker: Asker, iri: str) -> bool:
    """Tell whether anything is stated of a thing.

    Raises:
        KgError: if the engine cannot answer.
    """
    (row,) = await asker.rows(f"ASK {{ {iri_text(iri)} ?p ?o }}")
    return row["answer"] == "true"


async def incoming(asker: Asker, iri: str) -> list[Incoming]:
    """Return how often each property leads to a thing, the most frequent first.

    Raises:
        KgError: if the engine cannot answer.
    """
    rows = await asker.rows(
        f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ ?s ?p {iri_text(iri)} }} GROUP BY ?p"
    )
    found = [Incoming(row["p"], int(row["n"])) for row in rows]
    return sorted(found, key=lambda one: (-one.count, one.property))


async def subjects(asker: Asker, iri: str, short: str, offset: int) -> list[tuple[str, str]]:
    """Return things from which a property (``unv:castBy``) leads to one, with their names.

    Raises:
        KgError: if the engine cannot answer.
    """
    term = full_name(short)
    if term is None:
        return []
    # A release never changes, so its order stays the same from page to page.
    rows = await asker.rows(
        f"SELECT ?s WHERE {{ ?s {iri_text(term)} {iri_text(iri)} }} "
        f"LIMIT {LISTED} OFFSET {max(offset, 0)}"
    )
    found = [row["s"] for row in rows]
    names = await labels_of(asker, found)
    return [(one, names.get(one) or fallback_label(one)) for one in found]


async def labels_of(asker: Asker, things: Iterable[str]) -> dict[str, str]:
    """Return the English names of things that have one.

    Raises:
        KgError: if the engine cannot answer.
    """
    wanted = [iri for iri in dict.fromkeys(things) if iri.startswith(BASE)]
    if not wanted:
        return {}
    return _names(await asker.triples(_label_query(wanted)))


async def _labels(asker: Asker, triples: list[ox.Triple]) -> list[ox.Triple]:
    named = dict.fromkeys(t.object.value for t in triples if isinstance(t.object, ox.NamedNode))
    own = {str(triple.subject).strip("<>") for triple in triples}
    ours = [iri for iri in named if iri.startswith(BASE) and iri not in own]
    return await asker.triples(_label_query(ours)) if ours else []


def _label_query(things: list[str]) -> str:
    values = f"VALUES ?s {{ {iri_list(things)} }}"
    # One pattern a property: a variable property would read everything of each thing.
    parts = " UNION ".join(f"{{ {values} ?s {iri_text(p)} ?o BIND({iri_text(p)} AS ?p) }}"
                           for p in LABELS)  # fmt: skip
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {parts} }}"


def _made(iri: str, triples: list[ox.Triple], labels: list[ox.Triple]) -> Description:
    values: dict[str, list[ox.NamedNode | ox.Literal]] = defaultdict(list)
    for triple in triples:
        assert isinstance(triple.object, ox.NamedNode | ox.Literal)
        values[triple.predicate.value].append(triple.object)
    return Description(
        iri=iri,
        triples=tuple(triples),
        labels=tuple(labels),
        values={term: tuple(sorted(found, key=_order)) for term, found in values.items()},
        names=_names(labels),
    )


def _names(labels: list[ox.Triple]) -> dict[str, str]:
    said: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(dict)
    for triple in labels:
        assert isinstance(triple.subject, ox.NamedNode)
        assert isinstance(triple.object, ox.Literal)
        said[triple.subject.value].setdefault(triple.predicate.value, []).append(triple.object)
    return {iri: _best_label(values) for iri, values in said.items()}


def _best_label(
    values: dict[str, tuple[ox.NamedNode | ox.Literal, ...]]
    | dict[str, list[ox.NamedNode | ox.Literal]],
) -> str:
    for term in LABELS:
        texts = [one for one in values.get(term, ()) if isinstance(one, ox.Literal)]
        english = [one.value for one in texts if one.language in {None, "en"}]
        if texts:
            return english[0] if english else texts[0].value
    return ""


def _order(term: ox.NamedNode | ox.Literal) -> tuple[int, float, str]:
    """Order numbers by value, everything else by its text."""
    text = term.value
    number = float(text) if text.lstrip("-").isdecimal() else 0.0
    return (0 if isinstance(term, ox.Literal) else 1, number, text)
