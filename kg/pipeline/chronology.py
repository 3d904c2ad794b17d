"""Dates and meetings that contradict the order of numbers.

Meetings are numbered chronologically, and the Security Council's resolutions in order of adoption.
Where the number of the resolution and the meeting agree on the time of a vote, a contradicting date
is rejected; where the number and the date agree, the meeting is rejected. A date with day and month
exchanged is corrected if only the exchange places it between its neighbours; for any other date,
the month is kept if both neighbours have the same month. Otherwise the date is kept and listed.

The General Assembly's resolutions are numbered roughly in that order too. A meeting out of order is
rejected if the resolutions before and after have the same day and the same other meeting. A meeting
that was suspended and resumed on another day has a record for each day; a vote on the later day
belongs to the record with the other votes of that day.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from kg.model.discrepancies import Discrepancy
from kg.model.symbols import number_of, slug
from kg.model.votes import VotingEvent
from kg.pipeline.correction import SettledEvents, with_date, with_meeting

# Rules, as printed in the list of normalised rows.
EXCHANGED: Final = "a date out of numerical order that fits with day and month exchanged"
MONTH_ONLY: Final = "a date out of numerical order is replaced by the month of its neighbours"
MISPLACED: Final = "a meeting that contradicts the order of numbers and the date is not used"
RESUMED: Final = "a vote on the day on which a meeting was resumed belongs to the resumed meeting"

_MONTHS: Final = 12
_MEETING: Final = re.compile(r"(?P<series>.*PV)\.(?P<number>\d+)(?P<resumption> \(Resum.*)?")


def settle(events: Sequence[VotingEvent]) -> SettledEvents:
    """Return the events of one source with contradictions of the numerical order settled."""
    dated = [event for event in events if event.day]
    result = SettledEvents([])
    _settle_council([event for event in dated if event.body == "SecurityCouncil"], result)
    _settle_assembly([event for event in dated if event.body == "GeneralAssembly"], result)
    settled = {correction.event.key: correction.event for correction in result.corrections}
    result.events = [settled.get(event.key, event) for event in events]
    return result


def misplaced(
    numbers: Sequence[int], values: Sequence[str] | Sequence[int]
) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the positions of values out of numerical order, and the undecided pairs.

    Of two values that contradict each other, the one that contradicts more other values is out of
    order; if both contradict equally many, the pair is undecided.

    >>> misplaced([1, 2, 3, 4], ["01-06", "08-01", "01-08", "01-14"])
    ([1], [])
    >>> misplaced([1, 2], ["02", "01"])
    ([], [(0, 1)])
    """
    order = np.array(numbers)
    ranks = np.unique(np.array(values), return_inverse=True)[1]
    inverted = (order[:, None] < order) & (ranks[:, None] > ranks)
    inverted |= inverted.T
    places: list[int] = []
    undecided: list[tuple[int, int]] = []
    while inverted.any():
        counts = inverted.sum(axis=1)
        place = int(counts.argmax())
        equals = [int(n) for n in np.flatnonzero(inverted[place]) if counts[n] == counts[place]]
        if equals:
            undecided += ((min(place, other), max(place, other)) for other in equals)
        else:
            places.append(place)
        removed = [place, *equals]
        inverted[removed, :] = inverted[:, removed] = False
    return sorted(places), sorted(undecided)


def _settle_council(events: Sequence[VotingEvent], result: SettledEvents) -> None:
    numbered = sorted(
        ((number, event) for event in events if (number := number_of(event.name)) is not None),
        key=lambda pair: pair[0],
    )
    dates, unsettled = misplaced([n for n, _ in numbered], [event.date for _, event in numbered])
    for first, second in unsettled:
        _list_pair(numbered[first][1], numbered[second][1], result)
    met = [(n, event) for n, event in numbered if _MEETING.match(event.meeting)]
    meetings, pairs = misplaced([n for n, _ in met], [_meeting_number(event) for _, event in met])
    late = {numbered[place][1].key for place in dates}
    elsewhere = {met[place][1].key for place in meetings}
    elsewhere |= _decided_by_other_votes([(met[a][1], met[b][1]) for a, b in pairs], events)
    in_order = [event for _, event in numbered if event.key not in late]
    for number, event in numbered:
        if event.key in late - elsewhere:
            before = [other.date for other in in_order if (number_of(other.name) or 0) < number]
            after = [other.date for other in in_order if (number_of(other.name) or 0) > number]
            _settle_date(event, before[-1:], after[:1], result)
        elif event.key in elsewhere - late:
            result.corrections.append(with_meeting(event, "", MISPLACED))


