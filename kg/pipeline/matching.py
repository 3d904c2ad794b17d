"""Finding the roll calls that two sources both tell of where symbols do not show it.

unvotes has no certain symbol for a third of its rows, and some of its symbols are wrong. Its months
are right, and so are nearly all of its votes. So a row that shares no symbol with the UN Digital
Library is the roll call of the same month whose votes it has: votes are compared state by state,
non-voting counting as silence, which is how unvotes has it. Two roll calls are one if

- they differ in no more than 3 % of the states that voted in either (2 % where the row is told as
  an amendment, a paragraph or a motion), and
- every other roll call of the month differs from either of them in at least two states more.

docs/sources.md says how often this is right, and how that was measured.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from kg.model.discrepancies import Discrepancy
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import VotingEvent

_SHARE: Final = 0.03
_SHARE_OF_PARTS: Final = 0.02
_GAP: Final = 2
#: From this share of differing states on, votes under one symbol may be those of another roll call.
_DOUBTFUL: Final = 0.10


@dataclass
class Matched:
    """The rows of the loose source with the keys of the roll calls they are, in order of keys.

    ``by_symbol`` and ``by_votes`` are how many were found in both sources, and how.
    """

    events: list[VotingEvent]
    by_symbol: int = 0
    by_votes: int = 0
    discrepancies: list[Discrepancy] = field(default_factory=list)


def match(anchored: Sequence[VotingEvent], loose: Sequence[VotingEvent]) -> Matched:
    """Return the loose events, each that is an anchored one under the key of that one."""
    anchors = {event.key: event for event in anchored}
    shared = {event.key for event in loose if event.key in anchors}
    tables = _Votes([*anchored, *loose])
    matched = Matched([event for event in loose if event.key in shared], by_symbol=len(shared))
    matched.discrepancies = list(_doubts(anchors, matched.events, tables))

    rest = [event for event in loose if event.key not in shared]
    free = [event for event in anchored if event.key not in shared]
    renamed: dict[str, str] = {}
    # What is told as a part of something goes last: the whole comes before it.
    for share, part in ((_SHARE, False), (_SHARE_OF_PARTS, True)):
        among = [event for event in rest if _is_part(event) == part]
        pairs = tables.pairs(among, free, share)
        taken = {event.key for pair in pairs for event in pair}
        rest = [event for event in rest if event.key not in taken]
        free = [event for event in free if event.key not in taken]
        matched.by_votes += len(pairs)
        for one, anchor in pairs:
            same = replace(one, key=anchor.key, decides=None, relates_to="", vote_on=None)
            matched.events.append(same)
            if one.decides:
                renamed[one.key] = anchor.name
                told = f"{anchor.name}: the same votes stand under {one.name}"
                matched.discrepancies.append(_difference(anchor, one, one.name, told))
    events = [_renamed(event, renamed) for event in (*matched.events, *rest)]
    matched.events = sorted(events, key=lambda event: event.key)
    matched.discrepancies.sort(key=lambda one: one.key)
    return matched


def _renamed(event: VotingEvent, renamed: dict[str, str]) -> VotingEvent:
    """Return an event that relates to a resolution by the symbol that is now known of it."""
    symbol = event.relates_to and renamed.get(slug(event.relates_to))
    return replace(event, relates_to=symbol) if symbol else event


def _is_part(event: VotingEvent) -> bool:
    return event.vote_on in {"amendment", "paragraph", "motion"}


def _doubts(
    anchors: dict[str, VotingEvent], shared: list[VotingEvent], tables: _Votes
) -> list[Discrepancy]:
    """Return where the votes under a symbol are not its own, but those of another document."""
    doubtful = [one for one in shared if tables.share(one, anchors[one.key]) > _DOUBTFUL]
    months = {one.date[:7] for one in doubtful}
    near = [anchor for anchor in anchors.values() if anchor.date[:7] in months]
    return [
        _difference(
            anchors[one.key],
            one,
            anchor.name,
            f"{one.name}: the votes that stand under it elsewhere are those of {anchor.name}",
        )
        for one, anchor in tables.pairs(doubtful, near, _SHARE_OF_PARTS)
    ]


def _difference(
    anchor: VotingEvent, loose: VotingEvent, symbol: str, description: str
) -> Discrepancy:
    return Discrepancy(
        key=f"{anchor.key}-symbol-{loose.source}",
        aspect="symbol",
        concerns=(("event", anchor.key),),
        accepted=anchor.name,
        accepted_from=(anchor.source,),
        other=symbol,
        other_from=(loose.source,),
        description=description,
    )


class _Votes:
    """The votes of events as rows of small numbers, one column a state, 0 for none or silence."""

    def __init__(self, events: Sequence[VotingEvent]) -> None:
        columns: dict[str, int] = {}
        for event in events:
            for state in event.votes:
                columns.setdefault(state, len(columns))
        self._row = {id(event): row for row, event in enumerate(events)}
        self._table = np.zeros((len(events), len(columns)), dtype=np.int8)
        for row, event in enumerate(events):
            for state, option in event.votes.items():
                if option is not VoteOption.NON_VOTING:
                    self._table[row, columns[state]] = option.number

    def share(self, one: VotingEvent, other: VotingEvent) -> float:
        """Return the share of states that differ, of those that voted in either."""
        differing, voting = self._compared([one], [other])
        return float(differing[0, 0] / max(voting[0, 0], 1))

    def pairs(
        self, ones: list[VotingEvent], others: list[VotingEvent], share: float
    ) -> list[tuple[VotingEvent, VotingEvent]]:
        """Return which events of two lists are one roll call, month by month."""
        months: dict[str, tuple[list[VotingEvent], list[VotingEvent]]] = defaultdict(
            lambda: ([], [])
        )
        for side, events in enumerate((ones, others)):
            for event in events:
                months[event.date[:7]][side].append(event)
        found = []
        for left, right in months.values():
            if left and right:
                found += self._pairs(left, right, share)
        return found

    def _pairs(
        self, ones: list[VotingEvent], others: list[VotingEvent], share: float
    ) -> list[tuple[VotingEvent, VotingEvent]]:
        differing, voting = self._compared(ones, others)
        found = []
        for row, column in enumerate(differing.argmin(axis=1)):
            least = differing[row, column]
            rivals = np.append(
                np.delete(differing[row], column), np.delete(differing[:, column], row)
            )
            alone = rivals.size == 0 or rivals.min() - least >= _GAP
            if alone and least <= share * voting[row, column]:
                found.append((ones[row], others[column]))
        return found

    def _compared(
        self, ones: Sequence[VotingEvent], others: Sequence[VotingEvent]
    ) -> tuple[Any, Any]:
        """Return in how many states each pair differs, and how many voted in either."""
        a = self._table[[self._row[id(event)] for event in ones]][:, None, :]
        b = self._table[[self._row[id(event)] for event in others]][None, :, :]
        return (a != b).sum(axis=2), ((a > 0) | (b > 0)).sum(axis=2)
