"""Rate limiting: how many requests a client may send in a period, and at the same time."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kg.web.client_address import is_loopback
from kg.web.http_error import HttpError


class RateLimiter:
    """Limits the requests of each client; those of this machine only if ``loopback`` is set.

    ``rate`` has the form ``300/minute``; ``concurrency`` is the number of requests of one client
    that may be in progress.
    """

    def __init__(self, rate: str, concurrency: int, *, loopback: bool) -> None:
        self._rate = parse(rate)
        self._concurrency = concurrency
        self._loopback = loopback
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._in_progress: Counter[str] = Counter()

    @contextmanager
    def admit(self, client: str) -> Iterator[None]:
        """Admit a request for the duration of the context.

        Raises:
            HttpError: with status 429 if the client sends too many requests.
        """
        if not self._loopback and is_loopback(client):
            yield
            return
        if not self._limiter.hit(self._rate, client):
            reset, _ = self._limiter.get_window_stats(self._rate, client)
            wait = max(1, math.ceil(reset - time.time()))
            raise HttpError(
                429,
                f"rate limit exceeded: more than {self._rate} from one client; wait {wait} seconds",
                {"Retry-After": str(wait)},
            )
        if self._in_progress[client] >= self._concurrency:
            raise HttpError(
                429,
                f"more than {self._concurrency} simultaneous requests from one client; "
                "wait until one is complete",
                {"Retry-After": "1"},
            )
        self._in_progress[client] += 1
        try:
            yield
        finally:
            self._in_progress[client] -= 1
            if not self._in_progress[client]:
                del self._in_progress[client]
