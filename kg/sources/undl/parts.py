"""Parts of a resolution that were voted on together but are recorded separately.

Where a text has parts, the library may have a record of the whole and one of each part, all with
the votes of one roll call: A/RES/61/128A-B, [A], [B] and eleven territories under [B]. Counted
separately, one vote of a state would count as fourteen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from kg.model.votes import VotingEvent

RULE: Final = (
    "a part with the day, the meeting and exactly the votes of the whole text may be the same roll "
    "call"
)
#: A symbol in its canonical spelling: the common prefix of all parts, and the part.
_SYMBOL: Final = re.compile(
    r"(?P<common>A/RES/\d+\([^)]+\)|A/(?:RES|DEC)/[^/]+/\d+)\[?(?P<part>[^\]]*)\]?"
)
#: Parts A to C, "A-C"; but "A-I" is section I of part A.
_RANGE: Final = re.compile(r"A-([B-HJ-UWYZ])")


def mark_repeated(events: Iterable[VotingEvent]) -> list[VotingEvent]:
    """Return events; a part that repeats the roll call of a containing text refers to its event."""
    events = list(events)
    alike: dict[tuple[str, str, str], list[tuple[str, VotingEvent]]] = defaultdict(list)
    for event in events:
        if event.votes and (split := _split(event)):
            common, part = split
            alike[common, event.date, event.meeting].append((part, event))
    wholes = {
        event.key: whole.key
        for group in alike.values()
        for part, event in group
        if (whole := _outermost(part, event, group))
    }
    return [
        replace(event, possibly_same_as=wholes[event.key]) if event.key in wholes else event
        for event in events
    ]


def contains(whole: str, part: str) -> bool:
    """Return whether one part of a resolution contains another; an empty part is the whole text.

    >>> contains("", "A"), contains("A-C", "B"), contains("B", "B-IX"), contains("A", "A-B")
    (True, True, True, False)
    """
    if whole == part:
        return False
    if not whole:
        return True
    if letters := _RANGE.fullmatch(whole):
        return bool(re.match(rf"[A-{letters[1]}](?:-|$)", part))
    return part.startswith(f"{whole}-") and not _RANGE.fullmatch(part)


def _outermost(
    part: str, event: VotingEvent, group: list[tuple[str, VotingEvent]]
) -> VotingEvent | None:
    """Return the event of the largest text that contains a part and has its votes."""
    wholes = [
        (part_of_whole, whole)
        for part_of_whole, whole in group
        if contains(part_of_whole, part) and whole.votes == event.votes
    ]
    for part_of_whole, whole in wholes:
        if not any(contains(other, part_of_whole) for other, _ in wholes):
            return whole
    return None


def _split(event: VotingEvent) -> tuple[str, str] | None:
    match = _SYMBOL.fullmatch(event.decides.symbol) if event.decides else None
    return (match["common"], match["part"]) if match else None
