"""All voting events in order of date, and the positions of states in them, as pages need them.

Events are read once per release, the positions of a state and the numbers of votes once per release
when a page needs them: one query of some 30 milliseconds of processor time on the whole record, and
a few bytes per event in memory. Lists of votes are sorted here: a query that sorts all events and
returns a page of them takes Oxigraph most of a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Final

from kg.rdf import iris
from kg.rdf.vocabulary import UNV
from kg.web.pages.per_release import PerRelease
from kg.web.pages.positions import POSITIONS, VOTING_POSITIONS
from kg.web.pages.queries import QueryRunner, Row, iri_list, iri_text

#: The number of a position in the bytes of a state, and the styles by number; 0 is none recorded.
STYLES: Final = ("", *(position.style for position in POSITIONS))
#: The number of a position by its property.
_NUMBERS: Final = {term: number for number, (_, _, term) in enumerate(POSITIONS, 1)}
#: The highest number of a position of a state that voted.
LAST_VOTING: Final = len(VOTING_POSITIONS)
#: The last events, in which a present member most likely took part as often as a page lists.
_RECENT: Final = 150
_EVENTS: Final = """
SELECT ?event ?month ?day ?body ?same WHERE {
  ?event a unv:VotingEvent ; unv:month ?month ; unv:body ?body .
  OPTIONAL { ?event unv:date ?day }
  OPTIONAL { ?event unv:possiblySameAs ?same }
}
"""


@dataclass(frozen=True)
class EventTable:
    """All voting events in order of date; the columns have a value for each.

    ``counted`` is false for an event that may be another one told twice; derived facts omit these.
    """

    events: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    in_assembly: tuple[bool, ...] = ()
    counted: tuple[bool, ...] = ()
    place: dict[str, int] = field(default_factory=dict)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The calendar year of each event."""
        return tuple(int(date[:4]) for date in self.dates)

    def within(self, years: tuple[int, int], only: Collection[int] | None = None) -> list[int]:
        """Return the places of counted events in a span of years, if given of these alone."""
        first, last = str(years[0]), str(years[1] + 1)
        return [
            n
            for n, (date, counted) in enumerate(zip(self.dates, self.counted, strict=True))
            if counted and first <= date < last and (only is None or n in only)
        ]

    def places_of(self, events: Iterable[str]) -> list[int]:
        """Return the places of those resources that are voting events, in order of date."""
        return sorted({self.place[event] for event in events if event in self.place})


@dataclass
class _Columns:
    """The events of a release, and the columns that pages have asked for."""

    table: EventTable
    positions: dict[str, bytes] = field(default_factory=dict)
    numbers: dict[str, list[int | None]] = field(default_factory=dict)


