"""All voting events in order of date, and the positions of states in them, as pages need them.

Events are read once per release, the positions of a state once per release when a page needs them:
one query of a fifth of a second on the whole record, and a byte per event in memory. Questions on
several states over many years are then answered without another query.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from kg.rdf import iris
from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV
from kg.web.pages.positions import POSITIONS, VOTING_POSITIONS
from kg.web.pages.queries import QueryRunner, Row, iri_list, iri_text

#: Topics that forms offer: those of most votes.
_OFFERED_TOPICS: Final = 100
#: The number of a position in the bytes of a state, and the styles by number; 0 is none recorded.
STYLES: Final = ("", *(position.style for position in POSITIONS))
#: The highest number of a position of a state that voted.
LAST_VOTING: Final = len(VOTING_POSITIONS)
_EVENTS: Final = """
SELECT ?event ?month ?day ?body ?same WHERE {
  ?event a unv:VotingEvent ; unv:month ?month ; unv:body ?body .
  OPTIONAL { ?event unv:date ?day }
  OPTIONAL { ?event unv:possiblySameAs ?same }
}
"""
_TOPICS: Final = """
SELECT ?topic (COUNT(*) AS ?n) WHERE { ?event unv:decides ?text . ?text dcterms:subject ?topic }
GROUP BY ?topic
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


class VoteIndex:
    """The events of the current release and the positions of those states that were asked for."""

    def __init__(self, queries: QueryRunner) -> None:
        self._queries = queries
        self._release = ""
        self._table = EventTable()
        self._positions: dict[str, bytes] = {}
        self._topics: dict[str, str] = {}
        self._lock = asyncio.Lock()

    async def table(self) -> EventTable:
        """Return the events.

        Raises:
            KgError: if the engine cannot answer.
        """
        release = self._queries.engine().release().name
        async with self._lock:
            if release != self._release:
                self._table = _table(await self._queries.rows(_EVENTS))
                self._positions, self._topics, self._release = {}, {}, release
        return self._table

    async def positions(self, states: Iterable[str]) -> bytes:
        """Return the position in each event of the one of these states (keys) that took part.

        Raises:
            KgError: if the engine cannot answer.
        """
        of_states = await asyncio.gather(*(self._of_state(key) for key in states))
        return bytes(map(max, zip(*of_states, strict=True))) if len(of_states) > 1 else of_states[0]

    async def _of_state(self, key: str) -> bytes:
        table = await self.table()
        known = self._positions
        if key not in known:
            state = iri_text(iris.state(key))
            patterns = " UNION ".join(
                f"{{ ?event {iri_text(term)} {state} . BIND({number} AS ?position) }}"
                for number, (_, _, term) in enumerate(POSITIONS, 1)
            )
            column = bytearray(len(table.events))
            rows = await self._queries.rows(f"SELECT ?event ?position WHERE {{ {patterns} }}")
            for row in rows:
                if (place := table.place.get(row["event"])) is not None:
                    column[place] = int(row["position"])
            known[key] = bytes(column)
        return known[key]

    async def on_topic(self, topic: str) -> frozenset[int]:
        """Return the places of the events on a topic (IRI), their own or that of their text.

        Raises:
            KgError: if the engine cannot answer.
        """
        table, subject = await self.table(), iri_text(topic)
        rows = await self._queries.rows(
            f"""
            SELECT ?event WHERE {{
              {{ ?event dcterms:subject {subject} }}
              UNION {{ ?event unv:decides ?text . ?text dcterms:subject {subject} }}
            }}
            """
        )
        places = (table.place.get(row["event"]) for row in rows)
        return frozenset(place for place in places if place is not None)

    async def topics(self) -> dict[str, str]:
        """Return the topics of most votes: their names by IRI, in the order of the names.

        Raises:
            KgError: if the engine cannot answer.
        """
        await self.table()
        if not self._topics:
            rows = await self._queries.rows(_TOPICS)
            rows.sort(key=lambda row: (-int(row["n"]), row["topic"]))
            busiest = [row["topic"] for row in rows[:_OFFERED_TOPICS]]
            self._topics = await self._names(busiest) if busiest else {}
        return self._topics

    async def name_of_topic(self, topic: str) -> str:
        """Return the name of a topic, empty if there is no such topic.

        Raises:
            KgError: if the engine cannot answer.
        """
        offered = await self.topics()
        return offered.get(topic) or (await self._names([topic])).get(topic, "")

    async def _names(self, topics: list[str]) -> dict[str, str]:
        rows = await self._queries.rows(
            f"""
            SELECT ?topic ?label WHERE {{
              VALUES ?topic {{ {iri_list(topics)} }} ?topic skos:prefLabel ?label
              FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
            }}
            """
        )
        names = {row["topic"]: row["label"] for row in rows}
        return dict(sorted(names.items(), key=lambda named: named[1].casefold()))


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
