"""How the records of an event, and reports of it, differ: each difference as a Discrepancy."""

from __future__ import annotations

from collections.abc import Iterable

from kg.model.discrepancies import Discrepancy, ReportedTally, ReportedVote
from kg.model.state_register import StateRegister
from kg.model.states import State
from kg.model.vote_option import VoteOption
from kg.model.votes import MergedEvent, VotingEvent


def compare_reports(
    merged: MergedEvent,
    tallies: Iterable[ReportedTally],
    votes: Iterable[ReportedVote],
    states: StateRegister,
) -> list[Discrepancy]:
    """Return the discrepancies between reports of an event and its record.

    The totals of an event whose votes are unknown differ from nothing.
    """
    event = merged.event
    discrepancies = [
        _total_discrepancy(merged, tally, option, reported)
        for tally in tallies
        for option, reported in tally.counts.items()
        if (event.votes or event.without_vote)
        and reported != event.count(option)
        and (option is not VoteOption.NON_VOTING or event.records_non_voting)
    ]
    discrepancies += (
        vote_difference(
            event,
            states[vote.state],
            event.votes[vote.state],
            merged.recorded_by[0],
            vote.option,
            vote.source,
            ("report", vote.key),
        )
        for vote in votes
        if event.votes.get(vote.state, vote.option) != vote.option
    )
    return discrepancies


def same_date(first: VotingEvent, second: VotingEvent) -> bool:
    """Return whether two records have the same date, at their common precision."""
    if first.day and second.day:
        return first.day == second.day
    return first.month == second.month


def circumstance_difference(
    event: VotingEvent, other: VotingEvent, aspect: str, accepted: str, differing: str
) -> Discrepancy:
    """Return the discrepancy between two records of an event in an aspect other than a vote."""
    return Discrepancy(
        key=f"{event.key}-{aspect.replace(' ', '-')}-{other.source}",
        aspect=aspect,
        concerns=(("event", event.key),),
        accepted=accepted,
        accepted_from=(event.source,),
        other=differing,
        other_from=(other.source,),
        description=f"{event.name}: {aspect} {accepted} or {differing}",
    )


def _total_discrepancy(
    merged: MergedEvent, tally: ReportedTally, option: VoteOption, reported: int
) -> Discrepancy:
    event, recorded, words = merged.event, merged.event.count(option), option.label
    return Discrepancy(
        key=f"{tally.key}-{words.replace(' ', '-')}",
        aspect="total",
        concerns=(("event", event.key), ("report", tally.key)),
        accepted=f"{recorded} {words}",
        accepted_from=merged.recorded_by[:1],
        other=f"{reported} {words}",
        other_from=(tally.source,),
        description=(
            f"{event.name}: the record has {recorded} {words}, the report gives {reported}"
        ),
    )


def unrecorded_vote(
    record: VotingEvent, state: State, option: VoteOption, source: str
) -> Discrepancy:
    """Return the discrepancy for a vote that a whole record does not have."""
    if record.body == "SecurityCouncil":
        reason = f"{state.name} has no vote in the record of all members"
    else:
        reason = f"{state.name} was not a member on {record.date}"
    return Discrepancy(
        key=f"{record.key}-vote-{state.key}-{source}",
        aspect="vote",
        concerns=(("event", record.key), ("state", state.key)),
        accepted="no vote",
        accepted_from=(record.source,),
        other=option.label,
        other_from=(source,),
        description=f"{record.name}: {reason}, elsewhere {option.label}",
    )


def vote_difference(
    event: VotingEvent,
    state: State,
    recorded: VoteOption,
    accepted_from: str,
    reported: VoteOption,
    reported_by: str,
    *concerns: tuple[str, str],
) -> Discrepancy:
    """Return the discrepancy between two votes of a state, and what else it concerns."""
    return Discrepancy(
        key=f"{event.key}-vote-{state.key}-{reported_by}",
        aspect="vote",
        concerns=(("event", event.key), ("vote", f"{event.key}/{state.key}"), *concerns),
        accepted=recorded.label,
        accepted_from=(accepted_from,),
        other=reported.label,
        other_from=(reported_by,),
        description=(
            f"{event.name}: {state.name} is recorded as {recorded.label}, "
            f"elsewhere as {reported.label}"
        ),
    )