class VoteIndex:
    """The events of the current release and the positions of those states that were asked for."""

    def __init__(self, queries: QueryRunner) -> None:
        self._queries = queries
        self._columns = PerRelease(queries, self._read)

    async def _read(self) -> _Columns:
        return _Columns(_table(await self._queries.rows(_EVENTS)))

    async def table(self) -> EventTable:
        """Return the events.

        Raises:
            KgError: if the engine cannot answer.
        """
        return (await self._columns.get()).table

    async def positions(self, states: Iterable[str]) -> bytes:
        """Return the position in each event of the one of these states (keys) that took part.

        Raises:
            KgError: if the engine cannot answer.
        """
        of_states = await asyncio.gather(*(self._of_state(key) for key in states))
        return bytes(map(max, zip(*of_states, strict=True))) if len(of_states) > 1 else of_states[0]

    async def latest(
        self, states: Sequence[str], number: int, only: Collection[int] | None = None
    ) -> dict[int, int]:
        """Return the latest events in which the holders of a seat took part, the latest first.

        They are places, each with the number of the position. ``states`` are the keys of the
        holders, that of today first; with ``only``, other places are left out.

        Raises:
            KgError: if the engine cannot answer.
        """
        columns = await self._columns.get()
        if only is None and not all(key in columns.positions for key in states):
            # Most members took part in the last votes: then all others need not be read.
            recent = await self._recent(columns.table, states[0])
            if len(recent) >= number:
                return dict(sorted(recent.items(), reverse=True)[:number])
        column = await self.positions(states)
        places = reversed(range(len(column)))
        listed = (p for p in places if column[p] and (only is None or p in only))
        return {place: column[place] for place in islice(listed, number)}

    async def _recent(self, table: EventTable, state: str) -> dict[int, int]:
        """Return the number of the position of a state in each of the last events, by place."""
        events = iri_list(table.events[-_RECENT:])
        # With a variable property the store looks up each event; the columns would be read whole.
        rows = await self._queries.rows(
            f"SELECT ?event ?term WHERE {{ VALUES ?event {{ {events} }} "
            f"?event ?term {iri_text(iris.state(state))} }}"
        )
        return {
            table.place[row["event"]]: _NUMBERS[row["term"]]
            for row in rows
            if row["term"] in _NUMBERS
        }

    async def _of_state(self, key: str) -> bytes:
        columns = await self._columns.get()
        if key not in columns.positions:
            state = iri_text(iris.state(key))
            patterns = " UNION ".join(
                f"{{ ?event {iri_text(term)} {state} . BIND({number} AS ?position) }}"
                for term, number in _NUMBERS.items()
            )
            column = bytearray(len(columns.table.events))
            lines = await self._queries.lines(f"SELECT ?event ?position WHERE {{ {patterns} }}")
            for event, position in lines:
                if (place := columns.table.place.get(event[1:-1])) is not None:
                    column[place] = int(position)
            columns.positions[key] = bytes(column)
        return columns.positions[key]

    async def numbers(self, term: str) -> Sequence[int | None]:
        """Return the value of a property (``unv:yesCount``) for each event, None without one.

        Raises:
            KgError: if the engine cannot answer.
        """
        columns = await self._columns.get()
        if term not in columns.numbers:
            numbers: list[int | None] = [None] * len(columns.table.events)
            rows = await self._queries.rows(
                f"SELECT ?event ?number WHERE {{ ?event {term} ?number }}"
            )
            for row in rows:
                if (place := columns.table.place.get(row["event"])) is not None:
                    numbers[place] = int(row["number"])
            columns.numbers[term] = numbers
        return columns.numbers[term]

    async def matching(self, pattern: str) -> Sequence[int]:
        """Return the places of the events that match a pattern on ``?event``, in order of date.

        An empty pattern matches all.

        Raises:
            KgError: if the engine cannot answer.
        """
        table = await self.table()
        if not pattern:
            return range(len(table.events))
        rows = await self._queries.rows(f"SELECT DISTINCT ?event WHERE {{ {pattern} }}")
        return table.places_of(row["event"] for row in rows)

    async def on_topic(self, topic: str) -> frozenset[int]:
        """Return the places of the events on a topic (IRI), their own or that of their text.

        Raises:
            KgError: if the engine cannot answer.
        """
        return frozenset(await self.matching(topic_pattern(topic)))


def topic_pattern(topic: str) -> str:
    """Return the pattern of the events on a topic (IRI), their own or that of their text."""
    subject = iri_text(topic)
    return (
        f"{{ ?event dcterms:subject {subject} }} "
        f"UNION {{ ?event unv:decides ?text . ?text dcterms:subject {subject} }}"
    )


def _table(rows: list[Row]) -> EventTable:
    ordered = sorted(
        {row["event"]: row for row in rows}.values(),
        key=lambda row: (row["day"] or row["month"], row["event"]),
    )
    events = tuple(row["event"] for row in ordered)
    return EventTable(
        events,
        tuple(row["day"] or row["month"] for row in ordered),
        tuple(row["body"] == UNV.GeneralAssembly for row in ordered),
        tuple(not row["same"] for row in ordered),
        {event: place for place, event in enumerate(events)},
    )
