"""Outcomes of the Security Council by the rule of the Charter, from the merged votes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kg.model.security_council import required_votes
from kg.model.vote_option import VoteOption
from kg.model.votes import MergedEvent, Outcome, VotingEvent
from kg.pipeline.council_outcomes import settle
from tests.support.merging import STATES

Y, N, A, X = VoteOption
_ELECTED = ("BRA", "CAN", "CHL", "GHA", "IND", "IRL", "JPN", "KEN", "NOR", "PER")
DRAFT = VotingEvent(
    key="S-2024-1",
    source="invented",
    body="SecurityCouncil",
    date="2024-01-10",
    session="",
    votes={},
    records_non_voting=True,
    vote_on="document",
    drafts=("S/2024/1",),
    outcome="not adopted",
)


def merged(in_favour: int, against: str, **changed: Any) -> MergedEvent:
    """Return a draft with votes in favour of elected members, and votes against of others."""
    votes = dict.fromkeys(_ELECTED[:in_favour], Y) | dict.fromkeys(against.split(), N)
    event = replace(DRAFT, votes=votes, **changed)
    return MergedEvent(event, ("invented",), ("invented",))


@pytest.mark.parametrize(
    ("in_favour", "against", "date", "outcome", "vetoed_by"),
    [
        (9, "USA", "2024-01-10", "vetoed", "USA"),
        (9, "RUS CHN", "2024-01-10", "vetoed", "CHN RUS"),
        (9, "RUS PER", "2024-01-10", "vetoed", "RUS"),
        # Votes against a draft with too few votes in favour are no vetoes.
        (8, "USA", "2024-01-10", "failed", ""),
        (8, "SUN", "1965-12-31", "vetoed", "SUN"),
        (7, "SUN", "1965-12-31", "vetoed", "SUN"),
        (6, "SUN", "1965-12-31", "failed", ""),
        (8, "SUN", "1966-01-01", "failed", ""),
        (2, "", "2024-01-10", "failed", ""),
        # No rule explains why this was not adopted.
        (9, "PER", "2024-01-10", "not adopted", ""),
    ],
)
def test_a_rejected_draft_was_vetoed_or_failed(
    in_favour: int, against: str, date: str, outcome: Outcome, vetoed_by: str
) -> None:
    settled = settle(merged(in_favour, against, date=date), STATES)
    assert (settled.event.outcome, " ".join(settled.event.vetoed_by)) == (outcome, vetoed_by)
    assert settled.discrepancies == ()


def test_the_rule_prevails_over_a_source_and_the_difference_is_listed() -> None:
    settled = settle(merged(9, "USA", outcome="failed"), STATES)
    assert (settled.event.outcome, settled.event.vetoed_by) == ("vetoed", ("USA",))
    (discrepancy,) = settled.discrepancies
    assert (discrepancy.aspect, discrepancy.accepted, discrepancy.other) == (
        "outcome", "vetoed by USA", "failed",
    )  # fmt: skip
    stated = merged(9, "USA RUS", outcome="vetoed", vetoed_by=("RUS",))
    (discrepancy,) = settle(stated, STATES).discrepancies
    assert (discrepancy.accepted, discrepancy.other) == ("vetoed by RUS USA", "vetoed by RUS")


def test_the_same_outcome_is_no_difference() -> None:
    for stated in (
        merged(9, "USA", outcome="vetoed"),
        merged(9, "USA", outcome="vetoed", vetoed_by=("USA",)),
        merged(8, "USA", outcome="failed"),
    ):
        assert settle(stated, STATES).discrepancies == ()


@pytest.mark.parametrize(
    "changed",
    [
        # A vote against a procedural resolution is no veto.
        {"outcome": "adopted"},
        {"outcome": None},
        {"body": "GeneralAssembly"},
        {"votes": {}, "outcome": "failed"},
    ],
)
def test_other_events_stay_as_they_are(changed: dict[str, Any]) -> None:
    event = merged(9, "USA")
    event = replace(event, event=replace(event.event, **changed))
    assert settle(event, STATES) is event


def test_the_permanent_members_are_those_of_the_table_of_seats() -> None:
    assert STATES.permanent_members == {"CHN", "FRA", "GBR", "RUS", "SUN", "USA"}
    assert [required_votes(year) for year in (1946, 1965, 1966, 2025)] == [7, 7, 9, 9]
