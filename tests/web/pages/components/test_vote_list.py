"""Lists of votes: their names come from properties, their dates from the day or the month."""

from __future__ import annotations

import asyncio

import pyoxigraph as ox

from kg.rdf import iris
from kg.rdf.vocabulary import UNV
from kg.web.pages.components.vote_list import VoteList, votes_matching, with_names
from kg.web.pages.queries import Row
from kg.web.pages.vote_index import VoteIndex
from tests.support.store_queries import StoreQueries


def _names(votes: list[Row], drafts: dict[str, list[str]]) -> list[str]:
    store = ox.Store()
    for event, symbols in drafts.items():
        for symbol in symbols:
            draft = ox.NamedNode(iris.draft(symbol))
            store.add(ox.Quad(ox.NamedNode(event), ox.NamedNode(UNV.draft), draft))
            store.add(ox.Quad(draft, ox.NamedNode(UNV.symbol), ox.Literal(symbol)))
    return [row["name"] for row in asyncio.run(with_names(StoreQueries(store), votes))]


def test_a_vote_is_named_by_its_decision_else_by_the_draft_else_by_its_label() -> None:
    decided, draft, motion = (iris.event(key) for key in ("A-RES-1-1", "S-2022-155", "unvotes-3"))
    votes = [
        Row(event=decided, symbol="A/RES/1/1", label="Vote on A/RES/1/1"),
        Row(event=draft, label="Vote on draft S/2022/155"),
        Row(event=motion, label="Roll call unvotes-3"),
    ]
    # A vote on a part of a draft has the symbol of the draft too, but is not the vote on it.
    drafts = {draft: ["S/2022/720", "S/2022/155"], motion: ["A/1/L.1"]}
    assert _names(votes, drafts) == ["A/RES/1/1", "draft S/2022/155", "Roll call unvotes-3"]


def test_votes_known_to_the_month_are_listed_among_the_others() -> None:
    queries = StoreQueries.of_turtle("""
        <event/a> a unv:VotingEvent ; rdfs:label "Vote a"@en ; unv:body unv:GeneralAssembly ;
          unv:month "1951-03"^^xsd:gYearMonth ; unv:date "1951-03-15"^^xsd:date .
        <event/b> a unv:VotingEvent ; rdfs:label "Vote b"@en ; unv:body unv:GeneralAssembly ;
          unv:month "1951-03"^^xsd:gYearMonth .
        <event/c> a unv:VotingEvent ; rdfs:label "Vote c"@en ; unv:body unv:GeneralAssembly ;
          unv:month "1951-04"^^xsd:gYearMonth .
        """)
    matching = "?event unv:body unv:GeneralAssembly ."

    async def page(number: int, size: int) -> VoteList:
        return await votes_matching(queries, VoteIndex(queries), matching, number, size)

    listed = asyncio.run(page(1, 3))
    assert listed.total == 3
    assert [(row["name"], row["date"]) for row in listed.votes] == [
        ("Vote c", "1951-04"),
        ("Vote a", "1951-03-15"),
        ("Vote b", "1951-03"),
    ]
    second = asyncio.run(page(2, 2))
    assert [row["name"] for row in second.votes] == ["Vote b"]
