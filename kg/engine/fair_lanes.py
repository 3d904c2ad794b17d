"""Lanes in which queries run, lent to clients in turn."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import NamedTuple

from kg.engine.interface import QueryRequest
from kg.errors import BusyError


class LaneUser(NamedTuple):
    """Who uses a lane: a client with queries of its own, or with the questions of a page."""

    client: str
    is_page: bool

    @classmethod
    def of(cls, request: QueryRequest) -> LaneUser:
        """Return the user for a request."""
        return cls(request.client, request.is_page)


class FairLanes:
    """Lends ``lanes`` to queries; while they are in use, others wait for one.

    The next lane goes to the user with the fewest lanes, in turn if several have equally few.
    ``page_lanes`` of the lanes are only for questions of pages. At most ``queue_length`` queries
    may wait, and as many questions of pages. A query that finds the queue full takes the place of
    the last query of the user who has most, unless its own user would then have as many.
    """

    def __init__(
        self, lanes: int, queue_length: int, *, page_lanes: int, full_message: str
    ) -> None:
        self._lanes = lanes
        self._queue_length = queue_length
        self._page_lanes = page_lanes
        self._full_message = full_message
        self._used: Counter[LaneUser] = Counter()
        #: The waiting queries of each user; the user whose turn is next comes first.
        self._waiting: dict[LaneUser, deque[asyncio.Future[None]]] = {}

    async def acquire(self, user: LaneUser) -> None:
        """Wait for a lane.

        Raises:
            BusyError: if the queue is full, at once or later in favour of another user.
        """
        if not self._is_any_waiting(user.is_page) and self._has_lane(user):
            self._used[user] += 1
            return
        self._make_room(user)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(user, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.release(user)
            else:
                self._remove(user, turn)
            raise

    def release(self, user: LaneUser) -> None:
        """Return a lane of a user, and lend it to the next one."""
        self._used[user] -= 1
        if not self._used[user]:
            del self._used[user]
        while waiting := [user for user in self._waiting if self._has_lane(user)]:
            next_user = min(waiting, key=lambda user: self._used[user])
            turn = self._waiting[next_user].popleft()
            turns = self._waiting.pop(next_user)
            if turns:
                # Its next turn comes after those of all other users.
                self._waiting[next_user] = turns
            # A client that is leaving no longer waits.
            if not turn.done():
                self._used[next_user] += 1
                turn.set_result(None)

    def _has_lane(self, user: LaneUser) -> bool:
        used = self._used.total()
        if user.is_page:
            return used < self._lanes
        of_queries = sum(number for user, number in self._used.items() if not user.is_page)
        return used < self._lanes and of_queries < self._lanes - self._page_lanes

    def _is_any_waiting(self, is_page: bool) -> bool:
        return any(user.is_page == is_page for user in self._waiting)

    def _make_room(self, user: LaneUser) -> None:
        """Make room in the queue for a query.

        Raises:
            BusyError: if it is full.
        """
        queues = {u: turns for u, turns in self._waiting.items() if u.is_page == user.is_page}
        if sum(map(len, queues.values())) < self._queue_length:
            return
        largest = max(queues, key=self._load, default=user)
        if self._load(largest) <= self._load(user) + 1:
            raise BusyError(self._full_message)
        turn = queues[largest][-1]
        self._remove(largest, turn)
        if not turn.done():
            turn.set_exception(BusyError(self._full_message))

    def _load(self, user: LaneUser) -> int:
        return self._used[user] + len(self._waiting.get(user, ()))

    def _remove(self, user: LaneUser, turn: asyncio.Future[None]) -> None:
        turns = self._waiting.get(user)
        if turns and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[user]
