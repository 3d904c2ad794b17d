"""How two states voted in a year, as tables of three by three, and the measures of similarity.

The counts of all pairs are products of matrices with a row for each event and a column for each
position of each state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from kg.analysis.votes import Integers, Mask, Record
from kg.model.similarity import MEASURES, POSITIONS, VoteTable

Floats = NDArray[np.float64]

_DIGITS: Final = 6


@dataclass(frozen=True)
class Dyads:
    """Pairs of states in a year.

    ``first`` and ``second`` are rows of ``Record.states``, ordered within a pair. ``joint`` has the
    shape (pairs, 4, 4): a row for each option of the first state, a column for each of the second,
    with non-voting as the last one. ``contested`` has the shape (pairs, 3, 3): the same without
    non-voting, of contested events only.
    """

    year: int
    first: Integers
    second: Integers
    joint: Integers
    contested: Integers

    @property
    def counts(self) -> Integers:
        """The tables of three by three: ``joint`` without non-voting."""
        return self.joint[:, :POSITIONS, :POSITIONS]


def dyads(
    record: Record, counted: Mask, non_voting: tuple[Integers, Integers] | None = None
) -> Iterator[Dyads]:
    """Yield the pairs of states that shared a vote, by year.

    ``counted`` says for each event whether it counts, ``non_voting`` has the rows of events and
    states of non-voting, if it is wanted. An event is contested if states took at least two of the
    three positions.
    """
    counted_votes = np.flatnonzero(counted[record.event])
    years = record.years[record.event[counted_votes]]
    contested = record.contested()
    for year in np.unique(years):
        votes = counted_votes[years == year]
        events, event = np.unique(record.event[votes], return_inverse=True)
        states, state = np.unique(record.state[votes], return_inverse=True)
        # Single precision is exact here: no year has more than 2 ** 24 events.
        cast = np.zeros((len(events), POSITIONS + 1, len(states)), dtype=np.float32)
        cast[event, record.option[votes], state] = 1
        if non_voting:
            absent = np.isin(non_voting[0], events) & np.isin(non_voting[1], states)
            event, state = (rows[absent] for rows in non_voting)
            cast[np.searchsorted(events, event), POSITIONS, np.searchsorted(states, state)] = 1
        joint = _counts(cast)
        shared = joint[:, :POSITIONS, :POSITIONS].any(axis=(1, 2))
        first, second = np.triu_indices(len(states), 1)
        yield Dyads(
            int(year),
            states[first[shared]],
            states[second[shared]],
            joint[shared],
            _counts(cast[contested[events], :POSITIONS])[shared],
        )


def _counts(cast: NDArray[np.float32]) -> Integers:
    """Return the tables of all pairs of states, from ones by event, position and state."""
    events, options, states = cast.shape
    flat = cast.reshape(events, options * states)
    together = (flat.T @ flat).reshape(options, states, options, states)
    first, second = np.triu_indices(states, 1)
    return together[:, first, :, second].astype(np.int64)


def measures(counts: Integers) -> dict[str, Floats]:
    """Return the measures of tables of three by three, by the name of their column.

    ``counts`` has the shape (tables, 3, 3); undefined values are NaN.
    """
    # Tables of the model begin with the position in favour. Its formulas, of sums and products,
    # apply to arrays as to numbers.
    cells = tuple(counts[:, ::-1, ::-1].reshape(-1, POSITIONS**2).T)
    table = VoteTable(cast("tuple[int, ...]", cells))
    values = {}
    for measure in MEASURES.values():
        if measure.column:
            numerator, denominator = map(np.asarray, measure.ratio(table))
            ratio = np.full(len(counts), np.nan)
            np.divide(numerator, denominator, out=ratio, where=denominator > 0)
            # Adding zero turns -0 into 0.
            values[measure.column] = np.round(ratio, _DIGITS) + 0.0
    return values
