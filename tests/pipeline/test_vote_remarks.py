"""Remarks are added to votes, and the recorded votes do not change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.model.states import Period, Suspension
from kg.model.vote_option import VoteOption
from kg.model.votes import VoteCorrection, VotingEvent
from kg.pipeline.vote_remarks import VoteRemarks
from tests.support.merging import merge

Y, N, A, X = VoteOption

EVENT = VotingEvent(
    key="A-RES-35-206-A",
    source="undl-ga",
    body="GeneralAssembly",
    date="1980-12-16",
    session="35",
    votes={"ZAF": X, "GBR": N, "FRA": X},
    records_non_voting=True,
)
SUSPENSION = Suspension("ZAF", "credentials", Period("1974-11-12", "1994-06-23", ("un-a-pv-2281",)))


def correction(intended: VoteOption, event: str = EVENT.key) -> VoteCorrection:
    return VoteCorrection(event, "FRA", intended, "invented")


def test_a_suspension_explains_that_its_state_did_not_vote() -> None:
    (merged,) = merge([EVENT])
    annotated = VoteRemarks([SUSPENSION], []).annotate(merged)
    assert annotated.suspensions == {"ZAF": "ZAF-1974-11-12"}
    assert annotated.event == merged.event


@pytest.mark.parametrize(
    "event",
    [
        replace(EVENT, date="1974-11-11"),
        replace(EVENT, date="1994-06-23"),
        replace(EVENT, date="1980-12"),
        replace(EVENT, body="SecurityCouncil", source="undl-sc"),
        replace(EVENT, votes={"ZAF": Y}),
        replace(EVENT, votes={"GBR": X}),
    ],
)
def test_it_explains_nothing_else(event: VotingEvent) -> None:
    (merged,) = merge([event])
    assert VoteRemarks([SUSPENSION], []).annotate(merged).suspensions == {}


def test_a_correction_is_added_to_the_recorded_vote() -> None:
    (merged,) = merge([EVENT])
    annotated = VoteRemarks([], [correction(Y)]).annotate(merged)
    assert annotated.corrections["FRA"].intended is Y
    assert annotated.event.votes == EVENT.votes


@pytest.mark.parametrize("without_effect", [correction(X), correction(Y, "A-RES-35-206-B")])
def test_a_correction_of_an_unrecorded_vote_is_ignored(without_effect: VoteCorrection) -> None:
    (merged,) = merge([EVENT])
    assert VoteRemarks([], [without_effect]).annotate(merged).corrections == {}
