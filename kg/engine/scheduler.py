"""Scheduling of queries: light lanes for their first moments, heavy lanes after that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.engine.interface import Limits
from kg.errors import BusyError
from kg.limits import (
    HEAVY_QUEUE_LENGTH,
    LIGHT_QUEUE_LENGTH,
    STALL_TIMEOUT_SECONDS,
    STALLED_RESPONSES,
)


class Timer:
    """Calls a function after a delay; setting it again replaces the pending call."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call ``callback`` in ``seconds`` seconds."""
        self.clear()
        self._handle = asyncio.get_running_loop().call_later(max(seconds, 0), callback)

    def clear(self) -> None:
        """Cancel the call, if one is pending."""
        if self._handle:
            self._handle.cancel()
            self._handle = None


@dataclass(frozen=True)
class _StalledResponse:
    abort: Callable[[], None]
    timeout: Timer = field(default_factory=Timer)


class LaneScheduler:
    """Counts the queries in each kind of lane and in its queue, and the stalled responses."""

    def __init__(self, limits: Limits) -> None:
        self._heavy_lane_count = limits.workers
        self._light_lanes = asyncio.Semaphore(limits.light_lanes)
        self._heavy_lanes = asyncio.Semaphore(limits.workers)
        self._light_queue_length = 0
        self._heavy_queue_length = 0
        #: The response that has been stalled longest comes first.
        self._stalled: dict[object, _StalledResponse] = {}

    async def acquire_light_lane(self) -> None:
        """Wait for a light lane.

        Raises:
            BusyError: if the queue is full.
        """
        if self._light_queue_length >= LIGHT_QUEUE_LENGTH:
            raise BusyError("the server is busy; try again in a moment")
        self._light_queue_length += 1
        try:
            await self._light_lanes.acquire()
        finally:
            self._light_queue_length -= 1

    def release_light_lane(self) -> None:
        """Free a light lane."""
        self._light_lanes.release()

    def heavy_queue_error(self) -> BusyError | None:
        """Return the error for a new long query if the heavy queue is full, else None."""
        if self._heavy_queue_length < HEAVY_QUEUE_LENGTH:
            return None
        return BusyError(
            f"{self._heavy_lane_count} long queries are running and {HEAVY_QUEUE_LENGTH} are "
            "waiting; try again later, or request less data"
        )

    async def acquire_heavy_lane(self) -> None:
        """Wait for a heavy lane."""
        self._heavy_queue_length += 1
        try:
            await self._heavy_lanes.acquire()
        finally:
            self._heavy_queue_length -= 1

    def release_heavy_lane(self) -> None:
        """Free a heavy lane."""
        self._heavy_lanes.release()

    def add_stalled(self, response: object, abort: Callable[[], None]) -> None:
        """Register a response that waits for its client.

        It is aborted after STALL_TIMEOUT_SECONDS, or earlier if it is the oldest of too many.
        """
        stalled = self._stalled[response] = _StalledResponse(abort)
        stalled.timeout.set(STALL_TIMEOUT_SECONDS, lambda: self._abort_stalled(response))
        if len(self._stalled) > STALLED_RESPONSES:
            self._abort_stalled(next(iter(self._stalled)))

    def remove_stalled(self, response: object) -> None:
        """Remove a response that no longer waits for its client, if it is registered."""
        if stalled := self._stalled.pop(response, None):
            stalled.timeout.clear()

    def _abort_stalled(self, response: object) -> None:
        abort = self._stalled[response].abort
        self.remove_stalled(response)
        abort()
