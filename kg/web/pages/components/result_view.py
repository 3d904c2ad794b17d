"""The result of any SELECT as a page shows it: a table, and a chart or a map where one fits.

A chart fits if one column contains years and others contain numbers; a map fits if one column
contains states, each once, and another contains positions or shares.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from kg.limits import PAGE_ROWS
from kg.rdf.iris import is_local
from kg.rdf.vocabulary import UNV, XSD
from kg.web.pages.components.charts import Series, horizontal_bars, lines
from kg.web.pages.components.land import Shade
from kg.web.pages.components.result_choice import FORMS, ResultChoice, type_label
from kg.web.pages.components.world_map import WorldMap, world_map
from kg.web.pages.names import labels_of
from kg.web.pages.positions import POSITIONS, STYLE_OF, position_of
from kg.web.pages.queries import QueryRunner, ResultTable
from kg.web.pages.state_index import States, key_of
from kg.web.pages.urls import fallback_label

_NUMBERS: Final = {XSD.integer, *(XSD.iri + name for name in ("decimal", "double", "float"))}
#: Lines in a chart: more cannot be distinguished.
_MAX_LINES: Final = 8
_YEAR: Final = re.compile(r"[0-9]{4}", re.ASCII)
#: Years from the first to the last in a chart: more cannot be distinguished.
_MAX_YEARS: Final = 300
#: The largest absolute value in a chart; the coordinates of larger ones would not be exact.
_MAX_VALUE: Final = 1e15
#: The number of states from which a map is more informative than a table.
_MIN_STATES: Final = 5
#: Bars of a chart: further rows are only in the table.
MAX_BARS: Final = 100
#: Shades of a share, from the lowest to the highest.
_LEVELS: Final = 5
#: Saved queries give counts of positions the names of the properties of the ontology.
_COUNT_STYLE: Final = {term.removeprefix(UNV.iri): style for term, style in STYLE_OF.items()}
#: The shade of a member that is missing from the result.
_NOT_IN_RESULT: Final = Shade("none", "not in the result")
#: Every figure that fits, with the rows in the order of the result.
AUTOMATIC: Final = ResultChoice()
_POSITION_STYLE: Final = {label: style for style, label, _ in POSITIONS}


@dataclass(frozen=True)
class Cell:
    """One value as text; ``iri`` is empty for a literal."""

    text: str
    iri: str = ""
    language: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class ResultView:
    """A result with everything that the template shows; ``total`` counts all of its rows."""

    variables: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: list[list[Cell | None]]
    total: int
    chart: Markup | None
    legend: list[Series]
    map: WorldMap | None
    map_caption: str
    #: Whether the map shows positions, rather than shares.
    has_positions: bool
    #: Remarks of the engine on how the result was computed.
    remarks: tuple[str, ...]
    #: What the values of each column are, in plain words.
    types: tuple[str, ...]
    bars: Markup | None
    choice: ResultChoice

    @property
    def forms(self) -> dict[str, str]:
        """The forms in which the result can be shown, with their labels."""
        return {
            name: label
            for name, label in FORMS.items()
            if name == "table" or self.figure(name) is not None
        }

    def figure(self, form: str) -> Markup | None:
        """Return the figure of a form, None if it does not fit the result."""
        drawn = self.map.svg if self.map else None
        return {"map": drawn, "line": self.chart, "bar": self.bars}.get(form)

    def columns(self, *, with_repeats: bool) -> list[int]:
        """Return the places of the columns that a table shows, from 0.

        Without repeats, a column of the names that another one shows as links is left out.
        """
        texts = [
            [cell.text if cell else "" for cell in column]
            for column in zip(*self.rows, strict=True)
        ]
        linked = [texts[place] for place, kind in enumerate(self.types) if kind == "resource"]
        return [
            place
            for place, kind in enumerate(self.types)
            if with_repeats or not self.rows or kind == "resource" or texts[place] not in linked
        ]

    @property
    def bar_count(self) -> int:
        """The number of rows that a bar chart shows: the first ones."""
        return min(len(self.rows), MAX_BARS)

    @property
    def has_any_figure(self) -> bool:
        """Whether the page has a figure of the result."""
        return any(self.has_figure(form) for form in self.forms if form != "table")

    def has_figure(self, form: str) -> bool:
        """Whether the page has a figure: the chosen one, else map and line chart."""
        return form in self.forms and (
            form == self.choice.form if self.choice.form else form != "bar"
        )


async def result_view(
    queries: QueryRunner, states: States, table: ResultTable, choice: ResultChoice = AUTOMATIC
) -> ResultView:
    """Return a result as a page shows it, without variables that only repeat a parameter.

    Raises:
        KgError: if the engine cannot answer.
    """
    variables = tuple(name for name in table.variables if not name.startswith("_"))
    rows = list(table.rows[:PAGE_ROWS])
    resources = [
        term["value"]
        for row in rows
        for term in row.values()
        if term["type"] == "uri" and is_local(term["value"])
    ]
    names = await labels_of(queries, resources)
    if choice.sort in variables:
        rows = _sorted(rows, choice, names)
    cells = [[_cell(row.get(name), names) for name in variables] for row in rows]
    series = _series(table, variables)
    shades = _shades_by_state(table, variables)
    caption = f"{len(shades)} states: {_summary(shades)}."
    numeric = tuple(
        any(cell and cell.is_number for cell in column) for column in zip(*cells, strict=True)
    )
    return ResultView(
        variables=variables,
        numeric=numeric,
        rows=cells,
        total=table.total,
        chart=lines(series, _chart_description(series)) if series else None,
        legend=series,
        map=world_map(states, shades, f"World map of {caption}", absent=_NOT_IN_RESULT)
        if shades
        else None,
        map_caption=caption,
        has_positions=any(not shade.style.startswith("level") for shade in shades.values()),
        remarks=table.remarks,
        types=tuple(type_label([row[name] for row in rows if name in row]) for name in variables),
        bars=_bars(cells, variables, numeric),
        choice=choice,
    )


def _sorted(
    rows: list[dict[str, dict[str, str]]], choice: ResultChoice, names: dict[str, str]
) -> list[dict[str, dict[str, str]]]:
    """Return rows sorted by a column: numbers by value, other terms by text, missing ones last."""

    def key(row: dict[str, dict[str, str]]) -> tuple[bool, float, str]:
        number = _number(row[choice.sort])
        cell = _cell(row[choice.sort], names)
        return number is None, number or 0, cell.text.casefold() if cell else ""

    present = [row for row in rows if choice.sort in row]
    absent = [row for row in rows if choice.sort not in row]
    return [*sorted(present, key=key, reverse=choice.descending), *absent]


def _bars(
    cells: list[list[Cell | None]], variables: tuple[str, ...], numeric: tuple[bool, ...]
) -> Markup | None:
    """Return bars for the first numbers by the first names or years; None if they do not fit."""
    is_number = [n and name != "year" for n, name in zip(numeric, variables, strict=False)]
    if True not in is_number or False not in is_number or len(cells) < 2:
        return None
    label, value = is_number.index(False), is_number.index(True)
    bars = []
    for row in cells[:MAX_BARS]:
        name, number = row[label], row[value]
        size = float(number.text) if number and number.is_number else 0
        if name is None or not 0 <= size <= _MAX_VALUE:
            return None
        bars.append((name.text, size))
    return horizontal_bars(bars, f"{len(bars)} bars: {bars[0][0]} {bars[0][1]:g} and others.")


def _cell(term: dict[str, str] | None, names: dict[str, str]) -> Cell | None:
    if term is None:
        return None
    value = term["value"]
    if term["type"] == "uri":
        name = names.get(value)
        # A resource of this service is shown by its name, any other one by its IRI.
        return Cell(name or (fallback_label(value) if is_local(value) else value), value)
    return Cell(value, language=term.get("xml:lang", ""), is_number=_is_number(term))


def _is_number(term: dict[str, str] | None) -> bool:
    return _number(term) is not None


def _number(term: dict[str, str] | None) -> float | None:
    """Return a finite number; None for any other term, also an ill-typed one."""
    if term is None or term.get("datatype") not in _NUMBERS:
        return None
    try:
        number = float(term["value"])
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _series(table: ResultTable, variables: tuple[str, ...]) -> list[Series]:
    """Return lines for the numbers by year, if there is one row per year and they fit a chart."""
    texts = [row.get("year", {}).get("value", "") for row in table.rows]
    if not table.is_complete or "year" not in variables or not all(map(_YEAR.fullmatch, texts)):
        return []
    years = [int(text) for text in texts]
    if len(set(years)) != len(years) or len(years) < 2 or max(years) - min(years) >= _MAX_YEARS:
        return []
    columns = []
    for name in variables:
        values = {
            year: number
            for year, row in zip(years, table.rows, strict=True)
            if name != "year" and (number := _number(row.get(name))) is not None
        }
        if values and max(map(abs, values.values())) <= _MAX_VALUE:
            columns.append((name, values))
    # A share and a count do not fit on one axis.
    counts = [
        (name, values)
        for name, values in columns
        if all(value.is_integer() for value in values.values())
    ]
    return [
        Series(name, _COUNT_STYLE.get(name, f"c{number}"), values)
        for number, (name, values) in enumerate((counts or columns)[:_MAX_LINES])
    ]


def _chart_description(all_series: list[Series]) -> str:
    years = sorted({year for series in all_series for year in series.values})
    names = ", ".join(
        f"{series.name} from {min(series.values.values()):g} to {max(series.values.values()):g}"
        for series in all_series
    )
    return f"By year, {years[0]} to {years[-1]}: {names}."


def _shades_by_state(table: ResultTable, variables: tuple[str, ...]) -> dict[str, Shade]:
    """Return the shade of each state, if a column has states and another has values for them."""
    if not table.is_complete:
        return {}
    for column in variables:
        keys = [key_of(row.get(column, {}).get("value", "")) for row in table.rows]
        if len(keys) < _MIN_STATES or not all(keys) or len(set(keys)) != len(keys):
            continue
        for other in variables:
            if shades := _shades(table, keys, other):
                return shades
    return {}


def _shades(table: ResultTable, keys: list[str], name: str) -> dict[str, Shade]:
    """Return shades for the values of a column: positions, or the rank of shares among all."""
    shares = [number for row in table.rows if (number := _number(row.get(name))) is not None]
    lowest = min(shares, default=0)
    width = (max(shares, default=0) - lowest) or 1
    shades = {}
    for key, row in zip(keys, table.rows, strict=True):
        term = row.get(name)
        if term is None:
            continue
        style, label = position_of(term["value"])
        if not style:
            style, label = _POSITION_STYLE.get(term["value"], ""), term["value"]
        share = _number(term) if name == "share" else None
        if not style and share is not None:
            level = min(int(_LEVELS * (share - lowest) / width), _LEVELS - 1)
            style, label = f"level{level}", f"{100 * share:.1f} %"
        if not style:
            return {}
        shades[key] = Shade(style, label)
    return shades


def _summary(shades: dict[str, Shade]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for shade in shades.values():
        share = "shaded by share, darker where it is higher"
        counts[share if shade.style.startswith("level") else shade.label] += 1
    return ", ".join(f"{number} {label}" for label, number in counts.items())
