"""The periods that a source covers, by body."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kg.model.votes import VotingEvent
from kg.release.coverage import Coverage, earliest


def coverage(events: Iterable[VotingEvent], *, selected: bool) -> tuple[Coverage, ...]:
    """Return the periods of the events of a source, one for each of its bodies and graph sources.

    ``selected`` is set for a source that contains only chosen events.
    """
    groups: dict[tuple[str, str], list[VotingEvent]] = defaultdict(list)
    for event in events:
        groups[event.body, event.source].append(event)
    return tuple(
        Coverage(
            body=body,
            source=source,
            first=earliest(event.date for event in group),
            last=max(event.date for event in group),
            events=len(group),
            without_vote=sum(event.without_vote for event in group),
            selected=selected,
        )
        for (body, source), group in sorted(groups.items())
    )
