"""Where queries compute: light lanes for their first moments, a few heavy places after that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kg.engine.interface import Limits
from kg.errors import BusyError

#: Queries that may wait for a light lane.
LIGHT_QUEUE = 200
#: Queries that may wait for a heavy place, each stopped in a process of its own.
HEAVY_QUEUE = 8
#: Answers that may wait for their clients to read on, each stopped in a process of its own.
STALLED = 8


class Places:
    """Counts who computes, who waits to, and who waits for a client."""

    def __init__(self, limits: Limits) -> None:
        self._workers = limits.workers
        self._light = asyncio.Semaphore(limits.light_lanes)
        self._heavy = asyncio.Semaphore(limits.workers)
        self._waiting_light = 0
        self._waiting_heavy = 0
        #: How to end each stalled answer, the one that has stalled longest first.
        self._stalled: dict[object, Callable[[], None]] = {}

    async def enter_light(self) -> None:
        """Wait for a light lane.

        Raises:
            BusyError: if too many wait already.
        """
        if self._waiting_light >= LIGHT_QUEUE:
            raise BusyError("the server is busy; try again in a moment")
        self._waiting_light += 1
        try:
            await self._light.acquire()
        finally:
            self._waiting_light -= 1

    def leave_light(self) -> None:
        """Free a light lane."""
        self._light.release()

    def queue_is_full(self) -> BusyError | None:
        """Return the error of a query for which there is no room to wait for a heavy place."""
        if self._waiting_heavy < HEAVY_QUEUE:
            return None
        return BusyError(
            f"{self._workers} long queries are running and {HEAVY_QUEUE} are waiting; "
            "try again later, or ask for less"
        )

    async def enter_heavy(self) -> None:
        """Wait for a heavy place."""
        self._waiting_heavy += 1
        try:
            await self._heavy.acquire()
        finally:
            self._waiting_heavy -= 1

    def leave_heavy(self) -> None:
        """Free a heavy place."""
        self._heavy.release()

    def stall(self, who: object, end: Callable[[], None]) -> None:
        """Note that an answer waits for its client; with too many, the oldest is ended."""
        self._stalled[who] = end
        if len(self._stalled) > STALLED:
            oldest = next(iter(self._stalled))
            self._stalled.pop(oldest)()

    def resume(self, who: object) -> None:
        """Note that an answer waits for its client no longer."""
        self._stalled.pop(who, None)
