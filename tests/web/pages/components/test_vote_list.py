"""Lists of votes: the name of each comes from properties, not from its label."""

from __future__ import annotations

import asyncio

import pyoxigraph as ox

from kg.rdf import iris
from kg.rdf.vocabulary import UNV, with_prefixes
from kg.web.pages.components.vote_list import with_names
from kg.web.pages.queries import QueryRunner, Row


class StoreQueries(QueryRunner):
    """Queries a store in memory."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    async def rows(self, query: str) -> list[Row]:
        solutions = self._store.query(with_prefixes(query))
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        return [Row((name, row[name].value) for name in names) for row in solutions]


def _names(votes: list[Row], drafts: dict[str, list[str]]) -> list[str]:
    store = ox.Store()
    for event, symbols in drafts.items():
        for symbol in symbols:
            subject, predicate = ox.NamedNode(event), ox.NamedNode(UNV.draftSymbol)
            store.add(ox.Quad(subject, predicate, ox.Literal(symbol)))
    return [row["name"] for row in asyncio.run(with_names(StoreQueries(store), votes))]


def test_a_vote_is_named_after_what_it_decided_else_the_draft_else_its_label() -> None:
    decided, draft, motion = (iris.event(key) for key in ("A-RES-1-1", "S-2022-155", "unvotes-3"))
    votes = [
        Row(event=decided, symbol="A/RES/1/1", label="Vote on A/RES/1/1"),
        Row(event=draft, label="Vote on draft S/2022/155"),
        Row(event=motion, label="Roll call unvotes-3"),
    ]
    # A vote on a part of a draft names the draft too, but is not the vote on it.
    drafts = {draft: ["S/2022/720", "S/2022/155"], motion: ["A/1/L.1"]}
    assert _names(votes, drafts) == ["A/RES/1/1", "draft S/2022/155", "Roll call unvotes-3"]
