"""Values that pages read once per release and keep as long as it is the current one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from kg.web.pages.queries import QueryRunner

_Value = TypeVar("_Value")


@dataclass
class _Slot:
    """The place of the value of a release, empty until it has been read."""

    values: list[Any] = field(default_factory=list)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class PerRelease(Generic[_Value]):
    """The result of ``read`` on the current release, computed by the first request for it.

    While the next release is prepared, its value is computed beside that of the current one.
    """

    def __init__(self, queries: QueryRunner, read: Callable[[], Awaitable[_Value]]) -> None:
        self._queries = queries
        self._read = read

    async def get(self) -> _Value:
        """Return the value.

        Raises:
            KgError: if the engine cannot answer.
        """
        slot = self._queries.kept().values.setdefault(self, _Slot())
        async with slot.reading:
            if not slot.values:
                slot.values = [await self._read()]
            value: _Value = slot.values[0]
            return value
