"""The terms of the ontology as pages show them: label, comment, domain and range."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg import resources
from kg.rdf.iris import local_name
from kg.rdf.vocabulary import DCAT, DQV, PREFIXES, RDF, RDFS, SCHEMA, SH, SKOS, UNV, VOID

#: Labels of terms of other vocabularies whose names are not words that readers use.
_EVERYDAY_LABELS: Final = {
    SKOS.Concept: "topic",
    SKOS.prefLabel: "preferred name",
    SKOS.altLabel: "alternative name",
}
_OWL: Final = "http://www.w3.org/2002/07/owl#"

#: The headings for each kind of term in the documentation of the ontology, in its order.
KINDS: Final = {
    _OWL + "Class": "Classes",
    _OWL + "ObjectProperty": "Object properties",
    _OWL + "DatatypeProperty": "Datatype properties",
    _OWL + "NamedIndividual": "Individuals",
}


@dataclass(frozen=True)
class Term:
    """One term, with the values of each of its properties in the ontology."""

    iri: str
    kind: str
    label: str
    comment: str
    properties: dict[str, tuple[str, ...]]

    def values(self, prefix: str, name: str) -> tuple[str, ...]:
        """Return the values of a property, named by prefix and local name."""
        return self.properties.get(_NAMESPACES[prefix] + name, ())


_NAMESPACES: Final = PREFIXES | {
    "owl": _OWL,
    "schema": SCHEMA.iri,
    "void": VOID.iri,
    "dcat": DCAT.iri,
    "sh": SH.iri,
    "qb": "http://purl.org/linked-data/cube#",
    "dqv": DQV.iri,
    "pav": "http://purl.org/pav/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "elidl": "http://data.europa.eu/eli/eli-draft-legislation-ontology#",
    "euvoc": "http://publications.europa.eu/ontology/euvoc#",
    "opengov": "http://www.w3.org/ns/opengov#",
    "undo": "https://w3id.org/un/ontology/undo/",
}


@dataclass(frozen=True)
class Alignment:
    """A term of the ontology, a term of another vocabulary, and the mapping property."""

    term: str
    relation: str
    counterpart: str


@functools.cache
def ontology() -> dict[str, Term]:
    """Return the terms of the ontology by IRI, in alphabetical order."""
    return _terms(_properties())


def terms_of(turtle: str) -> dict[str, Term]:
    """Return the terms of a version of the ontology by IRI, in alphabetical order."""
    return _terms(_properties_in([turtle]))


@functools.cache
def alignments() -> list[Alignment]:
    """Return the alignments of terms with other vocabularies, in alphabetical order."""
    text = resources.texts("ontology", ".ttl")["alignments.ttl"]
    return [
        Alignment(term, relation, counterpart)
        for term, properties in sorted(_properties_in([text]).items())
        if term.startswith(UNV.iri)
        for relation, counterparts in sorted(properties.items())
        for counterpart in sorted(counterparts)
    ]


def _terms(subjects: dict[str, dict[str, list[str]]]) -> dict[str, Term]:
    terms = {}
    for iri, properties in sorted(subjects.items()):
        if not iri.startswith(UNV.iri):
            continue
        terms[iri] = Term(
            iri=iri,
            kind=next(kind for kind in KINDS if kind in properties[RDF.type]),
            label=properties[RDFS.label][0],
            comment=properties[RDFS.comment][0],
            properties={name: tuple(values) for name, values in properties.items()},
        )
    return terms


def ontology_version() -> str:
    """Return the version of the ontology."""
    return _properties()[UNV.iri.removesuffix("#")][_OWL + "versionInfo"][0]


@functools.cache
def _properties() -> dict[str, dict[str, list[str]]]:
    """Return the properties of all subjects that the ontology describes, with their values."""
    return _properties_in(resources.texts("ontology", ".ttl").values())


def _properties_in(texts: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    properties: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for text in texts:
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
            if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
                properties[quad.subject.value][quad.predicate.value].append(_text(quad.object))
    return properties


def label_of_term(iri: str) -> str:
    """Return the label of a term of the ontology; of any other term, the local name as words.

    >>> label_of_term(SKOS.Concept), label_of_term(SKOS.ConceptScheme)
    ('topic', 'concept scheme')
    """
    if term := ontology().get(iri):
        return term.label
    if iri in _EVERYDAY_LABELS:
        return _EVERYDAY_LABELS[iri]
    name = local_name(iri)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() if name else iri


def subclasses(classes: Iterable[str]) -> frozenset[str]:
    """Return the classes of the ontology that are below some classes, at any depth."""
    below: set[str] = set()
    above = set(classes)
    while above:
        direct = {
            iri for iri, term in ontology().items() if above & {*term.values("rdfs", "subClassOf")}
        }
        above = direct - below
        below |= direct
    return frozenset(below)


def comment_on_term(iri: str) -> str:
    """Return the comment on a term of the ontology, empty for a term of another vocabulary."""
    term = ontology().get(iri)
    return term.comment if term else ""


def short_name(iri: str) -> str:
    """Return an IRI as a prefixed name, or unchanged if no known prefix applies.

    >>> short_name("http://purl.org/dc/terms/title")
    'dcterms:title'
    """
    for prefix, namespace in _NAMESPACES.items():
        if iri.startswith(namespace) and re.fullmatch(r"[\w-]+", iri.removeprefix(namespace)):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def full_name(name: str) -> str | None:
    """Return the IRI of a prefixed name, or None if it is not one with a known prefix."""
    prefix, _, local = name.partition(":")
    known = prefix in _NAMESPACES and re.fullmatch(r"[\w-]+", local)
    return _NAMESPACES[prefix] + local if known else None


def _text(term: object) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value
