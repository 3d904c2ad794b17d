"""Matching: which roll calls of two sources are the same where their symbols do not show it.

unvotes has no certain symbol for a third of its rows, and some of its symbols are wrong. Its months
are right, and so are nearly all of its votes. So a row that shares no symbol with the UN Digital
Library is the roll call of the same month that has its votes. Votes are compared state by state;
non-voting is no vote, because unvotes does not record it. Two roll calls are one if

- they differ in no more than 3 % of the states that voted in either (2 % where the row is an
  amendment, a paragraph or a motion), and
- every other roll call of the month differs from either of them in at least two states more.

docs/sources.md says how often this is right, and how that was measured.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kg.model.discrepancies import Discrepancy
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import VotingEvent

#: Share of states, of those that voted in either, that may differ between two records of one roll
#: call; docs/sources.md says how it was measured.
_MAX_DIFFERING: Final = 0.03
#: The same for votes on parts: many of them have nearly the votes of the whole.
_MAX_DIFFERING_PARTS: Final = 0.02
#: States by which every other roll call of the month must differ more.
_MIN_MARGIN: Final = 2
#: Share of differing states above which votes under one symbol may be those of another roll call.
_DOUBTFUL_DIFFERING: Final = 0.10


@dataclass
class Matches:
    """The events of the second source under the keys of the roll calls they are, ordered by key.

    ``by_symbol`` and ``by_votes`` are the numbers of roll calls found in both sources, by how they
    were found.
    """

    events: list[VotingEvent]
    by_symbol: int = 0
    by_votes: int = 0
    discrepancies: list[Discrepancy] = field(default_factory=list)


def match(anchors: Sequence[VotingEvent], events: Sequence[VotingEvent]) -> Matches:
    """Match events with those of another source, the anchors, whose symbols are certain."""
    anchor_of = {anchor.key: anchor for anchor in anchors}
    shared = {event.key for event in events if event.key in anchor_of}
    matrix = _VoteMatrix([*anchors, *events])
    matches = Matches([event for event in events if event.key in shared], by_symbol=len(shared))
    matches.discrepancies = list(_doubtful_symbols(anchor_of, matches.events, matrix))

    unmatched = [event for event in events if event.key not in shared]
    free = [anchor for anchor in anchors if anchor.key not in shared]
    symbol_of: dict[str, str] = {}
    # Parts come last: the vote on the whole has the first claim to its anchor.
    for max_differing, parts in ((_MAX_DIFFERING, False), (_MAX_DIFFERING_PARTS, True)):
        candidates = [event for event in unmatched if _is_part(event) == parts]
        pairs = matrix.pairs(candidates, free, max_differing)
        paired = {event.key for pair in pairs for event in pair}
        unmatched = [event for event in unmatched if event.key not in paired]
        free = [anchor for anchor in free if anchor.key not in paired]
        matches.by_votes += len(pairs)
        for event, anchor in pairs:
            _add_pair(matches, event, anchor)
            if event.decides:
                symbol_of[event.key] = anchor.name
    corrected = [_with_symbol(event, symbol_of) for event in (*matches.events, *unmatched)]
    matches.events = sorted(corrected, key=lambda event: event.key)
    matches.discrepancies.sort(key=lambda discrepancy: discrepancy.key)
    return matches


def _add_pair(matches: Matches, event: VotingEvent, anchor: VotingEvent) -> None:
    """Add an event under the key of its anchor; another symbol of it is a discrepancy."""
    matches.events.append(replace(event, key=anchor.key, decides=None, relates_to="", vote_on=None))
    if event.decides:
        description = f"{anchor.name}: the same votes stand under {event.name}"
        matches.discrepancies.append(_discrepancy(anchor, event, event.name, description))


def _with_symbol(event: VotingEvent, symbol_of: dict[str, str]) -> VotingEvent:
    """Return an event that relates to a resolution by the symbol of its anchor."""
    symbol = event.relates_to and symbol_of.get(slug(event.relates_to))
    return replace(event, relates_to=symbol) if symbol else event


def _is_part(event: VotingEvent) -> bool:
    return event.vote_on in {"amendment", "paragraph", "motion"}


def _doubtful_symbols(
    anchor_of: dict[str, VotingEvent], shared: list[VotingEvent], matrix: _VoteMatrix
) -> Iterator[Discrepancy]:
    """Yield where the votes under a symbol are those of another document."""
    doubtful = [
        event
        for event in shared
        if matrix.differing_share(event, anchor_of[event.key]) > _DOUBTFUL_DIFFERING
    ]
    months = {event.date[:7] for event in doubtful}
    candidates = [anchor for anchor in anchor_of.values() if anchor.date[:7] in months]
    for event, anchor in matrix.pairs(doubtful, candidates, _MAX_DIFFERING_PARTS):
        description = (
            f"{event.name}: the votes that stand under it elsewhere are those of {anchor.name}"
        )
        yield _discrepancy(anchor_of[event.key], event, anchor.name, description)


def _discrepancy(
    anchor: VotingEvent, event: VotingEvent, symbol: str, description: str
) -> Discrepancy:
    return Discrepancy(
        key=f"{anchor.key}-symbol-{event.source}",
        aspect="symbol",
        concerns=(("event", anchor.key),),
        accepted=anchor.name,
        accepted_from=(anchor.source,),
        other=symbol,
        other_from=(event.source,),
        description=description,
    )


class _VoteMatrix:
    """The votes of events, a row for each event and a column for each state; 0 is no vote."""

    def __init__(self, events: Sequence[VotingEvent]) -> None:
        columns: dict[str, int] = {}
        for event in events:
            for state in event.votes:
                columns.setdefault(state, len(columns))
        self._row = {id(event): row for row, event in enumerate(events)}
        self._matrix = np.zeros((len(events), len(columns)), dtype=np.int8)
        for row, event in enumerate(events):
            for state, option in event.votes.items():
                if option is not VoteOption.NON_VOTING:
                    self._matrix[row, columns[state]] = option.number

    def differing_share(self, first: VotingEvent, second: VotingEvent) -> float:
        """Return the share of states that differ, of those that voted in either event."""
        differing, voting = self._compare([first], [second])
        return float(differing[0, 0] / max(voting[0, 0], 1))

    def pairs(
        self, events: list[VotingEvent], anchors: list[VotingEvent], max_differing: float
    ) -> list[tuple[VotingEvent, VotingEvent]]:
        """Return which events are one roll call with which anchors, month by month."""
        months: dict[str, tuple[list[VotingEvent], list[VotingEvent]]] = defaultdict(
            lambda: ([], [])
        )
        for side, group in enumerate((events, anchors)):
            for event in group:
                months[event.date[:7]][side].append(event)
        return [
            pair
            for of_month, anchors_of_month in months.values()
            if of_month and anchors_of_month
            for pair in self._pairs_of_month(of_month, anchors_of_month, max_differing)
        ]

    def _pairs_of_month(
        self, events: list[VotingEvent], anchors: list[VotingEvent], max_differing: float
    ) -> Iterator[tuple[VotingEvent, VotingEvent]]:
        differing, voting = self._compare(events, anchors)
        for row, column in enumerate(differing.argmin(axis=1)):
            least = differing[row, column]
            rivals = np.append(
                np.delete(differing[row], column), np.delete(differing[:, column], row)
            )
            is_clear = rivals.size == 0 or rivals.min() - least >= _MIN_MARGIN
            if is_clear and least <= max_differing * voting[row, column]:
                yield events[row], anchors[column]

    def _compare(
        self, events: Sequence[VotingEvent], anchors: Sequence[VotingEvent]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return in how many states each pair differs, and how many voted in either."""
        rows = self._matrix[[self._row[id(event)] for event in events]][:, None, :]
        columns = self._matrix[[self._row[id(anchor)] for anchor in anchors]][None, :, :]
        return (rows != columns).sum(axis=2), ((rows > 0) | (columns > 0)).sum(axis=2)
