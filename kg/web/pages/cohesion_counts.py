"""How the members of a group voted in each event, and how alike: the measures of a saved query.

``cohesion-by-year`` defines them and gives the same values from the facts, in a quarter of a
second. Here they are counted in the positions of all states, which are kept in memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kg.rdf.iris import local_name
from kg.web.pages.context import PageContext
from kg.web.pages.group_index import Member
from kg.web.pages.positions import POSITIONS
from kg.web.pages.queries import Row

#: Events whose positions are of states that could not vote because of a suspension.
_SUSPENDED: Final = """
SELECT ?event ?state WHERE {
  ?vote unv:underSuspension ?suspension ; unv:castBy ?state ; unv:event ?event
}
"""
#: Events that are no votes on a document as a whole: on its paragraphs, amendments and motions.
_ON_PARTS: Final = '?event unv:voteOn ?kind FILTER(?kind != "document")'
#: By position, the bytes of a state with 1 for it and 0 for any other.
_FLAGS: Final = tuple(
    bytes(int(value == number) for value in range(256)) for number in range(1, len(POSITIONS) + 1)
)
#: Members whose flags can be added up in a byte.
_ADDED_AT_ONCE: Final = 255
#: Parts of one in which a measure of a vote, and that of a year, is rounded.
_OF_VOTE, _OF_YEAR = 10**6, 10**4


@dataclass
class _Year:
    """Sums over the votes of a year."""

    votes: int = 0
    rice: int = 0
    rice_votes: int = 0
    agreement: int = 0
    alike: int = 0
    positions: int = 0
    apart: int = 0
    absent: int = 0
    suspended: int = 0

    def add(self, counts: tuple[int, int, int, int], suspended: int) -> None:
        """Add a vote: the members by position, and those that could not vote."""
        yes, no, abstaining, silent = counts
        cast, most = yes + no + abstaining, max(yes, no, abstaining)
        if cast < 2:
            return
        self.votes += 1
        self.positions += cast
        self.alike += most == cast
        self.apart += cast - most if 2 * most > cast else 0
        self.agreement += _rounded(_OF_VOTE * (3 * most - cast), 2 * cast)
        if yes + no:
            self.rice_votes += 1
            self.rice += _rounded(_OF_VOTE * abs(yes - no), yes + no)
        self.suspended += suspended
        self.absent += silent - suspended

    def row(self, year: int) -> Row:
        """Return the row of the saved query."""
        numbers = {
            "year": year,
            "n": self.votes,
            "riceVotes": self.rice_votes,
            "alike": self.alike,
            "positions": self.positions,
            "ranksBroken": self.apart,
            "absent": self.absent,
            "suspended": self.suspended,
        }
        row = Row((name, str(number)) for name, number in numbers.items())
        row["agreement"] = _share(self.agreement, self.votes)
        if self.rice_votes:
            row["rice"] = _share(self.rice, self.rice_votes)
        return row


async def cohesion_rows(
    context: PageContext, members: Iterable[Member], topic: str, *, with_parts: bool
) -> list[Row]:
    """Return the rows of the query ``cohesion-by-year`` for members with the dates of membership.

    ``topic`` is an IRI, or empty for all votes; ``with_parts`` includes votes on paragraphs,
    amendments and motions.

    Raises:
        KgError: if the engine cannot answer.
    """
    index = context.votes
    table = await index.table()
    parts = set() if with_parts else await context.kept(votes_on_parts)
    only = await index.on_topic(topic) if topic else None
    places = [
        place
        for place, counted in enumerate(table.counted)
        if counted
        and table.in_assembly[place]
        and place not in parts
        and (only is None or place in only)
    ]
    # A month stands for its first day.
    days = [f"{day}-01"[:10] for day in table.dates]
    dated = {(m.iri, m.start, m.until) for m in members if m.start}
    positions = await index.of_all(sorted({local_name(state) for state, _, _ in dated}))
    suspended = await context.kept(suspended_votes)
    columns, barred = [], [0] * len(days)
    for state, start, until in dated:
        first, end = bisect_left(days, start), bisect_left(days, until) if until else len(days)
        column = positions[local_name(state)][first:end]
        columns.append(bytes(first) + column + bytes(len(days) - first - len(column)))
        for place in suspended.get(state, ()):
            barred[place] += first <= place < end
    counts = list(zip(*(_counted(columns, flags) for flags in _FLAGS), strict=True))
    years: dict[int, _Year] = {}
    for place in places:
        years.setdefault(table.years[place], _Year()).add(counts[place], barred[place])
    return [total.row(year) for year, total in sorted(years.items()) if total.votes]


async def votes_on_parts(context: PageContext) -> Collection[int]:
    """Return the places of the votes on paragraphs, amendments and motions of the current release.

    Raises:
        KgError: if the engine cannot answer.
    """
    return frozenset(await context.votes.matching(_ON_PARTS))


async def suspended_votes(context: PageContext) -> dict[str, list[int]]:
    """Return the places of the events of the current release in which a state (IRI) could not vote.

    Raises:
        KgError: if the engine cannot answer.
    """
    table = await context.votes.table()
    places: dict[str, list[int]] = {}
    for row in await context.queries.rows(_SUSPENDED):
        if (place := table.place.get(row["event"])) is not None:
            places.setdefault(row["state"], []).append(place)
    return places


def _counted(columns: Sequence[bytes], flags: bytes) -> Sequence[int]:
    """Return how many columns have the value of some flags at each place."""
    length = len(columns[0]) if columns else 0
    # As long numbers, columns are added up in one operation.
    sums = [
        sum(int.from_bytes(column.translate(flags)) for column in columns[n : n + _ADDED_AT_ONCE])
        for n in range(0, len(columns), _ADDED_AT_ONCE)
    ]
    parts = [total.to_bytes(length) for total in sums]
    return parts[0] if len(parts) == 1 else [sum(values) for values in zip(*parts, strict=True)]


def _rounded(number: int, divisor: int) -> int:
    """Return a quotient rounded to a whole number, halves upwards, as ROUND does."""
    return (2 * number + divisor) // (2 * divisor)


def _share(total: int, votes: int) -> str:
    """Return the mean of measures as a decimal number, rounded."""
    share = _rounded(_OF_YEAR * total, _OF_VOTE * votes)
    return f"{share / _OF_YEAR:.4f}".rstrip("0").rstrip(".")
