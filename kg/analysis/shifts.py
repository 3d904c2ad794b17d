"""Shifts: changes between two periods in how similarly states vote, with intervals.

The interval is the standard error of a bootstrap with the quantile of Student's distribution. What
is drawn are topics, with all their votes in both periods: most texts return every year, so that
single votes are no independent observations. Over all rows the rate of false discoveries is
controlled as Benjamini and Hochberg (doi:10.1111/j.2517-6161.1995.tb02031.x) propose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import stdtr, stdtrit

from kg.analysis.ordinal_model import Floats, Integers
from kg.analysis.periods import ABSENT, PeriodVotes
from kg.model.similarity import POSITIONS, SimilarityMeasure, VoteTable

#: The positions of a table of three by three, by the option of a record: against, abstaining, in
#: favour.
_ROW_OF_OPTION: Final = (2, 1, 0)
#: The fewest topics with shared votes in each period for which a change is tested.
FEWEST_TOPICS: Final = 10
_DRAWS: Final = 1000
_SEED: Final = 20_260_101
#: The probability of the interval.
_LEVEL: Final = 0.95
#: Differences below are those of floating-point numbers.
_NOTHING: Final = 1e-9


@dataclass(frozen=True)
class Shift:
    """The change of a measure for a seat and another one, or with all others (``other`` is -1).

    Seats are columns. ``votes``, ``topics`` and ``values`` have the shared votes, their topics, and
    the measure in each period; ``lower`` and ``upper`` are the bounds of the interval of 95
    percent, ``p`` is the probability of a change as large without a shift, and ``q`` the rate of
    false discoveries among the rows up to this one.
    """

    seat: int
    other: int
    votes: tuple[int, int]
    topics: tuple[int, int]
    values: tuple[float, float]
    lower: float
    upper: float
    p: float
    q: float = 1.0

    @property
    def change(self) -> float:
        """The measure in the second period less that in the first."""
        return self.values[1] - self.values[0]

    def is_shift(self, rate: float) -> bool:
        """Return whether it is outside its interval, at a rate of false discoveries."""
        return self.q <= rate and not self.lower <= 0 <= self.upper


@dataclass(frozen=True)
class Contribution:
    """The part of a topic in a change: its votes in each period, and what they add."""

    topic: str
    votes: tuple[int, int]
    change: float


class Shifts:
    """The changes of a measure, which must be a mean of the values of single votes."""

    def __init__(self, votes: PeriodVotes, measure: SimilarityMeasure) -> None:
        if not measure.is_mean:
            raise ValueError(f"{measure.key} is not a mean of the values of votes")
        self._votes = votes
        self._topics = len(votes.names)
        # By the option of both: the value of a vote, and whether it is shared.
        self._score = np.zeros((POSITIONS + 1, POSITIONS + 1))
        self._shared = np.zeros_like(self._score)
        self._shared[:POSITIONS, :POSITIONS] = 1
        for own, row in enumerate(_ROW_OF_OPTION):
            for other, column in enumerate(_ROW_OF_OPTION):
                value = measure.value(VoteTable.of_vote(row, column))
                assert value is not None
                self._score[own, other] = float(value)
        # Events of one period and topic are side by side.
        group = votes.period * self._topics + votes.topic
        self._order = np.argsort(group, kind="stable")
        self._groups, self._starts = np.unique(group[self._order], return_index=True)
        draw = np.random.default_rng(_SEED)
        chances = np.full(self._topics, 1 / self._topics)
        self._weights: Floats = draw.multinomial(self._topics, chances, _DRAWS).astype(np.float64)

    def pairs(self) -> list[Shift]:
        """Return the changes of all pairs with enough topics, in the order of seats."""
        seats = range(self._votes.option.shape[1])
        return _with_rates([shift for seat in seats for shift in self._of_pairs(seat)])

    def of_seats(self) -> list[Shift]:
        """Return the changes of each seat: the mean over all others with enough topics."""
        found = map(self._with_others, range(self._votes.option.shape[1]))
        return _with_rates([shift for shift in found if shift])

    def contributions(self, shift: Shift) -> list[Contribution]:
        """Return what each topic adds to a change, the largest part first; the sum is the change.

        A topic adds to a change if the measure on it changed, and if its share of the votes did
        while the measure on it is not that of all votes.
        """
        others = np.array([shift.other]) if shift.other >= 0 else self._others(shift.seat)
        scores, shared = self._sums(shift.seat, others)
        total = shared.sum(axis=1)
        level = (scores.sum(axis=1) / total).mean(axis=0)
        parts = (scores - level * shared) / total[:, None]
        added = (parts[1] - parts[0]).mean(axis=1)
        voted = self._voted(shift.seat, shift.other)
        order = np.lexsort((np.arange(len(added)), -np.abs(added)))
        return [
            Contribution(self._votes.names[topic], _whole(voted[:, topic]), float(added[topic]))
            for topic in order
            if voted[:, topic].any()
        ]

    def _of_pairs(self, seat: int) -> Iterator[Shift]:
        others = self._others(seat)
        others = others[others > seat]
        scores, shared = self._sums(seat, others)
        total, topics = shared.sum(axis=1), (shared > 0).sum(axis=1)
        values = scores.sum(axis=1) / total
        errors = np.nanstd(self._drawn(scores, shared), axis=0, ddof=1)
        for place, other in enumerate(others):
            numbers = (total[:, place], topics[:, place], values[:, place])
            yield _tested(seat, int(other), *numbers, float(errors[place]))

    def _with_others(self, seat: int) -> Shift | None:
        others = self._others(seat)
        if not len(others):
            return None
        scores, shared = self._sums(seat, others)
        values = (scores.sum(axis=1) / shared.sum(axis=1)).mean(axis=1)
        drawn = np.nanmean(self._drawn(scores, shared), axis=1)
        voted = self._voted(seat, -1)
        numbers = (voted.sum(axis=1), (voted > 0).sum(axis=1), values)
        return _tested(seat, -1, *numbers, float(drawn.std(ddof=1)))

    def _others(self, seat: int) -> Integers:
        """Return the other seats that have enough topics with a seat."""
        seats = np.arange(self._votes.option.shape[1])
        seats = seats[seats != seat]
        _, shared = self._sums(seat, seats)
        enough: Integers = seats[((shared > 0).sum(axis=1) >= FEWEST_TOPICS).all(axis=0)]
        return enough

    def _voted(self, seat: int, other: int) -> Floats:
        """Return the votes of a seat by period and topic: shared ones, or all without another."""
        cast = self._votes.option[:, seat] != ABSENT
        if other >= 0:
            cast = cast & (self._votes.option[:, other] != ABSENT)
        return self._grouped(cast.astype(np.float64)[:, None])[:, :, 0]

    def _sums(self, seat: int, others: Integers) -> tuple[Floats, Floats]:
        """Return values and shared votes by period, topic and other seat."""
        own, theirs = self._votes.option[:, [seat]], self._votes.option[:, others]
        return self._grouped(self._score[own, theirs]), self._grouped(self._shared[own, theirs])

    def _grouped(self, by_event: Floats) -> Floats:
        sums = np.zeros((2 * self._topics, by_event.shape[1]))
        sums[self._groups] = np.add.reduceat(by_event[self._order], self._starts)
        return sums.reshape(2, self._topics, -1)

    def _drawn(self, scores: Floats, shared: Floats) -> Floats:
        """Return the change in each draw, by other seat; NaN in a draw without shared votes."""
        with np.errstate(invalid="ignore"):
            before, after = (
                (self._weights @ scores[period]) / (self._weights @ shared[period])
                for period in (0, 1)
            )
        change: Floats = after - before
        return change


def _tested(
    seat: int, other: int, votes: Floats, topics: Floats, values: Floats, error: float
) -> Shift:
    """Return a change with its interval; numbers are by period, ``error`` is a standard error."""
    change = float(values[1] - values[0])
    if abs(change) < _NOTHING:
        change = 0.0
    freedom = int(topics.min()) - 1
    reach = float(stdtrit(freedom, (1 + _LEVEL) / 2)) * error
    if error < _NOTHING:
        p = 1.0 if change == 0 else 0.0
    else:
        p = 2 * float(stdtr(freedom, -abs(change) / error))
    return Shift(
        seat,
        other,
        _whole(votes),
        _whole(topics),
        (float(values[0]), float(values[1])),
        change - reach,
        change + reach,
        p,
    )


def _with_rates(shifts: list[Shift]) -> list[Shift]:
    """Return shifts with their rate of false discoveries (Benjamini and Hochberg 1995)."""
    order = sorted(range(len(shifts)), key=lambda place: -shifts[place].p)
    rates, lowest = [1.0] * len(shifts), 1.0
    for after, place in enumerate(order):
        lowest = min(lowest, shifts[place].p * len(shifts) / (len(shifts) - after))
        rates[place] = lowest
    return [replace(shift, q=rate) for shift, rate in zip(shifts, rates, strict=True)]


def _whole(numbers: Floats) -> tuple[int, int]:
    return int(numbers[0]), int(numbers[1])
