"""A chart of the votes and the statements of a state on one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

from markupsafe import Markup

_WIDTH: Final = 720
_HEIGHT: Final = 150
_LEFT, _RIGHT = 96, 24
#: The heights of the rows and of the axis.
_ROWS: Final = {"Votes": 36, "Statements": 88}
_AXIS: Final = 122
_RADIUS: Final = 6.5
#: Days of air at both ends of the axis.
_AIR: Final = 45


@dataclass(frozen=True)
class Mark:
    """Something that happened on a day: ``style`` is its class in the style sheet.

    ``about`` is the key of the mark of the other row that it belongs to, empty if there is none.
    """

    key: str
    row: str
    day: date
    style: str
    label: str
    about: str = ""


def timeline(marks: Sequence[Mark], description: str) -> Markup:
    """Return circles for votes and squares for statements, with lines from these to those.

    A statement on a vote that is not among the marks has no line.
    """
    days = [mark.day.toordinal() for mark in marks]
    first, last = min(days) - _AIR, max(days) + _AIR

    def x(day: date) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (day.toordinal() - first) / (last - first)

    years = range(date.fromordinal(first).year + 1, date.fromordinal(last).year + 1)
    pieces = [
        f'<line class="grid" x1="{x(date(year, 1, 1)):.1f}" x2="{x(date(year, 1, 1)):.1f}" '
        f'y1="14" y2="{_AXIS}"/><text class="axis" text-anchor="middle" '
        f'x="{x(date(year, 1, 1)):.1f}" y="{_AXIS + 18}">{year}</text>'
        for year in years
    ]
    pieces += [
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        f'<text class="axis" x="4" y="{y + 4}">{name}</text>'
        for name, y in _ROWS.items()
    ]
    by_key = {mark.key: mark for mark in marks}
    pieces += [
        f'<line class="link" x1="{x(mark.day):.1f}" y1="{_ROWS[mark.row]}" '
        f'x2="{x(other.day):.1f}" y2="{_ROWS[other.row]}"/>'
        for mark in marks
        if (other := by_key.get(mark.about))
    ]
    pieces += [_drawn(mark, x(mark.day)) for mark in marks]
    return Markup(
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(description)}">{"".join(pieces)}</svg>'
    )


def _drawn(mark: Mark, x: float) -> str:
    y, title = _ROWS[mark.row], f"<title>{escape(mark.label)}</title>"
    if mark.row == "Votes":
        return f'<circle class="{mark.style}" cx="{x:.1f}" cy="{y}" r="{_RADIUS}">{title}</circle>'
    side = 2 * _RADIUS
    return (
        f'<rect class="{mark.style}" x="{x - _RADIUS:.1f}" y="{y - _RADIUS}" width="{side}" '
        f'height="{side}">{title}</rect>'
    )
