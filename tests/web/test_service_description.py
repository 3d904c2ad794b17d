"""The service description: formats, graphs and counts, prefixes and examples for editors."""

from __future__ import annotations

import httpx
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from kg.rdf.vocabulary import BASE, PREFIXES
from kg.sparql.formats import GRAPHS, RESULTS, TABLES
from tests.support.http import query_endpoint

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SH = Namespace("http://www.w3.org/ns/shacl#")
VOID = Namespace("http://rdfs.org/ns/void#")
DATASET = URIRef(BASE + "dataset")


def graph(answer: httpx.Response) -> Graph:
    assert answer.status_code == 200
    return Graph().parse(data=answer.text, format="turtle")


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
def test_the_service_describes_itself(server: str, path: str) -> None:
    description = graph(httpx.get(server + path, headers={"Accept": "text/turtle"}))
    (service,) = description.subjects(RDF.type, SD.Service)
    assert set(description.objects(service, SD.endpoint)) == {URIRef(f"{server}/sparql")}
    formats = {str(iri).rpartition("/")[2] for iri in description.objects(service, SD.resultFormat)}
    assert formats == {
        result_format.w3c_name for result_format in (*RESULTS, *GRAPHS) if result_format.w3c_name
    } | {result_format.media_type.rpartition("/")[2] for result_format in TABLES}
    (dataset,) = description.objects(service, SD.defaultDataset)
    assert set(description.objects(dataset, SD.defaultGraph)) == {DATASET}
    named = {
        str(name)
        for g in description.objects(dataset, SD.namedGraph)
        for name in description.objects(g, SD.name)
    }
    assert named == {f"{BASE}graph/{name}" for name in ("ontology", "shapes", "report")}


def test_the_description_counts_the_data(server: str) -> None:
    description = graph(httpx.get(f"{server}/sparql"))
    counts = {}
    for part in description.objects(DATASET, VOID.classPartition):
        (of,), (entities,) = (
            description.objects(part, VOID["class"]),
            description.objects(part, VOID.entities),
        )
        assert isinstance(entities, Literal)
        counts[str(of).rpartition("#")[2]] = int(entities)
    assert counts["Vote"] == 4667
    assert counts["VotingEvent"] == 28
    assert counts["State"] == 206


def test_editors_find_prefixes_without_naming_a_graph(server: str) -> None:
    query = f"""PREFIX sh: <{SH}> SELECT ?prefix ?namespace {{
        ?any sh:declare [ sh:prefix ?prefix ; sh:namespace ?namespace ] }}"""
    rows = query_endpoint(server, query, Accept="application/json").json()["results"]["bindings"]
    assert {row["prefix"]["value"]: row["namespace"]["value"] for row in rows} == PREFIXES


@pytest.mark.parametrize("accept", ["application/ld+json", "application/n-triples", "text/turtle"])
def test_the_description_has_the_requested_format(server: str, accept: str) -> None:
    answer = httpx.get(f"{server}/sparql", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(accept)
    assert httpx.get(f"{server}/sparql", headers={"Accept": "image/png"}).status_code == 406
