"""Charts as SVG, made on the server: stacked columns by year, lines by year, one bar of parts.

Colours come from the style sheet by class, so they are the same everywhere; every chart has a
title and a sentence for those who do not see it, and stands beside a table of its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from markupsafe import Markup

_WIDTH: Final = 720
_HEIGHT: Final = 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 26
#: A column that is wider looks like an area.
_WIDEST: Final = 48.0


@dataclass(frozen=True)
class Series:
    """Numbers by year under a name; ``style`` is its class in the style sheet."""

    name: str
    style: str
    values: Mapping[int, float]


def parts_bar(parts: Sequence[tuple[str, str, int]], sentence: str = "") -> Markup:
    """Return one bar of parts (name, class, number), wide in proportion.

    Without a sentence it is an ornament beside the numbers, and not read out.
    """
    total = sum(number for _, _, number in parts) or 1
    pieces, x = [], 0.0
    for name, style, number in parts:
        width = 100 * number / total
        pieces.append(
            f'<rect class="fill-{style}" x="{x:.2f}" y="0" width="{width:.2f}" height="10">'
            f"<title>{escape(name)}: {number}</title></rect>"
        )
        x += width
    told = f'role="img" aria-label="{escape(sentence)}"' if sentence else 'aria-hidden="true"'
    return Markup(
        f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" {told}>'
        f"{''.join(pieces)}</svg>"
    )


def stacked_columns(series: Sequence[Series], sentence: str) -> Markup:
    """Return columns by year, the series on top of each other."""
    years = _years(series)
    totals = [sum(one.values.get(year, 0) for one in series) for year in years]
    frame = _Frame(years, max(totals, default=1) or 1)
    pieces = []
    width = min(max(frame.step * 0.86, 0.5), _WIDEST)
    for year in years:
        base = 0.0
        for one in series:
            value = one.values.get(year, 0)
            if not value:
                continue
            top = frame.y(base + value)
            pieces.append(
                f'<rect class="fill-{one.style}" x="{frame.x(year) - width / 2:.1f}" y="{top:.1f}" '
                f'width="{width:.1f}" height="{frame.y(base) - top:.1f}">'
                f"<title>{year}: {value:g} {escape(one.name)}</title></rect>"
            )
            base += value
    return frame.drawn("".join(pieces), sentence)


def lines(series: Sequence[Series], sentence: str, *, highest: float = 0) -> Markup:
    """Return a line for each series; a year without a value breaks it."""
    years = _years(series)
    most = max((v for one in series for v in one.values.values()), default=1)
    frame = _Frame(years, highest or most or 1)
    pieces = []
    for one in series:
        path, drawing = [], False
        for year in years:
            if year not in one.values:
                drawing = False
                continue
            at = f"{frame.x(year):.1f} {frame.y(one.values[year]):.1f}"
            path.append(f"{'L' if drawing else 'M'}{at}")
            drawing = True
        name = escape(one.name)
        pieces.append(f'<path class="line line-{one.style}" d="{"".join(path)}"><title>{name}'
                      "</title></path>")  # fmt: skip
        pieces += [
            f'<circle class="dot line-{one.style}" cx="{frame.x(year):.1f}" '
            f'cy="{frame.y(value):.1f}" r="2.2"><title>{name}, {year}: {value:g}</title></circle>'
            for year, value in sorted(one.values.items())
        ]
    return frame.drawn("".join(pieces), sentence)


def _years(series: Sequence[Series]) -> list[int]:
    told = {year for one in series for year in one.values}
    return list(range(min(told), max(told) + 1)) if told else []


class _Frame:
    """The axes: years to the right, a number upwards from 0."""

    def __init__(self, years: list[int], highest: float) -> None:
        self._years = years
        # Round numbers on the axis: a step of 1, 2 or 5 times a power of ten, five at most.
        power = math.pow(10, math.floor(math.log10(highest / 5)))
        self._every = next(n * power for n in (1, 2, 5, 10) if highest / (n * power) <= 5)
        self._highest = math.ceil(highest / self._every) * self._every
        self.step = (_WIDTH - _LEFT - _RIGHT) / max(len(years), 1)

    def x(self, year: int) -> float:
        """Return the middle of a year."""
        return _LEFT + (year - self._years[0] + 0.5) * self.step

    def y(self, value: float) -> float:
        """Return the height of a value."""
        return _HEIGHT - _BOTTOM - value / self._highest * (_HEIGHT - _TOP - _BOTTOM)

    def drawn(self, inside: str, sentence: str) -> Markup:
        """Return the whole picture."""
        return Markup(
            f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-label="{escape(sentence)}">{self._axes()}{inside}</svg>'
        )

    def _axes(self) -> str:
        pieces = []
        for number in range(round(self._highest / self._every) + 1):
            value = number * self._every
            y = self.y(value)
            pieces.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" '
                          f'y2="{y:.1f}"/><text class="axis" x="{_LEFT - 6}" y="{y + 4:.1f}" '
                          f'text-anchor="end">{value:.4g}</text>')  # fmt: skip
        every = next(n for n in (1, 2, 5, 10, 20, 50) if len(self._years) / n <= 12)
        pieces += [
            f'<text class="axis" x="{self.x(year):.1f}" y="{_HEIGHT - 8}" '
            f'text-anchor="middle">{year}</text>'
            for year in self._years
            if year % every == 0
        ]
        return "".join(pieces)
