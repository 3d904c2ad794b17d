"""Ideal points on pages: all states in a year at ``/ideal-points``, and the years of a state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from markupsafe import Markup

from kg.model.ideal_points import IDEAL_POINT_MODELS
from kg.rdf import iris
from kg.sources.estimated_ideal_points import NAME as ESTIMATED
from kg.web.http_error import UnknownValueError
from kg.web.pages.components.charts import Series, lines
from kg.web.pages.components.point_rows import Point, point_rows
from kg.web.pages.context import PageContext
from kg.web.pages.queries import QueryRunner, Row, iri_text, literal_text
from kg.web.pages.request_parameters import requested_value
from kg.web.pages.state_index import States, key_of

#: The URL parameters of the page.
PARAMETERS: Final = ("year", "votes", "estimates")
#: Whose estimates are shown, by the value in a URL.
ESTIMATES: Final = {"published": "published", "record": "estimated from this record"}
#: The votes of a model, by the value in a URL.
_VOTES: Final = {model.replace(" ", "-"): model for model in IDEAL_POINT_MODELS}
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
    available = await _available(context)
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
    model, queries = _VOTES[votes], context.queries
    rows = await _in_year(queries, selected.source, model, year) if year else []
    return {
        "selected": selected,
        "estimates": {kind: ESTIMATES[kind] for kind in offered},
        "votes": _VOTES,
        "years": sorted(years),
        "rows": rows,
        "states": states,
        "chart": _chart(states, rows, year) if rows else Markup(""),
    }


async def latest_ideal_points(context: PageContext) -> dict[str, object]:
    """Return the template variables of the figure of the last year, none without estimates."""
    available = await _available(context)
    votes = next(iter(_VOTES))
    for estimates in _offered(available):
        if years := available.get((estimates, _VOTES[votes])):
            year = max(years)
            selected = Selection(estimates, votes, year, years[year])
            rows = await _in_year(context.queries, selected.source, _VOTES[votes], year)
            chart = _chart(await context.states.read(), rows, year)
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
    model = IDEAL_POINT_MODELS[0]
    rows = await _of_states(context.queries, holders, model)
    kinds = {_kind(row["source"]) for row in rows}
    kind = next((kind for kind in ESTIMATES if kind in kinds), None)
    if kind is None:
        return None
    rows = [row for row in rows if _kind(row["source"]) == kind]
    source, last = rows[-1]["source"], rows[-1]
    others = await _in_year(context.queries, source, model, int(last["year"]))
    others = [row for row in others if key_of(row["state"]) not in holders]
    others.sort(key=lambda row: (abs(_value(row) - _value(last)), row["state"]))
    states = await context.states.read()
    near = [key_of(row["state"]) for row in others[:_NEIGHBOURS]]
    series = [Series(label, "c0", {int(row["year"]): _value(row) for row in rows})]
    if near:
        beside = await _of_states(context.queries, near, model)
        series += [
            Series(
                states.label(key),
                f"c{number}",
                {
                    int(row["year"]): _value(row)
                    for row in beside
                    if key_of(row["state"]) == key and row["source"] == source
                },
            )
            for number, key in enumerate(near, start=1)
        ]
    band = {int(row["year"]): (float(row["lower"]), float(row["upper"])) for row in rows}
    first = rows[0]
    words = (
        f"Ideal points of {label} by year: {_value(first):.2f} in {first['year']}, "
        f"{_value(last):.2f} in {last['year']} (interval of 90 percent: {float(last['lower']):.2f} "
        f"to {float(last['upper']):.2f})."
    )
    return {
        "chart": lines(series, words, band=band, joined=True),
        "series": series,
        "rows": rows,
        "words": words,
        "estimates": ESTIMATES[kind],
        "source": source,
        "kind": kind,
    }


def _kind(source: str) -> str:
    """Return the value in URLs for estimates from a source."""
    parsed = iris.parse(source)
    return "record" if parsed and parsed[1].startswith(f"{ESTIMATED}-") else "published"


async def _available(context: PageContext) -> dict[tuple[str, str], dict[int, str]]:
    """Return the source of the estimates by kind and model, and by year."""
    available: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for row in await context.ideal_point_years.get():
        available[_kind(row["source"]), row["model"]][int(row["year"])] = row["source"]
    return available


def _offered(available: Collection[tuple[str, str]]) -> list[str]:
    """Return the kinds of estimates that a release has, that of the first choice first."""
    return [kind for kind in ESTIMATES if any(kind == known for known, _ in available)]


async def _in_year(queries: QueryRunner, source: str, model: str, year: int) -> list[Row]:
    """Return the estimates of all states in a year, the highest first."""
    rows = await queries.rows(
        f"""
        SELECT ?state ?estimate ?lower ?upper ?votes WHERE {{
          ?point unv:model {literal_text(model)} ; unv:year {year} ;
            prov:wasDerivedFrom {iri_text(source)} ; a unv:IdealPointObservation ;
            unv:state ?state ; unv:estimate ?estimate ; unv:lower ?lower ; unv:upper ?upper ;
            unv:basedOnVotes ?votes .
        }}
        """
    )
    return sorted(rows, key=lambda row: (-_value(row), row["state"]))


async def _of_states(queries: QueryRunner, keys: Sequence[str], model: str) -> list[Row]:
    """Return the estimates of some states in all years, in the order of years."""
    values = " ".join(iri_text(iris.state(key)) for key in keys)
    rows = await queries.rows(
        f"""
        SELECT ?state ?year ?estimate ?lower ?upper ?votes ?source WHERE {{
          VALUES ?state {{ {values} }}
          ?point unv:state ?state ; a unv:IdealPointObservation ; unv:model {literal_text(model)} ;
            unv:year ?year ; unv:estimate ?estimate ; unv:lower ?lower ; unv:upper ?upper ;
            unv:basedOnVotes ?votes ; prov:wasDerivedFrom ?source .
        }}
        """
    )
    return sorted(rows, key=lambda row: (row["year"], row["state"]))


def _value(row: Row) -> float:
    return float(row["estimate"])


def _chart(states: States, rows: list[Row], year: int) -> Markup:
    groups: dict[str, list[Point]] = defaultdict(list)
    for row in rows:
        state = states.by_key[key_of(row["state"])]
        interval = f"{float(row['lower']):.2f} to {float(row['upper']):.2f}"
        groups[state.group or _NO_GROUP].append(
            Point(state.label, _value(row), f"{_value(row):.2f} ({interval})")
        )
    highest, lowest = rows[0], rows[-1]
    words = (
        f"Ideal points of {len(rows)} states in {year} by regional group, from "
        f"{states.label(key_of(lowest['state']))} ({_value(lowest):.2f}) to "
        f"{states.label(key_of(highest['state']))} ({_value(highest):.2f})"
    )
    return point_rows(dict(sorted(groups.items())), words)
