"""A value of a source that contradicts others of it, and is not read as it stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from kg.model.discrepancies import Discrepancy
from kg.model.votes import VotingEvent


@dataclass(frozen=True)
class Correction:
    """An event with a value that is no longer the recorded one; ``read_as`` is empty for none."""

    event: VotingEvent
    aspect: Literal["date", "meeting"]
    recorded: str
    read_as: str
    rule: str


@dataclass
class SettledEvents:
    """The events of one source in their order, with what was changed and what is doubtful."""

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
    """Return the correction of a meeting; an empty one is not known."""
    overruled = {**event.overruled, "meeting": event.meeting}
    changed = replace(event, meeting=meeting, overruled=overruled)
    return Correction(changed, "meeting", event.meeting, meeting, rule)
