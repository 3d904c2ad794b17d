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

from kg.analysis.votes import Integers, Record
from kg.model.ideal_points import IdealPointModel
from kg.model.similarity import MEASURES, POSITIONS, VoteTable

Floats = NDArray[np.float64]

_DIGITS: Final = 6


@dataclass(frozen=True)
class Dyads:
    """Pairs of states in a year.

    ``first`` and ``second`` are rows of ``Record.states``, ordered within a pair. ``counts`` has
    the shape (pairs, 3, 3): a row for each option of the first state, a column for each of the
    second. ``contested`` are the same counts of contested events only.
    """

    year: int
    first: Integers
    second: Integers
    counts: Integers
    contested: Integers


def dyads(record: Record, model: IdealPointModel) -> Iterator[Dyads]:
    """Yield the pairs of states that shared a vote, by year.

    An event is contested if states took at least two of the three positions.
    """
    counted = record.of_model(model)
    years = record.years[record.event]
    contested = record.contested()
    for year in np.unique(years[counted]):
        votes = np.flatnonzero(counted & (years == year))
        events, event = np.unique(record.event[votes], return_inverse=True)
        states, state = np.unique(record.state[votes], return_inverse=True)
        # Single precision is exact here: no year has more than 2 ** 24 events.
        cast = np.zeros((len(events), POSITIONS, len(states)), dtype=np.float32)
        cast[event, record.option[votes], state] = 1
        counts = _counts(cast)
        shared = counts.any(axis=(1, 2))
        first, second = np.triu_indices(len(states), 1)
        yield Dyads(
            int(year),
            states[first[shared]],
            states[second[shared]],
            counts[shared],
            _counts(cast[contested[events]])[shared],
        )


def _counts(cast: NDArray[np.float32]) -> Integers:
    """Return the tables of all pairs of states, from ones by event, position and state."""
    events, _, states = cast.shape
    flat = cast.reshape(events, -1)
    together = (flat.T @ flat).reshape(POSITIONS, states, POSITIONS, states)
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
