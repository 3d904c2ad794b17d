"""What a comparison of states is about: states, years, topic, votes, and the measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import Request

from kg.model.similarity import IDENTICAL, MEASURES, SimilarityMeasure, VoteTable
from kg.rdf.iris import local_name
from kg.sources.states import embedded_names
from kg.web.http_error import HttpError, UnknownValueError
from kg.web.pages.components.agreement_chart import Scale
from kg.web.pages.context import PageContext
from kg.web.pages.request_parameters import (
    FIRST_YEAR,
    requested_page,
    requested_value,
    requested_years,
)
from kg.web.pages.seat_line import SEATS, SeatLine, seat_line
from kg.web.pages.state_index import States
from kg.web.pages.topic_choice import requested_topic

MIN_STATES: Final = 2
MAX_STATES: Final = 6
#: The states that are compared by default.
_DEFAULT_STATES: Final = ("CHN", "IND", "USA")
#: The URL parameters of a comparison.
PARAMETERS: Final = (
    "states",
    "from",
    "until",
    "topic",
    "votes",
    "measure",
    "seats",
    "difference",
    "page",
)
#: Which differences are listed, by the value in a URL: places of positions that must both occur.
DIFFERENCES: Final = {
    "any": "different positions",
    "opposed": "one in favour and another against",
}
#: The votes that are compared, by the value in a URL, as the query ``similarity-by-year`` has them.
VOTES: Final = {"all-votes": "all votes", "final-passage": "final passage"}
ALL_VOTES: Final = "all-votes"
_MEASURE_NAMES: Final = {key: measure.name for key, measure in MEASURES.items()}
#: The shades of the cells of a matrix.
_LEVELS: Final = 5


@dataclass(frozen=True)
class Selection:
    """What a request compares: seats, years, a topic, votes, a measure, the listed differences.

    ``votes`` is a key of ``VOTES``.
    """

    seats: list[SeatLine]
    years: tuple[int, int]
    topic: str
    topic_name: str
    votes: str
    measure: SimilarityMeasure
    joined: bool
    difference: str
    page: int

    @property
    def keys(self) -> list[str]:
        """The keys of the states."""
        return [seat.key for seat in self.seats]

    @property
    def scale(self) -> Scale:
        """The axis of the measure: percent for the share of identical votes."""
        if self.measure is IDENTICAL:
            return Scale((0, 20, 40, 60, 80, 100), "percent")
        return Scale((-1, -0.5, 0, 0.5, 1) if self.measure.lowest < 0 else (0, 0.25, 0.5, 0.75, 1))

    def value(self, table: VoteTable) -> float | None:
        """Return the measure of a table on this axis, None where it is undefined."""
        numerator, denominator = self.measure.ratio(table)
        units = 100 if self.measure is IDENTICAL else 1
        return units * numerator / denominator if denominator else None

    def level(self, value: float) -> int:
        """Return in which fifth of the axis a value is, from 0 to 4."""
        lowest, highest = self.scale.ends
        return min(int((value - lowest) / (highest - lowest) * _LEVELS), _LEVELS - 1)

    @property
    def in_url(self) -> dict[str, str]:
        """The parameters of the comparison, without defaults and the page."""
        values = {
            "states": ",".join(self.keys),
            "from": str(self.years[0]),
            "until": str(self.years[1]),
            "topic": local_name(self.topic) if self.topic else "",
            "votes": "" if self.votes == ALL_VOTES else self.votes,
            "measure": "" if self.measure is IDENTICAL else self.measure.key,
            "seats": "" if self.joined else "separate",
            "difference": "" if self.difference == "any" else self.difference,
        }
        return {name: value for name, value in values.items() if value}


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
        raise HttpError(400, f"states: {error}; /states lists them"[:500]) from error
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
        requested_years(request, FIRST_YEAR, context.last_year()),
        topic,
        name,
        requested_value(request, "votes", VOTES) or ALL_VOTES,
        MEASURES[requested_value(request, "measure", _MEASURE_NAMES) or IDENTICAL.key],
        joined,
        requested_value(request, "difference", DIFFERENCES) or "any",
        requested_page(request),
    )
