"""Values that pages read once per release and keep as long as it is the current one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from kg.web.pages.queries import QueryRunner

_Value = TypeVar("_Value")


class PerRelease(Generic[_Value]):
    """The result of ``read`` on the current release, computed by the first request for it."""

    def __init__(self, queries: QueryRunner, read: Callable[[], Awaitable[_Value]]) -> None:
        self._queries = queries
        self._read = read
        self._release = ""
        self._values: list[_Value] = []
        self._lock = asyncio.Lock()

    async def get(self) -> _Value:
        """Return the value.

        Raises:
            KgError: if the engine cannot answer.
        """
        release = self._queries.release_name()
        async with self._lock:
            if release != self._release or not self._values:
                self._values, self._release = [await self._read()], release
            return self._values[0]
