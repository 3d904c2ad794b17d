"""Constraints on a whole store: the findings of pySHACL, for all focus nodes or for some."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.pipeline import whole_record
from kg.pipeline.validation import WHOLE_RECORD_SHAPES, shapes_graph, validate
from kg.rdf.vocabulary import PREFIXES
from tests.pipeline.shape_cases import CASES, IDS, STATE, Case
from tests.support.paths import ROOT

VALID = ROOT / "tests" / "shapes" / "valid.ttl"
NAMES = {str(shape).rpartition("#")[2] for shape in shapes_graph(WHOLE_RECORD_SHAPES).subjects()}


def store_after(update: str) -> ox.Store:
    store = ox.Store()
    store.load(path=str(VALID))
    store.update(update, base_iri=IDS, prefixes=PREFIXES)
    return store


def test_the_valid_store_has_no_finding() -> None:
    assert whole_record.validate(store_after("")) == []


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.shape in NAMES], ids=lambda case: case.shape
)
def test_findings_are_those_of_pyshacl(case: Case) -> None:
    store = store_after(case.update)
    findings = whole_record.validate(store)
    assert case.shape in {finding.shape for finding in findings}
    ntriples = "".join(f"{quad.triple} .\n" for quad in store)
    assert findings == validate(ntriples, WHOLE_RECORD_SHAPES)


def test_findings_for_some_focus_nodes() -> None:
    (update,) = {case.update for case in CASES if case.shape == "unique-holder"}
    store = store_after(update)
    (finding,) = whole_record.validate(store)
    state = IDS + STATE.strip("<>")
    assert whole_record.validate(store, focus_nodes=[state]) == [finding]
    assert whole_record.validate(store, focus_nodes=[IDS + "state/BBB"]) == []
    assert whole_record.validate(store, focus_nodes=[]) == []
