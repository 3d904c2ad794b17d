"""Matching roll calls recorded by two sources where symbols do not identify them.

unvotes has no certain symbol for a third of its rows, and some of its symbols are wrong. Its months
are correct, and so are nearly all of its votes. A row without a common symbol with the UN Digital
Library is therefore matched with the roll call of the same month and votes. Votes are compared
state by state; non-voting counts as missing, as in unvotes. Events with exactly the same votes form
a class: matching within a class changes no vote, so the symbol, the day and the words of title and
description decide. A row and a roll call are matched if

- their votes are the same, or
- they differ in no more than 3 % of the states that voted in either (2 % where the row is marked
  as an amendment, a paragraph or a motion), and every other class of the month differs from either
  of them in at least two more states.

An unmatched row with exactly the votes of a roll call is a second record of that roll call if it
has its symbol and its day and is not marked or described as an amendment or another part;
otherwise it may be a duplicate: ``possibly_same_as`` refers to the roll call.

docs/explanation/sources.md reports how often this is right, and how that was measured.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.model.discrepancies import Discrepancy
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import VotingEvent

#: The largest share of differing states at which a row and a roll call are matched.
MAX_DIFFERING_SHARE: Final = 0.03
#: The same for rows marked as an amendment, a paragraph or a motion.
MAX_DIFFERING_SHARE_OF_PARTS: Final = 0.02
#: The minimum number of additional states in which any other class must differ.
MIN_LEAD_STATES: Final = 2
#: From this share of differing states, votes under a symbol may be those of another roll call.
DOUBTFUL_SHARE: Final = 0.10

#: The share of common words from which two texts identify the same document.
MIN_SHARED_WORDS: Final = 0.6

#: Words for a vote on a part of a text, in descriptions of rows without a flag.
_PART: Final = re.compile(
    r"\b(?:oral )?amendments?\b|\bseparate vote\b|\bparagraph\b", re.IGNORECASE
)
#: A title in the minutes quoted by descriptions; its curly quotes were lost in conversion.
_TITLE: Final = re.compile(r"\bentitled _(.+?)<d3>")
#: Words that titles and descriptions share whatever their subject.
_COMMON_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "the and for draft resolution res resol adopt committee comm whole question report general "
        "assembly united nations",
    )
)


class Pair(NamedTuple):
    """A row of the loose source and the matching roll call of the anchor source."""

    row: VotingEvent
    anchor: VotingEvent


@dataclass
class Matches:
    """The rows of the loose source with the keys of the matched roll calls, in order of keys.

    ``by_symbol`` and ``by_votes`` count the roll calls matched in both sources, ``repeated`` the
    votes of rows that record a roll call a second time.
    """

    events: list[VotingEvent]
    by_symbol: int = 0
    by_votes: int = 0
    repeated: int = 0
    discrepancies: list[Discrepancy] = field(default_factory=list)


def match(anchored: Sequence[VotingEvent], loose: Sequence[VotingEvent]) -> Matches:
    """Return the loose events; matched events have the key of the anchored event."""
    anchors = {event.key: event for event in anchored}
    by_symbol = [event for event in loose if event.key in anchors]
    rest = [event for event in loose if event.key not in anchors]
    table = _VoteTable([*anchored, *loose])
    matches = Matches(list(by_symbol), by_symbol=len(by_symbol))
    matches.discrepancies = list(_doubts(anchors, by_symbol, table))

    taken = {event.key for event in by_symbol}
    pairs = _pairs_by_votes(rest, [event for event in anchored if event.key not in taken], table)
    renamed = {}
    for row, anchor in pairs:
        matches.events.append(_under(row, anchor))
        if row.decides:
            renamed[row.key] = anchor.name
            matches.discrepancies.append(
                _difference(
                    anchor, row, row.name, f"{anchor.name}: the same votes are under {row.name}"
                )
            )
    matches.by_votes = len(pairs)
    rows = {row.key for row, _ in pairs}
    rest = [event for event in rest if event.key not in rows]
    rest = _twins(matches, rest, anchored, table)
    events = [_renamed(event, renamed) for event in (*matches.events, *rest)]
    matches.events = sorted(events, key=lambda event: event.key)
    matches.discrepancies.sort(key=lambda discrepancy: discrepancy.key)
    return matches


def _pairs_by_votes(
    rest: list[VotingEvent], free: list[VotingEvent], table: _VoteTable
) -> list[Pair]:
    """Return the matches: equal votes first, and wholes before parts."""
    pairs: list[Pair] = []
    for part, share, lead in (
        (False, 0.0, 0),
        (False, MAX_DIFFERING_SHARE, MIN_LEAD_STATES),
        (True, 0.0, 0),
        (True, MAX_DIFFERING_SHARE_OF_PARTS, MIN_LEAD_STATES),
    ):
        rows = [event for event in rest if _is_part(event) == part]
        wholes = [event for event in rest if not _is_part(event)] if part else []
        new = table.pairs(rows, free, share, lead, wholes)
        pairs += new
        taken = {event.key for pair in new for event in pair}
        rest = [event for event in rest if event.key not in taken]
        free = [event for event in free if event.key not in taken]
    return pairs


def _twins(
    matches: Matches, rest: list[VotingEvent], anchored: Sequence[VotingEvent], table: _VoteTable
) -> list[VotingEvent]:
    """Return the unmatched rows; second records of a matched roll call are joined to it."""
    twins: dict[tuple[str, bytes], list[VotingEvent]] = defaultdict(list)
    for anchor in anchored:
        twins[anchor.month, table.signature(anchor)].append(anchor)
    place = {event.key: number for number, event in enumerate(matches.events)}
    left = []
    for row in rest:
        candidates = twins.get((row.month, table.signature(row)))
        if not candidates:
            left.append(row)
            continue
        anchor = max(candidates, key=lambda candidate: _evidence(row, candidate))
        if _is_recorded_again(row, anchor) and anchor.key in place:
            number = place[anchor.key]
            kept = matches.events[number]
            description = kept.description or row.description
            matches.events[number] = replace(joined(kept, row), description=description)
            matches.repeated += len(row.votes)
        else:
            left.append(replace(row, possibly_same_as=anchor.key))
    return left


def _is_recorded_again(row: VotingEvent, anchor: VotingEvent) -> bool:
    """Return whether a row with the votes of a roll call is a second record of it."""
    evidence = _evidence(row, anchor)
    if not (evidence.same_symbol and evidence.day_fits and evidence.is_whole):
        return False
    # Minutes end with the text that is put to the vote, after any amendments.
    *_, last = ("", *_TITLE.findall(row.description))
    return not _PART.search(row.description) or _shared_words(last, anchor) >= MIN_SHARED_WORDS


def joined(event: VotingEvent, again: VotingEvent) -> VotingEvent:
    """Return one event from two records of it in one source; the first has the votes."""
    return replace(
        event,
        source_number=f"{event.source_number}, {again.source_number}",
        source_record=f"{event.source_record}, {again.source_record}",
        replaces=(*event.replaces, again.key),
        topics=tuple(sorted({*event.topics, *again.topics})),
        important=event.important or again.important,
    )


def _under(row: VotingEvent, anchor: VotingEvent) -> VotingEvent:
    """Return a row as a record of the matched roll call."""
    replaces = (row.key,)
    return replace(
        row, key=anchor.key, decides=None, relates_to="", vote_on=None, replaces=replaces
    )


def _renamed(event: VotingEvent, renamed: dict[str, str]) -> VotingEvent:
    """Return an event with its related resolution under the symbol found by matching."""
    symbol = event.relates_to and renamed.get(slug(event.relates_to))
    return replace(event, relates_to=symbol) if symbol else event


def _is_part(event: VotingEvent) -> bool:
    return event.vote_on in {"amendment", "paragraph", "motion"}


class _Evidence(NamedTuple):
    """Evidence for a match in addition to the votes; fields are compared in order."""

    same_symbol: bool
    #: False where both days are known and differ.
    day_fits: bool
    is_whole: bool
    #: The share of the words of the shorter text that also occur in the other.
    shared_words: float


def _evidence(row: VotingEvent, anchor: VotingEvent) -> _Evidence:
    return _Evidence(
        same_symbol=_document_number(row.source_symbol) == _document_number(anchor.name) != (),
        day_fits=not row.day or row.day == anchor.day,
        is_whole=not _is_part(row),
        shared_words=_shared_words(row.description, anchor),
    )


def _shared_words(text: str, anchor: VotingEvent) -> float:
    """Return the share of common words, relative to the shorter of a text and a title."""
    title = anchor.decides.title if anchor.decides else ""
    theirs, ours = _words(text), _words(f"{title} {' '.join(anchor.agenda)}")
    return len(theirs & ours) / max(1, min(len(theirs), len(ours)))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.lower())) - _COMMON_WORDS


def _document_number(symbol: str) -> tuple[str, ...]:
    """Return the session, number and letter of a resolution from any spelling of its symbol.

    >>> _document_number("R/59/28") == _document_number("A/RES/59/28")
    True
    """
    match = re.fullmatch(r"(?:A/RES|R)/(\d+)/(\d+)(?:[ /\[]*([A-Z])\]?)?", symbol)
    return tuple(group or "" for group in match.groups()) if match else ()


def _doubts(
    anchors: dict[str, VotingEvent], by_symbol: list[VotingEvent], table: _VoteTable
) -> list[Discrepancy]:
    """Return discrepancies where the votes under a symbol are those of another document."""
    doubtful = [
        event for event in by_symbol if table.share(event, anchors[event.key]) > DOUBTFUL_SHARE
    ]
    months = {event.month for event in doubtful}
    near = [anchor for anchor in anchors.values() if anchor.month in months]
    return [
        _difference(
            anchors[row.key],
            row,
            anchor.name,
            f"{row.name}: another source's votes under this symbol are those of {anchor.name}",
        )
        for row, anchor in table.pairs(
            doubtful, near, MAX_DIFFERING_SHARE_OF_PARTS, MIN_LEAD_STATES
        )
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


class _VoteTable:
    """The votes of events as rows of small numbers, one column per state, 0 for no vote."""

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

    def signature(self, event: VotingEvent) -> bytes:
        """Return a value that is equal for two events if and only if their votes are the same."""
        return bytes(self._table[self._row[id(event)]])

    def share(self, event: VotingEvent, other: VotingEvent) -> float:
        """Return the share of differing states among those that voted in either."""
        differing, voting = self._compared([event], [other])
        return float(differing[0, 0] / max(voting[0, 0], 1))

    def pairs(
        self,
        rows: Iterable[VotingEvent],
        anchors: Iterable[VotingEvent],
        share: float,
        lead: int,
        preferred: Iterable[VotingEvent] = (),
    ) -> list[Pair]:
        """Return the matches, month by month.

        A roll call is reserved for any of the ``preferred`` rows that is equally close.
        """
        months: dict[str, tuple[list[VotingEvent], list[VotingEvent], list[VotingEvent]]] = (
            defaultdict(lambda: ([], [], []))
        )
        for side, events in enumerate((rows, anchors, preferred)):
            for event in events:
                months[event.month][side].append(event)
        return [
            pair
            for ours, theirs, rivals in months.values()
            if ours and theirs
            for pair in self._pairs(ours, theirs, share, lead, rivals)
        ]

    def _pairs(
        self,
        rows: list[VotingEvent],
        anchors: list[VotingEvent],
        share: float,
        lead: int,
        preferred: list[VotingEvent],
    ) -> list[Pair]:
        classes, anchor_classes = self._classes(rows), self._classes(anchors)
        differing, voting = self._compared(
            [members[0] for members in classes], [members[0] for members in anchor_classes]
        )
        pairs: list[Pair] = []
        for row, column in enumerate(differing.argmin(axis=1)):
            least = differing[row, column]
            rivals = np.append(
                np.delete(differing[row], column), np.delete(differing[:, column], row)
            )
            leads = rivals.size == 0 or rivals.min() - least >= lead
            if not leads or least > share * voting[row, column]:
                continue
            theirs = anchor_classes[column]
            if preferred and self._compared(preferred, theirs[:1])[0].min() < MIN_LEAD_STATES:
                continue
            pairs += _assigned(classes[row], theirs)
        return pairs

    def _classes(self, events: list[VotingEvent]) -> list[list[VotingEvent]]:
        """Return the events grouped by equal votes."""
        classes: dict[bytes, list[VotingEvent]] = defaultdict(list)
        for event in events:
            classes[self.signature(event)].append(event)
        return list(classes.values())

    def _compared(
        self, events: Sequence[VotingEvent], others: Sequence[VotingEvent]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return, per pair, the number of differing states and of states that voted in either."""
        a = self._table[[self._row[id(event)] for event in events]][:, None, :]
        b = self._table[[self._row[id(event)] for event in others]][None, :, :]
        return (a != b).sum(axis=2), ((a > 0) | (b > 0)).sum(axis=2)


def _assigned(rows: list[VotingEvent], anchors: list[VotingEvent]) -> list[Pair]:
    """Return pairs of rows and roll calls of one class, those with the best evidence first."""
    candidates = [
        (tuple(-float(value) for value in _evidence(row, anchor)), row.key, anchor.key, row, anchor)
        for row in rows
        for anchor in anchors
    ]
    used: Counter[str] = Counter()
    pairs = []
    for *_, row, anchor in sorted(candidates, key=lambda candidate: candidate[:3]):
        if not used[row.key] and not used[anchor.key]:
            used.update((row.key, anchor.key))
            pairs.append(Pair(row, anchor))
    return pairs
