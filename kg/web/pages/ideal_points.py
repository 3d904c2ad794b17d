"""Ideal points on pages: all states in a year at ``/ideal-points``, and the years of a state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from markupsafe import Markup

from kg.model.ideal_points import IDEAL_POINT_MODELS, IdealPoint
from kg.web.http_error import UnknownValueError
from kg.web.pages.components.charts import Series, lines
from kg.web.pages.components.point_rows import Point, point_rows
from kg.web.pages.context import PageContext
from kg.web.pages.ideal_point_index import ESTIMATES, SourcePoints
from kg.web.pages.request_parameters import requested_value
from kg.web.pages.state_index import States

#: The URL parameters of the page.
PARAMETERS: Final = ("year", "votes", "estimates")
#: The votes of a model, by the value in a URL.
_VOTES: Final = {model.replace(" ", "-"): model for model in IDEAL_POINT_MODELS}
#: The votes of the figures on other pages, which are read with a release.
_MODEL: Final = IDEAL_POINT_MODELS[0]
#: The states whose lines stand beside that of a state: those with the nearest ideal points.
_NEIGHBOURS: Final = 2
_NO_GROUP: Final = "No regional group"


@dataclass(frozen=True)
class Selection:
    """Which estimates are shown: the source as a value of the URL, the votes, and the year."""

    estimates: str
    votes: str
    year: int
    source: str

    def url(self, **changed: str | int) -> dict[str, str]:
        """Return the parameters of the page with some of them changed."""
        now = {"year": self.year, "votes": self.votes, "estimates": self.estimates}
        return {name: str(value) for name, value in (now | changed).items()}


async def ideal_points_page(context: PageContext, request: Request) -> dict[str, object]:
    """Return the template variables of the page of all states in a year.

    Raises:
        HttpError: with status 400 if a value is unknown, with those that were expected.
        KgError: if the engine cannot answer.
    """
    available = await context.ideal_points.available()
    offered = _offered(available)
    estimates = requested_value(request, "estimates", ESTIMATES) or [*offered, "published"][0]
    votes = requested_value(request, "votes", _VOTES) or next(iter(_VOTES))
    years = available.get((estimates, _VOTES[votes]), {})
    wanted = request.query_params.get("year", "").strip()
    if wanted and not (wanted.isdecimal() and len(wanted) == 4):
        raise UnknownValueError("year", wanted, {str(year): str(year) for year in sorted(years)})
    year = int(wanted) if wanted else max(years, default=0)
    # A slider stops at every year, and some estimates are only for even ones.
    year = min(years, key=lambda known: (abs(known - year), known), default=0)
    selected = Selection(estimates, votes, year, years.get(year, ""))
    states = await context.states.read()
    points = await _in_year(context, selected) if year else []
    return {
        "selected": selected,
        "estimates": {kind: ESTIMATES[kind] for kind in offered},
        "votes": _VOTES,
        "years": sorted(years),
        "points": points,
        "states": states,
        "chart": _chart(states, points, year) if points else Markup(""),
    }


async def latest_ideal_points(context: PageContext) -> dict[str, object]:
    """Return the template variables of the figure of the last year, none without estimates."""
    available = await context.ideal_points.available()
    votes = next(iter(_VOTES))
    for estimates in _offered(available):
        if years := available.get((estimates, _VOTES[votes])):
            year = max(years)
            selected = Selection(estimates, votes, year, years[year])
            points = await _in_year(context, selected)
            chart = _chart(await context.states.read(), points, year)
            return {"selected": selected, "years": sorted(years), "chart": chart}
    return {}


async def ideal_points_of_state(
    context: PageContext, holders: Sequence[str], label: str
) -> dict[str, object] | None:
    """Return what the page of a state shows, from votes on final passage; None without estimates.

    ``holders`` are the keys of the states joined in its seat, the latest first.

    Raises:
        KgError: if the engine cannot answer.
    """
    for kind, source in await context.ideal_points.sources(_MODEL):
        estimates = await context.ideal_points.points(source, _MODEL)
        if points := _of_seat(estimates, holders):
            states = await context.states.read()
            return {
                **_lines(states, estimates, points, label),
                "points": points,
                "estimates": ESTIMATES[kind],
                "source": source,
                "kind": kind,
            }
    return None


def _lines(
    states: States, estimates: SourcePoints, points: list[IdealPoint], label: str
) -> dict[str, object]:
    """Return the figure of a seat beside the states that were nearest in its last year."""
    first, last = points[0], points[-1]
    holders = {point.state for point in points}
    others = [point for point in estimates.by_year[last.year] if point.state not in holders]
    others.sort(key=lambda point: (abs(_value(point) - _value(last)), point.state))
    lines_of = {label: points} | {
        states.label(near.state): estimates.by_state[near.state] for near in others[:_NEIGHBOURS]
    }
    series = [
        Series(name, f"c{number}", {point.year: _value(point) for point in line})
        for number, (name, line) in enumerate(lines_of.items())
    ]
    band = {point.year: (float(point.lower), float(point.upper)) for point in points}
    words = (
        f"Ideal points of {label} by year: {_value(first):.2f} in {first.year}, "
        f"{_value(last):.2f} in {last.year} (interval of 90 percent: {float(last.lower):.2f} "
        f"to {float(last.upper):.2f})."
    )
    return {
        "chart": lines(series, words, band=band, joined=True),
        "series": series,
        "words": words,
    }


def _offered(available: Collection[tuple[str, str]]) -> list[str]:
    """Return the kinds of estimates that a release has, that of the first choice first."""
    return [kind for kind in ESTIMATES if any(kind == known for known, _ in available)]


async def _in_year(context: PageContext, selected: Selection) -> list[IdealPoint]:
    """Return the points of all states in the selected year, the highest first."""
    points = await context.ideal_points.points(selected.source, _VOTES[selected.votes])
    return points.by_year[selected.year]


def _of_seat(points: SourcePoints, holders: Sequence[str]) -> list[IdealPoint]:
    """Return the points of the states that held a seat, in the order of years."""
    of_holders = [point for key in holders for point in points.by_state.get(key, ())]
    return sorted(of_holders, key=lambda point: (point.year, point.state))


def _value(point: IdealPoint) -> float:
    return float(point.estimate)


def _chart(states: States, points: list[IdealPoint], year: int) -> Markup:
    groups: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        state = states.by_key[point.state]
        interval = f"{float(point.lower):.2f} to {float(point.upper):.2f}"
        groups[state.group or _NO_GROUP].append(
            Point(state.label, _value(point), f"{_value(point):.2f} ({interval})")
        )
    highest, lowest = points[0], points[-1]
    words = (
        f"Ideal points of {len(points)} states in {year} by regional group, from "
        f"{states.label(lowest.state)} ({_value(lowest):.2f}) to "
        f"{states.label(highest.state)} ({_value(highest):.2f})"
    )
    return point_rows(dict(sorted(groups.items())), words)
