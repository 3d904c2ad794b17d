"""Shared and identical votes of pairs of states, by year or over a span of years."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from kg.rdf import iris
from kg.web.pages.positions import VOTING_POSITIONS
from kg.web.pages.queries import QueryRunner, iri_text
from kg.web.pages.state_index import key_of
from kg.web.pages.vote_index import LAST_VOTING, EventTable, topic_pattern


@dataclass(frozen=True)
class PairAgreement:
    """Shared and identical votes of two states by year."""

    state: str
    other: str
    shared: dict[int, int]
    identical: dict[int, int]

    @property
    def share(self) -> float | None:
        """The share of identical votes among all shared votes, None if there are none."""
        return self.total_identical / self.total_shared if self.total_shared else None

    @property
    def total_shared(self) -> int:
        """The shared votes of all years."""
        return sum(self.shared.values())

    @property
    def total_identical(self) -> int:
        """The identical votes of all years."""
        return sum(self.identical.values())


def pair_agreement(
    table: EventTable,
    places: Iterable[int],
    first: tuple[str, bytes],
    second: tuple[str, bytes],
) -> PairAgreement:
    """Return the agreement of two states (key and positions) in the votes at some places."""
    shared: dict[int, int] = defaultdict(int)
    identical: dict[int, int] = defaultdict(int)
    (state, own), (other, theirs) = first, second
    for place in places:
        position, compared = own[place], theirs[place]
        if 0 < position <= LAST_VOTING and 0 < compared <= LAST_VOTING:
            year = table.years[place]
            shared[year] += 1
            identical[year] += position == compared
    return PairAgreement(state, other, dict(shared), dict(identical))


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
    queries: QueryRunner, holders: Sequence[str], years: tuple[int, int], topic: str = ""
) -> list[OverallAgreement]:
    """Return the agreement of the states (keys) that held a seat with each other state.

    With a topic (IRI) it is that on the votes on this topic.

    Raises:
        KgError: if the engine cannot answer.
    """
    if topic:
        return await _agreement_on_topic(queries, holders, years, topic)
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


async def _agreement_on_topic(
    queries: QueryRunner, holders: Sequence[str], years: tuple[int, int], topic: str
) -> list[OverallAgreement]:
    """Return the agreement on a topic, counted from the votes, with the rules of derived facts."""
    own = " UNION ".join(_positions("own", iri_text(iris.state(holder))) for holder in holders)
    rows = await queries.rows(
        f"""
        SELECT ?other ?own ?theirs (COUNT(?event) AS ?n) WHERE {{
          {{ SELECT DISTINCT ?event WHERE {{ {topic_pattern(topic)} }} }}
          ?event unv:body unv:GeneralAssembly ; unv:year ?year .
          FILTER(?year >= {years[0]} && ?year <= {years[1]})
          FILTER NOT EXISTS {{ ?event unv:possiblySameAs ?same }}
          {{ {own} }} {{ {_positions("theirs", "?other")} }}
        }} GROUP BY ?other ?own ?theirs
        """
    )
    shared: Counter[str] = Counter()
    identical: Counter[str] = Counter()
    for row in rows:
        if (other := key_of(row["other"])) not in holders:
            shared[other] += int(row["n"])
            identical[other] += int(row["n"]) * (row["own"] == row["theirs"])
    return [OverallAgreement(other, shared[other], identical[other]) for other in shared]


def _positions(variable: str, state: str) -> str:
    """Return the pattern that binds a variable to the number of the position of a state."""
    return " UNION ".join(
        f"{{ ?event {iri_text(term)} {state} BIND({number} AS ?{variable}) }}"
        for number, (_, _, term) in enumerate(VOTING_POSITIONS)
    )
