"""Dates that contradict the meeting: a meeting takes one day, so its votes have one date.

Where the votes of a meeting have two dates, a date or the meeting's number is wrong, or the meeting
was resumed on another day. A date is replaced by that of most votes of its meeting only if there is
further evidence against it: it is outside the session of the symbol, or another source gives the
date of the meeting. All other cases are listed without a change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from kg.model.discrepancies import Discrepancy
from kg.model.state_register import StateRegister
from kg.model.symbols import is_within_session, slug
from kg.model.votes import VotingEvent
from kg.pipeline.correction import SettledEvents, with_date
from kg.pipeline.differences import same_date
from kg.pipeline.merging import as_of_day

#: The rule, as printed in the list of normalised rows.
RULE: Final = "a date that contradicts its meeting, and the session or another source, is replaced"


def settle(
    events: Sequence[VotingEvent],
    others: Mapping[str, Sequence[VotingEvent]],
    states: StateRegister,
) -> SettledEvents:
    """Return the events of one source with their dates settled.

    ``others`` are the events of the other sources by key.
    """
    result = SettledEvents([])
    settled: dict[str, VotingEvent] = {}
    for meeting in _meetings(events):
        for event, usual in _contradicting(meeting):
            day = usual.date
            witnesses = others.get(event.key, ())
            if _is_majority(meeting, day) and _is_refuted(event, day, witnesses):
                correction = with_date(as_of_day(event, day, states), day, RULE)
                settled[event.key] = correction.event
                result.corrections.append(correction)
    result.events = [settled.get(event.key, event) for event in events]
    return result


def contradictions(events: Iterable[VotingEvent]) -> list[Discrepancy]:
    """Return votes whose date differs from most votes of their meeting, as discrepancies."""
    return [
        _discrepancy(event, usual)
        for meeting in _meetings(events)
        for event, usual in _contradicting(meeting)
    ]


def by_key(streams: Iterable[Sequence[VotingEvent]]) -> dict[str, list[VotingEvent]]:
    """Return the events of several sources by key."""
    events: dict[str, list[VotingEvent]] = defaultdict(list)
    for stream in streams:
        for event in stream:
            events[event.key].append(event)
    return events


def _meetings(events: Iterable[VotingEvent]) -> list[list[VotingEvent]]:
    """Return the events with a known day, by meeting."""
    meetings: dict[str, list[VotingEvent]] = defaultdict(list)
    for event in events:
        if event.meeting and event.day:
            meetings[event.meeting].append(event)
    return list(meetings.values())


def _contradicting(meeting: Sequence[VotingEvent]) -> list[tuple[VotingEvent, VotingEvent]]:
    """Return the events without the most frequent date, each with an event that has it."""
    counts = Counter(event.date for event in meeting)
    usual = min(meeting, key=lambda event: (-counts[event.date], event.date, event.key))
    return [(event, usual) for event in meeting if event.date != usual.date]


def _is_majority(meeting: Sequence[VotingEvent], day: str) -> bool:
    return 2 * sum(event.date == day for event in meeting) > len(meeting)


def _is_refuted(event: VotingEvent, day: str, witnesses: Iterable[VotingEvent]) -> bool:
    """Return whether the session or another source confirms the day of the meeting instead."""
    session = event.session
    if is_within_session(session, day) and not is_within_session(session, event.date):
        return True
    expected = replace(event, date=day)
    return any(
        same_date(expected, witness) and not same_date(event, witness) for witness in witnesses
    )


def _discrepancy(event: VotingEvent, usual: VotingEvent) -> Discrepancy:
    return Discrepancy(
        key=f"{event.key}-date-in-meeting-{event.source}",
        aspect="date",
        concerns=(("event", event.key), ("meeting", slug(event.meeting))),
        accepted=event.date,
        accepted_from=(event.source,),
        other=usual.date,
        other_from=(event.source,),
        description=(
            f"{event.name}: date {event.date}, but {usual.name} of the same meeting "
            f"{event.meeting} is dated {usual.date}"
        ),
    )
