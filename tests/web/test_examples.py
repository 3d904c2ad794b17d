"""Every example that the service publishes runs there as published, and has an answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pyoxigraph as ox
import pytest

from kg.rdf.vocabulary import BASE, SCHEMA, UNV
from kg.sources.registry import SOURCES
from kg.sparql.saved_queries import library
from kg.sparql.service_guard import uses_service
from tests.support.live import serving

_LIBRARY: Final = library()
_EMBEDDED: Final = [name for name, entry in SOURCES.items() if entry.embedded_in]
_EXAMPLE_NAMES: Final = sorted(
    name for name, query in _LIBRARY.items() if query.is_answered_by(_EMBEDDED)
)
#: Seconds that a query of the server may take: far above the five that a busy machine needs for the
#: longest, so that the test does not measure time.
_LIMIT: Final = 60
#: What editors ask an endpoint for: https://github.com/sib-swiss/sparql-editor
_EXAMPLES: Final = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?example ?comment ?query ?target ?template WHERE {
  ?example a sh:SPARQLExecutable ; rdfs:label|rdfs:comment ?comment ; schema:target ?target ;
    sh:select|sh:ask|sh:construct|sh:describe ?query .
  ?example schema:exampleOfWork/schema:text ?template .
}
"""

#: The classes and what connects them, for suggestions while a query is typed.
_CLASSES: Final = """
PREFIX void: <http://rdfs.org/ns/void#>
SELECT DISTINCT ?subject ?property ?object WHERE {
  ?part void:class ?subject ; void:propertyPartition ?of_property .
  ?of_property void:property ?property .
  OPTIONAL { ?of_property void:classPartition [ void:class ?object ] }
}
"""


def _rows(address: str, query: str) -> list[dict[str, str]]:
    answer = httpx.post(
        address,
        data={"query": query},
        headers={"Accept": "application/sparql-results+json"},
        timeout=2 * _LIMIT,
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return [{n: t["value"] for n, t in row.items()} for row in found["results"]["bindings"]]


@pytest.fixture(scope="module")
def service(embedded: Path, federation: Path) -> Iterator[str]:
    """The address of a server whose queries may take no longer than the limit."""
    with serving(embedded, KG_FEDERATION=federation, KG_QUERY_TIMEOUT=_LIMIT) as started:
        yield started.address


@pytest.fixture(scope="module")
def examples(service: str) -> dict[str, dict[str, str]]:
    rows = _rows(f"{service}/sparql", _EXAMPLES)
    return {row["example"].removeprefix(f"{BASE}queries/"): row for row in rows}


def test_each_query_with_an_answer_is_an_example(examples: dict[str, dict[str, str]]) -> None:
    assert set(examples) == set(_EXAMPLE_NAMES)
    for name, example in examples.items():
        assert example["template"] == _LIBRARY[name].text
        assert example["comment"] == _LIBRARY[name].summary


@pytest.mark.parametrize("name", _EXAMPLE_NAMES)
def test_an_example_runs_as_published(
    service: str, examples: dict[str, dict[str, str]], name: str
) -> None:
    query = examples[name]["query"]
    if uses_service(query) and not os.environ.get("KG_TEST_DATA"):
        pytest.skip("KG_TEST_DATA is not set: the facts of Wikidata are needed")
    # The IRI of the endpoint leads to the same path on the server that runs.
    address = examples[name]["target"].replace(BASE, f"{service}/")
    assert len(_rows(address, query)) > 0


def test_the_target_in_the_service_description_is_the_service(service: str) -> None:
    answer = httpx.get(f"{service}/sparql", headers={"Accept": "application/n-triples"})
    triples = ox.parse(answer.content, format=ox.RdfFormat.N_TRIPLES)
    targets = {str(quad.object) for quad in triples if quad.predicate.value == SCHEMA.target}
    assert targets == {f"<{service}/sparql>"}


def test_editors_find_the_classes_and_properties(service: str) -> None:
    rows = [tuple(row.values()) for row in _rows(f"{service}/sparql", _CLASSES)]
    assert (UNV.Vote, UNV.castBy, UNV.State) in rows


@pytest.mark.parametrize("name", ["tally", "votes-of-neighbours"])
def test_a_template_is_the_file_of_the_query(service: str, name: str) -> None:
    address = f"{service}/queries/{name}/template"
    answer = httpx.get(address)
    assert answer.headers["content-type"] == "application/sparql-query"
    assert answer.text == _LIBRARY[name].text
    page = httpx.get(address, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, f"/queries/{name}")
    data = httpx.get(address, headers={"Accept": "text/turtle"})
    assert "schema.org/encodingFormat" in data.text
