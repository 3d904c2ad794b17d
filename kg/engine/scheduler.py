"""Scheduling of queries: light lanes for their first moments, heavy lanes after that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.engine.fair_lanes import FairLanes
from kg.engine.interface import Limits
from kg.limits import (
    HEAVY_QUEUE_LENGTH,
    LIGHT_QUEUE_LENGTH,
    PAGE_LANES,
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
    """The lanes of an engine, ``light`` and ``heavy``, and its stalled responses."""

    def __init__(self, limits: Limits) -> None:
        self.light = FairLanes(
            limits.light_lanes,
            LIGHT_QUEUE_LENGTH,
            page_lanes=min(PAGE_LANES, limits.light_lanes - 1),
            full_message="the server is busy; try again in a moment",
        )
        self.heavy = FairLanes(
            limits.workers + PAGE_LANES,
            HEAVY_QUEUE_LENGTH,
            page_lanes=PAGE_LANES,
            full_message=f"{limits.workers} long queries are running and {HEAVY_QUEUE_LENGTH} are "
            "waiting; try again later, or request less data",
        )
        #: The response that has been stalled longest comes first.
        self._stalled: dict[object, _StalledResponse] = {}

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
