"""Charts as SVG, drawn on the server: stacked columns and lines by year, and a bar of shares.

Colours are classes of the style sheet, so they are the same everywhere. Every chart has a text
alternative and is accompanied by a table of its values.
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
#: Pixels: the maximum width of a column; a wider one looks like an area.
_MAX_COLUMN_WIDTH: Final = 48.0
#: Labels of an axis: more of them would overlap.
_MAX_VALUE_LABELS: Final = 5
_MAX_YEAR_LABELS: Final = 12
#: Pixels: the height of a horizontal bar with its space, and the room for its name and number.
_BAR_STEP: Final = 20
_BAR_LABEL_WIDTH: Final = 250
_BAR_NUMBER_WIDTH: Final = 80
_BAR_LABEL_CHARACTERS: Final = 38
#: The least difference between the ends of the axis of values.
_SMALLEST_HEIGHT: Final = 1e-6


@dataclass(frozen=True)
class Series:
    """Values by year under a name; ``style`` is its class in the style sheet."""

    name: str
    style: str
    values: Mapping[int, float]


def share_bar(parts: Sequence[tuple[str, str, int]], description: str = "") -> Markup:
    """Return one bar of parts (name, class, number), each as wide as its share.

    Without a description it only decorates the numbers, and screen readers skip it.
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
    attributes = (
        f'role="img" aria-label="{escape(description)}"' if description else 'aria-hidden="true"'
    )
    return Markup(
        f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" {attributes}>'
        f"{''.join(pieces)}</svg>"
    )


def stacked_columns(all_series: Sequence[Series], description: str) -> Markup:
    """Return columns by year, with the series stacked."""
    years = _years(all_series)
    totals = [sum(series.values.get(year, 0) for series in all_series) for year in years]
    frame = _Frame(years, max(totals, default=1))
    pieces = []
    width = min(max(frame.year_width * 0.86, 0.5), _MAX_COLUMN_WIDTH)
    for year in years:
        base = 0.0
        for series in all_series:
            value = series.values.get(year, 0)
            if not value:
                continue
            top = frame.y(base + value)
            pieces.append(
                f'<rect class="fill-{series.style}" x="{frame.x(year) - width / 2:.1f}" '
                f'y="{top:.1f}" width="{width:.1f}" height="{frame.y(base) - top:.1f}">'
                f"<title>{year}: {value:g} {escape(series.name)}</title></rect>"
            )
            base += value
    return frame.svg("".join(pieces), description)


def lines(
    all_series: Sequence[Series],
    description: str,
    *,
    highest: float = 0,
    band: Mapping[int, tuple[float, float]] | None = None,
    joined: bool = False,
) -> Markup:
    """Return a line for each series; a year without a value breaks it, unless they are ``joined``.

    ``band`` has the lower and the upper bound of the first series by year.
    """
    years = _years(all_series)
    values = [value for series in all_series for value in series.values.values()]
    values += [bound for bounds in (band or {}).values() for bound in bounds]
    frame = _Frame(years, highest or max(values, default=1), min(values, default=0))
    pieces = []
    if band:
        edge = [(year, band[year][1]) for year in sorted(band)]
        edge += [(year, band[year][0]) for year in sorted(band, reverse=True)]
        corners = " ".join(f"{frame.x(year):.1f},{frame.y(value):.1f}" for year, value in edge)
        pieces.append(f'<polygon class="band fill-{all_series[0].style}" points="{corners}"/>')
    for series in all_series:
        path, drawing = [], False
        for year in years:
            if year not in series.values:
                drawing = drawing and joined
                continue
            point = f"{frame.x(year):.1f} {frame.y(series.values[year]):.1f}"
            path.append(f"{'L' if drawing else 'M'}{point}")
            drawing = True
        name = escape(series.name)
        pieces.append(f'<path class="line line-{series.style}" d="{"".join(path)}"><title>{name}'
                      "</title></path>")  # fmt: skip
        pieces += [
            f'<circle class="dot line-{series.style}" cx="{frame.x(year):.1f}" '
            f'cy="{frame.y(value):.1f}" r="2.2"><title>{name}, {year}: {value:g}</title></circle>'
            for year, value in sorted(series.values.items())
        ]
    return frame.svg("".join(pieces), description)


