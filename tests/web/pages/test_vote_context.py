"""What stands beside a vote: the votes before and after it under the same agenda item."""

from __future__ import annotations

import asyncio

from kg.rdf import iris
from kg.rdf.vocabulary import UNV
from kg.web.pages.description import describe
from kg.web.pages.vote_context import agenda_items, read_agenda
from tests.support.store_queries import StoreQueries


def _item(key: str, number: str, session: str = "79") -> str:
    return (
        f'<agendaitem/{key}> a unv:AgendaItem ; unv:itemNumber "{number}" ; '
        f'unv:session <session/{session}> ; rdfs:label "Item {number}"@en .\n'
    )


def _vote(key: str, day: str, *items: str) -> str:
    listed = " , ".join(f"<agendaitem/{item}>" for item in items)
    return (
        f'<event/{key}> a unv:VotingEvent ; rdfs:label "Vote on {key}"@en ; unv:agendaItem {listed}'
        f' ; unv:month "{day[:7]}"^^xsd:gYearMonth ; unv:date "{day}"^^xsd:date .\n'
    )


_FACTS = (
    _item("79-99-a", "99 (a)")
    + _item("79-99-b", "99 (b)")
    + _item("79-9", "9")
    + _item("78-99-a", "99 (a)", "78")
    + _vote("first", "2024-12-01", "79-99-b")
    + _vote("middle", "2024-12-02", "79-99-a", "79-9")
    + _vote("last", "2024-12-03", "79-99-b")
    + _vote("session-before", "2024-12-02", "78-99-a")
)


def test_neighbours_are_the_votes_under_all_sub_items_of_the_same_session() -> None:
    queries = StoreQueries.of_turtle(_FACTS)
    event = asyncio.run(describe(queries, iris.event("middle")))
    assert event is not None
    assert len(event.values(UNV.agendaItem)) == 2
    agenda = asyncio.run(read_agenda(queries))
    other, item = asyncio.run(agenda_items(queries, agenda, event))
    assert (other.number, other.whole, other.total) == ("9", "9", 1)
    assert other.previous is other.next is None
    assert (item.number, item.whole, item.total) == ("99 (a)", "99", 3)
    assert item.previous is not None
    assert item.next is not None
    assert item.previous["event"] == iris.event("first")
    assert item.next["event"] == iris.event("last")
