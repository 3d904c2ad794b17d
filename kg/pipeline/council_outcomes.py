"""Why the Security Council did not adopt a text, by the rule of the Charter (Article 27).

The rule is applied to the merged votes, so that it holds whichever sources are loaded; where a
source states another outcome or other vetoes, the difference becomes a Discrepancy.
"""

from __future__ import annotations

from dataclasses import replace

from kg.model.discrepancies import Discrepancy
from kg.model.security_council import outcome_of_rejected
from kg.model.state_register import StateRegister
from kg.model.votes import NOT_ADOPTED, MergedEvent, VotingEvent


def settle(merged: MergedEvent, states: StateRegister) -> MergedEvent:
    """Return an event of the Council that was not adopted with its outcome and vetoes by the rule.

    Other events, and those without known votes, are returned as they are.
    """
    event = merged.event
    if event.body != "SecurityCouncil" or event.outcome not in NOT_ADOPTED or not event.votes:
        return merged
    outcome, vetoed_by = outcome_of_rejected(event.votes, event.year, states.permanent_members)
    settled = replace(event, outcome=outcome, vetoed_by=vetoed_by)
    return replace(
        merged,
        event=settled,
        discrepancies=(*merged.discrepancies, *_differences(event, settled)),
    )


def _differences(stated: VotingEvent, settled: VotingEvent) -> list[Discrepancy]:
    """Return the difference between a source's outcome and that of the rule, if there is one.

    "Not adopted" and a list without vetoes are not specific, so they differ from nothing.
    """
    same_outcome = stated.outcome in ("not adopted", settled.outcome)
    if same_outcome and (not stated.vetoed_by or set(stated.vetoed_by) == set(settled.vetoed_by)):
        return []
    accepted, other = _in_words(settled), _in_words(stated)
    return [
        Discrepancy(
            key=f"{stated.key}-outcome-{stated.source}",
            aspect="outcome",
            concerns=(("event", stated.key),),
            accepted=accepted,
            accepted_from=(stated.source,),
            other=other,
            other_from=(stated.source,),
            description=f"{stated.name}: {accepted} according to the votes, but stated as {other}",
        )
    ]


def _in_words(event: VotingEvent) -> str:
    by = f" by {' '.join(event.vetoed_by)}" if event.vetoed_by else ""
    return f"{event.outcome}{by}"
