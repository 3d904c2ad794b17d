"""Fair use: how often, and how much at once, one client may ask."""

from __future__ import annotations

import functools
import ipaddress
import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kg.web.sparql_protocol import RefusalError


class FairUse:
    """Counts the requests of each client address; loopback is left alone unless it is included.

    ``rate`` has the form ``300/minute``.
    """

    def __init__(self, rate: str, concurrent: int, *, loopback: bool) -> None:
        self._rate = parse(rate)
        self._concurrent = concurrent
        self._loopback = loopback
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def admit(self, client: str) -> Iterator[None]:
        """Let a request in for as long as the context lasts.

        Raises:
            RefusalError: with status 429 if the client has asked too often, or too much at once.
        """
        if not self._loopback and _is_loopback(client):
            yield
            return
        if not self._limiter.hit(self._rate, client):
            reset, _ = self._limiter.get_window_stats(self._rate, client)
            wait = max(1, math.ceil(reset - time.time()))
            raise RefusalError(
                429,
                f"more than {self._rate} from one client; wait {wait} seconds",
                {"Retry-After": str(wait)},
            )
        if self._under_way[client] >= self._concurrent:
            raise RefusalError(
                429,
                f"more than {self._concurrent} requests at once from one client",
                {"Retry-After": "1"},
            )
        self._under_way[client] += 1
        try:
            yield
        finally:
            self._under_way[client] -= 1
            if not self._under_way[client]:
                del self._under_way[client]


@functools.lru_cache(maxsize=1024)
def _is_loopback(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False
