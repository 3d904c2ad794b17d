"""The rows of the smaller tables: states by year, sponsors, memberships in groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, cast

import numpy as np
import pyoxigraph as ox

from kg.analysis.tables.definitions import GROUPS, IDEAL_POINT_COLUMNS, SPONSORS, STATE_YEAR
from kg.analysis.tables.state_codes import StateCodes
from kg.analysis.votes import Record, key_of, pairs
from kg.model.ideal_points import IDEAL_POINT_MODELS, IdealPointModel
from kg.rdf import iris
from kg.rdf.vocabulary import PROV, UNV
from kg.release.export.row_reader import RowReader
from kg.sources.estimated_ideal_points import NAME as ESTIMATED

#: The columns of positions, by option.
_OPTIONS: Final = ("against", "abstaining", "inFavour")
#: The precision of a date as printed, by its length: 1982, 1982-05.
_PRECISIONS: Final = {4: "year", 7: "month"}
#: The kinds of IRIs of texts; statements, too, are made on behalf of groups.
_TEXTS: Final = ("draft", "resolution", "decision")
#: More than any year, for keys of states and years.
_YEARS: Final = 10_000
#: A state, a year, and the votes that count.
_Place = tuple[str, int, IdealPointModel]


def state_years(record: Record, store: ox.Store, codes: StateCodes) -> Iterator[list[str]]:
    """Yield the rows of ``state_year``: final passage first, then by state and year."""
    counts = _counts(record, store)
    points = _ideal_points(store)
    places = {place for place, _ in counts} | set(points)
    for place in sorted(places, key=lambda place: (IDEAL_POINT_MODELS.index(place[2]), *place)):
        state, year, votes = place
        cells = {
            "state": state,
            "iso3": codes.iso3(state),
            "cowCode": codes.cow(state),
            "seat": codes.seat(state),
            "year": str(year),
            "votes": votes,
            **points.get(place, {}),
        }
        for name in (*_OPTIONS, "nonVoting", "suspended", "contested"):
            cells[name] = str(counts[place, name])
        yield [cells.get(column.name, "") for column in STATE_YEAR.columns]


def _counts(record: Record, store: ox.Store) -> Counter[tuple[_Place, str]]:
    """Return the number of votes by place and column."""
    counts: Counter[tuple[_Place, str]] = Counter()
    contested = record.contested()[record.event]
    years = record.years[record.event]
    masks = {name: record.option == option for option, name in enumerate(_OPTIONS)}
    for name, mask in (masks | {"contested": contested}).items():
        for model in IDEAL_POINT_MODELS:
            counted = mask & record.of_model(model)
            keys = record.state[counted] * _YEARS + years[counted]
            for key, number in zip(*np.unique(keys, return_counts=True), strict=True):
                place = (record.states[key // _YEARS], int(key % _YEARS), model)
                counts[place, name] = int(number)
    rows = {key: row for row, key in enumerate(record.events)}
    for event, state in pairs(store, UNV.nonVoting):
        _add(counts, record, rows.get(key_of(event)), key_of(state.value), "nonVoting", 1)
    for vote, _ in pairs(store, UNV.underSuspension):
        event, key = (_key(store, ox.NamedNode(vote), term) for term in (UNV.event, UNV.castBy))
        _add(counts, record, rows.get(event), key, "suspended", 1)
        _add(counts, record, rows.get(event), key, "nonVoting", -1)
    return counts


def _add(
    counts: Counter[tuple[_Place, str]],
    record: Record,
    event: int | None,
    state: str,
    column: str,
    number: int,
) -> None:
    """Count a state without a position on an event, if the record counts the event."""
    if event is None:
        return
    for model in IDEAL_POINT_MODELS:
        if record.whole[event] or model == "all votes":
            counts[(state, int(record.years[event]), model), column] += number


def _ideal_points(store: ox.Store) -> dict[_Place, dict[str, str]]:
    """Return the ideal points by place, as cells by the names of their columns."""
    points: dict[_Place, dict[str, str]] = {}
    for this, literal in pairs(store, UNV.model):
        node, model = ox.NamedNode(this), cast("IdealPointModel", literal.value)
        source = _key(store, node, PROV.wasDerivedFrom)
        kind = "estimatedPoint" if source.startswith(ESTIMATED) else "publishedPoint"
        numbers = (_key(store, node, term) for term in (UNV.estimate, UNV.lower, UNV.upper))
        state, year = _key(store, node, UNV.state), int(_key(store, node, UNV.year))
        cells = points.setdefault((state, year, model), {})
        cells |= zip(IDEAL_POINT_COLUMNS[kind], (*numbers, source), strict=True)
    return points


def sponsors(store: ox.Store, codes: StateCodes) -> Iterator[list[str]]:
    """Yield the rows of ``sponsors``, by document."""
    symbols = dict(pairs(store, UNV.symbol))
    rows = []
    for role, term in (
        ("sponsor", UNV.sponsor),
        ("additionalSponsor", UNV.additionalSponsor),
        ("onBehalfOf", UNV.onBehalfOf),
    ):
        for document, agent in pairs(store, term):
            if (iris.parse(document) or ("", ""))[0] not in _TEXTS:
                continue
            kind, key = iris.parse(agent.value) or ("", agent.value)
            is_state = kind == "state"
            cells = {
                "document": key_of(document),
                "symbol": symbols[document].value if document in symbols else "",
                "sponsor": key,
                "sponsorType": "state" if is_state else "agent",
                "sponsorName": codes.name(agent.value),
                "iso3": codes.iso3(key) if is_state else "",
                "cowCode": codes.cow(key) if is_state else "",
                "role": role,
            }
            rows.append([cells[column.name] for column in SPONSORS.columns])
    yield from sorted(rows)


def memberships(store: ox.Store, codes: StateCodes) -> Iterator[list[str]]:
    """Yield the rows of ``groups``, by the IRIs of memberships."""
    names = [column.name for column in GROUPS.columns]
    for row in RowReader(store).rows(GROUPS):
        cells = dict(zip(names, row, strict=True))
        printed = _PRECISIONS.get(len(cells["fromAsPrinted"]), "list")
        cells["cowCode"] = codes.cow(cells["member"])
        cells["precision"] = "day" if cells["memberFrom"] else printed
        yield list(cells.values())


def _key(store: ox.Store, subject: ox.NamedNode, term: str) -> str:
    """Return the only value of a property: the key of a resource, or the text of a literal."""
    quads = store.quads_for_pattern(subject, ox.NamedNode(term), None, ox.DefaultGraph())
    (value,) = (quad.object for quad in quads)
    assert isinstance(value, ox.NamedNode | ox.Literal)
    return key_of(value.value) if isinstance(value, ox.NamedNode) else value.value
