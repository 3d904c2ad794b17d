"""Per-endpoint rate limiting (token bucket, fair queue) with a circuit breaker."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from kg.engine.federation.allowlist import Endpoint
from kg.engine.federation.client import EndpointFailure
from kg.limits import (
    ENDPOINT_QUEUE_LENGTH,
    ENDPOINT_QUEUE_LENGTH_PER_USER,
    ENDPOINT_QUEUE_SECONDS,
)

Clock = Callable[[], float]


class QueueFullError(Exception):
    """Too many requests are waiting for an endpoint, or this one has waited too long."""


class EndpointThrottle:
    """Limits the concurrent requests and the requests per minute to one endpoint.

    Waiting users are served in turn, regardless of the number of their requests. After repeated
    failures, or at the endpoint's request, the circuit opens and nothing is sent for a while.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock | None = None) -> None:
        self._endpoint = endpoint
        self._clock = clock or asyncio.get_running_loop().time
        self._running = 0
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        #: The token bucket: requests that may be sent now; it is refilled over time.
        self._tokens = self._capacity = float(max(endpoint.concurrency, endpoint.per_minute / 6))
        self._refilled_at = self._clock()
        self._timer: asyncio.TimerHandle | None = None
        self._failures = 0
        self._open_until = 0.0
        self._open_reason = ""

    def check_circuit(self) -> None:
        """Check that the circuit is closed.

        Raises:
            EndpointFailure: if it is open.
        """
        wait = self._open_until - self._clock()
        if wait > 0:
            raise EndpointFailure(
                f"is not queried for {wait:.0f} more seconds: it {self._open_reason}",
                retry_after=wait,
                is_fault=False,
            )

    @asynccontextmanager
    async def slot(self, user: str) -> AsyncIterator[None]:
        """Wait for a slot among the concurrent requests, and hold it within the context.

        Raises:
            QueueFullError: if too many requests are waiting, or this one waits too long.
            EndpointFailure: if the circuit is open.
        """
        await self._acquire(user)
        try:
            self.check_circuit()
            yield
        finally:
            self._running -= 1
            self._admit()

    def record_success(self) -> None:
        """Record an answer."""
        self._failures = 0

    def record_failure(self, failure: EndpointFailure) -> None:
        """Record a failure, which may open the circuit."""
        if failure.retry_after:
            self._open_circuit(failure.retry_after, str(failure))
        if failure.is_fault:
            self._failures += 1
            if self._failures >= self._endpoint.failures:
                # After the pause one request is admitted; if it fails too, the pause is repeated.
                self._failures = self._endpoint.failures - 1
                reason = f"failed repeatedly; the last time it {failure}"
                self._open_circuit(self._endpoint.pause, reason)

    def _open_circuit(self, seconds: float, reason: str) -> None:
        self._open_until = max(self._open_until, self._clock() + seconds)
        self._open_reason = reason

    async def _acquire(self, user: str) -> None:
        waiting = sum(len(queue) for queue in self._queues.values())
        own = len(self._queues.get(user, ()))
        if waiting >= ENDPOINT_QUEUE_LENGTH or own >= ENDPOINT_QUEUE_LENGTH_PER_USER:
            raise QueueFullError
        admission: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(user, deque()).append(admission)
        self._admit()
        try:
            async with asyncio.timeout(ENDPOINT_QUEUE_SECONDS):
                await admission
        except (TimeoutError, asyncio.CancelledError) as error:
            if admission.done() and not admission.cancelled():
                self._running -= 1
            self._admit()
            if isinstance(error, TimeoutError):
                raise QueueFullError from error
            raise

    def _admit(self) -> None:
        """Admit the requests that may be sent now, the first of each user in turn."""
        self._refill()
        while self._queues and self._running < self._endpoint.concurrency:
            if self._tokens < 1:
                self._admit_later((1 - self._tokens) * 60 / self._endpoint.per_minute)
                return
            user = next(iter(self._queues))
            queue = self._queues.pop(user)
            admission = queue.popleft()
            if queue:
                # This user goes behind the others.
                self._queues[user] = queue
            if not admission.done():
                self._tokens -= 1
                self._running += 1
                admission.set_result(None)

    def _refill(self) -> None:
        now = self._clock()
        gained = (now - self._refilled_at) * self._endpoint.per_minute / 60
        self._tokens, self._refilled_at = min(self._capacity, self._tokens + gained), now

    def _admit_later(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._admit)
