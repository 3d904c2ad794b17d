"""The roll calls of the current release as checks of articles need them, read once per release.

That takes seconds on the whole record, so it is part of the preparation of pages.
"""

from __future__ import annotations

from kg.check.record import Solution, read_index
from kg.check.roll_calls import Index
from kg.web.pages.per_release import PerRelease
from kg.web.pages.queries import QueryRunner


class CheckIndex:
    """The index of the roll calls of the current release."""

    def __init__(self, queries: QueryRunner) -> None:
        self._queries = queries
        self._index = PerRelease(queries, lambda: read_index(self.ask))

    async def ask(self, query: str) -> list[Solution]:
        """Return the solutions of a query.

        Raises:
            KgError: if the engine cannot answer.
        """
        return [dict(row) for row in await self._queries.rows(query)]

    async def read(self) -> Index:
        """Return the index.

        Raises:
            KgError: if the engine cannot answer.
        """
        return await self._index.get()
