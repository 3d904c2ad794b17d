"""Merging events as in a build, each stream under the name of its registered source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.model.votes import MergedEvent, VotingEvent
from kg.pipeline.merging import merge_events
from kg.resources import DATA
from kg.sources.registry import precedence
from kg.sources.states import read_register

#: The embedded states, which determine the holder of a seat on the day of an event.
STATES: Final = read_register(DATA)
#: The registered name of a source by its Source key, where they differ.
_NAME_OF: Final = {
    "ukraine-roll-calls": "ukraine",
    "ukraine-council-votes": "ukraine",
    "un-verbatim-records": "verbatim",
    "unvotes-package": "unvotes",
    "voeten-table": "voeten",
}


def merge(*streams: Iterable[VotingEvent]) -> Iterator[MergedEvent]:
    """Merge the events of several sources by the precedence of the registry."""
    events_of = {}
    for stream in streams:
        events = list(stream)
        if events:
            events_of[_NAME_OF.get(events[0].source, events[0].source)] = events
    return merge_events(events_of, precedence(), STATES)
