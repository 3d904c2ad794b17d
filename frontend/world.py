"""The shapes of the world map from world-atlas: TopoJSON to SVG paths, in Equal Earth.

TopoJSON stores each border once, as an arc of delta-encoded integers; see
https://github.com/topojson/topojson-specification. The projection preserves areas:
Šavrič, Patterson and Jenny (2018), https://doi.org/10.1080/13658816.2018.1504949.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, TypedDict

WIDTH: Final = 1000
#: Square units of the map: countries with a smaller area also get a circle.
_SMALL_AREA: Final = 22.0
_ANTARCTICA: Final = "010"
#: Coefficients of the Equal Earth projection.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M: Final = math.sqrt(3) / 2
#: Degrees of latitude on the map: there is no state south of them, and no land north of them.
_SOUTH, _NORTH = -58.0, 84.0

#: Parts of a country with a separate history, which have separate rings in the files: the country,
#: and the west, south, east and north of a box that contains the rings, in degrees.
_PARTS: Final = {
    "Alaska": ("840", (-180, 51, -129, 72)),
    "Crimea": ("643", (32, 44, 37, 46.3)),
    "East Malaysia": ("458", (109, 0, 120, 8)),
    "French Guiana": ("250", (-56, 1, -50, 7)),
    "Hawaii": ("840", (-161, 18, -154, 23)),
    "West Papua": ("360", (129, -10, 142, 1)),
    "Zanzibar": ("834", (39, -6.6, 39.7, -5.6)),
}
#: Western Sahara, part of which Natural Earth draws with Morocco, and the parallel between them.
_MOROCCO, _WESTERN_SAHARA, _SAHARA_NORTH = "504", "732", 27 + 40 / 60

Ring = list[tuple[float, float]]


class Shape(TypedDict, total=False):
    """The land of a country as an SVG path; the place of its circle if it is small."""

    d: str
    point: list[float]


class Atlas(TypedDict):
    """The size of the map, and shapes by unit: an M49 code, or a name if there is no code."""

    width: int
    height: int
    shapes: dict[str, Shape]


class _Polygon(TypedDict):
    """A TopoJSON geometry with indices of arcs: a ring is a list of them."""

    type: Literal["Polygon"]
    arcs: list[list[int]]


class _MultiPolygon(TypedDict):
    type: Literal["MultiPolygon"]
    arcs: list[list[list[int]]]


def world(folder: Path) -> Atlas:
    """Return the size of the map and shapes by unit, from the files of world-atlas in a folder.

    A unit is a country by its M49 code, land without a code by its name in Natural Earth, or one of
    the parts that are separated from their countries.

    Borders are those of the coarse file. States that it omits, or that are too small to be visible,
    have a point, computed from the fine file.
    """
    coarse, fine = (_polygons(folder / f"countries-{scale}.json") for scale in ("110m", "10m"))
    top, bottom = _project(0, _NORTH)[1], _project(0, _SOUTH)[1]
    shapes: dict[str, Shape] = {}
    for code, rings in coarse.items():
        if code == _ANTARCTICA:
            continue
        placed = [[_project(*point) for point in ring] for ring in rings]
        shapes[code] = {"d": "".join(_path(ring, top) for ring in placed)}
    for code, rings in fine.items():
        placed = [[_project(*point) for point in ring] for ring in rings]
        largest = max(placed, key=_area)
        has_name_only = code in coarse and not code.isdigit()
        if _area(largest) < _SMALL_AREA and not has_name_only:
            x, y = _center(largest)
            shapes.setdefault(code, {})["point"] = [round(x, 1), round(y - top, 1)]
    return {"width": WIDTH, "height": round(bottom - top), "shapes": shapes}


def _polygons(path: Path) -> dict[str, list[Ring]]:
    """Return the rings of each unit, in degrees."""
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
    polygons: dict[str, list[Ring]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        rings = [
            part for ring in _rings(shape) for part in _cut_at_antimeridian(_join_arcs(ring, arcs))
        ]
        polygons.setdefault(shape.get("id") or shape["properties"]["name"], []).extend(rings)
    for name, (code, box) in _PARTS.items():
        if rings := [ring for ring in polygons[code] if _is_within(ring, box)]:
            polygons[name] = rings
            polygons[code] = [ring for ring in polygons[code] if ring not in rings]
    _restore_western_sahara(polygons)
    return polygons


def _restore_western_sahara(polygons: dict[str, list[Ring]]) -> None:
    """Assign the land south of the border with Morocco to Western Sahara."""
    cut = {}
    for sign in (1, -1):
        rings = (_clip(_swap(ring), sign * _SAHARA_NORTH, sign) for ring in polygons[_MOROCCO])
        cut[sign] = [_swap(ring) for ring in rings if ring]
    polygons[_MOROCCO] = cut[-1]
    polygons[_WESTERN_SAHARA] = _merge([*polygons[_WESTERN_SAHARA], *cut[1]])


def _swap(ring: Ring) -> Ring:
    return [(y, x) for x, y in ring]


def _merge(rings: list[Ring]) -> list[Ring]:
    """Return rings without the edges that two of them share, with the remaining edges joined."""
    edges = {edge for ring in rings for edge in pairwise(ring) if edge[0] != edge[1]}
    following = {start: end for start, end in edges if (end, start) not in edges}
    merged = []
    while following:
        start, point = following.popitem()
        ring = [start, point]
        while point in following:
            point = following.pop(point)
            ring.append(point)
        merged.append(ring)
    return merged


def _is_within(ring: Ring, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return all(west <= x <= east and south <= y <= north for x, y in ring)


def _rings(shape: _Polygon | _MultiPolygon) -> Iterator[list[int]]:
    if shape["type"] == "Polygon":
        yield from shape["arcs"]
    elif shape["type"] == "MultiPolygon":
        for polygon in shape["arcs"]:
            yield from polygon


def _join_arcs(ring: list[int], arcs: list[Ring]) -> Ring:
    points: Ring = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def _cut_at_antimeridian(ring: Ring) -> list[Ring]:
    """Return the parts of a ring that lie on the map, cut where it crosses the 180th meridian."""
    unrolled = [ring[0]]
    for x, y in ring[1:]:
        turns = round((unrolled[-1][0] - x) / 360)
        unrolled.append((x + 360 * turns, y))
    parts = []
    for shift in (-360, 0, 360):
        moved = [(x + shift, y) for x, y in unrolled]
        part = _clip(_clip(moved, 180, 1), 180, -1)
        if part:
            parts.append(part)
    return parts


def _clip(ring: Ring, limit: float, sign: int) -> Ring:
    """Return the part of a ring on one side of a meridian (Sutherland and Hodgman, 1974).

    With a positive sign it is the part west of the limit, otherwise east of the limit's opposite.
    """
    clipped: Ring = []
    for (x, y), (u, v) in pairwise(ring):
        is_in, next_in = sign * x <= limit, sign * u <= limit
        if is_in:
            clipped.append((x, y))
        if is_in != next_in:
            part = (sign * limit - x) / (u - x)
            clipped.append((sign * limit, y + part * (v - y)))
    return [*clipped, clipped[0]] if clipped else []


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
    """Return a ring as an SVG path with relative coordinates, rounded to tenths."""
    placed = [(round(x * 10), round((y - top) * 10)) for x, y in ring]
    distinct = [placed[0]]
    distinct += [point for previous, point in pairwise(placed) if point != previous]
    if len(distinct) < 3:
        return ""
    steps = [f"{_tenths(x - px)},{_tenths(y - py)}" for (px, py), (x, y) in pairwise(distinct)]
    return f"M{_tenths(distinct[0][0])},{_tenths(distinct[0][1])}l{' '.join(steps)}z"


def _tenths(number: int) -> str:
    return f"{number / 10:g}"


def _area(ring: Ring) -> float:
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairwise(ring)) / 2)


def _center(ring: Ring) -> tuple[float, float]:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
