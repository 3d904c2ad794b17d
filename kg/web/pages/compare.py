"""Two to six states compared: agreement by year, a matrix, and the votes where they parted."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import combinations

from fastapi import Request

from kg.rdf import iris
from kg.web.http_error import HttpError
from kg.web.pages.agreement import agreement
from kg.web.pages.charts import Series, lines
from kg.web.pages.context import POSITIONS, STYLE_OF, Site
from kg.web.pages.queries import Asker, Row, iri_list
from kg.web.pages.state_index import States, key_of

FEWEST, MOST = 2, 6
#: The year of the first vote of all.
FIRST_YEAR = 1946
#: What is compared when nothing is chosen.
_DEFAULT = ("CHN", "IND", "USA")
_PARTED = 60


def chosen(request: Request, states: States) -> list[str]:
    """Return the states an address names: ``?states=IND,CHN`` or ``?states=IND&states=CHN``.

    Raises:
        HttpError: with status 400 if one is unknown, or there are too few or too many.
    """
    told = request.query_params.getlist("states")
    keys = [one.strip().upper() for text in told for one in text.split(",") if one.strip()]
    if not keys:
        keys = list(_DEFAULT)
    keys = list(dict.fromkeys(keys))
    unknown = [key for key in keys if key not in states.by_key]
    if unknown:
        raise HttpError(400, f"no state has the key {', '.join(unknown)[:100]}")
    if not FEWEST <= len(keys) <= MOST:
        raise HttpError(400, f"choose {FEWEST} to {MOST} states, not {len(keys)}")
    return keys


def span(request: Request, first: int, last: int, *, earliest: int = FIRST_YEAR) -> tuple[int, int]:
    """Return the years an address names with ``from`` and ``until``, or those given.

    Raises:
        HttpError: with status 400 if they are no years.
    """
    found = []
    for name, default in (("from", first), ("until", last)):
        value = request.query_params.get(name) or str(default)
        if not (value.isdecimal() and len(value) == 4):
            raise HttpError(400, f"{name} is {value[:20]!r}; expected a year such as 1990")
        found.append(min(max(int(value), earliest), last))
    return (found[0], found[1]) if found[0] <= found[1] else (found[1], found[0])


async def compare_page(site: Site, keys: list[str], years: tuple[int, int]) -> dict[str, object]:
    """Return what the template shows of a choice of states.

    Raises:
        KgError: if the engine cannot answer.
    """
    states = await site.states.read()
    pairs, parted = await asyncio.gather(
        agreement(site.asker, combinations(keys, 2), years), _parted(site.asker, keys, years)
    )
    series = [
        Series(
            f"{states.label(pair.one)} and {states.label(pair.other)}",
            f"c{number}",
            {y: 100 * pair.identical[y] / shared for y, shared in sorted(pair.shared.items())},
        )
        for number, pair in enumerate(pairs)
    ]
    told = [
        f"{one.name} {100 * pair.share:.0f} percent"
        for one, pair in zip(series, pairs, strict=True)
        if pair.share is not None
    ]
    sentence = f"Identical votes in percent by year, {years[0]} to {years[1]}. Overall: "
    by_pair = {frozenset((pair.one, pair.other)): pair for pair in pairs}
    return {
        "states": states,
        "keys": keys,
        "years": years,
        "years_told": {year for pair in pairs for year in pair.shared},
        "pairs": pairs,
        "series": series,
        "chart": lines(series, sentence + "; ".join(told) + ".", highest=100) if told else None,
        "matrix": [[by_pair.get(frozenset((a, b))) for b in keys] for a in keys],
        "parted": parted,
        "most": MOST,
    }


async def _parted(asker: Asker, keys: list[str], years: tuple[int, int]) -> list[Row]:
    """Return the latest votes in which the states did not all do the same, with what each did."""
    voted = iri_list(term for _, _, term in POSITIONS[:3])
    chosen_states = iri_list(iris.state(key) for key in keys)
    found = await asker.rows(
        f"""
        SELECT ?event (MAX(?day) AS ?date) WHERE {{
          VALUES ?state {{ {chosen_states} }}
          VALUES ?p {{ {voted} }}
          ?event ?p ?state ; unv:date ?day .
          FILTER(YEAR(?day) >= {years[0]} && YEAR(?day) <= {years[1]})
        }} GROUP BY ?event HAVING(COUNT(DISTINCT ?p) > 1)
        ORDER BY DESC(?date) ?event LIMIT {_PARTED}
        """
    )
    if not found:
        return []
    values = iri_list(row["event"] for row in found)
    names, votes = await asyncio.gather(
        asker.rows(
            f"""
            SELECT ?event ?label ?title WHERE {{
              VALUES ?event {{ {values} }} ?event rdfs:label ?label .
              OPTIONAL {{ ?event unv:decides ?resolution . ?resolution dcterms:title ?title
                FILTER(LANG(?title) = "en") }}
            }}
            """
        ),
        asker.rows(
            f"""
            SELECT ?event ?p ?state WHERE {{
              VALUES ?p {{ {iri_list(STYLE_OF)} }}
              VALUES ?event {{ {values} }}
              VALUES ?state {{ {chosen_states} }}
              ?event ?p ?state .
            }}
            """
        ),
    )
    named = {row["event"]: row for row in names}
    did: dict[str, Row] = defaultdict(Row)
    for row in votes:
        did[row["event"]][key_of(row["state"])] = STYLE_OF[row["p"]]
    return [Row(row | named.get(row["event"], {}) | did[row["event"]]) for row in found]
