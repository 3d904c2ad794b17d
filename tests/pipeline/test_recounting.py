"""Derived facts compared with the votes of a store: the findings are those of pySHACL."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.pipeline import recounting
from kg.pipeline.validation import RECOUNTED_SHAPES, shapes_graph, validate
from kg.rdf.vocabulary import PREFIXES
from tests.pipeline.shape_cases import AGREEMENT, CASES, IDS, YEARLY, Case, drop, held, replace
from tests.support.paths import ROOT

VALID = ROOT / "tests" / "shapes" / "valid.ttl"
NAMES = {str(shape).rpartition("#")[2] for shape in shapes_graph(RECOUNTED_SHAPES).subjects()}
FACTS = [IDS + fact.strip("<>") for fact in (AGREEMENT, YEARLY)]
#: Changes to votes, or to facts without votes.
CHANGES = [
    drop("<event/900001>", "unv:against"),
    drop("<event/900002>", "unv:possiblySameAs"),
    replace("<event/900004>", "unv:body", "unv:SecurityCouncil"),
    replace("<event/900004>", "unv:year", "1981"),
    replace(YEARLY, "unv:year", "1880"),
    replace(AGREEMENT, "unv:year", "1880"),
    replace(YEARLY, "unv:state", "<state/BBB>"),
    held("1990-10"),
]


def store_after(update: str) -> ox.Store:
    store = ox.Store()
    store.load(path=str(VALID))
    store.update(update, base_iri=IDS, prefixes=PREFIXES)
    return store


def test_correct_facts_are_not_suspects() -> None:
    store = store_after("")
    assert recounting.suspects(store) == set()
    assert recounting.validate(store, FACTS) == []


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.shape in NAMES], ids=lambda case: case.shape
)
def test_wrong_facts_are_suspects(case: Case) -> None:
    store = store_after(case.update)
    findings = recounting.validate(store, recounting.suspects(store))
    assert [finding.message for finding in findings if finding.shape == case.shape] == [
        case.message
    ]
    ntriples = "".join(f"{quad.triple} .\n" for quad in store)
    assert findings == validate(ntriples, RECOUNTED_SHAPES)


@pytest.mark.parametrize("update", CHANGES)
def test_facts_of_other_votes_are_suspects(update: str) -> None:
    store = store_after(update)
    ntriples = "".join(f"{quad.triple} .\n" for quad in store)
    findings = recounting.validate(store, recounting.suspects(store))
    assert findings == validate(ntriples, RECOUNTED_SHAPES)
    assert findings == recounting.validate(store, FACTS)
