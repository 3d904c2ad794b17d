"""The engine that runs queries in worker processes on the current release of a data folder.

A query starts in a light lane. When its time there is used up, it is stopped until a heavy lane is
free and continues there, so short queries never wait for long ones. A query that exceeds a limit is
killed with its process, which is replaced by a new one.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.engine.columnar import statistics
from kg.engine.columnar.database import unusable_columns
from kg.engine.columnar.statistics import Statistics
from kg.engine.execution import QueryExecution
from kg.engine.fair_lanes import LaneUser
from kg.engine.interface import Limits, QueryRequest
from kg.engine.pool import WorkerPool
from kg.engine.scheduler import LaneScheduler
from kg.errors import ReleaseError
from kg.release.monitor import ReleaseMonitor
from kg.release.release import Release, ReleasePointer

_LOG: Final = logging.getLogger("kg.engine")


class LocalEngine:
    """See ``kg.engine.interface.Engine``.

    With ``columnar`` the workers use the columnar engine for queries that are faster there, and
    Oxigraph for the rest.
    """

    def __init__(self, data: Path, limits: Limits, *, columnar: bool = True) -> None:
        self._limits = limits
        self._columnar = columnar
        self._pointer = ReleasePointer(data)
        self.monitor = ReleaseMonitor()
        self._scheduler = LaneScheduler(self._limits)
        self._pool = WorkerPool(
            self._limits.light_lanes, self._limits.memory_mib, self.release, columnar=columnar
        )

    async def start(self) -> None:
        """Start a worker for each light lane.

        Without a release that can be served, the service starts nevertheless: its health check
        gives the reason, and it serves the next release.
        """
        try:
            if not await self._pool.start():
                _LOG.warning(
                    "workers cannot be isolated from the network on this system; queries with "
                    "SERVICE are rejected before they reach a worker, but there is no second "
                    "safeguard"
                )
        except ReleaseError as error:
            self.monitor.report(error)
        for warning in self.warnings():
            _LOG.warning(warning)

    def warnings(self) -> tuple[str, ...]:
        """Return what is amiss although all queries are answered: columns that are not used."""
        if not self._columnar:
            return ()
        try:
            reason = unusable_columns(_statistics(self._pointer.current()))
        except ReleaseError:
            return ()
        return (f"the columnar engine is off: {reason}",) if reason else ()

    async def close(self) -> None:
        """End all workers; running queries are aborted."""
        await self._pool.close()

    def release(self) -> Release:
        """Return the current release, on which new queries are evaluated.

        Raises:
            ReleaseError: if there is none.
        """
        try:
            release = self._pointer.current()
        except ReleaseError as error:
            self.monitor.report(error)
            raise
        self.monitor.watch(release)
        return release

    async def execute(self, request: QueryRequest) -> QueryExecution:
        """Return the response to a query once its first chunk is ready.

        Raises:
            ForbiddenServiceError: if the query uses SERVICE.
            NotAcceptableError: if the client accepts no format of the result.
            QueryError: if the query is malformed or cannot be evaluated.
            LimitError: if it exceeds a limit before the first chunk.
            BusyError: if the queues are full.
            ReleaseError: if there is no release, or its store is damaged.
        """
        self.release()
        self.monitor.require_intact("store")
        if request.engine == "columnar":
            self.monitor.require_intact("columns.")
        elif self.monitor.damage("columns."):
            request = replace(request, engine="oxigraph")
        user = LaneUser.of(request)
        await self._scheduler.light.acquire(user)
        try:
            worker = await self._pool.acquire()
            execution = QueryExecution(
                user, worker, self._pool, self._scheduler, self._limits, self.monitor
            )
        except BaseException:
            self._scheduler.light.release(user)
            raise
        await execution.start(request)
        return execution


@lru_cache(maxsize=2)
def _statistics(release: Release) -> Statistics | None:
    # Each health check asks for them, and a release never changes.
    return statistics.read(release.path)
