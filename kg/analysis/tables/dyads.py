"""How two states voted in a year, as tables of three by three, and the measures of similarity.

The counts of all pairs are products of matrices with a row for each event and a column for each
position of each state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kg.analysis.votes import Integers, Record
from kg.model.ideal_points import IdealPointModel

Floats = NDArray[np.float64]

_POSITIONS: Final = 3
_ABSOLUTE: Final = np.abs(np.subtract.outer(range(_POSITIONS), range(_POSITIONS)))
_SQUARED: Final = _ABSOLUTE**2
_NOMINAL: Final = (_ABSOLUTE > 0).astype(np.int64)
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
        cast = np.zeros((len(events), _POSITIONS, len(states)), dtype=np.float32)
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
    together = (flat.T @ flat).reshape(_POSITIONS, states, _POSITIONS, states)
    first, second = np.triu_indices(states, 1)
    return together[:, first, :, second].astype(np.int64)


def measures(counts: Integers) -> dict[str, Floats]:
    """Return the measures of tables of three by three, by the name of their column.

    ``counts`` has the shape (tables, 3, 3); undefined values are NaN.
    """
    n = counts.sum(axis=(1, 2))
    own, other = counts.sum(axis=2), counts.sum(axis=1)
    values = {
        "lijphart": _one_minus(_distance(counts, _ABSOLUTE), 2 * n),
        "sAbsolute": _one_minus(_distance(counts, _ABSOLUTE), n),
        "sSquared": _one_minus(_distance(counts, _SQUARED), 2 * n),
    }
    both = own + other
    for suffix, weights in (("", _SQUARED), ("Nominal", _NOMINAL)):
        observed = n * _distance(counts, weights)
        values[f"kappa{suffix}"] = _one_minus(observed, _by_chance(own, other, weights))
        values[f"pi{suffix}"] = _one_minus(4 * observed, _by_chance(both, both, weights))
    # Adding zero turns -0 into 0.
    return {name: np.round(value, _DIGITS) + 0.0 for name, value in values.items()}


def _distance(counts: Integers, weights: Integers) -> Integers:
    """Return the sum of the distances between the positions of the two states."""
    total: Integers = (counts * weights).sum(axis=(1, 2))
    return total


def _by_chance(first: Integers, second: Integers, weights: Integers) -> Integers:
    """Return the sum of distances between independent positions, for all pairs of votes."""
    total: Integers = ((first @ weights) * second).sum(axis=1)
    return total


def _one_minus(observed: Integers, expected: Integers) -> Floats:
    """Return 1 - observed / expected, NaN where nothing is expected."""
    ratio = np.full(len(expected), np.nan)
    np.divide(observed, expected, out=ratio, where=expected > 0)
    return 1 - ratio
