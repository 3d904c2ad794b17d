"""Roll calls of two sources that number them in the same way, as unvotes and voeten do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kg.model.votes import VotingEvent
from kg.pipeline.matching import joined


@dataclass
class Numbered:
    """Events matched by number, under the keys of the other source, and the rest.

    ``repeated`` counts votes of events that record a roll call a second time.
    """

    events: dict[str, VotingEvent] = field(default_factory=dict)
    rest: list[VotingEvent] = field(default_factory=list)
    repeated: int = 0


def match(name: str, events: Iterable[VotingEvent], others: Sequence[VotingEvent]) -> Numbered:
    """Match events of a source with those of another one that has the same number.

    Month and session must agree too. An unmatched event whose document another event decides is
    identified by the source ``name`` and its number.
    """
    by_number = {
        number: other for other in others for number in other.source_record.split(", ") if number
    }
    result = Numbered()
    for event in events:
        other = by_number.get(event.source_record)
        if other is None or (event.month, event.session) != (other.month, other.session):
            result.rest.append(event)
        elif first := result.events.get(other.key):
            result.repeated += len(event.votes)
            result.events[other.key] = joined(first, event)
        else:
            result.events[other.key] = replace(
                event, key=other.key, decides=None, relates_to="", vote_on=None,
                replaces=() if event.key == other.key else (event.key,),
            )  # fmt: skip
    result.rest = [
        replace(event, key=f"{name}-{event.source_record}", decides=None, vote_on=None)
        if event.key in result.events
        else event
        for event in result.rest
    ]
    return result
