"""The queries of pages, answered from a store in memory instead of an engine."""

from __future__ import annotations

from typing import Literal

import pyoxigraph as ox

from kg.engine.interface import EngineName
from kg.rdf.vocabulary import BASE, PREFIXES, with_prefixes
from kg.web.pages.kept_values import KeptByRelease
from kg.web.pages.queries import QueryRunner, Row


class StoreQueries(QueryRunner):
    """Runs queries on a store."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._kept = KeptByRelease()

    @classmethod
    def of_turtle(cls, text: str) -> StoreQueries:
        """Return a runner for facts in Turtle, with relative IRIs under ``id/``."""
        store = ox.Store()
        prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
        store.load(prefixes + text, ox.RdfFormat.TURTLE, base_iri=f"{BASE}id/")
        return cls(store)

    def release_name(self) -> str:
        return "store"

    async def rows(self, query: str, engine: EngineName | Literal[""] = "") -> list[Row]:
        solutions = self._store.query(with_prefixes(query))
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        return [
            Row((name, row[name].value) for name in names if row[name] is not None)
            for row in solutions
        ]

    async def columns(self, query: str, *names: str) -> list[list[str]]:
        rows = await self.rows(query)
        return [[row[name] for row in rows] for name in names]

    async def triples(self, query: str) -> list[ox.Triple]:
        triples = self._store.query(with_prefixes(query))
        assert isinstance(triples, ox.QueryTriples)
        return list(triples)
