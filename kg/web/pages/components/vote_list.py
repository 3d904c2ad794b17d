"""Lists of votes: the rows of a table with the date, name, title and tally of each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from markupsafe import Markup

from kg.model import symbols
from kg.rdf import iris
from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.web.pages.components.charts import share_bar
from kg.web.pages.positions import VOTING_POSITIONS
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_list
from kg.web.pages.saved_queries import query_library

#: Votes on a page of a list.
VOTES_PER_PAGE: Final = 50
#: Votes in each list of the front page.
_FRONT_PAGE_VOTES: Final = 8


@dataclass(frozen=True)
class VoteList:
    """A page of a list of votes, and the number of votes on all pages."""

    votes: list[Row]
    total: int


@dataclass(frozen=True)
class VoteOrder:
    """The order of a list of votes: by date or by a number; votes that are equal are by date."""

    DATE: ClassVar = "date"
    #: The property with the number by which votes are ordered; none for the date.
    TERMS: ClassVar = {
        DATE: "",
        "in-favour": "unv:yesCount",
        "against": "unv:noCount",
        "abstaining": "unv:abstentionCount",
        "margin": "unv:margin",
    }

    name: str = DATE
    descending: bool = True

    @property
    def binding(self) -> str:
        """The pattern that binds ``?sorted`` of ``?event``; votes without a number are kept."""
        term = self.TERMS[self.name]
        return f"OPTIONAL {{ ?event {term} ?sorted }}" if term else ""

    @property
    def clause(self) -> str:
        """The ORDER BY clause."""
        latest = "DESC(?date) DESC(?event)"
        if self.TERMS[self.name]:
            return f"ORDER BY {'DESC' if self.descending else 'ASC'}(?sorted) {latest}"
        return f"ORDER BY {latest if self.descending else '?date ?event'}"


#: The latest votes first.
LATEST: Final = VoteOrder()


# Each OPTIONAL below contains one pattern, or a path: several patterns on one subject would be
# joined by reading all matches of each, which takes a hundred times as long.
async def votes_matching(
    queries: QueryRunner,
    pattern: str,
    page: int = 1,
    size: int = VOTES_PER_PAGE,
    order: VoteOrder = LATEST,
) -> VoteList:
    """Return the votes whose ``?event`` matches a pattern, on a page of a list in an order.

    Raises:
        KgError: if the engine cannot answer.
    """
    counts, votes = await asyncio.gather(
        # A session has resolutions in addition to its votes; a body has further resources.
        queries.rows(
            f"SELECT (COUNT(DISTINCT ?event) AS ?n) WHERE {{ {pattern} ?event a unv:VotingEvent }}"
        ),
        queries.rows(votes_query(pattern, order, f"LIMIT {size} OFFSET {(page - 1) * size}")),
    )
    return VoteList(await with_names(queries, votes), int(counts[0]["n"]))


def votes_query(pattern: str, order: VoteOrder = LATEST, part: str = "") -> str:
    """Return the query for the votes that match a pattern; ``part`` is its LIMIT and OFFSET."""
    return f"""
SELECT ?event ?label ?symbol ?title ?date ?outcome ?yes ?no ?abstaining WHERE {{
  {{ SELECT DISTINCT ?event ?date {"?sorted " if order.binding else ""}WHERE {{
       {pattern}
       {DATE_OF_EVENT} {order.binding}
     }} {order.clause} {part} }}
  ?event rdfs:label ?label .
  OPTIONAL {{ ?event unv:outcome ?outcome }}
  OPTIONAL {{ ?event unv:yesCount ?yes }}
  OPTIONAL {{ ?event unv:noCount ?no }}
  OPTIONAL {{ ?event unv:abstentionCount ?abstaining }}
  OPTIONAL {{ ?event unv:decides/unv:symbol ?symbol }}
  OPTIONAL {{ ?event unv:decides ?resolution . ?resolution dcterms:title ?title
    FILTER(LANG(?title) = "{LABEL_LANGUAGE}") }}
}} {order.clause}
"""


def tally_bar(counts: Mapping[str, str]) -> Markup:
    """Return the bar of a tally, given its counts by style; empty if there are none."""
    parts = [(label, style, int(counts[style] or 0)) for style, label, _ in VOTING_POSITIONS]
    return share_bar(parts) if any(number for _, _, number in parts) else Markup()


async def latest_votes(queries: QueryRunner) -> list[Row]:
    """Return the latest votes of all bodies.

    Raises:
        KgError: if the engine cannot answer.
    """
    latest = await votes_matching(queries, "?event a unv:VotingEvent .", size=_FRONT_PAGE_VOTES)
    return latest.votes


async def most_divided_votes(queries: QueryRunner) -> list[Row]:
    """Return the first votes in the result of the saved query ``most-divided-votes``.

    Raises:
        KgError: if the engine cannot answer.
    """
    divided = await queries.rows(query_library()["most-divided-votes"].text)
    return await with_names(
        queries,
        [
            Row(
                row
                | {"yes": row["inFavour"], "no": row["against"], "abstaining": row["abstaining"]}
            )
            for row in divided[:_FRONT_PAGE_VOTES]
        ],
    )


async def named_votes(queries: QueryRunner, events: Iterable[str]) -> dict[str, Row]:
    """Return events with their ``label``, ``symbol``, ``title`` and ``name``, by event.

    Raises:
        KgError: if the engine cannot answer.
    """
    wanted = list(events)
    if not wanted:
        return {}
    rows = await queries.rows(
        f"""
        SELECT ?event ?label ?symbol ?title WHERE {{
          VALUES ?event {{ {iri_list(wanted)} }} ?event rdfs:label ?label .
          OPTIONAL {{ ?event unv:decides/unv:symbol ?symbol }}
          OPTIONAL {{ ?event unv:decides ?resolution . ?resolution dcterms:title ?title
            FILTER(LANG(?title) = "{LABEL_LANGUAGE}") }}
        }}
        """
    )
    return {row["event"]: row for row in await with_names(queries, rows)}


async def with_names(queries: QueryRunner, votes: list[Row]) -> list[Row]:
    """Return votes with the ``name`` that lists show for each.

    It is the ``symbol`` of the decision, otherwise the symbol of the draft that was voted on as a
    whole, otherwise the ``label``.

    Raises:
        KgError: if the engine cannot answer.
    """
    drafts = await _draft_symbols(queries, [row["event"] for row in votes if not row["symbol"]])
    named = []
    for row in votes:
        draft = drafts.get(row["event"], "")
        name = row["symbol"] or (f"draft {draft}" if draft else row["label"])
        named.append(Row(row | {"name": name}))
    return named


async def _draft_symbols(queries: QueryRunner, events: list[str]) -> dict[str, str]:
    """Return the symbols of the drafts for which events are named, by event."""
    if not events:
        return {}
    rows = await queries.rows(
        f"SELECT ?event ?draft WHERE {{ VALUES ?event {{ {iri_list(events)} }} "
        "?event unv:draft/unv:symbol ?draft }"
    )
    drafts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        drafts[row["event"]].append(row["draft"])
    # The key of the vote on a draft that was not adopted is the slug of its symbol.
    return {
        event: draft
        for event, candidates in drafts.items()
        for draft in candidates
        if iris.event(symbols.slug(draft)) == event
    }
