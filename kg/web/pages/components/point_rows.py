"""A chart of points on one dimension, in a row for each group."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from markupsafe import Markup

#: Narrow, so that a phone shows the whole figure with readable names.
_WIDTH: Final = 480
_LEFT, _RIGHT, _BOTTOM = 12, 12, 24
#: Pixels: the radius of a point, and the height of the name of a group.
_RADIUS: Final = 3.5
_HEADING: Final = 18
#: Pixels: the least height of the row of a group.
_LEAST_ROW: Final = 24.0
#: Pixels: half the width of a letter of a name, on average.
_HALF_LETTER: Final = 3.2
#: The range of values always shown, on either side of zero.
_RANGE: Final = 2


@dataclass(frozen=True)
class Point:
    """A named point, with its value and the words for it."""

    name: str
    value: float
    words: str


def point_rows(groups: Mapping[str, Sequence[Point]], description: str) -> Markup:
    """Return the points of each group in a row, side by side where they would overlap.

    The points at both ends of a row have their names; every point has them as a tooltip.
    """
    values = [point.value for points in groups.values() for point in points]
    lowest = math.floor(min([-_RANGE, *values]))
    highest = math.ceil(max([_RANGE, *values]))
    pieces, top = [], 0.0

    def x(value: float) -> float:
        return _LEFT + (value - lowest) / (highest - lowest) * (_WIDTH - _LEFT - _RIGHT)

    for number, (name, points) in enumerate(groups.items()):
        placed = _placed(points, x)
        depth = max((abs(level) for _, level in placed), default=0) * 2 * _RADIUS + _RADIUS
        middle = top + _HEADING + 14 + max(depth, _LEAST_ROW / 2)
        pieces.append(
            f'<text class="axis" x="{_LEFT}" y="{top + 14:.1f}">{escape(name)}</text>'
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" '
            f'y1="{middle:.1f}" y2="{middle:.1f}"/>'
        )
        pieces += [
            f'<circle class="dot line-c{number}" cx="{x(point.value):.1f}" '
            f'cy="{middle - level * 2 * _RADIUS:.1f}" r="{_RADIUS}">'
            f"<title>{escape(point.name)}: {escape(point.words)}</title></circle>"
            for point, level in placed
        ]
        ends = [placed[0][0]] if len(placed) == 1 else [placed[0][0], placed[-1][0]]
        for point in ends:
            at = x(point.value)
            half = _HALF_LETTER * len(point.name)
            anchor = "start" if at < half else "end" if at + half > _WIDTH else "middle"
            pieces.append(
                f'<text class="axis" x="{at:.1f}" y="{middle - depth - 4:.1f}" '
                f'text-anchor="{anchor}">{escape(point.name)}</text>'
            )
        top = middle + max(depth, _LEAST_ROW / 2)
    axis = "".join(
        f'<text class="axis" x="{x(value):.1f}" y="{top + 18:.1f}" text-anchor="middle">{value}'
        "</text>"
        for value in range(lowest, highest + 1)
    )
    return Markup(
        f'<svg class="chart small points" viewBox="0 0 {_WIDTH} {top + _BOTTOM:.0f}" role="img" '
        f'aria-label="{escape(description)}">{"".join(pieces)}{axis}</svg>'
    )


def _placed(points: Sequence[Point], x: Callable[[float], float]) -> list[tuple[Point, int]]:
    """Return the points in order with a level, 0 in the middle, on which they do not overlap."""
    last: dict[int, float] = {}
    placed = []
    for point in sorted(points, key=lambda point: (point.value, point.name)):
        at, step = x(point.value), 0
        while True:
            level = (step + 1) // 2 * (1 if step % 2 else -1)
            if at - last.get(level, -math.inf) >= 2 * _RADIUS:
                break
            step += 1
        last[level] = at
        placed.append((point, level))
    return placed
