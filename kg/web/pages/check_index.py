"""The roll calls of the current release as checks of articles need them, read once per release.

That takes seconds on the whole record, so it is done before the first article comes: at the start,
and soon after another release has become the current one.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from kg.check.record import Solution, read_index
from kg.check.roll_calls import Index
from kg.errors import KgError
from kg.limits import CHECK_INDEX_INTERVAL_SECONDS
from kg.web.pages.per_release import PerRelease
from kg.web.pages.queries import QueryRunner

_LOG: Final = logging.getLogger("kg.web")


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

    async def keep_current(self) -> None:
        """Read the index of each release that becomes the current one, until cancelled."""
        while True:
            try:
                await self.read()
            except KgError as error:
                # The health check gives the reason; a check of an article tries again.
                _LOG.debug("the roll calls cannot be read: %s", error)
            await asyncio.sleep(CHECK_INDEX_INTERVAL_SECONDS)
