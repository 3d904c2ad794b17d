"""Shared and identical votes of pairs of states, by year or over a span of years."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from kg.model.similarity import POSITIONS, VoteTable
from kg.rdf import iris
from kg.web.pages.queries import QueryRunner, iri_text
from kg.web.pages.state_index import key_of
from kg.web.pages.vote_index import STYLES, VoteIndex

#: The row and column of a position in a table, by its number in the bytes of a state.
_ROWS: Final = {STYLES.index(style): row for row, style in enumerate(("yes", "abstaining", "no"))}


@dataclass(frozen=True)
class PairAgreement:
    """The votes of two states, by year, as tables of three by three."""

    state: str
    other: str
    tables: Mapping[int, VoteTable]

    @cached_property
    def total(self) -> VoteTable:
        """The table of all years."""
        return VoteTable.total(self.tables.values())

    def around(self, year: int, reach: int) -> VoteTable:
        """Return the table of a year and of the years on either side of it."""
        span = range(year - reach, year + reach + 1)
        return VoteTable.total(self.tables[near] for near in span if near in self.tables)


def pair_agreement(
    years: Sequence[int], first: tuple[str, bytes], second: tuple[str, bytes]
) -> PairAgreement:
    """Return the agreement of two states (key and positions) in votes of some years.

    Years and positions have an item for each vote.
    """
    (state, own), (other, theirs) = first, second
    counts = Counter(zip(years, own, theirs, strict=True))
    cells: dict[int, list[int]] = defaultdict(lambda: [0] * POSITIONS**2)
    for (year, position, compared), number in counts.items():
        if position in _ROWS and compared in _ROWS:
            cells[year][_ROWS[position] * POSITIONS + _ROWS[compared]] = number
    tables = {year: VoteTable(tuple(cells[year])) for year in sorted(cells)}
    return PairAgreement(state, other, tables)


@dataclass(frozen=True)
class OverallAgreement:
    """Shared and identical votes with another state in a span of years."""

    other: str
    shared: int
    identical: int

    @property
    def share(self) -> float:
        """The share of identical votes among the shared votes, of which there is one at least."""
        return self.identical / self.shared


async def agreement_with_others(
    queries: QueryRunner, holders: Sequence[str], years: tuple[int, int]
) -> list[OverallAgreement]:
    """Return the agreement of the states (keys) that held a seat with each other state.

    Raises:
        KgError: if the engine cannot answer.
    """
    # One query per holder: the columns answer a pattern on one state.
    answers = await asyncio.gather(
        *(
            queries.rows(
                f"""
                SELECT ?other (SUM(?s) AS ?shared) (SUM(?i) AS ?identical) WHERE {{
                  ?agreement unv:between {iri_text(iris.state(holder))} ; unv:between ?other ;
                    unv:year ?year ; unv:sharedVotes ?s ; unv:identicalVotes ?i .
                  FILTER(?year >= {years[0]} && ?year <= {years[1]})
                }} GROUP BY ?other
                """
            )
            for holder in holders
        )
    )
    shared: Counter[str] = Counter()
    identical: Counter[str] = Counter()
    for row in chain.from_iterable(answers):
        other = key_of(row["other"])
        if other not in holders:
            shared[other] += int(row["shared"])
            identical[other] += int(row["identical"])
    return [OverallAgreement(other, shared[other], identical[other]) for other in shared]


async def agreement_on_topic(
    index: VoteIndex,
    states: Sequence[str],
    holders: Sequence[str],
    years: tuple[int, int],
    topic: str,
) -> list[OverallAgreement]:
    """Return the agreement of the holders of a seat with each other state (keys) on a topic (IRI).

    It is counted from the votes, with the rules of derived facts.

    Raises:
        KgError: if the engine cannot answer.
    """
    table, columns = await index.table(), await index.of_all(states)
    places = [
        place
        for place in table.within(years, await index.on_topic(topic))
        if table.in_assembly[place]
    ]
    own = bytes(max(columns[holder][place] for holder in holders) for place in places)
    agreements = []
    for other in states:
        if other not in holders:
            theirs = map(columns[other].__getitem__, places)
            shared = [a == b for a, b in zip(own, theirs, strict=True) if a in _ROWS and b in _ROWS]
            if shared:
                agreements.append(OverallAgreement(other, len(shared), sum(shared)))
    return agreements
