"""Queries to other endpoints: allowlist, throttle, cache, and merging of equal requests.

All users share one gateway, since endpoints see them as a single client.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.engine.federation.address_guard import Resolver, resolve
from kg.engine.federation.allowlist import Allowlist, Endpoint
from kg.engine.federation.cache import AnswerCache
from kg.engine.federation.client import EndpointAnswer, EndpointClient, EndpointFailure
from kg.engine.federation.throttle import EndpointThrottle, QueueFullError
from kg.errors import BusyError, RemoteError

_LOG: Final = logging.getLogger("kg.engine.federation")
#: The cache, in the data folder.
_CACHE_FILE: Final = "federation/answers.sqlite"


@dataclass(frozen=True)
class FetchResult:
    """An answer, whether it came from the cache, and the number of bytes sent for it."""

    answer: EndpointAnswer
    from_cache: bool
    sent: int


class Gateway:
    """Queries the endpoints of an allowlist; ``folder`` holds the cache, None for no cache."""

    def __init__(
        self, allowlist: Allowlist, folder: Path | None, resolver: Resolver = resolve
    ) -> None:
        self.allowlist = allowlist
        self._resolver = resolver
        self._cache = AnswerCache(folder / _CACHE_FILE if folder else None, allowlist.cache_bytes)
        self._connections: dict[str, tuple[EndpointClient, EndpointThrottle]] = {}
        #: Pending requests by address and query, and the number of users waiting for each.
        self._pending: dict[tuple[str, str], asyncio.Task[EndpointAnswer]] = {}
        self._waiters: Counter[tuple[str, str]] = Counter()

    async def close(self) -> None:
        """Close all connections; pending requests are cancelled."""
        for task in list(self._pending.values()):
            task.cancel()
        for client, _ in self._connections.values():
            await client.close()

    async def fetch(
        self, endpoint: Endpoint, query: str, variables: tuple[str, ...], user: str
    ) -> FetchResult:
        """Return an endpoint's answer to a query, on behalf of a user.

        Raises:
            RemoteError: if it does not give a valid answer.
            BusyError: if too many requests are waiting for it.
        """
        sent = len(query.encode())
        if cached := self._cache.get(endpoint.address, query, endpoint.cache_hours * 3600):
            return FetchResult(cached, from_cache=True, sent=0)
        key = endpoint.address, query
        task = self._pending.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(endpoint, query, variables, user))
            self._pending[key] = task
            task.add_done_callback(lambda _: self._pending.pop(key, None))
        self._waiters[key] += 1
        try:
            # If one user leaves, the request continues for the others waiting for it.
            return FetchResult(await asyncio.shield(task), from_cache=False, sent=sent)
        except EndpointFailure as failure:
            raise RemoteError(f"{endpoint.iri} {failure}") from failure
        except QueueFullError as error:
            raise BusyError(f"too many requests are waiting for {endpoint.iri}") from error
        finally:
            self._waiters[key] -= 1
            if not self._waiters[key]:
                del self._waiters[key]
                task.cancel()

    async def _fetch(
        self, endpoint: Endpoint, query: str, variables: tuple[str, ...], user: str
    ) -> EndpointAnswer:
        client, throttle = self._connection(endpoint)
        attempt = 0
        while True:
            throttle.check_circuit()
            async with throttle.slot(user):
                started = time.monotonic()
                try:
                    answer = await client.query(query, variables)
                except EndpointFailure as failure:
                    throttle.record_failure(failure)
                    self._log(endpoint, started, str(failure))
                    wait = failure.retry_after if failure.retry_after is not None else 2.0**attempt
                    attempt += 1
                    last = attempt > endpoint.retries or wait > endpoint.longest_wait
                    if last or not failure.is_transient:
                        raise
                else:
                    throttle.record_success()
                    self._log(endpoint, started, f"{len(answer.solutions.rows)} rows")
                    self._cache.put(endpoint.address, query, answer)
                    return answer
            # Slightly longer, since the endpoint's clock may differ.
            await asyncio.sleep(wait + 0.1)

    def _connection(self, endpoint: Endpoint) -> tuple[EndpointClient, EndpointThrottle]:
        if endpoint.iri not in self._connections:
            client = EndpointClient(endpoint, self.allowlist.user_agent, self._resolver)
            self._connections[endpoint.iri] = client, EndpointThrottle(endpoint)
        return self._connections[endpoint.iri]

    @staticmethod
    def _log(endpoint: Endpoint, started: float, outcome: str) -> None:
        milliseconds = round((time.monotonic() - started) * 1000)
        _LOG.info("%s: %s, %d ms", endpoint.address, outcome, milliseconds)
