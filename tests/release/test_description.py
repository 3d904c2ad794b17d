"""The description of the dataset: VoID that counts itself, terms of use, links and the release."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.model.licences import CC0
from kg.rdf.iris import release as release_iri
from kg.rdf.vocabulary import BASE, DATASET, PREFIXES, UNV
from kg.release.dcat import dataset, licence_of
from kg.release.history import ReleaseIdentity
from kg.release.manifest import SourceEntry
from kg.release.release import require_current

_PREFIXES = PREFIXES | {
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "dcat": "http://www.w3.org/ns/dcat#",
}


def rows(store: ox.Store, query: str) -> set[tuple[str, ...]]:
    solutions = store.query(query, prefixes=_PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    return {tuple(getattr(term, "value", "") for term in row) for row in solutions}


@pytest.mark.parametrize(
    ("described", "counted"),
    [
        (f"<{DATASET}> void:triples ?n", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        (f"<{DATASET}> void:classes ?n", "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }"),
        (f"<{DATASET}> void:properties ?n", "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
        (
            f"<{DATASET}> void:classPartition [ void:class ?c ; void:entities ?n ]",
            "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c",
        ),
        (
            f"<{DATASET}> void:propertyPartition [ void:property ?p ; void:triples ?n ]",
            "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        ),
        (
            "?part void:class ?c ; void:propertyPartition [ void:property ?p ; void:triples ?n ] . "
            f"<{DATASET}> void:classPartition ?part",
            "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o } GROUP BY ?c ?p",
        ),
    ],
)
def test_the_statistics_count_all_triples_their_own_included(
    embedded_store: ox.Store, described: str, counted: str
) -> None:
    variables = counted[: counted.index("{")].replace("(COUNT(*) AS ?n)", "?n")
    variables = "SELECT ?n" if "DISTINCT" in variables else variables
    expected = rows(embedded_store, counted)
    assert rows(embedded_store, f"{variables} {{ {described} }}") == expected != set()


def test_editors_learn_which_class_a_property_leads_to(embedded_store: ox.Store) -> None:
    # The query by which the editor of the Swiss Institute of Bioinformatics reads VoID.
    found = rows(
        embedded_store,
        """
        SELECT DISTINCT ?subject ?property ?object ?datatype {
          ?class void:class ?subject ; void:propertyPartition ?part .
          ?part void:property ?property .
          OPTIONAL {
            { ?part void:classPartition [ void:class ?object ] }
            UNION { ?part void-ext:datatypePartition [ void-ext:datatype ?datatype ] }
          }
        }
        """,
    )
    assert (UNV.Vote, UNV.castBy, UNV.State, "") in found
    assert (UNV.VotingEvent, UNV.date, "", PREFIXES["xsd"] + "date") in found
    assert (UNV.Vote, UNV.castBy, UNV.Body, "") not in found


def test_linksets_and_examples_are_counted_and_exist(embedded_store: ox.Store) -> None:
    linksets = rows(
        embedded_store,
        "SELECT ?p ?space ?n { ?set a void:Linkset ; void:linkPredicate ?p ; void:triples ?n ; "
        "void:objectsTarget/void:uriSpace ?space }",
    )
    assert (UNV.wikidata, PREFIXES["wd"]) in {
        (predicate, space) for predicate, space, _ in linksets
    }
    for predicate, space, number in linksets:
        pattern = f"?s <{predicate}> ?o FILTER(STRSTARTS(STR(?o), '{space}'))"
        assert rows(embedded_store, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}") == {(number,)}
    examples = rows(
        embedded_store, f"SELECT ?c {{ <{DATASET}> void:exampleResource ?e . ?e a ?c }}"
    )
    assert {(UNV.VotingEvent,), (UNV.State,), (UNV.Vote,)} <= examples


def test_the_graph_names_its_release(embedded: Path, embedded_store: ox.Store) -> None:
    name = require_current(embedded).name
    assert rows(embedded_store, f"SELECT ?r {{ <{DATASET}> dcat:hasCurrentVersion ?r }}") == {
        (release_iri(name),)
    }
    assert rows(
        embedded_store, f"SELECT ?s {{ <{release_iri(name)}> dcat:inSeries ?s . ?s a ?type }}"
    ) == {(f"{BASE}releases",)}


def test_every_source_has_an_iri_of_its_terms(embedded_store: ox.Store) -> None:
    without = rows(
        embedded_store,
        "SELECT ?s { ?s a unv:Source "
        "FILTER NOT EXISTS { ?s dcterms:license|dcterms:rights ?iri } }",
    )
    assert without == set()
    unknown = rows(embedded_store, f"SELECT ?t {{ <{BASE}id/rights/unknown> rdfs:label ?t }}")
    assert unknown == {("The terms of this source are not known.",)}


@pytest.mark.parametrize(
    ("licences", "redistributable", "licence", "access"),
    [
        (["CC0-1.0", "CC0 1.0 (headings)"], True, CC0, "PUBLIC"),
        (["CC0-1.0", "CC-BY-4.0"], True, f"{DATASET}/rights", "PUBLIC"),
        (["CC0-1.0", "Copyright"], False, f"{DATASET}/rights", "RESTRICTED"),
        (["Copyright"], None, f"{DATASET}/rights", "RESTRICTED"),
    ],
)
def test_a_release_has_a_licence_in_every_case(
    licences: list[str], redistributable: bool | None, licence: str, access: str
) -> None:
    sources = [
        SourceEntry(name=f"s{n}", licence=text, redistributable=redistributable)
        for n, text in enumerate(licences)
    ]
    assert licence_of(sources) == licence
    store = ox.Store()
    identity = ReleaseIdentity("2026", "2026-01-01T00:00:00+00:00")
    store.load("".join(dataset(identity, sources, ())), ox.RdfFormat.N_TRIPLES)
    terms = "dcterms:license ?licence ; dcterms:accessRights ?access ; dcterms:rights ?rights"
    ((named, rights, text),) = rows(
        store, f"SELECT ?licence ?access ?text {{ <{DATASET}> {terms} . ?rights rdfs:label ?text }}"
    )
    assert (named, rights.rpartition("/")[2]) == (licence, access)
    assert all(text_of_source in text for text_of_source in licences)


def test_no_triple_is_described_twice(embedded: Path) -> None:
    lines = (require_current(embedded).path / "description.nt").read_text(encoding="utf-8")
    assert [line for line, n in Counter(lines.splitlines()).items() if n > 1] == []
