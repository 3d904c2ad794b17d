"""The SHACL report: its terms, as https://www.w3.org/TR/shacl/#validation-report demands."""

from __future__ import annotations

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import DCTERMS, SH

from kg.pipeline.validation import EVENT_SHAPES, report, validate
from kg.rdf.vocabulary import REPORT_GRAPH, UNV
from tests.support.event_batches import batch

#: Of a result: the properties that have exactly one value.
ONE_EACH = (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.sourceShape)


def test_a_report_has_what_each_result_must_have() -> None:
    findings = [
        finding for seed in range(10) for finding in validate(batch(seed, faults=4), EVENT_SHAPES)
    ]
    assert len({finding.component for finding in findings}) > 3
    graph = Graph().parse(data=report(findings, "What was validated."), format="nt")
    this = URIRef(REPORT_GRAPH)
    assert str(graph.value(this, SH.conforms)) == "false"
    assert str(graph.value(this, DCTERMS.description)) == "What was validated."
    results = set(graph.objects(this, SH.result))
    assert results == set(graph.subjects(RDF.type, SH.ValidationResult))
    assert len(results) == len(findings)
    for result in results:
        for term in ONE_EACH:
            assert len(list(graph.objects(result, term))) == 1, term
        component = graph.value(result, SH.sourceConstraintComponent)
        assert isinstance(component, URIRef)
        assert component.endswith("ConstraintComponent")
        assert component in SH
        paths = list(graph.objects(result, SH.resultPath))
        assert all(isinstance(path, URIRef) for path in paths)


@pytest.mark.parametrize(
    "literal", [r'"two\n\"lines\""@en', r'"two\nlines \\"', r'"a\nb"^^<http://example.org/type>']
)
def test_terms_of_findings_are_in_ntriples(literal: str) -> None:
    predicate = f"<{UNV.compilationsAgreeing}>"
    ntriples = f"<http://example.org/vote> {predicate} {literal} .\n"
    findings = validate(ntriples, EVENT_SHAPES)
    assert {finding.focus for finding in findings} == {literal}
    graph = Graph().parse(data=report(findings), format="nt")
    expected = Graph().parse(data=ntriples, format="nt").objects()
    assert set(graph.objects(None, SH.focusNode)) == set(expected)


def test_a_report_without_findings_conforms() -> None:
    graph = Graph().parse(data=report([]), format="nt")
    assert str(graph.value(URIRef(REPORT_GRAPH), SH.conforms)) == "true"
    assert len(graph) == 2
