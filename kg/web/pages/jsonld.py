"""Descriptions as JSON-LD, with a context generated from the ontology.

The context defines the terms of the ontology without a prefix, each with its datatype or as an IRI,
so a document reads like plain JSON. https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from kg.rdf.vocabulary import DCTERMS, PREFIXES, PROV, RDF, RDFS, SCHEMA, SKOS, UNV, XSD
from kg.web.pages.ontology_terms import ontology, short_name

_OBJECT_PROPERTY: Final = "http://www.w3.org/2002/07/owl#ObjectProperty"
_CLASS: Final = "http://www.w3.org/2002/07/owl#Class"
#: Equivalents in schema.org of classes and properties, for consumers of only that vocabulary.
_SCHEMA_CLASS: Final = {
    UNV.State: "Country",
    UNV.Resolution: "Legislation",
    UNV.Decision: "Legislation",
    UNV.VotingEvent: "Event",
    UNV.Statement: "Statement",
    UNV.Proposal: "CreativeWork",
    UNV.Source: "CreativeWork",
    UNV.Body: "GovernmentOrganization",
    SKOS.Concept: "DefinedTerm",
}
_SCHEMA_PROPERTY: Final = {
    RDFS.label: "name",
    SKOS.prefLabel: "name",
    DCTERMS.title: "name",
    DCTERMS.description: "description",
    UNV.symbol: "identifier",
    UNV.iso3: "identifier",
    UNV.date: "startDate",
    UNV.month: "startDate",
    DCTERMS.date: "dateCreated",
    DCTERMS.subject: "about",
    UNV.about: "about",
    UNV.madeBy: "creator",
    UNV.proposedBy: "creator",
    PROV.wasQuotedFrom: "isBasedOn",
    PROV.wasDerivedFrom: "isBasedOn",
    UNV.document: "url",
    SKOS.exactMatch: "sameAs",
}

Node = dict[str, object]


@functools.cache
def context() -> Node:
    """Return the context: prefixes, then the terms of the ontology by their local names."""
    terms: Node = {**PREFIXES, "schema": SCHEMA.iri}
    for iri, term in ontology().items():
        local = iri.removeprefix(UNV.iri)
        ranges = term.values("rdfs", "range")
        if term.kind == _OBJECT_PROPERTY:
            terms[local] = {"@id": f"unv:{local}", "@type": "@id"}
        elif term.kind == _CLASS or XSD.string in ranges or XSD.integer in ranges:
            terms[local] = f"unv:{local}"
    return terms


def document(triples: Iterable[ox.Triple]) -> str:
    """Return triples as one JSON-LD document."""
    return json.dumps({"@context": context(), "@graph": _nodes(triples)}, ensure_ascii=False)


def embedded(triples: list[ox.Triple]) -> str:
    """Return triples as JSON-LD for a script element, with their schema.org equivalents added."""
    nodes = _nodes([*triples, *_in_schema_terms(triples)])
    content = {"@context": context(), "@graph": nodes}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _in_schema_terms(triples: list[ox.Triple]) -> list[ox.Triple]:
    translated = []
    dated = {triple.subject for triple in triples if triple.predicate.value == UNV.date}
    for triple in triples:
        name = _SCHEMA_PROPERTY.get(triple.predicate.value)
        if triple.predicate.value == UNV.month and triple.subject in dated:
            continue
        if triple.predicate.value == RDF.type:
            name = "type"
        assert isinstance(triple.object, ox.NamedNode | ox.Literal)
        if name == "type":
            if schema_class := _SCHEMA_CLASS.get(triple.object.value):
                kind = ox.NamedNode(SCHEMA.iri + schema_class)
                translated.append(ox.Triple(triple.subject, triple.predicate, kind))
        elif name:
            term = ox.NamedNode(SCHEMA.iri + name)
            translated.append(ox.Triple(triple.subject, term, triple.object))
    return translated


def _nodes(triples: Iterable[ox.Triple]) -> list[Node]:
    nodes: dict[str, dict[str, list[object]]] = {}
    for triple in triples:
        assert isinstance(triple.subject, ox.NamedNode)
        assert isinstance(triple.object, ox.NamedNode | ox.Literal)
        node = nodes.setdefault(triple.subject.value, {"@id": [triple.subject.value]})
        if triple.predicate.value == RDF.type:
            node.setdefault("@type", []).append(_key(triple.object.value))
            continue
        key = _key(triple.predicate.value)
        node.setdefault(key, []).append(_value(key, triple.object))
    return [{key: _single(values) for key, values in node.items()} for node in nodes.values()]


def _single(values: list[object]) -> object:
    """Return the only value of a list of one value, otherwise the list, as JSON-LD does."""
    return values[0] if len(values) == 1 else values


def _key(iri: str) -> str:
    local = iri.removeprefix(UNV.iri)
    if local in context() and iri.startswith(UNV.iri):
        return local
    if iri.startswith(SCHEMA.iri):
        return "schema:" + iri.removeprefix(SCHEMA.iri)
    short = short_name(iri)
    return short if short.partition(":")[0] in PREFIXES else iri


def _value(key: str, term: ox.NamedNode | ox.Literal) -> object:
    if isinstance(term, ox.NamedNode):
        defined = context().get(key)
        return term.value if isinstance(defined, dict) else {"@id": term.value}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    datatype = term.datatype.value
    if datatype == XSD.string:
        return term.value
    # Only the canonical form of a number survives a round trip through JSON.
    if datatype == XSD.integer and str(int(term.value)) == term.value:
        return int(term.value)
    return {"@value": term.value, "@type": short_name(datatype)}
