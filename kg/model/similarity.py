"""Measures of how similarly two states vote, computed from their table of three by three.

The formulas are those of ``docs/explanation/measures.md``, in whole numbers: each measure is a
numerator and a denominator, and is undefined where the denominator is 0. The saved query
``similarity-by-year`` has the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

#: The positions of a table, by row and by column: in favour, abstaining, against.
POSITIONS: Final = 3
_YES, _ABSTAINING, _NO = range(POSITIONS)


@dataclass(frozen=True)
class VoteTable:
    """How often two states took each pair of positions.

    ``cells`` has nine numbers, row by row: the positions of the state are the rows, those of the
    other one the columns.
    """

    cells: tuple[int, ...] = (0,) * POSITIONS**2

    @classmethod
    def of_vote(cls, position: int, other: int) -> VoteTable:
        """Return the table of a single vote."""
        cell = position * POSITIONS + other
        return cls(tuple(int(cell == number) for number in range(POSITIONS**2)))

    @classmethod
    def total(cls, tables: Iterable[VoteTable]) -> VoteTable:
        """Return the sum of tables."""
        cells = zip(*(table.cells for table in tables), strict=True)
        return cls(tuple(map(sum, cells)) or cls().cells)

    @cached_property
    def shared(self) -> int:
        """The number of shared votes."""
        return sum(self.cells)

    @cached_property
    def identical(self) -> int:
        """The number of identical votes."""
        return sum(self.cells[:: POSITIONS + 1])

    @cached_property
    def opposed(self) -> int:
        """The number of votes with one state in favour and the other one against."""
        return self.cells[_NO] + self.cells[_NO * POSITIONS]

    @cached_property
    def half(self) -> int:
        """The number of votes in which only one of the two abstained."""
        return self.shared - self.identical - self.opposed

    @cached_property
    def margins(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """How often each of the two states took each position."""
        rows = [
            self.cells[start : start + POSITIONS] for start in range(0, len(self.cells), POSITIONS)
        ]
        return tuple(map(sum, rows)), tuple(map(sum, zip(*rows, strict=True)))


@dataclass(frozen=True)
class SimilarityMeasure:
    """A measure: its key in addresses, its name, its least value, and its formula.

    ``column`` is its column in the query ``similarity-by-year``, empty if it has none. The highest
    value of each is 1.
    """

    key: str
    name: str
    column: str
    lowest: int
    ratio: Callable[[VoteTable], tuple[int, int]]
    #: Whether it is the mean of the values of the single votes.
    is_mean: bool = False

    def value(self, table: VoteTable) -> Fraction | None:
        """Return the value for a table, None where it is undefined."""
        numerator, denominator = self.ratio(table)
        return Fraction(numerator, denominator) if denominator else None


def four_digits(value: Fraction) -> str:
    """Return a value with four digits after the point, rounded as SPARQL does.

    >>> four_digits(Fraction(1, 32)), four_digits(Fraction(-1, 32)), four_digits(Fraction(1))
    ('0.0313', '-0.0312', '1.0000')
    """
    return f"{math.floor(value * 10_000 + Fraction(1, 2)) / 10_000:.4f}"


def _share_identical(table: VoteTable) -> tuple[int, int]:
    return table.identical, table.shared


def _lijphart(table: VoteTable) -> tuple[int, int]:
    return 2 * table.identical + table.half, 2 * table.shared


def _s_absolute(table: VoteTable) -> tuple[int, int]:
    return table.shared - table.half - 2 * table.opposed, table.shared


def _s_squared(table: VoteTable) -> tuple[int, int]:
    return 2 * table.shared - _squares(table), 2 * table.shared


def _kappa(table: VoteTable) -> tuple[int, int]:
    """Cohen's kappa with squared distances: chance has the margins of each state."""
    (own, other), n = table.margins, table.shared
    expected = n * _ends(table) - 2 * (own[_YES] - own[_NO]) * (other[_YES] - other[_NO])
    return expected - n * _squares(table), expected


def _pi(table: VoteTable) -> tuple[int, int]:
    """Scott's pi with squared distances: chance has the margins of both states together."""
    (own, other), n = table.margins, table.shared
    balance = own[_YES] - own[_NO] + other[_YES] - other[_NO]
    expected = 2 * n * _ends(table) - balance**2
    return expected - 2 * n * _squares(table), expected


def _kappa_nominal(table: VoteTable) -> tuple[int, int]:
    n = table.shared
    expected = sum(own * other for own, other in zip(*table.margins, strict=True))
    return n * table.identical - expected, n**2 - expected


def _pi_nominal(table: VoteTable) -> tuple[int, int]:
    n = table.shared
    expected = sum((own + other) ** 2 for own, other in zip(*table.margins, strict=True))
    return 4 * n * table.identical - expected, 4 * n**2 - expected


def _squares(table: VoteTable) -> int:
    """Return the sum of squared distances, where adjacent positions have the distance 1."""
    return table.half + 4 * table.opposed


def _ends(table: VoteTable) -> int:
    """Return how often either state was in favour or against."""
    return sum(margin[_YES] + margin[_NO] for margin in table.margins)


IDENTICAL: Final = SimilarityMeasure(
    "identical", "Share of identical votes", "", 0, _share_identical, is_mean=True
)
#: The measures by key, in the order of forms.
MEASURES: Final = {
    measure.key: measure
    for measure in (
        IDENTICAL,
        SimilarityMeasure(
            "lijphart", "Lijphart's index of agreement", "lijphart", 0, _lijphart, is_mean=True
        ),
        SimilarityMeasure(
            "s-absolute", "S, absolute distances", "sAbsolute", -1, _s_absolute, is_mean=True
        ),
        SimilarityMeasure(
            "s-squared", "S, squared distances", "sSquared", -1, _s_squared, is_mean=True
        ),
        SimilarityMeasure("kappa", "Cohen's kappa, squared distances", "kappa", -1, _kappa),
        SimilarityMeasure("pi", "Scott's pi, squared distances", "pi", -1, _pi),
        SimilarityMeasure(
            "kappa-nominal", "Cohen's kappa, any difference", "kappaNominal", -1, _kappa_nominal
        ),
        SimilarityMeasure("pi-nominal", "Scott's pi, any difference", "piNominal", -1, _pi_nominal),
    )
}