def _decided_by_other_votes(
    pairs: Iterable[tuple[VotingEvent, VotingEvent]], events: Iterable[VotingEvent]
) -> set[str]:
    """Return, per pair, the key of the only event whose meeting also has votes of another day."""
    days: dict[str, set[str]] = defaultdict(set)
    for event in events:
        days[event.meeting].add(event.date)
    decided: set[str] = set()
    for pair in pairs:
        doubtful = [event.key for event in pair if len(days[event.meeting]) > 1]
        if len(doubtful) == 1:
            decided.update(doubtful)
    return decided


def _settle_date(
    event: VotingEvent, before: list[str], after: list[str], result: SettledEvents
) -> None:
    """Settle a date that is not between its neighbours."""
    first, last = "".join(before), "".join(after)
    year, month, day = event.date.split("-")
    exchanged = f"{year}-{day}-{month}"
    if first <= exchanged <= last and int(day) <= _MONTHS:
        result.corrections.append(with_date(event, exchanged, EXCHANGED))
    elif first[:7] == last[:7]:
        result.corrections.append(with_date(event, first[:7], MONTH_ONLY))
    else:
        others = f"the resolutions before and after are dated {first} and {last}"
        result.discrepancies.append(_discrepancy(event, f"{first} to {last}", others))


def _settle_assembly(events: Sequence[VotingEvent], result: SettledEvents) -> None:
    series: dict[str, list[VotingEvent]] = defaultdict(list)
    dates: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if match := _MEETING.fullmatch(event.meeting):
            series[match["series"]].append(event)
            dates[event.meeting].add(event.date)
    resumptions: dict[str, list[str]] = defaultdict(list)
    for meeting in dates:
        suspended, resumed_as, _ = meeting.partition(" (Resum")
        if resumed_as:
            resumptions[suspended].append(meeting)
    neighbours = _neighbours(events)
    for group in series.values():
        outliers, undecided = misplaced(
            [_meeting_number(event) for event in group], [event.date for event in group]
        )
        for place in outliers:
            event = group[place]
            if _is_of_one_other_meeting(event, neighbours.get(event.key, ())):
                result.corrections.append(with_meeting(event, "", MISPLACED))
        for first, second in undecided:
            _list_pair(group[first], group[second], result)
        for event in group:
            resumed = [m for m in resumptions[event.meeting] if event.date in dates[m]]
            if resumed and min(dates[event.meeting]) < event.date:
                result.corrections.append(with_meeting(event, resumed[0], RESUMED))


def _list_pair(first: VotingEvent, second: VotingEvent, result: SettledEvents) -> None:
    """List two events whose dates contradict the order of their numbers."""
    for event, contrary in ((first, second), (second, first)):
        meeting = f" ({contrary.meeting})" if contrary.meeting else ""
        others = f"{contrary.name} is dated {contrary.date}{meeting}, out of numerical order"
        discrepancy = _discrepancy(event, contrary.date, others)
        # An event that contradicts two others is listed with the first of them.
        if discrepancy.key not in {listed.key for listed in result.discrepancies}:
            result.discrepancies.append(discrepancy)


def _neighbours(events: Iterable[VotingEvent]) -> dict[str, tuple[VotingEvent, ...]]:
    """Return the events of the preceding and following resolutions of the same session."""
    sessions: dict[str, list[VotingEvent]] = defaultdict(list)
    for event in events:
        if number_of(event.name) is not None:
            sessions[event.session].append(event)
    neighbours: dict[str, tuple[VotingEvent, ...]] = {}
    for group in sessions.values():
        group.sort(key=lambda event: (number_of(event.name) or 0, event.name))
        for place, event in enumerate(group):
            neighbours[event.key] = (*group[max(0, place - 1) : place], *group[place + 1 :][:1])
    return neighbours


def _is_of_one_other_meeting(event: VotingEvent, neighbours: Sequence[VotingEvent]) -> bool:
    """Return whether both neighbouring resolutions have this day and the same other meeting."""
    days = {neighbour.date for neighbour in neighbours}
    meetings = {neighbour.meeting for neighbour in neighbours}
    return (
        len(neighbours) == 2
        and days == {event.date}
        and len(meetings) == 1
        and event.meeting not in meetings
    )


def _meeting_number(event: VotingEvent) -> int:
    match = _MEETING.match(event.meeting)
    return int(match["number"]) if match else 0


def _discrepancy(event: VotingEvent, other: str, others: str) -> Discrepancy:
    place = f" in {event.meeting}" if event.meeting else ""
    return Discrepancy(
        key=f"{event.key}-date-out-of-order-{event.source}",
        aspect="date",
        concerns=(
            ("event", event.key),
            *((("meeting", slug(event.meeting)),) if event.meeting else ()),
        ),
        accepted=event.date,
        accepted_from=(event.source,),
        other=other,
        other_from=(event.source,),
        description=f"{event.name}: date {event.date}{place}, but {others}",
    )
