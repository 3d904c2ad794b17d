"""Comparison of two to six states: agreement by year, a matrix, and the votes that differed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from fastapi import Request
from markupsafe import Markup

from kg.sources.states import embedded_names
from kg.web.http_error import HttpError, UnknownValueError
from kg.web.pages.agreement import PairAgreement, pair_agreement
from kg.web.pages.components.agreement_chart import (
    AgreementSeries,
    agreement_chart,
    chart_sheet,
)
from kg.web.pages.components.vote_list import named_votes
from kg.web.pages.context import PageContext
from kg.web.pages.csv_files import csv_text
from kg.web.pages.ontology_terms import local_name
from kg.web.pages.positions import LABEL_OF
from kg.web.pages.queries import QueryRunner, Row
from kg.web.pages.request_parameters import (
    FIRST_YEAR,
    requested_page,
    requested_value,
    requested_years,
)
from kg.web.pages.seat_line import SEATS, SeatLine, seat_line
from kg.web.pages.state_index import States
from kg.web.pages.topic_choice import requested_topic
from kg.web.pages.vote_index import LAST_VOTING, STYLES, EventTable

MIN_STATES: Final = 2
MAX_STATES: Final = 6
#: The number of states from which each pair has a chart of its own.
_SMALL_MULTIPLES: Final = 4
#: The states that are compared by default.
_DEFAULT_STATES: Final = ("CHN", "IND", "USA")
#: Votes on a page of the list of votes on which the states differed.
_DIFFERING_VOTES: Final = 50
#: The URL parameters of a comparison.
PARAMETERS: Final = ("states", "from", "until", "topic", "seats", "difference", "page")
#: Which differences are listed, by the value in a URL: places of positions that must both occur.
_DIFFERENCES: Final = {
    "any": "different positions",
    "opposed": "one in favour and another against",
}
_IN_FAVOUR, _AGAINST = STYLES.index("yes"), STYLES.index("no")


@dataclass(frozen=True)
class Selection:
    """What a request compares: seats, years, a topic, and the listed differences."""

    seats: list[SeatLine]
    years: tuple[int, int]
    topic: str
    topic_name: str
    joined: bool
    difference: str
    page: int

    @property
    def keys(self) -> list[str]:
        """The keys of the states."""
        return [seat.key for seat in self.seats]

    @property
    def in_url(self) -> dict[str, str]:
        """The parameters of the comparison, without defaults and the page."""
        values = {
            "states": ",".join(self.keys),
            "from": str(self.years[0]),
            "until": str(self.years[1]),
            "topic": local_name(self.topic) if self.topic else "",
            "seats": "" if self.joined else "separate",
            "difference": "" if self.difference == "any" else self.difference,
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class _Votes:
    """The positions of the seats, and the places of the events that are compared."""

    table: EventTable
    columns: list[bytes]
    places: list[int]

    def differing(self, difference: str) -> list[int]:
        """Return the places of the votes in which the seats differed, the latest first."""
        differing = []
        for place in reversed(self.places):
            taken = {column[place] for column in self.columns if 0 < column[place] <= LAST_VOTING}
            if len(taken) > 1 and (difference == "any" or {_IN_FAVOUR, _AGAINST} <= taken):
                differing.append(place)
        return differing


def requested_states(request: Request, states: States) -> list[str]:
    """Return the states a request names: ``?states=IND,CHN`` or ``?states=India&states=UK``.

    Raises:
        HttpError: with status 400 if a state is unknown or its name ambiguous, or there are too few
            or too many.
    """
    values = request.query_params.getlist("states")
    names = [name.strip() for value in values for name in value.split(",") if name.strip()]
    try:
        keys = list(dict.fromkeys(map(embedded_names().key, names))) or list(_DEFAULT_STATES)
    except ValueError as error:
        raise HttpError(400, f"states: {error}"[:500]) from error
    unknown = [key for key in keys if key not in states.by_key]
    if unknown:
        raise UnknownValueError("states", ", ".join(unknown), states.names)
    if not MIN_STATES <= len(keys) <= MAX_STATES:
        raise HttpError(400, f"expected {MIN_STATES} to {MAX_STATES} states, found {len(keys)}")
    return keys


async def requested_comparison(context: PageContext, request: Request) -> Selection:
    """Return what a request compares.

    Raises:
        HttpError: with status 400 if a value is unknown, with those that were expected.
        KgError: if the engine cannot answer.
    """
    states = await context.states.read()
    keys = requested_states(request, states)
    joined = requested_value(request, "seats", SEATS) != "separate"
    topic, name = await requested_topic(context, request)
    return Selection(
        [seat_line(states, k, keys) if joined else SeatLine(k, (k,), "") for k in keys],
        requested_years(request, FIRST_YEAR, context.release().year),
        topic,
        name,
        joined,
        requested_value(request, "difference", _DIFFERENCES) or "any",
        requested_page(request),
    )


async def compare_page(context: PageContext, selected: Selection) -> dict[str, object]:
    """Return the template variables of a comparison of states.

    Raises:
        KgError: if the engine cannot answer.
    """
    states, votes = await context.states.read(), await _votes(context, selected)
    pairs = _pairs(votes, selected)
    series = [_series(states, pair, f"c{number}") for number, pair in enumerate(pairs)]
    differing = votes.differing(selected.difference)
    start = (selected.page - 1) * _DIFFERING_VOTES
    by_pair = {frozenset((pair.state, pair.other)): pair for pair in pairs}
    return {
        "states": states,
        "keys": selected.keys,
        "selected": selected,
        "years": selected.years,
        "years_with_votes": {year for pair in pairs for year in pair.shared},
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
        "differences": _DIFFERENCES,
        "topics": (await context.topics.read()).offered,
        "has_predecessors": any(seat_line(states, key).note for key in selected.keys),
        "max_states": MAX_STATES,
    }


async def agreement_csv(context: PageContext, selected: Selection) -> str:
    """Return the shared and identical votes of each pair by year, as CSV.

    Raises:
        KgError: if the engine cannot answer.
    """
    votes = await _votes(context, selected)
    return csv_text(
        ["state", "other", "year", "shared", "identical", "share"],
        [
            [pair.state, pair.other, year, shared, same, f"{same / shared:.4f}"]
            for pair in _pairs(votes, selected)
            for year, shared in sorted(pair.shared.items())
            for same in (pair.identical[year],)
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
    series = [_series(states, pair, f"c{number}") for number, pair in enumerate(pairs)]
    charts = [(line.name, chart) for line, chart in _charts(series, pairs, selected)]
    if not charts:
        raise HttpError(404, "these states have no shared votes in these years")
    figure = chart_sheet(charts) if len(selected.keys) >= _SMALL_MULTIPLES else charts[0][1]
    names = ", ".join(map(states.label, selected.keys))
    first, last = selected.years
    topic = f" on {selected.topic_name}" if selected.topic_name else ""
    return figure, f"{names}: identical votes{topic}, percent by year, {first} to {last}"


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
    return _Votes(table, list(columns), table.within(selected.years, only))


def _pairs(votes: _Votes, selected: Selection) -> list[PairAgreement]:
    """Return the agreement of each pair in the General Assembly."""
    places = [place for place in votes.places if votes.table.in_assembly[place]]
    numbered = combinations(enumerate(selected.keys), 2)
    return [
        pair_agreement(votes.table, places, (first, votes.columns[i]), (second, votes.columns[j]))
        for (i, first), (j, second) in numbered
    ]


def _series(states: States, pair: PairAgreement, style: str) -> AgreementSeries:
    names = states.label(pair.state), states.label(pair.other)
    return AgreementSeries(names, style, pair.shared, pair.identical)


def _charts(
    all_series: Sequence[AgreementSeries], pairs: list[PairAgreement], selected: Selection
) -> list[tuple[AgreementSeries, Markup]]:
    """Return one chart of all pairs, or one for each pair of four or more states."""
    years = sorted({year for pair in pairs for year in pair.shared})
    if not years:
        return []
    overall = {
        series.name: f"{series.name} {100 * pair.share:.0f} percent"
        for series, pair in zip(all_series, pairs, strict=True)
        if pair.share is not None
    }
    span = years[0], years[-1]
    sentence = f"Percentage of identical votes by year, {span[0]} to {span[1]}. Overall: "
    drawn = [series for series in all_series if series.shared]
    if len(selected.keys) >= _SMALL_MULTIPLES:
        return [
            (
                series,
                agreement_chart(
                    [series], span, f"{sentence}{overall[series.name]}.", is_small=True
                ),
            )
            for series in drawn
        ]
    chart = agreement_chart(drawn, span, f"{sentence}{'; '.join(overall.values())}.")
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
