"""Lists of votes: the rows of a table with the date, name, title and tally of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from markupsafe import Markup

from kg.model import symbols
from kg.rdf import iris
from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.web.pages.components.charts import share_bar
from kg.web.pages.positions import VOTING_POSITIONS
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_list
from kg.web.pages.vote_index import EventTable, VoteIndex

#: Votes on a page of a list.
VOTES_PER_PAGE: Final = 50


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
#: A title that a cataloguer made of the number of a resolution, and perhaps of its subject.
_NUMBER_IN_TITLE: Final = re.compile(
    r"Security Council resolution \d+ ?\(\d{4}\)( \[(?P<subject>.*?)(?P<cut>\[\.\.\.)?[\])])?",
    re.DOTALL,
)
_COLUMNS: Final = "?label ?symbol ?title ?outcome ?yes ?no ?abstaining"
# Each OPTIONAL contains one pattern, or a path: several patterns on one subject would be joined by
# reading all matches of each, which takes a hundred times as long.
_DETAILS: Final = f"""?event rdfs:label ?label .
  OPTIONAL {{ ?event unv:outcome ?outcome }}
  OPTIONAL {{ ?event unv:yesCount ?yes }}
  OPTIONAL {{ ?event unv:noCount ?no }}
  OPTIONAL {{ ?event unv:abstentionCount ?abstaining }}
  OPTIONAL {{ ?event unv:decides/unv:symbol ?symbol }}
  OPTIONAL {{ ?event unv:decides ?resolution . ?resolution dcterms:title ?title
    FILTER(LANG(?title) = "{LABEL_LANGUAGE}") }}"""


async def votes_matching(
    queries: QueryRunner,
    index: VoteIndex,
    pattern: str = "",
    page: int = 1,
    size: int = VOTES_PER_PAGE,
    order: VoteOrder = LATEST,
) -> VoteList:
    """Return the votes whose ``?event`` matches a pattern, on a page of a list in an order.

    An empty pattern matches all.

    Raises:
        KgError: if the engine cannot answer.
    """
    places = await index.matching(pattern)
    ordered = await _in_order(index, places, order)
    listed = ordered[(page - 1) * size : page * size]
    return VoteList(await votes_at(queries, await index.table(), listed), len(places))


async def _in_order(index: VoteIndex, places: Sequence[int], order: VoteOrder) -> list[int]:
    """Return places of events, which are in order of date, in an order."""
    term = order.TERMS[order.name]
    if not term:
        return list(reversed(places) if order.descending else places)
    numbers = await index.numbers(term)

    def key(place: int) -> tuple[bool, int]:
        # As in SPARQL, a vote without the number is before all others.
        number = numbers[place]
        return number is not None, number or 0

    # Sorting keeps the order of equal votes, the latest first, also if it is reversed.
    latest = places if order.descending else reversed(places)
    ordered = sorted(latest, key=key)
    return ordered[::-1] if order.descending else ordered


async def votes_at(queries: QueryRunner, table: EventTable, places: Iterable[int]) -> list[Row]:
    """Return the events at some places of the table as rows of a list.

    Raises:
        KgError: if the engine cannot answer.
    """
    dates = {table.events[place]: table.dates[place] for place in places}
    if not dates:
        return []
    rows = await queries.rows(
        f"SELECT ?event {_COLUMNS} WHERE {{ VALUES ?event {{ {iri_list(dates)} }} {_DETAILS} }}"
    )
    by_event = {row["event"]: row for row in rows}
    listed = [Row(by_event[event] | {"date": date}) for event, date in dates.items()]
    return await with_names(queries, listed)


def votes_query(pattern: str, order: VoteOrder = LATEST) -> str:
    """Return the query for all votes that match a pattern, in an order."""
    return f"""
SELECT ?event ?date {_COLUMNS} WHERE {{
  {{ SELECT DISTINCT ?event ?date {"?sorted " if order.binding else ""}WHERE {{
       {pattern}
       {DATE_OF_EVENT} {order.binding}
     }} }}
  {_DETAILS}
}} {order.clause}
"""


def tally_bar(counts: Mapping[str, str]) -> Markup:
    """Return the bar of a tally, given its counts by style; empty if there are none."""
    parts = [(label, style, int(counts[style] or 0)) for style, label, _ in VOTING_POSITIONS]
    return share_bar(parts) if any(number for _, _, number in parts) else Markup()


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
    """Return votes with the ``name`` and ``title`` that lists show for each.

    The name is the ``symbol`` of the decision, otherwise the symbol of the draft that was voted on
    as a whole, otherwise the ``label``; the title does not repeat it.

    Raises:
        KgError: if the engine cannot answer.
    """
    drafts = await _draft_symbols(queries, [row["event"] for row in votes if not row["symbol"]])
    named = []
    for row in votes:
        draft = drafts.get(row["event"], "")
        name = row["symbol"] or (f"draft {draft}" if draft else row["label"])
        named.append(Row(row | {"name": name, "title": title_beside_symbol(row["title"])}))
    return named


def title_beside_symbol(title: str) -> str:
    """Return a title without the number of a resolution of the Security Council, as its symbol has.

    >>> title_beside_symbol("Security Council resolution 2811 (2025) [on Golan]")
    'on Golan'
    >>> title_beside_symbol("Security Council resolution 2811 (2025) [on special politi[...]")
    'on special politi…'
    """
    match = _NUMBER_IN_TITLE.fullmatch(title)
    if match is None:
        return title
    return (match["subject"] or "") + ("…" if match["cut"] else "")


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
