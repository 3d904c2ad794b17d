"""The engine that runs queries in worker processes on the current release of a data folder.

A query starts in a light lane. When its time there is used up, it is stopped until a heavy lane is
free and continues there, so short queries never wait for long ones. A query that exceeds a limit is
killed with its process, which is replaced by a new one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.engine.columnar import statistics
from kg.engine.columnar.database import unusable_columns
from kg.engine.columnar.statistics import Statistics
from kg.engine.execution import QueryExecution
from kg.engine.fair_lanes import LaneUser
from kg.engine.interface import PREPARED_RELEASE, Limits, QueryRequest
from kg.engine.pool import WorkerPool
from kg.engine.scheduler import LaneScheduler
from kg.engine.template_process import TemplateProcess
from kg.errors import KgError, ReleaseError
from kg.limits import VERIFIED_AT_ONCE_BYTES
from kg.release import integrity
from kg.release.damage import DamagedReleaseError
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
        self._template = TemplateProcess()
        self._pool = self._new_pool()
        #: The pools of releases that were served before, until their queries have ended.
        self._retired: list[WorkerPool] = []
        self._served: Release | None = None
        #: The release that is prepared, and its pool.
        self._next: tuple[Release, WorkerPool] | None = None
        self._are_releases_prepared = False
        #: Why the current release of the data folder is not served, empty if it is.
        self._refusal = ""

    def _new_pool(self) -> WorkerPool:
        return WorkerPool(
            self._template,
            self._limits.light_lanes,
            self._limits.memory_mib,
            self.release,
            columnar=self._columnar,
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
        """Return what is amiss although all queries are answered.

        These are columns that are not used, and a current release that is not served.
        """
        refusal = (f"the current release is not served: {self._refusal}",) if self._refusal else ()
        if not self._columnar:
            return refusal
        try:
            reason = unusable_columns(_statistics(self._served or self._pointer.current()))
        except ReleaseError:
            return refusal
        return ((f"the columnar engine is off: {reason}",) if reason else ()) + refusal

    async def close(self) -> None:
        """End all workers; running queries are aborted."""
        for pool in (self._pool, *self._retired):
            await pool.close()
        await self._template.close()

    def release(self) -> Release:
        """Return the release that is served, on which new queries are evaluated.

        Raises:
            ReleaseError: if there is none.
        """
        if prepared := self._prepared_by_task():
            return prepared[0]
        try:
            current = self._pointer.current()
        except ReleaseError as error:
            self.monitor.report(error)
            raise
        if self._served is None or not self._awaits_preparation(self._served, current):
            self._served, self._refusal = current, ""
        self.monitor.watch(self._served)
        return self._served

    def _prepared_by_task(self) -> tuple[Release, WorkerPool] | None:
        """Return the next release and its pool if the running task prepares it."""
        is_preparing = self._next and self._next[0] is PREPARED_RELEASE.get()
        return self._next if is_preparing else None

    def _awaits_preparation(self, served: Release, current: Release) -> bool:
        """Return whether a release is served until another one, now current, is prepared.

        A damaged release is not, nor another copy of the same one.
        """
        return (
            self._are_releases_prepared
            and current.name != served.name
            and served.manifest_file.is_file()
            and not self.monitor.damage()
        )

    @asynccontextmanager
    async def next_release(self) -> AsyncIterator[Release]:
        """See ``kg.engine.interface.Engine``.

        A release with missing or damaged files is not served in place of an intact one.

        Raises:
            ReleaseError: if there is none, or it is damaged.
            KgError: if a worker process does not start.
        """
        self._are_releases_prepared = True
        served, current = self.release(), self._pointer.current()
        if current is served:
            yield served
            return
        token = PREPARED_RELEASE.set(current)
        pool = self._new_pool()
        self._next = current, pool
        try:
            await self._open(current, pool)
            yield current
        except BaseException as error:
            self._refusal = str(error) if isinstance(error, KgError) else ""
            await pool.close()
            raise
        else:
            self._serve(current, pool)
        finally:
            self._next = None
            PREPARED_RELEASE.reset(token)

    def _serve(self, release: Release, pool: WorkerPool) -> None:
        """Evaluate new queries on a release, in the processes of its pool."""
        self._pool.retire()
        self._retired = [old for old in (*self._retired, self._pool) if old.has_processes]
        self._pool, self._served, self._refusal = pool, release, ""

    async def _open(self, release: Release, pool: WorkerPool) -> None:
        """Start the workers of the next release."""
        try:
            damage = await asyncio.to_thread(
                lambda: tuple(integrity.damaged_files(release, hashed_bytes=VERIFIED_AT_ONCE_BYTES))
            )
            if damage:
                raise DamagedReleaseError(release.name, damage)
            await pool.start()
        except ReleaseError as error:
            self.monitor.report(error)
            raise

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
        prepared = self._prepared_by_task()
        if not prepared:
            self.release()
            self.monitor.require_intact("store")
            if request.engine == "columnar":
                self.monitor.require_intact("columns.")
            elif self.monitor.damage("columns."):
                request = replace(request, engine="oxigraph")
        user = LaneUser.of(request)
        await self._scheduler.light.acquire(user)
        try:
            pool = prepared[1] if prepared else self._pool
            worker = await pool.acquire()
            execution = QueryExecution(
                user, worker, pool, self._scheduler, self._limits, self.monitor
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
