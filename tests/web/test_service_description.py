"""The service description: formats, graphs and counts, prefixes and examples for editors."""

from __future__ import annotations

import httpx
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from kg.rdf.vocabulary import BASE, PREFIXES
from kg.sparql.formats import GRAPHS, RESULTS
from kg.sparql.saved_queries import library
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
    said = graph(httpx.get(server + path, headers={"Accept": "text/turtle"}))
    (service,) = said.subjects(RDF.type, SD.Service)
    assert set(said.objects(service, SD.endpoint)) == {URIRef(f"{server}/sparql")}
    formats = {str(one).rpartition("/")[2] for one in said.objects(service, SD.resultFormat)}
    assert formats == {one.w3c_name for one in (*RESULTS, *GRAPHS)}
    (dataset,) = said.objects(service, SD.defaultDataset)
    assert set(said.objects(dataset, SD.defaultGraph)) == {DATASET}
    named = {
        str(name) for g in said.objects(dataset, SD.namedGraph) for name in said.objects(g, SD.name)
    }
    assert named == {f"{BASE}graph/{name}" for name in ("ontology", "shapes", "report")}


def test_the_description_counts_what_is_there(server: str) -> None:
    said = graph(httpx.get(f"{server}/sparql"))
    counts = {}
    for part in said.objects(DATASET, VOID.classPartition):
        (of,), (entities,) = said.objects(part, VOID["class"]), said.objects(part, VOID.entities)
        assert isinstance(entities, Literal)
        counts[str(of).rpartition("#")[2]] = int(entities)
    assert counts["Vote"] == 4499
    assert counts["VotingEvent"] == 27
    assert counts["State"] == 206


def test_editors_find_prefixes_and_examples_without_naming_a_graph(server: str) -> None:
    query = f"""PREFIX sh: <{SH}> SELECT ?prefix ?namespace {{
        ?any sh:declare [ sh:prefix ?prefix ; sh:namespace ?namespace ] }}"""
    rows = query_endpoint(server, query, Accept="application/json").json()["results"]["bindings"]
    assert {row["prefix"]["value"]: row["namespace"]["value"] for row in rows} == PREFIXES
    query = f"""PREFIX sh: <{SH}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?comment ?text {{ ?q a sh:SPARQLExecutable ; rdfs:comment ?comment ;
        sh:select ?text }}"""
    rows = query_endpoint(server, query, Accept="application/json").json()["results"]["bindings"]
    assert {row["text"]["value"] for row in rows} == {one.text for one in library().values()}


@pytest.mark.parametrize("accept", ["application/ld+json", "application/n-triples", "text/turtle"])
def test_the_description_in_the_format_asked_for(server: str, accept: str) -> None:
    answer = httpx.get(f"{server}/sparql", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(accept)
    assert httpx.get(f"{server}/sparql", headers={"Accept": "image/png"}).status_code == 406
