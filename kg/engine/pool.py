"""The pool of worker processes, which keeps a few ready on the current release."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Final

from kg.engine.template_process import TemplateProcess
from kg.engine.worker_process import WorkerProcess
from kg.errors import KgError
from kg.release.release import Release

#: Seconds to wait for the process of a query that turned out to be long before another process is
#: started in its place.
_REPLACEMENT_DELAY_SECONDS: Final = 1.0
#: With fewer idle processes than this, another one is started without that delay.
_MIN_IDLE: Final = 2


_LOG: Final = logging.getLogger("kg.engine")
_NOT_STARTED: Final = "the system cannot start another process; try again in a moment"


class WorkerPool:
    """Starts worker processes, lends them to queries, and replaces those that have ended.

    ``size`` is the number of processes that should be idle or back soon. ``template`` forks them,
    and ends after them. ``current_release`` returns the release that they must have open; a query
    may use ``memory_mib`` of memory in them.
    """

    def __init__(
        self,
        template: TemplateProcess,
        size: int,
        memory_mib: int,
        current_release: Callable[[], Release],
        *,
        columnar: bool,
    ) -> None:
        self._size = size
        self._memory_mib = memory_mib
        self._current_release = current_release
        self._columnar = columnar
        self._template = template
        self._idle: deque[WorkerProcess] = deque()
        self._all: set[WorkerProcess] = set()
        #: Processes whose queries have not turned out to be long.
        self._soon_back: set[WorkerProcess] = set()
        self._starting = 0
        self._waiters: deque[asyncio.Future[WorkerProcess]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False

    async def start(self) -> bool:
        """Start the processes; return whether all are isolated from the network.

        Raises:
            ReleaseError: if there is no release.
            KgError: if a process does not start.
        """
        release = self._current_release()
        starting = (self._start_worker(release) for _ in range(self._size))
        workers: list[WorkerProcess] = []
        for started in await asyncio.gather(*starting, return_exceptions=True):
            if isinstance(started, BaseException):
                raise started
            workers.append(started)
        self._idle += workers
        return all(worker.is_isolated for worker in workers)

    async def close(self) -> None:
        """End all processes."""
        self._is_closing = True
        for task in list(self._tasks):
            task.cancel()
        for worker in list(self._all):
            worker.kill()
        ending = (worker.wait() for worker in self._all)
        await asyncio.gather(*self._tasks, *ending, return_exceptions=True)

    def retire(self) -> None:
        """End each process as soon as it is idle: queries that have begun are completed."""
        self._size = 0
        while self._idle:
            self._idle.popleft().kill()

    @property
    def has_processes(self) -> bool:
        """Whether processes are running or starting."""
        return bool(self._all) or self._starting > 0

    async def acquire(self) -> WorkerProcess:
        """Return a process on the current release as soon as one is free.

        Raises:
            ReleaseError: if there is no release.
            KgError: if no process starts.
        """
        while True:
            release = self._current_release()
            worker = self._idle.pop() if self._idle else await self._wait_for_worker()
            # Another object of the same release has been copied anew: the files are others.
            if worker.is_alive and worker.release is release:
                self._soon_back.add(worker)
                return worker
            worker.kill()

    def mark_as_long(self, worker: WorkerProcess) -> None:
        """Record that the query of a process turned out to be long.

        Another process is started if this one is not back after a short delay, or at once if too
        few are idle.
        """
        self._soon_back.discard(worker)
        if len(self._idle) < _MIN_IDLE:
            self._replenish()
        else:
            asyncio.get_running_loop().call_later(_REPLACEMENT_DELAY_SECONDS, self._replenish)

    def release(self, worker: WorkerProcess, *, is_reusable: bool) -> None:
        """Take a process back if it is reusable, else end it and start another one."""
        self._soon_back.discard(worker)
        if is_reusable and worker.is_alive:
            self._offer(worker)
        else:
            worker.kill()
            self._replenish()

    async def _wait_for_worker(self) -> WorkerProcess:
        waiter: asyncio.Future[WorkerProcess] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._replenish()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._offer(waiter.result())
            raise

    def _offer(self, worker: WorkerProcess, *, is_new: bool = False) -> None:
        """Give a process to a waiting query, else keep it unless enough are idle."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        if is_new:
            # Processes that have already answered a query are preferred: their caches are warm.
            self._idle.appendleft(worker)
        else:
            self._idle.append(worker)
        while len(self._idle) > (0 if self._is_closing else self._size):
            self._idle.popleft().kill()

    def _replenish(self) -> None:
        """Start the missing processes."""
        if self._is_closing:
            return
        waiting = sum(not waiter.done() for waiter in self._waiters)
        ready = len(self._idle) + len(self._soon_back) + self._starting
        missing = max(self._size - ready, waiting - self._starting - len(self._idle))
        for _ in range(missing):
            self._starting += 1
            self._create_task(self._add_worker())

    async def _add_worker(self) -> None:
        try:
            worker = await self._start_worker(self._current_release())
        except (KgError, OSError) as error:
            self._starting -= 1
            if isinstance(error, OSError):
                _LOG.error("a worker process could not be started: %s", error)
            # Reported to the first waiting query; if there is none, the next query tries again.
            if waiter := next((w for w in self._waiters if not w.done()), None):
                is_ours = isinstance(error, KgError)
                waiter.set_exception(error if is_ours else KgError(_NOT_STARTED))
            return
        except asyncio.CancelledError:
            self._starting -= 1
            raise
        self._starting -= 1
        self._offer(worker, is_new=True)

    async def _start_worker(self, release: Release) -> WorkerProcess:
        worker = await WorkerProcess.start(
            self._template, release, self._memory_mib, columnar=self._columnar
        )
        self._all.add(worker)
        self._create_task(self._watch(worker))
        return worker

    async def _watch(self, worker: WorkerProcess) -> None:
        """Replace a process that ends while it is idle."""
        await worker.wait()
        self._all.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
            self._replenish()

    def _create_task(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
