"""Corrections of values that contradict other values of the same source."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from kg.model.discrepancies import Discrepancy
from kg.model.votes import VotingEvent


@dataclass(frozen=True)
class Correction:
    """An event with a value that differs from the recorded one; ``read_as`` may be empty."""

    event: VotingEvent
    aspect: Literal["date", "meeting"]
    recorded: str
    read_as: str
    rule: str


@dataclass
class SettledEvents:
    """The events of one source in order, with corrections and doubtful values."""

    events: list[VotingEvent]
    corrections: list[Correction] = field(default_factory=list)
    discrepancies: list[Discrepancy] = field(default_factory=list)


def with_date(event: VotingEvent, date: str, rule: str) -> Correction:
    """Return the correction of a date, a day or a month."""
    changed = replace(
        event,
        date=date,
        decides=event.decides and replace(event.decides, date=date),
        overruled={**event.overruled, "date": event.date},
    )
    return Correction(changed, "date", event.date, date, rule)


def with_meeting(event: VotingEvent, meeting: str, rule: str) -> Correction:
    """Return the correction of a meeting; empty means unknown."""
    overruled = {**event.overruled, "meeting": event.meeting}
    changed = replace(event, meeting=meeting, overruled=overruled)
    return Correction(changed, "meeting", event.meeting, meeting, rule)
