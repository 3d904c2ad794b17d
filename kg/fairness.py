"""Fair use: how often, and how much at once, one client may ask."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.protocol import RefusalError


class FairUse:
    """Counts the requests of each client address; loopback is left alone unless it is included."""

    def __init__(self, rate: RateLimitItem, concurrent: int, *, loopback: bool) -> None:
        self._rate = rate
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


class FairlyUsed:
    """Wraps an application: holds a request to fair use from its arrival to its last byte."""

    def __init__(self, app: ASGIApp, fair_use: FairUse, path: str) -> None:
        self._app = app
        self._fair_use = fair_use
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request of the application inside."""
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else ""
        try:
            with self._fair_use.admit(client):
                await self._app(scope, receive, send)
        except RefusalError as refusal:
            # Only admit raises it here: refusals of the application are responses already.
            response = PlainTextResponse(f"{refusal}\n", refusal.status, refusal.headers)
            await response(scope, receive, send)


def _is_loopback(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False
