"""Results that XML cannot hold are refused with the reason, in every XML format."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import NotAcceptableError
from kg.sparql.evaluation import evaluate, serialize_graph, write
from kg.sparql.formats import GRAPHS, RESULTS

XML = next(offer for offer in RESULTS if offer.name == "xml")
RDF_XML = next(offer for offer in GRAPHS if offer.name == "rdfxml")
CONTROL = "SELECT ('a\\u0001b' AS ?text) {}"


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        (CONTROL, "xml", "the result contains the character U+0001, which xml cannot hold"),
        ("CONSTRUCT { <urn:s> <urn:p> 'a\\u001Fb' } {}", "rdfxml", "the character U+001F"),
        ("CONSTRUCT { <urn:s> <http://e.org/123> 1 } {}", "rdfxml", "<http://e.org/123>"),
        ("CONSTRUCT { <urn:s> <http://e.org/> 1 } {}", "rdfxml", "does not end in a name"),
    ],
)
def test_what_xml_cannot_hold_is_refused(server: str, query: str, name: str, message: str) -> None:
    answer = httpx.get(f"{server}/sparql", params={"query": query, "format": name})
    assert answer.status_code == 406
    assert message in answer.text


@pytest.mark.parametrize("name", ["json", "csv", "tsv"])
def test_other_formats_hold_it(server: str, name: str) -> None:
    answer = httpx.get(f"{server}/sparql", params={"query": CONTROL, "format": name})
    assert answer.status_code == 200


@settings(max_examples=50)
@given(st.text(max_size=20))
def test_a_result_is_well_formed_or_refused(text: str) -> None:
    literal = str(ox.Literal(text))
    stream = io.BytesIO()
    try:
        write(evaluate(ox.Store(), f"SELECT ({literal} AS ?text) {{}}"), XML, stream)
    except NotAcceptableError:
        return
    assert ElementTree.fromstring(stream.getvalue()) is not None


@settings(max_examples=50)
@given(st.from_regex(r"urn:[a-z0-9/:._é-]{1,12}(#[a-z0-9._-]{0,4})?", fullmatch=True))
def test_a_graph_is_well_formed_or_refused(predicate: str) -> None:
    triple = ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode(predicate), ox.Literal(1))
    stream = io.BytesIO()
    try:
        serialize_graph([triple], RDF_XML, stream)
    except NotAcceptableError:
        return
    (parsed,) = ox.parse(stream.getvalue(), format=ox.RdfFormat.RDF_XML)
    assert parsed.predicate.value == predicate


def test_a_character_between_two_writes_is_found() -> None:
    triples = [
        ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal("x" * n + "\uffff"))
        for n in range(50)
    ]
    for triple in triples:
        with pytest.raises(NotAcceptableError, match=r"U\+FFFF"):
            serialize_graph([triple], RDF_XML, io.BytesIO())
