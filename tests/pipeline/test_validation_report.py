"""The validation report: it conforms to SHACL and equals pySHACL's report on the same data."""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, SH

from kg import resources
from kg.pipeline.validation import EVENT_SHAPES, Finding, shape_files, validate
from kg.pipeline.validation_report import report
from kg.rdf.vocabulary import BASE, PREFIXES, REPORT_GRAPH, UNV
from tests.pipeline.shape_cases import CASES, IDS
from tests.support.paths import ROOT

VALID = ROOT / "tests" / "shapes" / "valid.ttl"
REPORT_SHAPES = ROOT / "tests" / "shapes" / "validation-report.ttl"
#: The number of cases combined in one graph, which then has findings of many shapes.
EVERY = 24
FIRSTS = range(0, EVERY, 6)


def broken(first: int) -> str:
    """Return the valid graph after some changes that break constraints, as N-Triples."""
    store = ox.Store()
    store.load(path=str(VALID))
    for case in CASES[first::EVERY]:
        store.update(case.update, base_iri=IDS, prefixes=PREFIXES)
    return "".join(f"{quad.triple} .\n" for quad in store)


@cache
def validated(first: int) -> tuple[list[Finding], Graph]:
    """Return our findings in that graph, and the report of pySHACL."""
    original = pyshacl.validate
    reports: list[Graph] = []

    def validate_and_keep(graph: Graph, shacl_graph: Graph, inplace: bool) -> object:
        conforms, theirs, text = original(graph, shacl_graph=shacl_graph, inplace=inplace)
        assert isinstance(theirs, Graph)
        reports.append(theirs)
        return conforms, theirs, text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyshacl, "validate", validate_and_keep)
        findings = validate(broken(first), shape_files())
    (theirs,) = reports
    return findings, theirs


def with_plain_messages(graph: Graph) -> Graph:
    """Return a graph with messages without language, which pySHACL drops for queries."""
    for result, message in list(graph.subject_objects(SH.resultMessage)):
        graph.remove((result, SH.resultMessage, message))
        graph.add((result, SH.resultMessage, Literal(str(message))))
    return graph


def without_queries(graph: Graph) -> Graph:
    """Return a report without the queries copied into it by pySHACL."""
    for constraint in set(graph.objects(None, SH.sourceConstraint)):
        graph.remove((constraint, None, None))
    graph.remove((None, SH.sourceConstraint, None))
    return graph


@pytest.mark.parametrize("first", FIRSTS)
def test_a_report_equals_that_of_pyshacl(first: int) -> None:
    findings, theirs = validated(first)
    ours = Graph().parse(data=report(findings), format="nt")
    assert len(findings) > 10
    assert isomorphic(with_plain_messages(ours), with_plain_messages(without_queries(theirs)))


@pytest.mark.parametrize(("name", "firsts"), [("", FIRSTS), (REPORT_GRAPH, FIRSTS[:1])])
def test_a_report_conforms_to_shacl(name: str, firsts: range) -> None:
    every = [finding for first in firsts for finding in validated(first)[0]]
    assert name or len({finding.component for finding in every}) > 8
    graph = Graph().parse(data=report(every, "What was validated.", name), format="nt")
    this = graph.value(None, RDF.type, SH.ValidationReport)
    assert this == URIRef(name) if name else isinstance(this, BNode)
    assert str(graph.value(this, DCTERMS.description)) == "What was validated."
    assert len(set(graph.objects(this, SH.result))) == len(every)
    conforms, _, text = pyshacl.validate(graph, shacl_graph=str(REPORT_SHAPES))
    assert conforms, text


def test_the_shapes_and_components_of_results_exist() -> None:
    shapes = Graph()
    for turtle in resources.texts("shapes", ".ttl").values():
        shapes.parse(data=turtle, format="turtle")
    every = [finding for first in FIRSTS for finding in validated(first)[0]]
    graph = Graph().parse(data=report(every), format="nt")
    for shape in graph.objects(None, SH.sourceShape):
        assert (shape, RDF.type, None) in shapes, shape
    for component in graph.objects(None, SH.sourceConstraintComponent):
        assert str(component) in map(str, dir(SH))
    for result, shape in graph.subject_objects(SH.sourceShape):
        messages = [
            *shapes.objects(shape, SH.message),
            *(
                text
                for query in shapes.objects(shape, SH.sparql)
                for text in shapes.objects(query, SH.message)
            ),
        ]
        languages = {message.language for message in messages if isinstance(message, Literal)}
        (message,) = graph.objects(result, SH.resultMessage)
        assert isinstance(message, Literal)
        assert message.language in languages


def test_a_path_of_several_steps_is_that_of_the_shape() -> None:
    finding = Finding(
        "Violation", "recorded-by-others", "DisjointConstraintComponent", "<x:v>", "", "", "no"
    )
    graph = Graph().parse(data=report([finding, finding]), format="nt")
    paths = set(graph.objects(None, SH.resultPath))
    assert len(paths) == 1
    (path,) = paths
    assert list(graph.items(path)) == [URIRef(UNV.event), URIRef(UNV.recordedBy)]


@pytest.mark.parametrize(
    "literal", [r'"two\n\"lines\""@en', r'"two\nlines \\"', r'"a\nb"^^<http://example.org/type>']
)
def test_terms_of_findings_are_in_ntriples(literal: str) -> None:
    predicate = f"<{UNV.compilationsAgreeing}>"
    ntriples = f"<http://example.org/vote> {predicate} {literal} .\n"
    findings = validate(ntriples, EVENT_SHAPES)
    assert literal in {finding.focus for finding in findings}
    graph = Graph().parse(data=report(findings), format="nt")
    (expected,) = Graph().parse(data=ntriples, format="nt").objects()
    assert expected in set(graph.objects(None, SH.focusNode))


@pytest.mark.parametrize(
    ("severity", "conforms"), [(None, "true"), ("Warning", "false"), ("Violation", "false")]
)
def test_data_without_results_conforms(severity: str | None, conforms: str) -> None:
    findings = (
        [Finding(severity, "Vote", "ClassConstraintComponent", "<x:v>", "", "", "no")]
        if severity
        else []
    )
    graph = Graph().parse(data=report(findings, name=REPORT_GRAPH), format="nt")
    assert str(graph.value(URIRef(REPORT_GRAPH), SH.conforms)) == conforms
    assert set(graph.objects(None, SH.sourceShape)) <= {URIRef(f"{BASE}shapes#Vote")}
