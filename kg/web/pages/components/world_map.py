"""The world map as SVG: land in the colour of a value for its state, small states as circles.

The shapes are those of Natural Earth, from the npm package world-atlas when the package was built
(``frontend/``). An installation that was built without it has no map; pages show their lists only.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final, NotRequired, TypedDict

from markupsafe import Markup

from kg.web.pages.state_index import States
from kg.web.pages.static_files import BUILT

#: Units of the map: the radius of the circle of a state whose land is too small to see.
_CIRCLE_RADIUS: Final = 3.2


@dataclass(frozen=True)
class Shade:
    """The colour of a state, as a class of the style sheet, and its value in words."""

    style: str
    label: str


class Shape(TypedDict):
    """The land of a state as an SVG path; the place of its circle if it is small."""

    d: NotRequired[str]
    point: NotRequired[tuple[float, float]]


class Atlas(TypedDict):
    """The size of the map, and shapes by M49 code."""

    width: float
    height: float
    shapes: dict[str, Shape]


@functools.cache
def atlas() -> Atlas | None:
    """Return the shapes of the map, or None if they were not built."""
    try:
        loaded: Atlas = json.loads((BUILT / "world.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return loaded


def world_map(states: States, shades: Mapping[str, Shade], description: str) -> Markup | None:
    """Return the map with states (by key) in their shades, or None without shapes.

    Borders are those of today: the land of a state without a shade has that of its predecessor.
    """
    shapes = atlas()
    if shapes is None:
        return None
    by_code = {}
    for key, state in states.by_key.items():
        if state.until or not state.m49:
            continue
        voter = next((holder for holder in states.voters_of(key) if holder in shades), None)
        shade = shades[voter] if voter else None
        name = state.label if voter in {None, key} else f"{states.label(voter or '')} ({key})"
        by_code[state.m49] = (name, shade)
    land, circles = [], []
    for code, shape in shapes["shapes"].items():
        name, shade = by_code.get(code, ("", None))
        style, label = (shade.style, shade.label) if shade else ("none", "")
        title = f"<title>{escape(f'{name}: {label}')}</title>" if label else ""
        if shape.get("d"):
            land.append(f'<path class="fill-{style}" d="{shape["d"]}">{title}</path>')
        if name and (point := shape.get("point")):
            circles.append(f'<circle class="fill-{style} small" cx="{point[0]}" cy="{point[1]}" '
                          f'r="{_CIRCLE_RADIUS}">{title}</circle>')  # fmt: skip
    return Markup(
        f'<svg class="map" viewBox="0 0 {shapes["width"]} {shapes["height"]}" role="img" '
        f'aria-label="{escape(description)}">{"".join(land)}{"".join(circles)}</svg>'
    )
