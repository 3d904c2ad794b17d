"""Votes outside membership found by SHACL, as discrepancies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from kg.model.discrepancies import Discrepancy
from kg.model.states import State
from kg.pipeline.event_facts import EventFacts
from kg.pipeline.event_validation import Batch
from kg.pipeline.validation import Finding
from kg.rdf import iris

#: The shape whose findings have an event as focus node and one of its votes as value.
SHAPE: Final = "event-membership"


def discrepancies(
    findings: Iterable[tuple[Batch, Finding]], events: EventFacts, states: Mapping[str, State]
) -> list[Discrepancy]:
    """Return a discrepancy for each vote outside membership."""
    return [
        _discrepancy(batch.event(finding), finding, events, states)
        for batch, finding in findings
        if finding.shape == SHAPE
    ]


def _discrepancy(
    event: str, finding: Finding, events: EventFacts, states: Mapping[str, State]
) -> Discrepancy:
    state = next(
        state for key, state in states.items() if finding.value == f"<{iris.vote(event, key)}>"
    )
    name = events.names[event]
    periods = "; ".join(
        f"from {period.start}" + (f" until {period.until}" if period.until else "")
        for period in state.memberships
    )
    return Discrepancy(
        key=f"{event}-membership-{state.key}",
        aspect="membership",
        concerns=(("event", event), ("vote", f"{event}/{state.key}"), ("state", state.key)),
        accepted=f"member {periods}",
        accepted_from=tuple(
            dict.fromkeys(source for period in state.memberships for source in period.sources)
        ),
        other="recorded with a vote in this event",
        other_from=events.outside_sources[event, state.key],
        description=f"{name}: {state.name} is recorded with a vote while not a member",
    )
