"""The answer to any SELECT as a page shows it: a table, and a chart or a map where one fits.

A chart fits if a column holds years and others hold numbers; a map fits if a column holds states,
each once, and another a position or a share.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from kg.limits import PAGE_ROWS
from kg.rdf.vocabulary import BASE, UNV, XSD
from kg.web.pages.charts import Series, lines
from kg.web.pages.context import POSITIONS, STYLE_OF
from kg.web.pages.description import labels_of
from kg.web.pages.queries import Asker, Table
from kg.web.pages.state_index import States, key_of
from kg.web.pages.urls import fallback_label
from kg.web.pages.votes import position_of
from kg.web.pages.worldmap import Shade, world_map

_NUMBERS: Final = {XSD.integer, *(XSD.iri + one for one in ("decimal", "double", "float"))}
_MOST_LINES: Final = 8
#: Saved queries name counts of positions as the ontology names the properties.
_COUNT_STYLE: Final = {term.removeprefix(UNV.iri): style for term, style in STYLE_OF.items()}
_POSITION_STYLE: Final = {words: style for style, words, _ in POSITIONS}


@dataclass(frozen=True)
class Cell:
    """One value: its text, the IRI it is (empty for a literal), its language, if it is a number."""

    text: str
    iri: str = ""
    language: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Shown:
    """A result with everything the template shows of it."""

    variables: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: list[list[Cell | None]]
    total: int
    chart: Markup | None
    legend: list[Series]
    map: Markup | None
    map_words: str
    #: Whether the map shows positions, rather than shares.
    has_positions: bool
    #: How the answer came about, if there is something to tell.
    remarks: tuple[str, ...]


async def shown(asker: Asker, states: States, table: Table) -> Shown:
    """Return an answer as a page shows it; variables that only repeat a parameter are left out.

    Raises:
        KgError: if the engine cannot answer.
    """
    variables = tuple(name for name in table.variables if not name.startswith("_"))
    rows = table.rows[:PAGE_ROWS]
    named = [
        term["value"]
        for row in rows
        for term in row.values()
        if term["type"] == "uri" and term["value"].startswith(BASE)
    ]
    names = await labels_of(asker, named)
    cells = [[_cell(row.get(name), names) for name in variables] for row in rows]
    series = _series(table, variables)
    chart = lines(series, _sentence(series)) if series else None
    shades = _shaded(table, variables)
    words = f"{len(shades)} states: {_told(shades)}."
    drawn = world_map(states, shades, f"World map of {words}") if shades else None
    numeric = tuple(
        any(one and one.is_number for one in column) for column in zip(*cells, strict=True)
    )
    positions = any(not shade.style.startswith("level") for shade in shades.values())
    return Shown(
        variables,
        numeric,
        cells,
        len(table.rows),
        chart,
        series,
        drawn,
        words,
        positions,
        table.remarks,
    )


def _cell(term: dict[str, str] | None, names: dict[str, str]) -> Cell | None:
    if term is None:
        return None
    value = term["value"]
    if term["type"] == "uri":
        name = names.get(value)
        # Of the pages of our things their names are shown, of anything else the address.
        return Cell(name or (fallback_label(value) if value.startswith(BASE) else value), value)
    return Cell(value, language=term.get("xml:lang", ""), is_number=_is_number(term))


def _is_number(term: dict[str, str] | None) -> bool:
    return term is not None and term.get("datatype") in _NUMBERS


def _series(table: Table, variables: tuple[str, ...]) -> list[Series]:
    """Return lines for the numbers by year, if each year stands once."""
    if "year" not in variables or not table.rows:
        return []
    if not all(row.get("year", {}).get("value", "").isdecimal() for row in table.rows):
        return []
    years = [int(row["year"]["value"]) for row in table.rows]
    if len(set(years)) != len(years) or len(years) < 2:
        return []
    found = []
    for name in variables:
        values = {
            year: float(row[name]["value"])
            for year, row in zip(years, table.rows, strict=True)
            if name != "year" and _is_number(row.get(name))
        }
        if values:
            found.append((name, values))
    # A share and a count do not fit on one axis.
    counts = [one for one in found if all(value.is_integer() for value in one[1].values())]
    drawn = counts or found
    return [
        Series(name, _COUNT_STYLE.get(name, f"c{number}"), values)
        for number, (name, values) in enumerate(drawn[:_MOST_LINES])
    ]


def _sentence(series: list[Series]) -> str:
    years = sorted({year for one in series for year in one.values})
    names = ", ".join(
        f"{one.name} from {min(one.values.values()):g} to {max(one.values.values()):g}"
        for one in series
    )
    return f"By year, {years[0]} to {years[-1]}: {names}."


def _shaded(table: Table, variables: tuple[str, ...]) -> dict[str, Shade]:
    """Return the states of a result in shades, if a column has states and another shades them."""
    for column in variables:
        keys = [key_of(row.get(column, {}).get("value", "")) for row in table.rows]
        if len(keys) < 5 or not all(keys) or len(set(keys)) != len(keys):
            continue
        for other in variables:
            if shades := _shades(table, keys, other):
                return shades
    return {}


def _shades(table: Table, keys: list[str], name: str) -> dict[str, Shade]:
    """Return how a column shades each state: by position, or by where a share lies among all."""
    shares = [float(r[name]["value"]) for r in table.rows if _is_number(r.get(name))]
    least, width = min(shares, default=0), (max(shares, default=0) - min(shares, default=0)) or 1
    found = {}
    for key, row in zip(keys, table.rows, strict=True):
        term = row.get(name)
        if term is None:
            continue
        style, words = position_of(term["value"])
        style, words = (style, words) if style else (_POSITION_STYLE.get(term["value"], ""),
                                                     term["value"])  # fmt: skip
        if not style and name == "share" and _is_number(term):
            share = float(term["value"])
            level = min(int(5 * (share - least) / width), 4)
            style, words = f"level{level}", f"{100 * share:.1f} %"
        if not style:
            return {}
        found[key] = Shade(style, words)
    return found


def _told(shades: dict[str, Shade]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for shade in shades.values():
        in_words = "shaded, the stronger the higher their share"
        counts[in_words if shade.style.startswith("level") else shade.words] += 1
    return ", ".join(f"{number} {words}" for words, number in counts.items())
