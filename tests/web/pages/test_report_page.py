"""The validation report of a live server: in every format, as a page, from the downloads."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF, SH

from kg.rdf.vocabulary import BASE, REPORT_GRAPH
from tests.support.paths import ROOT

REPORT_SHAPES = ROOT / "tests" / "shapes" / "validation-report.ttl"
REPORT = "/graph/report"
#: The formats by media type, with their names in rdflib.
FORMATS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
}


def get(server: str, path: str, accept: str) -> httpx.Response:
    response = httpx.get(server + path, headers={"Accept": accept}, timeout=60)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(accept)
    return response


@pytest.fixture(scope="module")
def report(server: str) -> Graph:
    return Graph().parse(data=get(server, REPORT, "text/turtle").text, format="turtle")


def test_the_report_conforms_to_the_shacl_specification(report: Graph) -> None:
    conforms, _, text = pyshacl.validate(report, shacl_graph=str(REPORT_SHAPES))
    assert conforms, text
    assert str(report.value(URIRef(REPORT_GRAPH), SH.conforms)) == "false"


@pytest.mark.parametrize("accept", FORMATS)
def test_all_formats_agree(server: str, report: Graph, accept: str) -> None:
    content = get(server, REPORT, accept).text
    assert isomorphic(Graph().parse(data=content, format=FORMATS[accept]), report)


@pytest.mark.parametrize(
    ("extension", "media_type"), [("ttl", "text/turtle"), ("nt", "application/n-triples")]
)
def test_the_report_can_be_downloaded(
    server: str, report: Graph, extension: str, media_type: str
) -> None:
    content = get(server, f"/data/graph/report.{extension}", media_type).text
    assert isomorphic(Graph().parse(data=content, format=FORMATS[media_type]), report)


def test_the_page_shows_findings_and_method(server: str, report: Graph) -> None:
    page = get(server, REPORT, "text/html").text
    results = set(report.subjects(RDF.type, SH.ValidationResult))
    assert f"{len(results)} findings" in page
    method = str(report.value(URIRef(REPORT_GRAPH), DCTERMS.description))
    assert re.search(r"Of \d+ events it validated a sample of \d+ against all shapes", method)
    assert re.search(r"Of [\d,]+ derived facts it validated a sample of \d+\.", method)
    assert method in page
    for result in results:
        assert str(report.value(result, SH.resultMessage)) in unescape(page)
    assert 'href="/data/graph/report.ttl"' in page


def test_the_iris_of_shapes_lead_to_them(server: str, report: Graph) -> None:
    content = get(server, "/shapes", "text/turtle").text
    shapes = Graph().parse(data=content, format="turtle")
    for shape in report.objects(None, SH.sourceShape):
        assert str(shape).startswith(f"{BASE}shapes#")
        assert (shape, RDF.type, None) in shapes, shape
    assert "SHACL" in get(server, "/shapes", "text/html").text


def test_the_downloads_name_the_report(server: str) -> None:
    assert 'href="../graph/report"' in get(server, "/dumps/", "text/html").text
