"""The world map as SVG: countries coloured by what states did, small states as circles.

The shapes are those of Natural Earth, taken from the npm package world-atlas when the package was
built (``frontend/``). An installation built without it has none, and pages show their lists alone.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from kg.web.pages.state_index import States

#: What the build makes of npm packages: the shapes of the map, and the editor.
BUILT: Final = Path(__file__).parent / "built"
_RADIUS: Final = 3.2


@dataclass(frozen=True)
class Shade:
    """How a state is shown: the class of the style sheet, and what it did in words."""

    style: str
    words: str


@functools.cache
def shapes() -> dict[str, Any] | None:
    """Return size and shapes by M49 code, or None if they were not built."""
    try:
        found = json.loads((BUILT / "world.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    assert isinstance(found, dict)
    return found


def world_map(states: States, shades: Mapping[str, Shade], sentence: str) -> Markup | None:
    """Return the map with states (by key) in their shades, or None without shapes.

    Borders are those of today: the land of a state is shaded as the state did that it followed,
    where it took no part itself.
    """
    found = shapes()
    if found is None:
        return None
    by_code = {}
    for key, member in states.by_key.items():
        if member.until or not member.m49:
            continue
        voter = next((one for one in states.voters_of(key) if one in shades), None)
        shade = shades[voter] if voter else None
        name = member.label if voter in {None, key} else f"{states.label(voter or '')} ({key})"
        by_code[member.m49] = (name, shade)
    land, points = [], []
    for code, shape in found["shapes"].items():
        name, shade = by_code.get(code, ("", None))
        style, words = (shade.style, shade.words) if shade else ("none", "")
        title = f"<title>{escape(f'{name}: {words}')}</title>" if words else ""
        if shape.get("d"):
            land.append(f'<path class="fill-{style}" d="{shape["d"]}">{title}</path>')
        if name and (at := shape.get("point")):
            points.append(f'<circle class="fill-{style} small" cx="{at[0]}" cy="{at[1]}" '
                          f'r="{_RADIUS}">{title}</circle>')  # fmt: skip
    return Markup(
        f'<svg class="map" viewBox="0 0 {found["width"]} {found["height"]}" role="img" '
        f'aria-label="{escape(sentence)}">{"".join(land)}{"".join(points)}</svg>'
    )
