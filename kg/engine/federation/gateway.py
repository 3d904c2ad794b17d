"""The way out to other endpoints: the list, the budget, the cache, and one request for equal ones.

All users share one gateway, since an endpoint sees them as one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.engine.federation.address_guard import Resolver, resolve
from kg.engine.federation.allowlist import Endpoint, Endpoints
from kg.engine.federation.cache import AnswerCache
from kg.engine.federation.client import Client, Received, RemoteFailure
from kg.engine.federation.throttle import Budget, FullError
from kg.errors import BusyError, RemoteError

_LOG: Final = logging.getLogger("kg.engine.federation")
#: The file of the cache, in the data folder.
CACHE: Final = "federation/answers.sqlite"


@dataclass(frozen=True)
class Fetched:
    """An answer, whether it came from the cache, and what it took."""

    answer: Received
    from_cache: bool
    sent: int


class Gateway:
    """Asks the endpoints of a list; ``folder`` holds the cache, None for none."""

    def __init__(
        self, endpoints: Endpoints, folder: Path | None, resolver: Resolver = resolve
    ) -> None:
        self.endpoints = endpoints
        self._resolver = resolver
        self._cache = AnswerCache(folder / CACHE if folder else None, endpoints.cache_bytes)
        self._ways: dict[str, tuple[Client, Budget]] = {}
        self._under_way: dict[tuple[str, str], asyncio.Task[Received]] = {}
        self._waiting_for: dict[tuple[str, str], int] = {}

    async def close(self) -> None:
        """Close all connections; requests under way break off."""
        for task in list(self._under_way.values()):
            task.cancel()
        for client, _ in self._ways.values():
            await client.close()

    async def fetch(
        self, endpoint: Endpoint, query: str, variables: tuple[str, ...], user: str
    ) -> Fetched:
        """Return the answer of an endpoint to a query, on behalf of a user.

        Raises:
            RemoteError: if it does not give one.
            BusyError: if too many requests wait for it.
        """
        sent = len(query.encode())
        if kept := self._cache.get(endpoint.address, query, endpoint.cache_hours * 3600):
            return Fetched(kept, from_cache=True, sent=0)
        key = endpoint.address, query
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._fetch(endpoint, query, variables, user))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        self._waiting_for[key] = self._waiting_for.get(key, 0) + 1
        try:
            # Whoever goes away does not take the answer from others who wait for it.
            return Fetched(await asyncio.shield(task), from_cache=False, sent=sent)
        except RemoteFailure as failure:
            raise RemoteError(f"{endpoint.iri} {failure}") from failure
        except FullError as error:
            raise BusyError(f"too many requests are waiting for {endpoint.iri}") from error
        finally:
            self._waiting_for[key] -= 1
            if not self._waiting_for[key]:
                del self._waiting_for[key]
                task.cancel()

    async def _fetch(
        self, endpoint: Endpoint, query: str, variables: tuple[str, ...], user: str
    ) -> Received:
        client, budget = self._way(endpoint)
        attempt = 0
        while True:
            budget.check()
            async with budget.turn(user):
                started = time.monotonic()
                try:
                    answer = await client.ask(query, variables)
                except RemoteFailure as failure:
                    budget.failed(failure)
                    self._note(endpoint, started, str(failure))
                    wait = failure.retry_after if failure.retry_after is not None else 2.0**attempt
                    attempt += 1
                    last = attempt > endpoint.retries or wait > endpoint.longest_wait
                    if last or not failure.is_passing:
                        raise
                else:
                    budget.succeeded()
                    self._note(endpoint, started, f"{len(answer.solutions.rows)} rows")
                    self._cache.put(endpoint.address, query, answer)
                    return answer
            # A little more, so that the endpoint agrees that the time is over.
            await asyncio.sleep(wait + 0.1)

    def _way(self, endpoint: Endpoint) -> tuple[Client, Budget]:
        if endpoint.iri not in self._ways:
            client = Client(endpoint, self.endpoints.user_agent, self._resolver)
            self._ways[endpoint.iri] = client, Budget(endpoint)
        return self._ways[endpoint.iri]

    @staticmethod
    def _note(endpoint: Endpoint, started: float, outcome: str) -> None:
        milliseconds = round((time.monotonic() - started) * 1000)
        _LOG.info("%s: %s, %d ms", endpoint.address, outcome, milliseconds)
