"""All voting events in order of date, and the positions of states in them, as pages need them.

Events are read once per release. The positions of all states, a byte each, are read with the
preparation of a release, in a few seconds of processor time on the whole record; a page that needs
those of a state before that reads them alone. Lists of votes are sorted here: a query that
sorts all events and returns a page of them takes Oxigraph most of a second.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
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
#: States whose positions are read at a time: a result of some 8 MB.
_STATES_AT_ONCE: Final = 20
#: Results with many rows are long, and take long to parse; this one is a row for many events.
#: Virtuoso does not know the default separator.
_CONCATENATED: Final = '(GROUP_CONCAT(STR(?event); SEPARATOR=" ") AS ?events)'
_EVENTS: Final = """
SELECT ?event ?month ?day ?body ?same WHERE {
  ?event a unv:VotingEvent ; unv:month ?month ; unv:body ?body .
  OPTIONAL { ?event unv:date ?day }
  OPTIONAL { ?event unv:possiblySameAs ?same }
}
"""
_TOPICS_OF_EVENTS: Final = """
SELECT ?event ?topic WHERE { ?event unv:decides ?text . ?text dcterms:subject ?topic }
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

    def enter(self, row: Row, column: bytearray) -> None:
        """Enter the ``position`` in each of the ``events`` of a row into a column."""
        position = int(row["position"])
        for event in row["events"].split():
            if (place := self.place.get(event)) is not None:
                column[place] = position

    def places_of(self, events: Iterable[str]) -> list[int]:
        """Return the places of those resources that are voting events, in order of date."""
        return sorted({self.place[event] for event in events if event in self.place})


@dataclass
class _Columns:
    """The events of a release, and the columns that pages have asked for."""

    table: EventTable
    positions: dict[str, bytes] = field(default_factory=dict)
    numbers: dict[str, list[int | None]] = field(default_factory=dict)
    topics: dict[str, frozenset[int]] = field(default_factory=dict)
    #: The places of the events that decide texts on a topic.
    decided: dict[str, list[int]] = field(default_factory=dict)
    #: Of simultaneous readers of positions or of a topic, the first one reads them.
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


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
        column = await self.positions(states)
        places = reversed(range(len(column)))
        listed = (p for p in places if column[p] and (only is None or p in only))
        return {place: column[place] for place in islice(listed, number)}

    async def by_topic(self, state: str) -> dict[str, bytes]:
        """Return the positions of a state (key) in the votes on texts, by topic (IRI) of the text.

        Raises:
            KgError: if the engine cannot answer.
        """
        columns, position = await self._columns.get(), await self._of_state(state)
        if not columns.decided:
            events, topics = await self._queries.columns(_TOPICS_OF_EVENTS, "event", "topic")
            decided: dict[str, list[int]] = defaultdict(list)
            for event, topic in zip(events, topics, strict=True):
                if (place := columns.table.place.get(event)) is not None:
                    decided[topic].append(place)
            columns.decided = decided
        return {
            topic: bytes(map(position.__getitem__, places))
            for topic, places in columns.decided.items()
        }

    async def _of_state(self, key: str) -> bytes:
        columns = await self._columns.get()
        if key not in columns.positions:
            await self._read_positions(columns, [key])
        return columns.positions[key]

    async def of_all(self, states: Sequence[str]) -> dict[str, bytes]:
        """Return the position of each of all states (keys) in each event.

        Raises:
            KgError: if the engine cannot answer.
        """
        columns = await self._columns.get()
        for start in range(0, len(states), _STATES_AT_ONCE):
            await self._read_positions(columns, states[start : start + _STATES_AT_ONCE])
        return {key: columns.positions[key] for key in states}

    async def _read_positions(self, columns: _Columns, states: Sequence[str]) -> None:
        """Read the positions of those of some states that have not been read."""
        async with columns.reading:
            read = {
                key: bytearray(len(columns.table.events))
                for key in states
                if key not in columns.positions
            }
            if not read:
                return
            values = f"VALUES ?state {{ {iri_list(map(iris.state, read))} }}"
            rows = await self._queries.rows(
                f"SELECT ?state ?position {_CONCATENATED} WHERE {{ {_positions(values)} }} "
                "GROUP BY ?state ?position"
            )
            for row in rows:
                columns.table.enter(row, read[iris.local_name(row["state"])])
            columns.positions |= {key: bytes(column) for key, column in read.items()}

    async def numbers(self, term: str) -> Sequence[int | None]:
        """Return the value of a property (``unv:yesCount``) for each event, None without one.

        Raises:
            KgError: if the engine cannot answer.
        """
        columns = await self._columns.get()
        if term not in columns.numbers:
            numbers: list[int | None] = [None] * len(columns.table.events)
            events, values = await self._queries.columns(
                f"SELECT ?event ?number WHERE {{ ?event {term} ?number }}", "event", "number"
            )
            for event, value in zip(events, values, strict=True):
                if (place := columns.table.place.get(event)) is not None:
                    numbers[place] = int(value)
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
        query = f"SELECT DISTINCT ?event WHERE {{ {pattern} }}"
        (events,) = await self._queries.columns(query, "event")
        return table.places_of(events)

    async def on_topic(self, topic: str) -> frozenset[int]:
        """Return the places of the events on a topic (IRI), their own or that of their text.

        Raises:
            KgError: if the engine cannot answer.
        """
        columns = await self._columns.get()
        async with columns.reading:
            if topic not in columns.topics:
                columns.topics[topic] = frozenset(await self.matching(topic_pattern(topic)))
            return columns.topics[topic]


def _positions(states: str) -> str:
    """Return the pattern of the ``?position``, a number, of each ``?state`` in an ``?event``."""
    return " UNION ".join(
        f"{{ {states} ?event {iri_text(term)} ?state . BIND({number} AS ?position) }}"
        for term, number in _NUMBERS.items()
    )


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
