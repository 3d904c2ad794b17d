"""The ontology: OWL 2 DL, the same terms as the code, no unused terms, no contradictions.

The rules of OWL 2 DL checked here (https://www.w3.org/TR/owl2-syntax/, 3, 5.8 and 11):
every entity is declared; no property is of two kinds, no IRI both class and datatype; only
datatypes of the OWL 2 datatype map; only vocabulary that OWL reserves is used from its own
namespaces; one ontology header with a version; object properties relate to object properties;
lists are well formed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, SKOS

from kg import resources
from kg.rdf import vocabulary
from kg.rdf.vocabulary import BASE
from kg.release import release
from kg.release.store import solutions

UNV = Namespace(BASE + "ontology#")
ONTOLOGY = URIRef(BASE + "ontology")
KINDS = {
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.NamedIndividual,
}
#: https://www.w3.org/TR/owl2-syntax/#Datatype_Maps
DATATYPES = {
    *(OWL.real, OWL.rational, RDF.XMLLiteral, RDFS.Literal, RDF.PlainLiteral, RDF.langString),
    *map(
        URIRef(vocabulary.XSD.iri).__add__,
        """
        anyURI base64Binary boolean byte dateTime dateTimeStamp decimal double float hexBinary int
        integer language long Name NCName negativeInteger NMTOKEN nonNegativeInteger
        nonPositiveInteger normalizedString positiveInteger short string token unsignedByte
        unsignedInt unsignedLong unsignedShort
        """.split(),
    ),
}
BUILT_IN = (str(OWL), str(RDF), str(RDFS), vocabulary.XSD.iri)


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    graph.parse(data=resources.texts("ontology", ".ttl")["un-votes.ttl"], format="turtle")
    return graph


def declared(graph: Graph, kind: URIRef) -> set[URIRef]:
    return {term for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef)}


def own_terms(graph: Graph) -> set[URIRef]:
    """Return the terms that are not deprecated."""
    terms = {t for t in graph.subjects(RDFS.isDefinedBy, ONTOLOGY) if isinstance(t, URIRef)}
    return terms - set(graph.subjects(OWL.deprecated, Literal(True)))


def test_every_entity_is_declared(ontology: Graph) -> None:
    declared_terms = {term for kind in KINDS for term in declared(ontology, kind)}
    for subject, predicate, value in ontology:
        used = {predicate} if predicate != RDF.type else {value}
        if predicate in {RDFS.domain, RDFS.range, RDFS.subClassOf, OWL.inverseOf}:
            used.add(value)
        for term in used:
            if not str(term).startswith(BUILT_IN):
                assert term in declared_terms, f"{term} is used at {subject} without a declaration"


def test_no_entity_is_of_two_kinds(ontology: Graph) -> None:
    properties = [OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty]
    for term in ontology.subjects(RDF.type, unique=True):
        kinds = set(ontology.objects(term, RDF.type))
        assert sum(kind in kinds for kind in properties) <= 1, term
        assert not {OWL.Class, RDFS.Datatype} <= kinds, term


def test_datatypes_are_those_of_owl(ontology: Graph) -> None:
    for data_property in declared(ontology, OWL.DatatypeProperty):
        for range_ in ontology.objects(data_property, RDFS.range):
            assert range_ in DATATYPES, (data_property, range_)
    for value in ontology.objects():
        if isinstance(value, Literal) and value.datatype:
            assert value.datatype in DATATYPES, value


def test_properties_relate_to_their_own_kind(ontology: Graph) -> None:
    objects, classes = declared(ontology, OWL.ObjectProperty), declared(ontology, OWL.Class)
    for prop, inverse in ontology.subject_objects(OWL.inverseOf):
        assert {prop, inverse} <= objects
    for prop in objects:
        assert set(ontology.objects(prop, RDFS.range)) <= classes, prop
    for prop in objects | declared(ontology, OWL.DatatypeProperty):
        assert set(ontology.objects(prop, RDFS.domain)) <= classes, prop


def test_lists_are_well_formed(ontology: Graph) -> None:
    listing = (OWL.members, OWL.distinctMembers, OWL.hasKey)
    heads = [head for listed in listing for head in ontology.objects(None, listed)]
    assert heads
    for head in heads:
        assert isinstance(head, BNode)
        assert len(list(Collection(ontology, head))) > 1


def test_one_header_with_a_version(ontology: Graph) -> None:
    assert set(ontology.subjects(RDF.type, OWL.Ontology)) == {ONTOLOGY}
    (version,) = ontology.objects(ONTOLOGY, OWL.versionIRI)
    (number,) = ontology.objects(ONTOLOGY, OWL.versionInfo)
    assert str(version) == f"{ONTOLOGY}/{number}"


def test_a_version_never_changes_and_no_term_is_ever_removed(ontology: Graph) -> None:
    versions = resources.texts("ontology/versions", ".ttl")
    assert "0.1.0.ttl" in versions
    (current,) = ontology.objects(ONTOLOGY, OWL.versionInfo)
    terms = own_terms(ontology) | set(ontology.subjects(OWL.deprecated, Literal(True)))
    for name, text in versions.items():
        version = Graph().parse(data=text, format="turtle")
        assert list(version.objects(ONTOLOGY, OWL.versionInfo)) == [Literal(Path(name).stem)]
        assert own_terms(version) <= terms, name
        if name == f"{current}.ttl":
            assert isomorphic(version, ontology), f"{name} was published: change its number"
    (prior,) = ontology.objects(ONTOLOGY, OWL.priorVersion)
    assert f"{str(prior).rpartition('/')[2]}.ttl" in versions


def test_deprecated_terms_have_a_replacement(ontology: Graph) -> None:
    deprecated = set(ontology.subjects(OWL.deprecated, Literal(True)))
    assert deprecated
    for term in deprecated:
        replacements = set(ontology.objects(term, DCTERMS.isReplacedBy))
        assert replacements, term
        assert replacements <= own_terms(ontology)


def test_every_term_has_a_label_and_a_comment(ontology: Graph) -> None:
    for kind in KINDS:
        for term in declared(ontology, kind):
            if term in UNV:
                for predicate in (RDFS.label, RDFS.comment):
                    (text,) = ontology.objects(term, predicate)
                    assert isinstance(text, Literal)
                    assert text.language == "en", term
                assert set(ontology.objects(term, RDFS.isDefinedBy)) == {ONTOLOGY}, term


def test_the_code_has_the_terms_of_the_ontology(ontology: Graph) -> None:
    assert {UNV[name] for name in vocabulary.UNV.terms} == own_terms(ontology)


def used_terms(data: Path) -> Iterator[str]:
    """Yield every term of our ontology in embedded data, shapes and queries."""
    store = release.require_current(data).open_store()
    for place in ("?s ?term ?o", "?s ?p ?term"):
        for (term,) in solutions(store, f"SELECT DISTINCT ?term {{ {place} }}"):
            if isinstance(term, ox.NamedNode):
                yield term.value
    prefix = "unv:"
    for folder, suffix in (("shapes", ".ttl"), ("queries", ".rq")):
        for text in resources.texts(folder, suffix).values():
            for part in text.split(prefix)[1:]:
                name = "".join(c if c.isalnum() else " " for c in part).split(" ", 1)[0]
                if name:
                    yield str(UNV[name])


def test_no_term_is_undefined_or_unused(ontology: Graph, embedded: Path) -> None:
    used = {URIRef(term) for term in used_terms(embedded) if term.startswith(str(UNV))}
    # A class is in use if one of its individuals is.
    kinds = {URIRef(str(kind)) for term in used for kind in ontology.objects(term, RDF.type)}
    used |= {kind for kind in kinds if kind in UNV}
    # A property above others is in use if one of them is.
    above = {parent for term in used for parent in ontology.objects(term, RDFS.subPropertyOf)}
    used |= {parent for parent in map(URIRef, map(str, above)) if parent in UNV}
    assert used - own_terms(ontology) == set()
    assert own_terms(ontology) - used == set()


def test_examples_are_facts(ontology: Graph, embedded: Path) -> None:
    store = release.require_current(embedded).open_store()
    prefixes = "".join(f"@prefix {p}: <{iri}> . " for p, iri in vocabulary.PREFIXES.items())
    examples = list(ontology.subject_objects(SKOS.example))
    assert len(examples) > 100
    for term, example in examples:
        (quad,) = ox.parse(f"{prefixes}{example}", format=ox.RdfFormat.TURTLE)
        assert str(term) in {quad.predicate.value, getattr(quad.object, "value", "")}, example
        assert quad in store, example


def test_alignments_map_our_terms_and_entail_nothing(ontology: Graph) -> None:
    graph = Graph()
    graph.parse(data=resources.texts("ontology", ".ttl")["alignments.ttl"], format="turtle")
    assert set(graph.subjects()) <= own_terms(ontology)
    assert set(graph.predicates()) <= {SKOS.closeMatch, SKOS.relatedMatch, SKOS.exactMatch}


def contradictions(graph: Graph) -> list[str]:
    """Return the inconsistencies found by an OWL 2 RL reasoner.

    Without keys, which it compares for every two instances; SHACL checks that they are unique.
    """
    graph.remove((None, OWL.hasKey, None))
    closure = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics)
    closure.expand(graph)
    errors = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    return [str(message) for message in graph.objects(None, errors)]


def test_inverse_properties_are_stated_both_ways(ontology: Graph, embedded_store: ox.Store) -> None:
    pairs = list(ontology.subject_objects(OWL.inverseOf))
    assert len(pairs) > 3
    for one, other in pairs:
        forward, back = (
            {
                (quad.subject, quad.object)
                for quad in embedded_store.quads_for_pattern(None, ox.NamedNode(str(term)), None)
            }
            for term in (one, other)
        )
        assert forward
        assert forward == {(value, subject) for subject, value in back}


def test_a_part_of_the_embedded_data_is_consistent(ontology: Graph, thinned: Path) -> None:
    # All of them take a minute; Pellet has every state, event and document (test_reasoners.py).
    store = release.require_current(thinned).open_store()
    instances: dict[str, list[ox.NamedNode]] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF.type), None, ox.DefaultGraph()):
        assert isinstance(quad.subject, ox.NamedNode)
        instances.setdefault(str(quad.object), []).append(quad.subject)
    chosen = {node for nodes in instances.values() for node in sorted(nodes, key=str)[::24]}
    graph = Graph() + ontology
    lines = [
        f"{quad.triple} .\n"
        for node in chosen
        for quad in store.quads_for_pattern(node, None, None, ox.DefaultGraph())
    ]
    graph.parse(data="".join(lines), format="nt")
    assert contradictions(graph) == []


def test_each_contradiction_is_found(ontology: Graph) -> None:
    # Facts, and the term that the message about them names.
    contradicting = {
        "unv:a1 unv:option unv:Yes , unv:No .": "No",
        "unv:a2 unv:inFavour unv:s . unv:a2 unv:against unv:s .": "a2",
        "unv:a3 a unv:State , unv:VotingEvent .": "a3",
        "unv:a4 unv:between unv:s ; unv:tallyBody unv:t .": "a4",
        "unv:a5 unv:event unv:e . unv:e unv:castBy unv:a5 . unv:a5 a unv:State .": "a5",
    }
    graph = Graph() + ontology
    graph.parse(data=f"@prefix unv: <{UNV}> . {' '.join(contradicting)}", format="turtle")
    messages = contradictions(graph)
    for term in contradicting.values():
        assert [text for text in messages if re.search(rf"#{term}\b", text)], (term, messages)
