"""The shapes of the world map from world-atlas: TopoJSON to SVG paths, in Equal Earth.

TopoJSON keeps borders once, as arcs of whole numbers that add up; see
https://github.com/topojson/topojson-specification. The projection keeps areas in proportion:
Šavrič, Patterson and Jenny (2018), https://doi.org/10.1080/13658816.2018.1504949.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

WIDTH: Final = 1000
#: Countries whose land covers less of the map than this get a circle besides.
_SMALL: Final = 22.0
_ANTARCTICA: Final = "010"
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M: Final = math.sqrt(3) / 2
_SOUTHMOST, _NORTHMOST = -58.0, 84.0

Ring = list[tuple[float, float]]


def world(folder: Path) -> dict[str, Any]:
    """Return size and shapes by M49 code, from the files of world-atlas in a folder.

    Borders are those of the coarse file; states that are too small to be in it, or to be seen,
    have a point, from the finer one.
    """
    coarse, fine = (_polygons(folder / f"countries-{scale}.json") for scale in ("110m", "10m"))
    top, bottom = _project(0, _NORTHMOST)[1], _project(0, _SOUTHMOST)[1]
    shapes: dict[str, dict[str, Any]] = {}
    for code, rings in coarse.items():
        if code == _ANTARCTICA:
            continue
        placed = [[_project(*point) for point in ring] for ring in rings]
        shapes[code] = {"d": "".join(_path(ring, top) for ring in placed)}
    for code, rings in fine.items():
        placed = [[_project(*point) for point in ring] for ring in rings]
        largest = max(placed, key=_area)
        if _area(largest) < _SMALL:
            x, y = _middle(largest)
            shapes.setdefault(code, {})["point"] = [round(x, 1), round(y - top, 1)]
    return {"width": WIDTH, "height": round(bottom - top), "shapes": shapes}


def _polygons(path: Path) -> dict[str, list[Ring]]:
    """Return the rings of each country by its code, in degrees."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    found: dict[str, list[Ring]] = {}
    for number, shape in enumerate(topology["objects"]["countries"]["geometries"]):
        rings = [part for ring in _rings(shape) for part in _cut(_joined(ring, arcs))]
        # Land without a code of its own is drawn, but nothing is told of it.
        found.setdefault(shape.get("id") or f"-{number}", []).extend(rings)
    return found


def _rings(shape: dict[str, Any]) -> Iterator[list[int]]:
    if shape["type"] == "Polygon":
        yield from shape["arcs"]
    elif shape["type"] == "MultiPolygon":
        for polygon in shape["arcs"]:
            yield from polygon


def _joined(ring: list[int], arcs: list[Ring]) -> Ring:
    points: Ring = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def _cut(ring: Ring) -> list[Ring]:
    """Return a ring as the parts that lie on the map, cut where it passes the 180th meridian."""
    unrolled = [ring[0]]
    for x, y in ring[1:]:
        turns = round((unrolled[-1][0] - x) / 360)
        unrolled.append((x + 360 * turns, y))
    parts = []
    for shift in (-360, 0, 360):
        moved = [(x + shift, y) for x, y in unrolled]
        part = _left_of(_left_of(moved, 180, 1), 180, -1)
        if part:
            parts.append(part)
    return parts


def _left_of(ring: Ring, limit: float, sign: int) -> Ring:
    """Return what of a ring lies on one side of a meridian (Sutherland and Hodgman, 1974)."""
    kept: Ring = []
    for (x, y), (u, v) in pairwise(ring):
        is_in, next_in = sign * x <= limit, sign * u <= limit
        if is_in:
            kept.append((x, y))
        if is_in != next_in:
            part = (sign * limit - x) / (u - x)
            kept.append((sign * limit, y + part * (v - y)))
    return [*kept, kept[0]] if kept else []


def _project(longitude: float, latitude: float) -> tuple[float, float]:
    theta = math.asin(_M * math.sin(math.radians(latitude)))
    t2 = theta * theta
    t6 = t2**3
    slope = _A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)
    x = math.radians(longitude) * math.cos(theta) / (_M * slope)
    y = theta * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))
    half = math.pi / (_M * _A1)
    scale = WIDTH / 2 / half
    return WIDTH / 2 + x * scale, -y * scale


def _path(ring: Ring, top: float) -> str:
    """Return a ring as a path of tenths, each point told by how far it is from the last one."""
    placed = [(round(x * 10), round((y - top) * 10)) for x, y in ring]
    kept = [placed[0]]
    kept += [now for before, now in pairwise(placed) if now != before]
    if len(kept) < 3:
        return ""
    steps = [f"{_tenths(x - px)},{_tenths(y - py)}" for (px, py), (x, y) in pairwise(kept)]
    return f"M{_tenths(kept[0][0])},{_tenths(kept[0][1])}l{' '.join(steps)}z"


def _tenths(number: int) -> str:
    return f"{number / 10:g}"


def _area(ring: Ring) -> float:
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairwise(ring)) / 2)


def _middle(ring: Ring) -> tuple[float, float]:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
