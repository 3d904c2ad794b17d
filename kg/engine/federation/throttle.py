"""One budget for all users of an endpoint, shared fairly; and when nobody asks it for a while."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from kg.engine.federation.allowlist import Endpoint
from kg.engine.federation.client import RemoteFailure

#: Requests that may wait for an endpoint, of everybody and of one user, and for how many seconds.
_QUEUE: Final = 100
_QUEUE_OF_ONE: Final = 20
_PATIENCE: Final = 30.0
Clock = Callable[[], float]


class FullError(Exception):
    """Too many requests wait for an endpoint, or this one has waited too long."""


class Budget:
    """Lets requests to one endpoint through: so many at once, so many a minute, by turns.

    Users who wait are served in turn, however many requests each of them has.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock | None = None) -> None:
        self._endpoint = endpoint
        self._clock = clock or asyncio.get_running_loop().time
        self._running = 0
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        #: Requests that may be sent now; it fills up with time.
        self._left = self._most = float(max(endpoint.concurrency, endpoint.per_minute / 6))
        self._filled = self._clock()
        self._timer: asyncio.TimerHandle | None = None
        self._failures = 0
        self._closed_until = 0.0
        self._why = ""

    def check(self) -> None:
        """Refuse at once while the endpoint is to be left alone.

        Raises:
            RemoteFailure: in that case.
        """
        wait = self._closed_until - self._clock()
        if wait > 0:
            raise RemoteFailure(
                f"is not asked for {wait:.0f} more seconds: it {self._why}",
                retry_after=wait,
                is_fault=False,
            )

    @asynccontextmanager
    async def turn(self, user: str) -> AsyncIterator[None]:
        """Wait until it is this user's turn.

        Raises:
            FullError: if too many wait, or for too long.
            RemoteFailure: while the endpoint is to be left alone.
        """
        await self._enter(user)
        try:
            self.check()
            yield
        finally:
            self._running -= 1
            self._let_in()

    def succeeded(self) -> None:
        """Note an answer."""
        self._failures = 0

    def failed(self, failure: RemoteFailure) -> None:
        """Note a failure: it may be the last for a while."""
        if failure.retry_after:
            self._close(failure.retry_after, str(failure))
        if failure.is_fault:
            self._failures += 1
            if self._failures >= self._endpoint.failures:
                # After the pause one request is let through; if it fails too, the next pause.
                self._failures = self._endpoint.failures - 1
                self._close(self._endpoint.pause, f"failed too often; the last time it {failure}")

    def _close(self, seconds: float, why: str) -> None:
        self._closed_until = max(self._closed_until, self._clock() + seconds)
        self._why = why

    async def _enter(self, user: str) -> None:
        mine = self._waiting.get(user, ())
        if sum(map(len, self._waiting.values())) >= _QUEUE or len(mine) >= _QUEUE_OF_ONE:
            raise FullError
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(user, deque()).append(turn)
        self._let_in()
        try:
            async with asyncio.timeout(_PATIENCE):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self._running -= 1
            self._let_in()
            if isinstance(error, TimeoutError):
                raise FullError from error
            raise

    def _let_in(self) -> None:
        """Let in whoever may be: the first request of the user whose turn it is."""
        self._fill()
        while self._waiting and self._running < self._endpoint.concurrency:
            if self._left < 1:
                self._wake((1 - self._left) * 60 / self._endpoint.per_minute)
                return
            user = next(iter(self._waiting))
            queue = self._waiting.pop(user)
            turn = queue.popleft()
            if queue:
                # Back to the end of the row.
                self._waiting[user] = queue
            if not turn.done():
                self._left -= 1
                self._running += 1
                turn.set_result(None)

    def _fill(self) -> None:
        now = self._clock()
        gained = (now - self._filled) * self._endpoint.per_minute / 60
        self._left, self._filled = min(self._most, self._left + gained), now

    def _wake(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._let_in)
