"""Comparison of two to six states: agreement by year, a matrix, and the votes that differed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import combinations
from typing import Final

from fastapi import Request
from markupsafe import Markup

from kg.rdf import iris
from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.sources.states import embedded_names
from kg.web.http_error import HttpError, UnknownValueError
from kg.web.pages.agreement import PairAgreement, agreement
from kg.web.pages.components.charts import Series, lines
from kg.web.pages.components.vote_list import with_names
from kg.web.pages.context import PageContext
from kg.web.pages.positions import STYLE_OF, VOTING_POSITIONS
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_list
from kg.web.pages.state_index import States, key_of

MIN_STATES: Final = 2
MAX_STATES: Final = 6
#: The states that are compared by default.
_DEFAULT_STATES: Final = ("CHN", "IND", "USA")
#: Votes in the list of votes on which the states differed.
_DIFFERING_VOTES: Final = 60


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


async def compare_page(
    context: PageContext, keys: list[str], years: tuple[int, int]
) -> dict[str, object]:
    """Return the template variables of a comparison of states.

    Raises:
        KgError: if the engine cannot answer.
    """
    states = await context.states.read()
    pairs, differing = await asyncio.gather(
        agreement(context.queries, combinations(keys, 2), years),
        _differing_votes(context.queries, keys, years),
    )
    by_pair = {frozenset((pair.state, pair.other)): pair for pair in pairs}
    series = [_series(states, pair, f"c{number}") for number, pair in enumerate(pairs)]
    return {
        "states": states,
        "keys": keys,
        "years": years,
        "years_with_votes": {year for pair in pairs for year in pair.shared},
        "pairs": pairs,
        "series": series,
        "chart": _chart(series, pairs, years),
        "matrix": [[by_pair.get(frozenset((a, b))) for b in keys] for a in keys],
        "differing": differing,
        "max_states": MAX_STATES,
    }


def _series(states: States, pair: PairAgreement, style: str) -> Series:
    """Return the identical votes of a pair as a percentage of the shared votes, by year."""
    return Series(
        f"{states.label(pair.state)} and {states.label(pair.other)}",
        style,
        {year: 100 * pair.identical[year] / shared for year, shared in sorted(pair.shared.items())},
    )


def _chart(
    all_series: list[Series], pairs: list[PairAgreement], years: tuple[int, int]
) -> Markup | None:
    overall = [
        f"{series.name} {100 * pair.share:.0f} percent"
        for series, pair in zip(all_series, pairs, strict=True)
        if pair.share is not None
    ]
    if not overall:
        return None
    sentence = f"Percentage of identical votes by year, {years[0]} to {years[1]}. Overall: "
    return lines(all_series, sentence + "; ".join(overall) + ".", highest=100)


async def _differing_votes(
    queries: QueryRunner, keys: list[str], years: tuple[int, int]
) -> list[Row]:
    """Return the latest votes in which the states took different positions, with these."""
    voted = iri_list(term for _, _, term in VOTING_POSITIONS)
    compared_states = iri_list(iris.state(key) for key in keys)
    events = await queries.rows(
        f"""
        SELECT ?event ?date WHERE {{
          {{ SELECT ?event WHERE {{
               VALUES ?state {{ {compared_states} }}
               VALUES ?p {{ {voted} }}
               ?event ?p ?state ; unv:year ?year .
               FILTER(?year >= {years[0]} && ?year <= {years[1]})
             }} GROUP BY ?event HAVING(COUNT(DISTINCT ?p) > 1) }}
          {DATE_OF_EVENT}
        }} ORDER BY DESC(?date) ?event LIMIT {_DIFFERING_VOTES}
        """
    )
    if not events:
        return []
    values = iri_list(row["event"] for row in events)
    labels, votes = await asyncio.gather(
        queries.rows(
            f"""
            SELECT ?event ?label ?symbol ?title WHERE {{
              VALUES ?event {{ {values} }} ?event rdfs:label ?label .
              OPTIONAL {{ ?event unv:decides/unv:symbol ?symbol }}
              OPTIONAL {{ ?event unv:decides ?resolution . ?resolution dcterms:title ?title
                FILTER(LANG(?title) = "{LABEL_LANGUAGE}") }}
            }}
            """
        ),
        queries.rows(
            f"""
            SELECT ?event ?p ?state WHERE {{
              VALUES ?p {{ {iri_list(STYLE_OF)} }}
              VALUES ?event {{ {values} }}
              VALUES ?state {{ {compared_states} }}
              ?event ?p ?state .
            }}
            """
        ),
    )
    named = {row["event"]: row for row in await with_names(queries, labels)}
    positions: dict[str, Row] = defaultdict(Row)
    for row in votes:
        positions[row["event"]][key_of(row["state"])] = STYLE_OF[row["p"]]
    return [Row(row | named.get(row["event"], {}) | positions[row["event"]]) for row in events]
