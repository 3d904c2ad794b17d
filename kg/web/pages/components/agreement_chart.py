"""Charts of the agreement of states by year, of pairs or in a group, as SVG drawn on the server.

A dot is a year, a line the measure of five years together. Below them a band shows the number of
shared votes of each year, on which the dot rests. Lines are labelled at their ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

from markupsafe import Markup

from kg.web.pages.components.charts import shortened, year_step

_LEFT, _TOP, _AXIS = 54, 10, 20
#: Pixels: the height of the band of one pair, and the space between bands.
_BAND, _GAP = 22, 6
#: Characters and pixels of a line of a label.
_LABEL_LENGTH: Final = 27
_LABEL_LINE: Final = 13
_MAX_YEAR_LABELS: Final = 9


@dataclass(frozen=True)
class Scale:
    """The axis of a measure: its values with a mark, from one end to the other.

    ``unit`` is a word after the values, or empty.
    """

    marks: tuple[float, ...]
    unit: str = ""

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return self.marks[0], self.marks[-1]

    def text(self, value: float) -> str:
        """Return a value in words."""
        return f"{value:.0f} {self.unit}" if self.unit else f"{value:.2f}"


@dataclass(frozen=True)
class AgreementSeries:
    """A measure of a pair or a group by year; ``style`` is a class of the style sheet.

    ``values`` has the years in which it is defined, ``means`` the same measure of the votes of five
    years around each; ``shared`` has the shared votes of all years.
    """

    names: tuple[str, str]
    style: str
    shared: Mapping[int, int]
    values: Mapping[int, float]
    means: Mapping[int, float]
    link: str = "and"

    @property
    def name(self) -> str:
        """What it is about in words."""
        return f"{self.names[0]} {self.link} {self.names[1]}"


@dataclass(frozen=True)
class _Plot:
    years: tuple[int, int]
    scale: Scale
    width: int
    height: int
    right: int

    def x(self, year: float) -> float:
        inner = self.width - _LEFT - self.right
        return _LEFT + inner * (year - self.years[0] + 0.5) / (self.years[1] - self.years[0] + 1)

    def y(self, value: float) -> float:
        lowest, highest = self.scale.ends
        return _TOP + (self.height - _TOP) * (highest - value) / (highest - lowest)

    @property
    def step(self) -> float:
        return (self.width - _LEFT - self.right) / (self.years[1] - self.years[0] + 1)


def agreement_chart(
    all_series: Sequence[AgreementSeries],
    years: tuple[int, int],
    scale: Scale,
    description: str,
    *,
    is_small: bool = False,
) -> Markup:
    """Return the chart of some pairs; a small one has no labels at its lines."""
    plot = _Plot(years, scale, *((340, 130, 8) if is_small else (760, 300, 190)))
    bands = plot.height + _AXIS
    total = bands + len(all_series) * (_BAND + _GAP)
    pieces = [_grid(plot)]
    most = max((n for series in all_series for n in series.shared.values()), default=1)
    for number, series in enumerate(all_series):
        pieces += [_dots(plot, series), _mean(plot, series)]
        pieces.append(_band(plot, series, bands + number * (_BAND + _GAP), most))
    if not is_small:
        pieces.append(_labels(plot, all_series))
    return Markup(
        f'<svg class="chart agreement{" small" if is_small else ""}" '
        f'viewBox="0 0 {plot.width} {total}" role="img" aria-label="{escape(description)}">'
        f"{''.join(pieces)}</svg>"
    )


def chart_sheet(charts: Sequence[tuple[str, str]]) -> Markup:
    """Return small charts, each with its name, as one figure of two columns."""
    width, height, title = 340, 130 + _AXIS + _BAND + _GAP, 22
    rows = -(-len(charts) // 2)
    pieces = []
    for number, (name, chart) in enumerate(charts):
        x, y = width * (number % 2), (height + title) * (number // 2)
        inner = str.__str__(chart).replace(
            "<svg", f'<svg x="{x}" y="{y + title}" width="{width}" height="{height}"', 1
        )
        pieces.append(f'<text class="axis" x="{x + 8}" y="{y + 15}">{escape(name)}</text>{inner}')
    return Markup(
        f'<svg class="chart agreement" viewBox="0 0 {2 * width} {rows * (height + title)}" '
        f'role="img">{"".join(pieces)}</svg>'
    )


def _grid(plot: _Plot) -> str:
    pieces = []
    lowest, highest = plot.scale.ends
    few = (lowest, (lowest + highest) / 2, highest)
    for mark in few if plot.height < 200 else plot.scale.marks:
        y = plot.y(mark)
        pieces.append(
            f'<line class="grid" x1="{_LEFT}" x2="{plot.width - plot.right}" y1="{y:.1f}" '
            f'y2="{y:.1f}"/><text class="axis" x="{_LEFT - 6}" y="{y + 4:.1f}" '
            f'text-anchor="end">{mark:g}</text>'
        )
    count = plot.years[1] - plot.years[0] + 1
    most = _MAX_YEAR_LABELS if plot.height > 200 else _MAX_YEAR_LABELS // 2
    step = year_step(count, most)
    pieces += [
        f'<text class="axis" x="{plot.x(year):.1f}" y="{plot.height + 15}" '
        f'text-anchor="middle">{year}</text>'
        for year in range(plot.years[0], plot.years[1] + 1)
        if year % step == 0
    ]
    return "".join(pieces)


def _dots(plot: _Plot, series: AgreementSeries) -> str:
    return "".join(
        f'<circle class="dot faint line-{series.style}" cx="{plot.x(year):.1f}" '
        f'cy="{plot.y(value):.1f}" r="2.4"><title>{escape(series.name)}, {year}: '
        f"{plot.scale.text(value)}, {series.shared[year]} votes</title></circle>"
        for year, value in sorted(series.values.items())
    )


def _mean(plot: _Plot, series: AgreementSeries) -> str:
    """Return the line of the means; years without one break it."""
    runs = groupby(enumerate(sorted(series.means)), key=lambda numbered: numbered[1] - numbered[0])
    path = []
    for _, run in runs:
        points = [f"{plot.x(year):.1f} {plot.y(series.means[year]):.1f}" for _, year in run]
        path.append(f"M{'L'.join(points)}")
    return (
        f'<path class="line line-{series.style}" d="{"".join(path)}">'
        f"<title>{escape(series.name)}, five years together</title></path>"
    )


def _band(plot: _Plot, series: AgreementSeries, top: int, most: int) -> str:
    """Return the number of shared votes by year as columns, and the highest number."""
    width = max(plot.step * 0.8, 0.8)
    columns = "".join(
        f'<rect class="dot line-{series.style}" x="{plot.x(year) - width / 2:.1f}" '
        f'y="{top + _BAND * (1 - shared / most):.1f}" width="{width:.1f}" '
        f'height="{_BAND * shared / most:.1f}"><title>{year}: {shared} votes</title></rect>'
        for year, shared in sorted(series.shared.items())
    )
    highest = max(series.shared.values(), default=0)
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{plot.width - plot.right}" y1="{top + _BAND}" '
        f'y2="{top + _BAND}"/>{columns}<text class="axis" x="{_LEFT - 6}" y="{top + _BAND}" '
        f'text-anchor="end">n ≤ {highest}</text>'
    )


def _labels(plot: _Plot, all_series: Sequence[AgreementSeries]) -> str:
    """Return the names at the ends of the lines, moved apart where they would overlap."""
    ends = []
    for series in all_series:
        if series.means:
            last = max(series.means)
            ends.append((plot.y(series.means[last]), last, series))
    ends.sort(key=lambda end: end[0])
    # From the top down each label leaves room for the one before it; then from the bottom up.
    places: list[float] = []
    room = 2 * _LABEL_LINE + 3
    for y, _, _ in ends:
        places.append(max(y, places[-1] + room) if places else y)
    lowest = float(plot.height - _LABEL_LINE)
    for number in reversed(range(len(places))):
        places[number] = min(places[number], lowest)
        lowest = places[number] - room
    pieces = []
    left = plot.width - plot.right + 8
    for place, (y, last, series) in zip(places, ends, strict=True):
        first, second = (shortened(name, _LABEL_LENGTH) for name in series.names)
        pieces.append(
            f'<line class="leader line-{series.style}" x1="{plot.x(last) + 3:.1f}" y1="{y:.1f}" '
            f'x2="{left - 2}" y2="{place:.1f}"/><text class="axis label-{series.style}" x="{left}" '
            f'y="{place:.1f}">{escape(first)}<tspan x="{left}" dy="{_LABEL_LINE}">{series.link} '
            f"{escape(second)}</tspan></text>"
        )
    return "".join(pieces)
