"""The worker processes: a few stand ready at any time, on the release in force."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Final

from kg.engine.worker_process import WorkerProcess
from kg.errors import KgError
from kg.release.release import Release

#: Seconds in which a process that has turned out to take long may still be back.
_MOMENT: Final = 1.0
#: Processes that stand ready meanwhile.
_AT_LEAST: Final = 2


class Pool:
    """Starts processes, hands them out, takes them back, and replaces those that are gone.

    ``spare`` is how many should be ready or soon be back; ``memory`` what a query may take, in
    MiB; ``columnar`` is whether columns are used; ``release`` returns the release in force.
    """

    def __init__(
        self, spare: int, memory: int, release: Callable[[], Release], *, columnar: bool
    ) -> None:
        self._spare = spare
        self._columnar = columnar
        self._memory = memory
        self._release = release
        self._idle: deque[WorkerProcess] = deque()
        self._all: set[WorkerProcess] = set()
        #: Handed out to queries that have not turned out to take long.
        self._soon_back: set[WorkerProcess] = set()
        self._starting = 0
        self._wanted: deque[asyncio.Future[WorkerProcess]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def start(self) -> bool:
        """Start the spare processes; return whether all are cut off from the network.

        Raises:
            ReleaseError: if there is no release.
            KgError: if a process does not come up.
        """
        current = self._release()
        self._idle += await asyncio.gather(*(self._started(current) for _ in range(self._spare)))
        return all(one.isolated for one in self._idle)

    async def close(self) -> None:
        """End all processes."""
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        for one in list(self._all):
            one.kill()
        ending = (one.ended() for one in self._all)
        await asyncio.gather(*self._tasks, *ending, return_exceptions=True)

    async def take(self) -> WorkerProcess:
        """Return a process on the release in force, as soon as there is one.

        Raises:
            ReleaseError: if there is no release.
            KgError: if no process comes up.
        """
        while True:
            current = self._release()
            one = self._idle.pop() if self._idle else await self._next()
            if one.alive and one.release == current:
                self._soon_back.add(one)
                return one
            one.kill()

    def keep(self, one: WorkerProcess) -> None:
        """Note that a process will not be back soon.

        Another is started if it is not back in a moment, or at once if too few stand ready.
        """
        self._soon_back.discard(one)
        if len(self._idle) < _AT_LEAST:
            self._top_up()
        else:
            asyncio.get_running_loop().call_later(_MOMENT, self._top_up)

    def give_back(self, one: WorkerProcess, *, usable: bool) -> None:
        """Take a process back: as it is if it is usable, else replaced by a new one."""
        self._soon_back.discard(one)
        if usable and one.alive:
            self._offer(one)
        else:
            one.kill()
            self._top_up()

    async def _next(self) -> WorkerProcess:
        wanted: asyncio.Future[WorkerProcess] = asyncio.get_running_loop().create_future()
        self._wanted.append(wanted)
        self._top_up()
        try:
            return await wanted
        except asyncio.CancelledError:
            if wanted.done() and not wanted.cancelled() and wanted.exception() is None:
                self._offer(wanted.result())
            raise

    def _offer(self, one: WorkerProcess, *, is_new: bool = False) -> None:
        """Give a process to whoever waits for one, or keep it ready if there are too few."""
        while self._wanted:
            wanted = self._wanted.popleft()
            if not wanted.done():
                wanted.set_result(one)
                return
        if is_new:
            # Those that have answered already are taken first: they have more ready.
            self._idle.appendleft(one)
        else:
            self._idle.append(one)
        while len(self._idle) > (0 if self._closing else self._spare):
            self._idle.popleft().kill()

    def _top_up(self) -> None:
        """Start as many processes as are missing."""
        if self._closing:
            return
        waiting = sum(not one.done() for one in self._wanted)
        ready = len(self._idle) + len(self._soon_back) + self._starting
        missing = max(self._spare - ready, waiting - self._starting - len(self._idle))
        for _ in range(missing):
            self._starting += 1
            self._do(self._add())

    async def _add(self) -> None:
        try:
            one = await self._started(self._release())
        except (KgError, OSError) as error:
            self._starting -= 1
            # Whoever waits hears of it; if nobody does, the next one who asks tries again.
            if wanted := next((w for w in self._wanted if not w.done()), None):
                wanted.set_exception(KgError(f"no worker process can be started: {error}"))
            return
        except asyncio.CancelledError:
            self._starting -= 1
            raise
        self._starting -= 1
        self._offer(one, is_new=True)

    async def _started(self, current: Release) -> WorkerProcess:
        one = await WorkerProcess.start(current, self._memory, columnar=self._columnar)
        self._all.add(one)
        self._do(self._watch(one))
        return one

    async def _watch(self, one: WorkerProcess) -> None:
        """Replace a process that ends while nobody uses it."""
        await one.ended()
        self._all.discard(one)
        if one in self._idle:
            self._idle.remove(one)
            self._top_up()

    def _do(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
