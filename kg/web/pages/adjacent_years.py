"""Decisions on the same text in the year before and in the year after.

Texts with the same title are not necessarily the same text: several parts of a resolution, or
several resolutions, may have the same title. Two decisions are paired only where the choice is
unique from both sides, so that each of the two pages shows the other, or neither does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from kg.model.documents import item_name
from kg.rdf.vocabulary import DCTERMS, LABEL_LANGUAGE
from kg.web.pages.description import Description
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, literal_text

#: The letter of a part: A/RES/46/82B, A/RES/1991(XVIII)[A].
_PART: Final = re.compile(r"[\d)]\s*\[?([A-Z]{1,2})\]?$")


@dataclass(frozen=True)
class Decision:
    """A decision on a text: its day or month, and the names of its agenda items."""

    event: str
    resolution: str
    symbol: str
    date: str
    agenda: frozenset[str] = frozenset()

    @property
    def year(self) -> int:
        """The calendar year."""
        return int(self.date[:4])

    @property
    def part(self) -> str:
        """The letter of the part of a resolution, empty for a whole resolution."""
        match = _PART.search(self.symbol)
        return match[1] if match else ""


def counterpart(
    decision: Decision, own_year: Iterable[Decision], other_year: Iterable[Decision]
) -> Decision | None:
    """Return the decision of another year on the same text, if there is exactly one.

    All have the same title; the agenda item, then the letter of the part, selects one of several.
    """
    own, other = list(own_year), list(other_year)
    rules: tuple[Callable[[Decision], bool], ...] = (
        lambda _: True,
        lambda candidate: bool(candidate.agenda & decision.agenda),
        lambda candidate: candidate.part == decision.part,
    )
    for rule in rules:
        own, other = [d for d in own if rule(d)], [d for d in other if rule(d)]
        if len(own) == len(other) == 1:
            return other[0]
    return None


async def adjacent_decisions(
    queries: QueryRunner, resolution: Description | None, event: Description | None
) -> list[Decision]:
    """Return the decisions on the same text in the year before and the year after.

    Raises:
        KgError: if the engine cannot answer.
    """
    title = resolution.value(DCTERMS.title) if resolution else ""
    if resolution is None or event is None or not title:
        return []
    decisions = await _decisions_with_title(queries, title)
    own = next((d for d in decisions if d.event == event.iri), None)
    if own is None:
        return []

    def in_year(year: int) -> list[Decision]:
        return [decision for decision in decisions if decision.year == year]

    adjacent = (counterpart(own, in_year(own.year), in_year(own.year + n)) for n in (-1, 1))
    return [decision for decision in adjacent if decision]


async def _decisions_with_title(queries: QueryRunner, title: str) -> list[Decision]:
    rows = await queries.rows(
        f"""
        SELECT ?resolution ?symbol ?event ?date ?agenda WHERE {{
          ?resolution dcterms:title {literal_text(title, LABEL_LANGUAGE)} ; unv:symbol ?symbol ;
            unv:decidedBy ?event .
          {DATE_OF_EVENT}
          OPTIONAL {{ ?event unv:agendaItem/rdfs:label ?agenda }}
        }} ORDER BY ?resolution ?agenda
        """
    )
    agenda: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        agenda[row["event"]].add(item_name(row["agenda"]))
    return [
        Decision(
            event=row["event"],
            resolution=row["resolution"],
            symbol=row["symbol"],
            date=row["date"],
            agenda=frozenset(agenda[row["event"]] - {""}),
        )
        for row in {row["event"]: row for row in rows}.values()
    ]
