"""A remote response in a lane, which other queries may use while the client does not read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from kg.engine.fair_lanes import LaneUser
from kg.engine.remote.response import RemoteResponse
from kg.engine.scheduler import LaneScheduler, Timer
from kg.errors import InterruptedResponseError, KgError
from kg.limits import CLIENT_GRACE_SECONDS


class ScheduledResponse:
    """See ``kg.engine.interface.QueryResponse``; it is created with a light lane."""

    def __init__(self, response: RemoteResponse, scheduler: LaneScheduler, user: LaneUser) -> None:
        self._response = response
        self._user = user
        self._scheduler = scheduler
        self._has_lane = True
        self._timer = Timer()
        self._aborting: asyncio.Task[None] | None = None
        self.metadata = response.metadata

    @property
    def row_count(self) -> int | None:
        """The number of solutions, known once the response has been read; None for a graph."""
        return self._response.row_count

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the content; raise InterruptedResponseError if it ends early."""
        async for chunk in self._response.chunks():
            self._timer.set(CLIENT_GRACE_SECONDS, self._stall)
            yield chunk
            await self._resume_after_client()
        self._leave_lane()

    async def close(self) -> None:
        """Return the lane, and abort the query unless the response was read to its end."""
        self._leave_lane()
        await self._response.close()

    async def _resume_after_client(self) -> None:
        self._timer.clear()
        if self._has_lane:
            return
        self._scheduler.remove_stalled(self)
        if self._aborting is not None:
            raise InterruptedResponseError(
                "the client stopped reading while other queries were waiting"
            )
        try:
            await self._scheduler.light.acquire(self._user)
        except KgError as error:
            raise InterruptedResponseError(str(error)) from error
        self._has_lane = True

    def _stall(self) -> None:
        """Leave the lane to other queries until the client continues to read."""
        self._leave_lane()
        self._scheduler.add_stalled(self, self._abort)

    def _abort(self) -> None:
        self._aborting = asyncio.create_task(self._response.close())

    def _leave_lane(self) -> None:
        self._timer.clear()
        self._scheduler.remove_stalled(self)
        if self._has_lane:
            self._has_lane = False
            self._scheduler.light.release(self._user)
