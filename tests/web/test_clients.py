"""Requests as clients send them: SPARQLWrapper, rdflib, browsers of other origins, editors."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

SELECT: Final = "SELECT ?s { VALUES ?s { <urn:a> <urn:b> } }"
ASK: Final = "ASK {}"
CONSTRUCT: Final = "CONSTRUCT { <urn:s> <urn:p> 'Türkiye'@en , 141 } {}"
GRAPH_TYPES: Final = {
    XML: "application/rdf+xml",
    RDFXML: "application/rdf+xml",
    TURTLE: "text/turtle",
    # SPARQLWrapper takes it for the format of N-Triples, of which Turtle is a superset.
    N3: "text/n3",
    JSONLD: "application/ld+json",
}


def _answer(server: str, query: str, method: str, name: str) -> Any:
    wrapper = SPARQLWrapper(f"{server}/sparql")
    wrapper.setMethod(method)
    wrapper.setReturnFormat(name)
    wrapper.setQuery(query)
    return wrapper.query()


@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("name", GRAPH_TYPES)
@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE <urn:none>"])
def test_sparqlwrapper_gets_a_graph(server: str, query: str, name: str, method: str) -> None:
    answer = _answer(server, query, method, name)
    kind = answer.info()["content-type"].partition(";")[0]
    assert kind == GRAPH_TYPES[name]
    graph = rdflib.Graph().parse(data=answer.response.read(), format=kind)
    assert len(graph) == (2 if query == CONSTRUCT else 0)


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_gets_results(server: str, method: str) -> None:
    found = _answer(server, SELECT, method, JSON).convert()
    assert [row["s"]["value"] for row in found["results"]["bindings"]] == ["urn:a", "urn:b"]
    assert _answer(server, ASK, method, JSON).convert()["boolean"] is True
    assert len(_answer(server, SELECT, method, XML).convert().getElementsByTagName("result")) == 2
    assert _answer(server, SELECT, method, CSV).convert() == b"s\r\nurn:a\r\nurn:b\r\n"
    assert _answer(server, SELECT, method, TSV).convert() == b"?s\n<urn:a>\n<urn:b>\n"


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_the_endpoint_as_a_store(server: str, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server}/sparql", method=method))
    rows = graph.query(SELECT).bindings
    assert [str(term) for row in rows for term in row.values()] == ["urn:a", "urn:b"]
    assert graph.query(ASK).askAnswer
    assert len(graph.query(CONSTRUCT).graph or ()) == 2


@pytest.mark.parametrize(
    ("query", "parameters", "accept", "kind"),
    [
        (CONSTRUCT, {"format": "ttl"}, "*/*", "text/turtle"),
        (CONSTRUCT, {"format": "nt"}, "*/*", "application/n-triples"),
        (CONSTRUCT, {"format": "json-ld"}, "*/*", "application/ld+json"),
        # A plus sign in an address is a space.
        (CONSTRUCT, {"format": "application/rdf xml"}, "*/*", "application/rdf+xml"),
        (CONSTRUCT, {"output": "xml"}, "*/*", "application/rdf+xml"),
        (CONSTRUCT, {"format": "csv"}, "text/turtle", "text/turtle"),
        (CONSTRUCT, {"format": "csv", "output": "nt"}, "*/*", "application/n-triples"),
        (SELECT, {"format": "JSON"}, "*/*", "application/sparql-results+json"),
        (SELECT, {"results": "text/csv"}, "*/*", "text/csv"),
        (SELECT, {"format": "nonsense"}, "text/csv", "text/csv"),
        (SELECT, {"format": ""}, "text/csv", "text/csv"),
        (SELECT, {"format": "tsv"}, "text/csv", "text/tab-separated-values"),
    ],
)
def test_the_format_is_read_from_parameters_and_header(
    server: str, query: str, parameters: dict[str, str], accept: str, kind: str
) -> None:
    answer = httpx.get(
        f"{server}/sparql", params={"query": query, **parameters}, headers={"Accept": accept}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == kind


def test_an_unknown_format_is_named(server: str) -> None:
    answer = httpx.get(f"{server}/sparql", params={"query": SELECT, "format": "parquett"})
    assert answer.status_code == 406
    assert answer.text.startswith("unsupported format 'parquett'; supported formats: json (")


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_an_empty_graph_is_no_graph(server: str, name: str) -> None:
    params = {"query": "ASK { ?s ?p ?o }", name: "", "format": "csv"}
    assert httpx.get(f"{server}/sparql", params=params).text == "true"


@pytest.mark.parametrize("path", ["/", "/sparql", "/id/state/UKR", "/queries/topics", "/nothing"])
def test_a_browser_of_another_origin_may_send_its_headers(server: str, path: str) -> None:
    wanted = "accept, authorization, cache-control, content-type, x-requested-with"
    answer = httpx.options(
        f"{server}{path}",
        headers={
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": wanted,
        },
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert set(wanted.split(", ")) <= set(allowed)


def _by_get(address: str, query: str) -> httpx.Response:
    return httpx.get(address, params={"query": query, "format": "csv"})


def _by_form(address: str, query: str) -> httpx.Response:
    return httpx.post(address, data={"query": query, "format": "csv"})


def _by_body(address: str, query: str) -> httpx.Response:
    content = codecs.BOM_UTF8 + query.lstrip("\ufeff").encode()
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    return httpx.post(address, content=content, headers=headers)


@pytest.mark.parametrize("send", [_by_get, _by_form, _by_body])
def test_a_byte_order_mark_before_a_query_is_ignored(
    server: str, send: Callable[[str, str], httpx.Response]
) -> None:
    answer = send(f"{server}/sparql", f"\ufeff{SELECT}")
    assert answer.text.split() == ["s", "urn:a", "urn:b"]
    assert httpx.get(f"{server}/run", params={"query": f"\ufeff{SELECT}"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/queries/", "/queries"),
        ("/id/state/UKR/", "/id/state/UKR"),
        ("/search/?q=India", "/search?q=India"),
        ("/sparql/?query=ASK%20%7B%7D", "/sparql?query=ASK%20%7B%7D"),
        ("//example.org/", "/example.org"),
        ("/%5Cexample.org/", "/%5Cexample.org"),
    ],
)
def test_a_slash_at_the_end_is_redirected(server: str, path: str, location: str) -> None:
    answer = httpx.get(f"{server}{path}")
    assert (answer.status_code, answer.headers["location"]) == (308, location)


def test_a_query_posted_to_a_path_with_a_slash_is_answered(server: str) -> None:
    answer = httpx.post(f"{server}/sparql/", data={"query": ASK}, follow_redirects=True)
    assert answer.json()["boolean"] is True
    assert httpx.get(f"{server}/dumps/").status_code == 200


@pytest.mark.parametrize(
    ("path", "accept", "status", "detail"),
    [
        ("/sparql?query=SELECT", "text/csv", 400, "syntax error in line 1, column 1"),
        ("/sparql?query=ASK{}", "image/png", 406, "not acceptable; supported formats: json"),
        ("/data/state/NOWHERE", "text/turtle", 404, "no description of"),
        ("/nowhere", "*/*", 404, "Not Found"),
    ],
)
def test_problem_details_are_for_those_who_ask(
    server: str, path: str, accept: str, status: int, detail: str
) -> None:
    headers = {"Accept": f"{accept}, application/problem+json"}
    answer = httpx.get(f"{server}{path}", headers=headers)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"]) == (status, status)
    assert problem["type"] == "about:blank"
    assert detail in problem["detail"]
    others = httpx.get(f"{server}{path}", headers={"Accept": accept})
    assert others.headers["content-type"] == "text/plain; charset=utf-8"
