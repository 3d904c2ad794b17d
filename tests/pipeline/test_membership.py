"""Votes outside membership become discrepancies, by the keys in their batch."""

from __future__ import annotations

from pathlib import Path

from kg.model.state_register import StateRegister
from kg.pipeline import membership
from kg.pipeline.derivation import VoteMatrices
from kg.pipeline.event_facts import EventFacts
from kg.pipeline.event_validation import Batch
from kg.pipeline.validation import Finding
from kg.rdf import iris

EVENTS = ("A-RES-1-1", "unvotes-3")


def finding(shape: str, event: str, state: str) -> Finding:
    vote = f"<{iris.vote(event, state)}>"
    component = "SPARQLConstraintComponent"
    return Finding("Warning", shape, component, f"<{iris.event(event)}>", vote, "", "")


def test_the_event_and_the_state_of_a_finding_are_found_by_key(states: StateRegister) -> None:
    facts = EventFacts(Path("events.nt"), VoteMatrices(states))
    facts.names = {"unvotes-3": "Roll call 3"}
    facts.outside_sources = {("unvotes-3", "SSD"): ("unvotes-package",)}
    batch = Batch(0, 100, EVENTS)
    findings = [
        (batch, finding("event-other", "A-RES-1-1", "IND")),
        (batch, finding(membership.SHAPE, "unvotes-3", "SSD")),
    ]
    register = {key: states[key] for key in states}
    (discrepancy,) = membership.discrepancies(findings, facts, register)
    assert discrepancy.key == "unvotes-3-membership-SSD"
    assert discrepancy.concerns == (
        ("event", "unvotes-3"),
        ("vote", "unvotes-3/SSD"),
        ("state", "SSD"),
    )
    assert discrepancy.accepted == "member from 2011-07-14"
    assert discrepancy.other_from == ("unvotes-package",)
    assert discrepancy.description == (
        "Roll call 3: South Sudan is recorded with a vote while not a member"
    )


def test_a_batch_returns_the_event_of_a_finding() -> None:
    batch = Batch(0, 100, EVENTS)
    assert [batch.event(finding("s", event, "IND")) for event in EVENTS] == list(EVENTS)
