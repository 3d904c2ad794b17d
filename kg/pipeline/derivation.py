"""Facts computed from the merged events, in any order.

The positions of a year form one matrix, with a row for each event and a column for each state. If
``P`` is 1 for a yes, a no or an abstention and 0 elsewhere, entry (i, j) of ``P.T @ P`` is the
number of events on which both states voted. The same product for a single option counts the events
on which both chose it, and the sum over the three options is the number of identical votes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import comb
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from kg.errors import InvalidDataError
from kg.model.derived import AgreementObservation, DerivedFact, Margin, YearlyTally
from kg.model.vote_option import VOTES_CAST, VoteOption
from kg.model.votes import BodyName, MergedEvent

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class YearlyAgreement:
    """The agreement of all states in a year: two matrices of states by states, both symmetric."""

    year: int
    shared: Counts
    identical: Counts


class VoteMatrices:
    """The votes of all events, as a matrix per body and year, and the facts derived from them."""

    def __init__(self, states: Iterable[str]) -> None:
        self._states = sorted(states)
        self._column = {state: number for number, state in enumerate(self._states)}
        self._rows: dict[tuple[BodyName, int], list[NDArray[np.int8]]] = defaultdict(list)
        #: The number of votes of each body and year for which no source records non-voting.
        self._unrecorded: Counter[tuple[BodyName, int]] = Counter()
        self._margins: list[Margin] = []
        self._sources: set[str] = set()

    def add(self, merged: MergedEvent) -> None:
        """Add an event.

        Raises:
            KeyError: if a vote is cast by a state that was not passed to the constructor.
        """
        event = merged.event
        if event.possibly_same_as:
            # It may be a duplicate.
            return
        if event.votes:
            self._margins.append(
                Margin(event.key, event.count(VoteOption.YES) - event.count(VoteOption.NO))
            )
        self._sources.update(merged.sources)
        body_year = event.body, event.year
        row = np.zeros(len(self._states), dtype=np.int8)
        for state, option in event.votes.items():
            row[self._column[state]] = option.number
        self._rows[body_year].append(row)
        if not (event.records_non_voting or event.without_vote):
            self._unrecorded[body_year] += 1

    @property
    def sources(self) -> list[str]:
        """The keys of the sources of all events."""
        return sorted(self._sources)

    def groups(self) -> Iterator[Sequence[DerivedFact]]:
        """Yield the facts of each kind, and of each body and year, in the order of their keys.

        A group may be empty.

        Raises:
            InvalidDataError: if the agreement of a year is inconsistent.
        """
        yield sorted(self._margins, key=attrgetter("event"))
        for body, year in sorted(self._rows):
            yield list(self._tallies(body, year))
        for body, year in sorted(self._rows):
            if body == "GeneralAssembly":
                yield list(self._observations(year))

    def _tallies(self, body: BodyName, year: int) -> Iterator[YearlyTally]:
        positions = np.stack(self._rows[body, year])
        counts = np.stack([(positions == option.number).sum(axis=0) for option in VoteOption])
        for column in np.flatnonzero(counts.any(axis=0)):
            numbers = zip(VoteOption, counts[:, column].tolist(), strict=True)
            unrecorded = self._unrecorded[body, year]
            yield YearlyTally(body, self._states[column], year, dict(numbers), unrecorded)

    def _observations(self, year: int) -> Iterator[AgreementObservation]:
        positions = np.stack(self._rows["GeneralAssembly", year])
        agreement = yearly_agreement(year, positions)
        check_agreement(agreement, positions)
        first, second = np.nonzero(np.triu(agreement.shared, k=1))
        shared, identical = agreement.shared[first, second], agreement.identical[first, second]
        for column, other_column, shared_votes, identical_votes in zip(
            first.tolist(), second.tolist(), shared.tolist(), identical.tolist(), strict=True
        ):
            states = (self._states[column], self._states[other_column])
            yield AgreementObservation(states, year, shared_votes, identical_votes)


def yearly_agreement(year: int, positions: NDArray[np.int8]) -> YearlyAgreement:
    """Return the agreement of all states from the positions of a year, events by states."""
    # Floating-point products are far faster than integer products, and exact below 2 ** 53.
    by_option = [(positions == option.number).astype(np.float64) for option in VOTES_CAST]
    voted = sum(by_option)
    assert isinstance(voted, np.ndarray)
    identical = sum(option.T @ option for option in by_option)
    assert isinstance(identical, np.ndarray)
    return YearlyAgreement(year, (voted.T @ voted).astype(np.int64), identical.astype(np.int64))


def check_agreement(agreement: YearlyAgreement, positions: NDArray[np.int8]) -> None:
    """Check every pair of a year, and the sum over all pairs against the tallies of the events.

    An event in which n states voted is shared by n(n - 1)/2 pairs, and identical for the pairs of
    each option; the tallies are counted along the other axis of the matrix, without products.

    Raises:
        InvalidDataError: if a check fails.
    """
    shared, identical = agreement.shared, agreement.identical
    tallies = [(positions == option.number).sum(axis=1).tolist() for option in VOTES_CAST]
    pairs = sum(comb(sum(event), 2) for event in zip(*tallies, strict=True))
    same = sum(comb(count, 2) for tally in tallies for count in tally)
    holds = {
        "identical votes are shared votes": bool((identical <= shared).all()),
        "no count is negative": bool((identical >= 0).all()),
        "agreement has no direction": bool(
            (shared == shared.T).all() and (identical == identical.T).all()
        ),
        "shared votes add up": int(np.triu(shared, k=1).sum()) == pairs,
        "identical votes add up": int(np.triu(identical, k=1).sum()) == same,
    }
    broken = [rule for rule, kept in holds.items() if not kept]
    if broken:
        raise InvalidDataError(f"the agreement of {agreement.year} is wrong: {'; '.join(broken)}")
