"""Compiled forms compared with pySHACL: nodes with findings, and only those, are suspects."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest

from kg.pipeline.compiled_shapes import Suspect, read
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.event_validation import event_context
from kg.pipeline.validation import EVENT_SHAPES, Finding, record_shapes, validate
from kg.rdf.vocabulary import PREFIXES
from tests.pipeline.shape_cases import CASES, DECIMAL, IDS, Case
from tests.support.event_batches import batch
from tests.support.paths import ROOT

VALID = ROOT / "tests" / "shapes" / "valid.ttl"
VALIDATOR = CompiledValidator(EVENT_SHAPES)
RECORDS = CompiledValidator(record_shapes())
BATCHES, MANY_BATCHES = 100, 10_000


def suspects(ntriples: str, validator: CompiledValidator = VALIDATOR) -> set[Suspect] | None:
    """Return the suspects of the compiled forms; None if they cannot read the triples."""
    triples = read(ntriples)
    if triples is None:
        return None
    by_shape = validator.compiled.suspects(triples)
    return {suspect for of_shape in by_shape.values() for suspect in of_shape}


def expected(findings: list[Finding]) -> set[Suspect]:
    return {Suspect(finding.shape, finding.focus) for finding in findings}


@pytest.mark.parametrize(
    "batches", [BATCHES, pytest.param(MANY_BATCHES, marks=pytest.mark.endurance)]
)
def test_both_find_the_same_in_random_batches(batches: int) -> None:
    shapes: Counter[str] = Counter()
    for seed in range(batches):
        ntriples = batch(seed, faults=seed % 5)
        findings = validate(ntriples, EVENT_SHAPES)
        shapes.update({finding.shape for finding in findings})
        assert VALIDATOR.validate(ntriples) == findings, seed
        suspected = suspects(ntriples)
        assert suspected is not None
        # In a broken event, a form may suspect more: a non-numeric count is not compared.
        assert expected(findings) <= suspected, seed
        assert bool(findings) == bool(suspected), seed
    print(f"\n{batches} batches, {shapes.total()} shapes violated: {dict(shapes)}")
    assert shapes.total() > batches / 2


def graph_of_events(update: str) -> str:
    """Return the events of the valid graph after a change, with the resources they refer to."""
    store = ox.Store()
    store.load(path=str(VALID))
    store.update(update, base_iri=IDS, prefixes=PREFIXES)
    of_events = tuple(f"<{IDS}{kind}/" for kind in ("event", "vote", "resolution", "decision"))
    lines = [f"{quad.triple} .\n" for quad in store]
    events = [line for line in lines if line.startswith(of_events)]
    others = [line for line in lines if not line.startswith(of_events)]
    return "".join((*events, *event_context(others).values()))


def test_the_valid_events_conform() -> None:
    assert suspects(graph_of_events("")) == set()


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.shape in VALIDATOR.compiled.names],
    ids=lambda case: f"{case.shape}-{case.component}",
)
def test_both_find_a_broken_constraint(case: Case) -> None:
    ntriples = graph_of_events(case.update)
    findings = validate(ntriples, EVENT_SHAPES)
    assert case.shape in {finding.shape for finding in findings}
    assert VALIDATOR.validate(ntriples) == findings
    # A number that is not an integer is left to pySHACL.
    assert suspects(ntriples) == (None if DECIMAL in case.update else expected(findings))


def graph_of_records(update: str) -> str:
    """Return the valid graph after a change."""
    store = ox.Store()
    store.load(path=str(VALID))
    store.update(update, base_iri=IDS, prefixes=PREFIXES)
    return "".join(f"{quad.triple} .\n" for quad in store)


def test_the_valid_records_conform() -> None:
    assert suspects(graph_of_records(""), RECORDS) == set()


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.shape in RECORDS.compiled.names],
    ids=lambda case: f"{case.shape}-{case.component}",
)
def test_both_find_a_broken_constraint_of_records(case: Case) -> None:
    """The findings themselves are those of pySHACL, which ``tests.pipeline.test_shapes`` checks."""
    suspected = suspects(graph_of_records(case.update), RECORDS)
    assert suspected is None or case.shape in {suspect.shape for suspect in suspected}