def year_step(years: int, labels: int) -> int:
    """Return every how many years an axis has a label, to have no more than some labels."""
    return next(n for n in (1, 2, 5, 10, 20, 50) if years / n <= labels)


def shortened(text: str, characters: int) -> str:
    """Return a text of limited length, with an ellipsis in place of the rest."""
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def horizontal_bars(bars: Sequence[tuple[str, float]], description: str) -> Markup:
    """Return a bar for each name and number, from the top; numbers are not negative."""
    highest = max((number for _, number in bars), default=0) or 1
    room = _WIDTH - _BAR_LABEL_WIDTH - _BAR_NUMBER_WIDTH
    pieces = []
    for row, (name, number) in enumerate(bars):
        y = row * _BAR_STEP
        width = room * number / highest
        shown = shortened(name, _BAR_LABEL_CHARACTERS)
        pieces.append(
            f'<text class="axis" x="{_BAR_LABEL_WIDTH - 6}" y="{y + 14}" text-anchor="end">'
            f'{escape(shown)}</text><rect class="fill-c0" x="{_BAR_LABEL_WIDTH}" y="{y + 3}" '
            f'width="{width:.1f}" height="{_BAR_STEP - 6}">'
            f"<title>{escape(name)}: {number:g}</title></rect>"
            f'<text class="axis" x="{_BAR_LABEL_WIDTH + width + 5:.1f}" y="{y + 14}">'
            f"{number:,.6g}</text>"
        )
    return Markup(
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {len(bars) * _BAR_STEP}" role="img" '
        f'aria-label="{escape(description)}">{"".join(pieces)}</svg>'
    )


def _years(all_series: Sequence[Series]) -> list[int]:
    """Return all years from the first value to the last."""
    years = {year for series in all_series for year in series.values}
    return list(range(min(years), max(years) + 1)) if years else []


class _Frame:
    """The axes: years to the right, values upwards; 0 is always on the axis of values."""

    def __init__(self, years: list[int], highest: float, lowest: float = 0) -> None:
        self._years = years
        highest, lowest = max(highest, 0), min(lowest, 0)
        if highest == lowest:
            highest = 1
        # Round values on the axis: a step of 1, 2 or 5 times a power of ten.
        smallest_step = max(highest - lowest, _SMALLEST_HEIGHT) / _MAX_VALUE_LABELS
        power = math.pow(10, math.floor(math.log10(smallest_step)))
        self._value_step = next(n * power for n in (1, 2, 5, 10, 20) if n * power >= smallest_step)
        self._steps = range(
            math.floor(lowest / self._value_step), math.ceil(highest / self._value_step) + 1
        )
        self.year_width = (_WIDTH - _LEFT - _RIGHT) / max(len(years), 1)

    def x(self, year: int) -> float:
        """Return the middle of a year."""
        return _LEFT + (year - self._years[0] + 0.5) * self.year_width

    def y(self, value: float) -> float:
        """Return the height of a value."""
        first, last = self._steps[0] * self._value_step, self._steps[-1] * self._value_step
        share = (value - first) / ((last - first) or 1)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def svg(self, content: str, description: str) -> Markup:
        """Return the chart with its axes."""
        return Markup(
            f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-label="{escape(description)}">{self._axes()}{content}</svg>'
        )

    def _axes(self) -> str:
        pieces = []
        for number in self._steps:
            value = number * self._value_step
            y = self.y(value)
            pieces.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" '
                          f'y2="{y:.1f}"/><text class="axis" x="{_LEFT - 6}" y="{y + 4:.1f}" '
                          f'text-anchor="end">{value:.4g}</text>')  # fmt: skip
        step = year_step(len(self._years), _MAX_YEAR_LABELS)
        pieces += [
            f'<text class="axis" x="{self.x(year):.1f}" y="{_HEIGHT - 8}" '
            f'text-anchor="middle">{year}</text>'
            for year in self._years
            if year % step == 0
        ]
        return "".join(pieces)
