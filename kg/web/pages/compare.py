"""Comparison of two to six states: agreement by year, a matrix, and the votes that differed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from markupsafe import Markup

from kg.model.similarity import MEASURES, SimilarityMeasure, VoteTable, four_digits
from kg.web.http_error import HttpError
from kg.web.pages.agreement import PairAgreement, pair_agreement
from kg.web.pages.comparison import ALL_VOTES, DIFFERENCES, MAX_STATES, VOTES, Selection
from kg.web.pages.components.agreement_chart import (
    AgreementSeries,
    agreement_chart,
    chart_sheet,
)
from kg.web.pages.components.vote_list import named_votes
from kg.web.pages.context import PageContext
from kg.web.pages.csv_files import csv_text
from kg.web.pages.positions import LABEL_OF
from kg.web.pages.queries import QueryRunner, Row
from kg.web.pages.seat_line import seat_line
from kg.web.pages.state_index import States
from kg.web.pages.vote_index import LAST_VOTING, STYLES, EventTable

#: The number of states from which each pair has a chart of its own.
_SMALL_MULTIPLES: Final = 4
#: Votes on a page of the list of votes on which the states differed.
_DIFFERING_VOTES: Final = 50
#: Votes on paragraphs, amendments and motions.
_ON_PARTS: Final = '?event unv:voteOn ?kind FILTER(?kind != "document")'
#: The query of the table by year.
_QUERY: Final = "similarity-by-year"
#: Years before and after in the line of five years.
_REACH: Final = 2
#: The numbers of what is no position: no record, and non-voting.
_NO_POSITION: Final = frozenset({0, *range(LAST_VOTING + 1, len(STYLES))})
_IN_FAVOUR, _AGAINST = STYLES.index("yes"), STYLES.index("no")


@dataclass(frozen=True)
class _Votes:
    """The positions of the seats, and the places of the events that are compared."""

    table: EventTable
    columns: list[bytes]
    places: list[int]

    def differing(self, difference: str) -> list[int]:
        """Return the places of the votes in which the seats differed, the latest first."""
        differing = []
        for place, positions in zip(
            self.places, zip(*self.at(self.places), strict=True), strict=True
        ):
            taken = set(positions) - _NO_POSITION
            if len(taken) > 1 and (difference == "any" or {_IN_FAVOUR, _AGAINST} <= taken):
                differing.append(place)
        return differing[::-1]

    def at(self, places: list[int]) -> list[bytes]:
        """Return the positions of each seat in the events at some places."""
        return [bytes([column[place] for place in places]) for column in self.columns]


async def compare_page(context: PageContext, selected: Selection) -> dict[str, object]:
    """Return the template variables of a comparison of states.

    Raises:
        KgError: if the engine cannot answer.
    """
    states, votes = await context.states.read(), await _votes(context, selected)
    pairs = _pairs(votes, selected)
    series = [_series(states, selected, pair, number) for number, pair in enumerate(pairs)]
    differing = votes.differing(selected.difference)
    start = (selected.page - 1) * _DIFFERING_VOTES
    by_pair = {frozenset((pair.state, pair.other)): pair for pair in pairs}
    return {
        "states": states,
        "keys": selected.keys,
        "selected": selected,
        "years": selected.years,
        "years_with_votes": {year for pair in pairs for year in pair.tables},
        "undefined": _undefined(series),
        "measures": MEASURES,
        "votes": VOTES,
        "query": _QUERY,
        "pairs": pairs,
        "series": series,
        "charts": _charts(series, pairs, selected),
        "matrix": [[by_pair.get(frozenset((a, b))) for b in selected.keys] for a in selected.keys],
        "differing": await _listed(
            context.queries, votes, selected, differing[start : start + _DIFFERING_VOTES]
        ),
        "differing_total": len(differing),
        "first": start + 1,
        "pages": -(-len(differing) // _DIFFERING_VOTES),
        "differences": DIFFERENCES,
        "topics": (await context.topics.read()).offered,
        "has_predecessors": any(seat_line(states, key).note for key in selected.keys),
        "max_states": MAX_STATES,
    }


async def agreement_csv(context: PageContext, selected: Selection) -> str:
    """Return the shared and identical votes of each pair by year, and the measure, as CSV.

    The measure has four digits after the point; it is empty where it is undefined.

    Raises:
        KgError: if the engine cannot answer.
    """
    votes, measure = await _votes(context, selected), selected.measure
    return csv_text(
        ["state", "other", "year", "shared", "identical", measure.column or "share"],
        [
            [pair.state, pair.other, year, table.shared, table.identical, _written(measure, table)]
            for pair in _pairs(votes, selected)
            for year, table in pair.tables.items()
        ],
    )


async def agreement_figure(context: PageContext, selected: Selection) -> tuple[Markup, str]:
    """Return the agreement of each pair by year as one figure, and its title.

    Raises:
        HttpError: with status 404 if the states have no shared votes.
        KgError: if the engine cannot answer.
    """
    states, votes = await context.states.read(), await _votes(context, selected)
    pairs = _pairs(votes, selected)
    series = [_series(states, selected, pair, number) for number, pair in enumerate(pairs)]
    charts = [(line.name, chart) for line, chart in _charts(series, pairs, selected)]
    if not charts:
        raise HttpError(404, "these states have no shared votes in these years")
    figure = chart_sheet(charts) if len(selected.keys) >= _SMALL_MULTIPLES else charts[0][1]
    names = ", ".join(map(states.label, selected.keys))
    first, last = selected.years
    return figure, f"{names}: {_measured(selected)} by year, {first} to {last}"


async def differing_votes_csv(
    context: PageContext, selected: Selection, page_of: Callable[[str], str]
) -> str:
    """Return all votes in which the states differed as CSV, with a column for each state.

    ``page_of`` returns the address of the page of an event.

    Raises:
        KgError: if the engine cannot answer.
    """
    votes = await _votes(context, selected)
    return csv_text(
        ["date", "event", "page", *selected.keys],
        [
            [
                votes.table.dates[place],
                votes.table.events[place],
                page_of(votes.table.events[place]),
                *(LABEL_OF.get(STYLES[column[place]], "") for column in votes.columns),
            ]
            for place in votes.differing(selected.difference)
        ],
    )


async def _votes(context: PageContext, selected: Selection) -> _Votes:
    table = await context.votes.table()
    columns = await asyncio.gather(
        *(context.votes.positions(seat.holders) for seat in selected.seats)
    )
    only = await context.votes.on_topic(selected.topic) if selected.topic else None
    places = table.within(selected.years, only)
    if selected.votes != ALL_VOTES:
        parts = set(await context.votes.matching(_ON_PARTS))
        places = [place for place in places if place not in parts]
    return _Votes(table, list(columns), places)


def _pairs(votes: _Votes, selected: Selection) -> list[PairAgreement]:
    """Return the agreement of each pair in the General Assembly."""
    places = [place for place in votes.places if votes.table.in_assembly[place]]
    years = [votes.table.years[place] for place in places]
    seats = zip(selected.keys, votes.at(places), strict=True)
    return [pair_agreement(years, first, second) for first, second in combinations(seats, 2)]


def _written(measure: SimilarityMeasure, table: VoteTable) -> str:
    value = measure.value(table)
    return "" if value is None else four_digits(value)


def _measured(selected: Selection) -> str:
    """Return the measure, the votes and the topic in words."""
    unit = f", {selected.scale.unit}" if selected.scale.unit else ""
    votes = "" if selected.votes == ALL_VOTES else f" on {VOTES[selected.votes]}"
    topic = f" on {selected.topic_name}" if selected.topic_name else ""
    return f"{selected.measure.name}{votes}{topic}{unit}"


def _series(
    states: States, selected: Selection, pair: PairAgreement, number: int
) -> AgreementSeries:
    def defined(tables: Mapping[int, VoteTable]) -> dict[int, float]:
        values = {year: selected.value(table) for year, table in tables.items()}
        return {year: value for year, value in values.items() if value is not None}

    return AgreementSeries(
        (states.label(pair.state), states.label(pair.other)),
        f"c{number}",
        {year: table.shared for year, table in pair.tables.items()},
        defined(pair.tables),
        defined({year: pair.around(year, _REACH) for year in pair.tables}),
    )


def _undefined(all_series: Sequence[AgreementSeries]) -> list[tuple[str, list[int]]]:
    """Return the pairs with shared votes for which the measure is undefined, and the years."""
    years = [(line.name, sorted(line.shared.keys() - line.values)) for line in all_series]
    return [(name, undefined) for name, undefined in years if undefined]


def _charts(
    all_series: Sequence[AgreementSeries], pairs: list[PairAgreement], selected: Selection
) -> list[tuple[AgreementSeries, Markup]]:
    """Return one chart of all pairs, or one for each pair of four or more states."""
    years = sorted({year for pair in pairs for year in pair.tables})
    if not years:
        return []
    scale = selected.scale
    totals = [selected.value(pair.total) for pair in pairs]
    overall = {
        series.name: f"{series.name} {'undefined' if total is None else scale.text(total)}"
        for series, total in zip(all_series, totals, strict=True)
        if series.shared
    }
    span = years[0], years[-1]
    sentence = f"{_measured(selected)}, by year, {span[0]} to {span[1]}. Overall: "
    drawn = [series for series in all_series if series.shared]
    if len(selected.keys) >= _SMALL_MULTIPLES:
        return [
            (
                series,
                agreement_chart(
                    [series], span, scale, f"{sentence}{overall[series.name]}.", is_small=True
                ),
            )
            for series in drawn
        ]
    chart = agreement_chart(drawn, span, scale, f"{sentence}{'; '.join(overall.values())}.")
    return [(drawn[0], chart)]


async def _listed(
    queries: QueryRunner, votes: _Votes, selected: Selection, places: list[int]
) -> list[Row]:
    """Return votes with their names and the positions of the states, by key."""
    if not places:
        return []
    events = [votes.table.events[place] for place in places]
    named = await named_votes(queries, events)
    return [
        Row(
            {
                **named.get(event, {"event": event, "name": event}),
                "date": votes.table.dates[place],
                **{
                    key: STYLES[column[place]]
                    for key, column in zip(selected.keys, votes.columns, strict=True)
                },
            }
        )
        for event, place in zip(events, places, strict=True)
    ]
