"""The world map as SVG: land in the colours of its states on a day, small states as circles.

The shapes are those of Natural Earth, taken from the npm package world-atlas when this package is
built (``frontend/``). An installation built without them has no map; pages then show only lists.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape
from itertools import starmap
from typing import Final, NotRequired, TypedDict

from markupsafe import Markup

from kg.web.pages.components.land import DEPENDENT, OUTSIDE, Land, LandOfDay, Shade, land_of_day
from kg.web.pages.state_index import States
from kg.web.pages.static_files import BUILT

#: Units of the map: the radius of the circle for a state whose land is too small to be visible.
_CIRCLE_RADIUS: Final = 3.2
#: Units of the map: the width of a stripe of land that states shared.
_STRIPE_WIDTH: Final = 2.5
#: The parts of the map that can be shown alone: units from the left and the top, width and height.
REGIONS: Final = {
    "Africa": (428, 105, 239, 270),
    "Americas": (139, 15, 302, 420),
    "Asia": (554, 51, 362, 235),
    "Europe": (434, 15, 224, 103),
    "Oceania": (752, 186, 248, 230),
}
#: Units of the map in the width of one that shows a region; circles shrink with it.
_WORLD_WIDTH: Final = 1000
#: The shade of a member for which the map has no value.
NO_VOTE: Final = Shade("none", "no vote recorded")


class Shape(TypedDict):
    """The land of a unit as an SVG path; the place of its circle if it is small."""

    d: NotRequired[str]
    point: NotRequired[tuple[float, float]]


class Atlas(TypedDict):
    """The size of the map, and shapes by unit: an M49 code, or a name if there is no code."""

    width: float
    height: float
    shapes: dict[str, Shape]


@dataclass(frozen=True)
class WorldMap:
    """A map with the content of its caption."""

    svg: Markup
    #: The day whose territories are drawn, empty for the present.
    day: str
    #: The shades of land without a value on this map, for the legend.
    statuses: tuple[Shade, ...]
    #: The shade of members without a value, None if there are none.
    absent: Shade | None
    remarks: tuple[str, ...]


@functools.cache
def atlas() -> Atlas | None:
    """Return the shapes of the map, or None if they were not built."""
    try:
        loaded: Atlas = json.loads((BUILT / "world.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return loaded


def world_map(
    states: States,
    shades: Mapping[str, Shade],
    description: str,
    date: str = "",
    absent: Shade = NO_VOTE,
    *,
    region: str = "",
    members: Collection[str] | None = None,
) -> WorldMap | None:
    """Return the map with the land of states (by key) in their shades, or None without shapes.

    Territories are those of the date, a day or a month; without a date, those of the latest day on
    which most of the states held land. ``region`` is a key of ``REGIONS``; ``members`` are the keys
    of the states to which the map draws attention, by paling all others.
    """
    shapes = atlas()
    if shapes is None:
        return None
    land = land_of_day(states, shades, date, absent)
    statuses = tuple(shade for shade in (OUTSIDE, DEPENDENT) if shade.style in land.styles)
    x, y, width, height = REGIONS.get(region, (0, 0, shapes["width"], shapes["height"]))
    radius = _CIRCLE_RADIUS * math.sqrt(width / _WORLD_WIDTH)
    areas, circles = [], []
    for unit, shape in shapes["shapes"].items():
        painted = land.units.get(unit)
        attributes = _attributes(painted, members)
        title = f"<title>{escape(painted.title)}</title>" if painted else ""
        if shape.get("d"):
            areas.append(f'<path {attributes} d="{shape["d"]}">{title}</path>')
        if painted and (point := shape.get("point")):
            circles.append(f'<circle {attributes} cx="{point[0]}" cy="{point[1]}" '
                           f'r="{radius:.2g}">{title}</circle>')  # fmt: skip
    label = f"{description} {_alternative(land)}".strip()
    svg = Markup(
        f'<svg class="map" viewBox="{x} {y} {width} {height}" role="img" '
        f'aria-label="{escape(label)}">{_patterns(land)}{"".join(areas)}{"".join(circles)}</svg>'
    )
    return WorldMap(
        svg,
        "" if land.is_today else land.day,
        statuses,
        absent if absent.style in land.styles else None,
        land.remarks,
    )


def _attributes(land: Land | None, members: Collection[str] | None) -> str:
    """Return the attributes of a shape: its colour, whether it is pale, and its states."""
    is_pale = members is not None and not (land and set(land.states) & set(members))
    pale = "pale " if is_pale else ""
    if land is None:
        return f'class="{pale}fill-none"'
    states = f' data-state="{" ".join(land.states)}"' if land.states else ""
    if land.is_striped:
        style = f' class="{pale.strip()}"' if pale else ""
        return f'fill="url(#{_pattern_name(land.styles)})"{style}{states}'
    return f'class="{pale}fill-{land.styles[0]}"{states}'


def _pattern_name(styles: tuple[str, ...]) -> str:
    return "-".join(("stripes", *styles))


def _patterns(land: LandOfDay) -> str:
    """Return the definitions of the stripes in use."""
    striped = sorted({unit.styles for unit in land.units.values() if unit.is_striped})
    return f"<defs>{''.join(map(_pattern, striped))}</defs>" if striped else ""


def _pattern(styles: tuple[str, ...]) -> str:
    size = _STRIPE_WIDTH * len(styles)

    def stripe(number: int, style: str) -> str:
        return (
            f'<rect class="fill-{style}" x="{number * _STRIPE_WIDTH}" '
            f'width="{_STRIPE_WIDTH}" height="{size}"/>'
        )

    return (
        f'<pattern id="{_pattern_name(styles)}" width="{size}" height="{size}" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f"{''.join(starmap(stripe, enumerate(styles)))}</pattern>"
    )


def _alternative(land: LandOfDay) -> str:
    """Return in words what the map shows in addition to the values of states."""
    parts = [unit.title for unit in land.units.values() if unit.is_striped]
    sentences = [f"In stripes: {' / '.join(parts)}."] if parts else []
    for shade in (OUTSIDE, DEPENDENT):
        if number := sum(shade.style in unit.styles for unit in land.units.values()):
            sentences.append(f"Land {shade.label}: {number}.")
    return " ".join(sentences)
