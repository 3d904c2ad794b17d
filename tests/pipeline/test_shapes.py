"""Every constraint of the shapes: satisfied by shapes/valid.ttl, and broken once in it.

A case of shape_cases.py changes the valid graph by a SPARQL Update so that one component
(sh:minCount, sh:class, ...) of one shape has exactly one finding.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from kg.pipeline import validation
from kg.pipeline.compiled_shapes import Suspect, is_target, read
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.validation import Finding, shape_files, shapes_graph, validate
from kg.rdf.vocabulary import BASE
from tests.pipeline.shape_cases import (
    AGREEMENT,
    ALLOWED,
    CASES,
    EVENT,
    IDS,
    MONTH,
    STATEMENT,
    SUSPENSION,
    TEXT,
    Case,
    changed,
    changed_store,
    ntriples,
    replace,
)

SHAPES = BASE + "shapes#"
NO_CONSTRAINTS = {
    *("path", "property", "severity", "message", "name", "ignoredProperties"),
    *("targetClass", "targetObjectsOf", "targetSubjectsOf"),
}
WARNINGS = {
    "event-membership", "tally-total", "reported-vote-recorded", "spoken-and-voted",
    "statement-membership", "event-meeting-session",
}  # fmt: skip


@cache
def shapes() -> Graph:
    return shapes_graph(tuple(shape_files()))


@cache
def with_target() -> frozenset[Node]:
    """Return the shapes with a target."""
    return frozenset(node for node, term in shapes().subject_predicates() if is_target(term))


@cache
def alone(shape: str) -> Graph:
    """Return a shape with the shapes to which it belongs and those it refers to.

    The shapes with targets are without their other properties, which pySHACL would validate too.
    """
    graph, term = shapes(), URIRef(SHAPES + shape)
    having = set[Node]()
    terms: set[Node] = {term}
    while terms:
        having |= terms
        terms = {node for each in terms for node in graph.subjects(None, each)} - having
    narrowed = (having & with_target()) - {term}
    kept, left = Graph(), set(having)
    done = set[Node]()
    while left:
        node = left.pop()
        done.add(node)
        for predicate, value in graph.predicate_objects(node):
            is_other = predicate == SH.property and value not in having
            if node in narrowed and (is_other or predicate in {SH.closed, SH.ignoredProperties}):
                continue
            kept.add((node, predicate, value))
            left |= {value} - done
    return kept


@cache
def all_shapes() -> CompiledValidator:
    """Return a validator that leaves to pySHACL only the shapes that it suspects."""
    return CompiledValidator(tuple(shape_files()))


@cache
def compiled_with(shape: str) -> list[str]:
    """Return the names of the compiled shapes with targets to which a shape belongs."""
    compiled = all_shapes().compiled.shapes
    return [name for name, targeted in compiled.items() if shape in targeted.shape.names()]


def findings_after(update: str) -> list[Finding]:
    return validate(changed(update), shape_files())


def test_the_valid_graph_has_no_finding() -> None:
    assert findings_after("") == []


def wrong_findings(case: Case) -> str:
    """Return how the findings of a case differ from the expected one, or nothing."""
    severity = "Warning" if case.shape in WARNINGS else "Violation"
    message = case.message or str(shapes().value(URIRef(SHAPES + case.shape), SH.message))
    component = f"{case.component}ConstraintComponent".lower()
    store = changed_store(case.update)
    findings = [
        (finding.severity, finding.focus, finding.message)
        for finding in validation._findings(validation._StoreGraph(store), alone(case.shape))
        if (finding.shape, finding.component.lower()) == (case.shape, component)
    ]
    if findings != [(severity, case.node, message)]:
        return f"{case}: {findings}"
    # Builds give pySHACL what compiled forms suspect, and all of what these cannot read.
    names, triples = compiled_with(case.shape), read(ntriples(store))
    if names and triples is not None:
        compiled = all_shapes().compiled.shapes
        suspects = {suspect for name in names for suspect in compiled[name].suspects(triples)}
        if Suspect(case.shape, case.node) not in suspects:
            return f"{case}: {suspects}"
    return ""


@pytest.mark.parametrize("component", sorted({case.component for case in CASES}))
def test_broken_constraints_are_found(component: str) -> None:
    of_component = [case for case in CASES if case.component == component]
    assert [wrong for wrong in map(wrong_findings, of_component) if wrong] == []


def test_every_constraint_has_a_case() -> None:
    # A list, so that a second component of the same kind on a shape is also found.
    statements = [(str(subject), str(term)) for subject, term in shapes().subject_predicates()]
    constraints = [
        (subject.removeprefix(SHAPES), term.removeprefix(str(SH)))
        for subject, term in statements
        if subject.startswith(SHAPES) and term.startswith(str(SH))
    ]
    assert sorted(
        constraint for constraint in constraints if constraint[1] not in NO_CONSTRAINTS
    ) == sorted({(case.shape, case.component) for case in CASES})


def test_every_shape_has_a_name() -> None:
    # A shape without a name would escape the test above. The alternatives of an sh:or have none:
    # its own case covers them, and ALLOWED or the valid graph satisfies each of them separately.
    graph = shapes()
    alternatives = {
        alternative
        for shape, items in graph.subject_objects(SH["or"])
        if isinstance(shape, URIRef)
        for alternative in Collection(graph, items)
    }
    # A query, a prefix or a path with alternatives is not a shape either.
    terms = (SH.sparql, SH.declare, SH.path)
    no_shapes = {node for term in terms for node in graph.objects(None, term)}
    no_shapes = {node for node in no_shapes if isinstance(node, BNode)}
    # A path of several steps is a list, which has no SHACL terms.
    no_shapes -= set(graph.subjects(RDF.first))
    unnamed = {
        subject
        for subject, term in graph.subject_predicates()
        if isinstance(subject, BNode) and str(term).startswith(str(SH))
    }
    assert unnamed == alternatives | no_shapes


def test_a_quotation_of_long_words_is_found_at_once(tmp_path: Path) -> None:
    # A backtracking pattern would run for hours, so a separate process has a time limit.
    quote = "internationally " * 16
    path = tmp_path / "graph.nt"
    path.write_text(changed(replace(STATEMENT, "unv:quote", f'"{quote}"@en')), encoding="utf-8")
    command = [sys.executable, "-m", "kg", "validate", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "A quotation must have 1 to 15 words and a language tag." in ended.stdout
    assert ended.returncode == 1


@pytest.mark.parametrize("update", ALLOWED.values(), ids=ALLOWED)
def test_allowed_data_have_no_findings(update: str) -> None:
    assert all_shapes().validate(changed(update)) == []


@pytest.mark.endurance
@pytest.mark.parametrize("update", ALLOWED.values(), ids=ALLOWED)
def test_pyshacl_alone_has_no_findings_in_allowed_data(update: str) -> None:
    assert findings_after(update) == []


def test_a_value_with_a_backslash_is_printed_as_it_is() -> None:
    findings = findings_after(replace(EVENT, "unv:yesCount", '"7\\\\"'))
    expected = (
        "The count of states in favour is 7\\, but the number of states listed as in favour is 1."
    )
    assert expected in {finding.message for finding in findings}


@pytest.mark.parametrize("value", ['"yes"^^xsd:boolean', '"x"^^xsd:integer', MONTH, TEXT])
def test_a_value_of_another_datatype_than_the_one_compared_with_is_found(value: str) -> None:
    update = replace(AGREEMENT, "unv:identicalVotes", value)
    update += replace(SUSPENSION, "unv:from", value)
    focuses = {
        finding.focus
        for finding in findings_after(update)
        if finding.component == "DatatypeConstraintComponent"
    }
    assert {f"<{IDS}{thing[1:]}" for thing in (AGREEMENT, SUSPENSION)} <= focuses
