"""The reasons for which a text may rightly differ from the record of a roll call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kg.check.claims import Claim
from kg.check.parts import Part
from kg.check.remarks import Remarks
from kg.model.vote_option import VoteOption


def explained(
    parts: Iterable[Part], claim: Claim, states: Mapping[str, VoteOption], remarks: Remarks
) -> list[Part]:
    """Return parts of a sentence with the reasons that remarks give for what differs."""
    days = {span.first for span in claim.dates} | {span.last for span in claim.dates}
    result = []
    for part in parts:
        reason = ""
        if part.agrees is not True and part.difference is not None:
            state = part.difference.state
            stated, option = part.difference.stated, part.difference.option
            if state:
                reason = _of_state(state, option, remarks)
            else:
                reason = _of_count(option, int(stated), states, remarks)
        elif part.agrees is False and part.is_day:
            reason = next(
                (_disagree(source, day) for source, day in remarks.days.items() if day in days), ""
            )
        elif part.agrees and part.barred(remarks.suspended):
            reason = "barred from voting that day"
        is_certain = part.is_certain and not reason
        explanation = f"{part.reason}; {reason}" if reason else part.reason
        result.append(replace(part, reason=explanation, is_certain=is_certain))
    return result


def _of_state(state: str, stated: VoteOption, remarks: Remarks) -> str:
    """Return why a text may have another position of a state than the record, empty for none."""
    if remarks.intended.get(state) is stated:
        return "vote later corrected: its delegation stated that it had intended this"
    for source, votes in remarks.others.items():
        if votes.get(state) is stated:
            return _disagree(source, stated.label)
    return "barred from voting that day" if state in remarks.suspended else ""


def _of_count(
    option: VoteOption, stated: int, states: Mapping[str, VoteOption], remarks: Remarks
) -> str:
    """Return why a text may have another number than the record, empty for none."""
    recorded = sum(position is option for position in states.values())
    if _changed(option, recorded, states, remarks.intended) == stated:
        return "votes later corrected: the number with the votes that delegations had intended"
    for source, votes in remarks.others.items():
        if _changed(option, recorded, states, votes) == stated:
            return _disagree(source, f"{stated} {option.label}")
    return ""


def _changed(
    option: VoteOption,
    recorded: int,
    states: Mapping[str, VoteOption],
    votes: Mapping[str, VoteOption],
) -> int:
    """Return the number of states with a position if some voted otherwise."""
    lost = sum(states.get(state) is option for state in votes)
    return recorded - lost + sum(position is option for position in votes.values())


def _disagree(source: str, value: str) -> str:
    return f"sources of the record disagree: {source} has {value}"
