"""The engine behind one seam (design B4): queries in, limits kept, an answer in pieces out.

Queries run in worker processes that hold the current release open for reading. A query starts in a
light lane. One that has not ended when its light budget is used up is stopped until one of the
heavy places is free, and then goes on: so a short query never waits behind long ones. One that
passes a limit ends with its process, and a fresh one takes its place.

The clock of a query runs while it computes: not while it waits for a place, and not while a slow
client takes in what is ready.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg import release, worker
from kg.errors import ForbiddenServiceError, KgError, QueryError
from kg.evaluation import Dataset
from kg.release import Release
from kg.worker import NotAcceptableError

_LOG: Final = logging.getLogger("kg.engine")

#: Seconds a query may compute in a light lane.
LIGHT_BUDGET: Final = 0.25
#: Queries that may wait for a heavy place, each stopped in a process of its own.
HEAVY_QUEUE: Final = 8
#: Queries that may wait for a light lane.
LIGHT_QUEUE: Final = 200
#: How much less of a core heavy queries get than light ones (nice value).
_HEAVY_NICE: Final = 10
_START_TIMEOUT: Final = 30.0


class LimitError(KgError):
    """A query passed a limit; the message says which, its value, and what to try."""


class BusyError(KgError):
    """All places are taken and the queue is full."""


class InterruptedAnswerError(KgError):
    """An answer broke off after some of it was handed on."""


@dataclass(frozen=True)
class Limits:
    """What one query may take: seconds of computing, MiB of memory, bytes of answer."""

    workers: int = 2
    seconds: float = 60.0
    memory: int = 1024
    result: int = 2**30
    light_lanes: int = 2


@dataclass(frozen=True)
class Question:
    """A query as it came: its text, its dataset, and the formats the client takes."""

    query: str
    dataset: Dataset = field(default_factory=Dataset)
    format: str = ""
    accept: str = ""

    def line(self) -> bytes:
        """Return the request to a worker."""
        said = {
            "query": self.query,
            "default": self.dataset.default,
            "named": self.dataset.named,
            "format": self.format,
            "accept": self.accept,
        }
        return json.dumps(said).encode() + b"\n"


class Answer:
    """An answer that has begun; its pieces are to be read, and it is to be closed in any case."""

    def __init__(self, head: dict[str, Any], run: _Run, release: str) -> None:
        self.content_type: str = head["content_type"]
        #: The length in bytes, known for short answers only.
        self.length: int | None = head["length"]
        self.pieces = run.pieces()
        self.release = release
        self._run = run

    async def close(self) -> None:
        """Free what the answer holds; one that has not been read to the end is given up."""
        await self.pieces.aclose()
        # A generator that was never started does not run its own ending.
        await self._run.finish(intact=self._run.may_go_on)


class Engine:
    """A pool of workers over the current release of a data folder."""

    def __init__(self, data: Path, limits: Limits | None = None) -> None:
        self._data = data
        self.limits = limits or Limits()
        self._light = asyncio.Semaphore(self.limits.light_lanes)
        self._heavy = asyncio.Semaphore(self.limits.workers)
        self._waiting_light = 0
        self._waiting_heavy = 0
        self._idle: deque[_Worker] = deque()
        self._all: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def start(self) -> None:
        """Start a worker for each light lane.

        Raises:
            ReleaseError: if there is no release to serve.
        """
        current = release.require(self._data)
        await asyncio.gather(*(self._spare(current) for _ in range(self.limits.light_lanes)))
        if not all(one.isolated for one in self._idle):
            _LOG.warning(
                "workers cannot be cut off from the network on this system; queries with SERVICE "
                "are refused before they reach one, but nothing stands behind that"
            )

    async def close(self) -> None:
        """End all workers; queries under way break off."""
        self._closing = True
        for one in list(self._all):
            one.kill()
        await asyncio.gather(*(one.ended() for one in list(self._all)))

    def release(self) -> Release:
        """Return the release that new queries are asked of.

        Raises:
            ReleaseError: if there is none.
        """
        return release.require(self._data)

    async def ask(self, question: Question) -> Answer:
        """Return the answer to a question once its first piece is ready.

        Raises:
            ForbiddenServiceError: if the query uses SERVICE.
            NotAcceptableError: if the answer has no format the client takes.
            QueryError: if the query is malformed or cannot be evaluated.
            LimitError: if it passes a limit before the first piece.
            BusyError: if there is no place for it.
            ReleaseError: if there is no release.
        """
        if self._waiting_light >= LIGHT_QUEUE:
            raise BusyError("the server is busy; try again in a moment")
        self._waiting_light += 1
        try:
            await self._light.acquire()
        finally:
            self._waiting_light -= 1
        run: _Run | None = None
        try:
            used = await self._take()
            run = _Run(self, used)
            head = await run.begin(question)
        except BaseException:
            if run is None:
                self._light.release()
            else:
                await run.finish(intact=run.may_go_on)
            raise
        return Answer(head, run, used.release.name)

    async def _take(self) -> _Worker:
        """Return an idle worker on the current release, or a new one."""
        current = self.release()
        while self._idle:
            one = self._idle.popleft()
            if one.alive and one.release == current:
                return one
            one.kill()
        return await self._started(current)

    async def _started(self, current: Release) -> _Worker:
        one = _Worker(current, self._all)
        await one.start(self.limits.memory)
        return one

    async def _spare(self, current: Release) -> None:
        one = await self._started(current)
        # While it started, workers of short queries may have come back.
        if self._closing or len(self._idle) >= self.limits.light_lanes:
            one.kill()
        else:
            self._idle.append(one)

    def give_back(self, one: _Worker, *, fresh: bool) -> None:
        """Take a worker back: as it is if it is fresh, else replaced by a new one."""
        if fresh and one.alive and not self._closing and len(self._idle) < self.limits.light_lanes:
            self._idle.append(one)
            return
        one.kill()
        self.top_up()

    def top_up(self) -> None:
        """Start a worker if there are too few idle ones for the light lanes."""
        if not self._closing and len(self._idle) + len(self._tasks) < self.limits.light_lanes:
            task = asyncio.create_task(self._replace())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _replace(self) -> None:
        with contextlib.suppress(KgError, OSError):
            await self._spare(self.release())

    def leave_light(self) -> None:
        """Free the light lane of a query that has ended or turned out to be heavy."""
        self._light.release()

    async def enter_heavy(self) -> None:
        """Wait for a heavy place.

        Raises:
            BusyError: if too many wait already.
        """
        if self._waiting_heavy >= HEAVY_QUEUE:
            raise BusyError(
                f"{self.limits.workers} long queries are running and {HEAVY_QUEUE} are waiting; "
                "try again later, or ask for less"
            )
        self._waiting_heavy += 1
        try:
            await self._heavy.acquire()
        finally:
            self._waiting_heavy -= 1

    def leave_heavy(self) -> None:
        """Free a heavy place."""
        self._heavy.release()


class _Run:
    """One query in one worker: which places it holds, and how long it has computed."""

    def __init__(self, engine: Engine, used: _Worker) -> None:
        self._engine = engine
        self._worker = used
        self._place = "light"
        self._computed = 0.0
        self._sent = 0
        self._finished = False
        #: Whether the worker can answer another query after this one.
        self.may_go_on = False

    async def begin(self, question: Question) -> dict[str, Any]:
        """Send the question and return the head of the answer (see kg.worker)."""
        self._worker.send(question.line())
        kind, content = await self._frame()
        assert kind == worker.HEAD, kind
        head: dict[str, Any] = json.loads(content)
        return head

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the answer; raise InterruptedAnswerError if it breaks off."""
        try:
            while True:
                try:
                    kind, content = await self._frame()
                except KgError as error:
                    raise InterruptedAnswerError(str(error)) from error
                if kind == worker.END:
                    self.may_go_on = True
                    return
                self._sent += len(content)
                if self._sent > self._engine.limits.result:
                    raise InterruptedAnswerError(
                        f"the answer is longer than {self._engine.limits.result:,} bytes"
                    )
                yield content
        finally:
            await self.finish(intact=self.may_go_on)

    async def finish(self, *, intact: bool) -> None:
        """Give back worker and place; a worker that is not intact, or was heavy, is replaced."""
        if self._finished:
            return
        self._finished = True
        self._engine.give_back(self._worker, fresh=intact and self._place == "light")
        self._let_go()

    def _let_go(self) -> None:
        """Leave the place, whichever it is."""
        if self._place == "light":
            self._engine.leave_light()
        elif self._place == "heavy":
            self._engine.leave_heavy()
        self._place = "none"

    async def _frame(self) -> tuple[bytes, bytes]:
        """Return the next frame that is no failure, whatever places that takes."""
        started = time.monotonic()
        read = asyncio.ensure_future(self._worker.read())
        try:
            if self._place == "light":
                left = max(LIGHT_BUDGET - self._computed, 0)
                done, _ = await asyncio.wait({read}, timeout=left)
                if not done:
                    self._computed += time.monotonic() - started
                    await self._become_heavy()
                    started = time.monotonic()
            left = self._engine.limits.seconds - self._computed
            done, _ = await asyncio.wait({read}, timeout=max(left, 0))
            if not done:
                raise LimitError(
                    f"the query passed its time limit of {self._engine.limits.seconds:g} seconds; "
                    "ask for less at a time, or count in a sub-select before joining"
                )
            kind, content = read.result()
        except asyncio.IncompleteReadError:
            raise self._worker.verdict(await self._worker.ended(), self._engine.limits) from None
        finally:
            self._computed += time.monotonic() - started
            if not read.done():
                read.cancel()
                with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError):
                    await read
        if kind == worker.FAIL:
            self.may_go_on = True
            said = json.loads(content)
            if said["kind"] == "memory":
                # What is left of its memory may be too little for the next query.
                self.may_go_on = False
                raise _memory_limit(self._engine.limits)
            raise _failure(said)
        return kind, content

    async def _become_heavy(self) -> None:
        self._worker.pause()
        self._let_go()
        self._engine.top_up()
        await self._engine.enter_heavy()
        self._place = "heavy"
        self._worker.go_on()


class _Worker:
    """A worker process (see kg.worker)."""

    def __init__(self, used: Release, register: set[_Worker]) -> None:
        self.release = used
        self._register = register
        self._process: asyncio.subprocess.Process | None = None
        #: Whether the process is cut off from the network.
        self.isolated = False

    async def start(self, memory: int) -> None:
        """Start the process and wait until it has opened the store.

        Raises:
            KgError: if it does not come up.
        """
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kg.worker",
            str(self.release.path / "store"),
            str(memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._register.add(self)
        try:
            kind, content = await asyncio.wait_for(self.read(), _START_TIMEOUT)
            assert kind == worker.READY
            self.isolated = bool(json.loads(content)["isolated"])
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            self.kill()
            told = await self._told()
            raise KgError(f"a worker did not start: {told or 'no answer'}") from error
        except BaseException:
            self.kill()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process is running."""
        return self._process is not None and self._process.returncode is None

    def send(self, line: bytes) -> None:
        """Send a request."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line)

    async def read(self) -> tuple[bytes, bytes]:
        """Return the next frame.

        Raises:
            IncompleteReadError: if the process has ended.
        """
        assert self._process is not None
        assert self._process.stdout is not None
        kind, length = worker.PREFIX.unpack(
            await self._process.stdout.readexactly(worker.PREFIX.size)
        )
        return kind, await self._process.stdout.readexactly(length)

    def pause(self) -> None:
        """Stop the process where it is, and let it have less of a core when it goes on."""
        self._signal(signal.SIGSTOP)
        if self._process is not None:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, _HEAVY_NICE)

    def go_on(self) -> None:
        """Let a stopped process go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the process at once."""
        self._signal(signal.SIGKILL)
        self._register.discard(self)

    async def ended(self) -> int:
        """Wait for the end of the process and return its exit code, negative for a signal."""
        assert self._process is not None
        self._register.discard(self)
        return await self._process.wait()

    def verdict(self, code: int, limits: Limits) -> KgError:
        """Return why a process ended in the middle of a query."""
        if code in {-signal.SIGABRT, -signal.SIGTRAP}:
            # What an allocation that is refused does to Oxigraph.
            return _memory_limit(limits)
        if code == -signal.SIGSEGV:
            return QueryError("the query is nested too deeply to be read")
        return LimitError("the process of this query ended before its answer; try again")

    async def _told(self) -> str:
        assert self._process is not None
        assert self._process.stderr is not None
        return (await self._process.stderr.read(2000)).decode(errors="replace").strip()

    def _signal(self, number: int) -> None:
        if self.alive and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def _memory_limit(limits: Limits) -> LimitError:
    return LimitError(
        f"the query passed its memory limit of {limits.memory:,} MiB; drop ORDER BY or DISTINCT "
        "over large results, or do them in a sub-select that is small"
    )


def _failure(said: dict[str, Any]) -> KgError:
    kinds: dict[str, type[KgError]] = {
        "forbidden": ForbiddenServiceError,
        "not acceptable": NotAcceptableError,
        "query": QueryError,
    }
    return kinds[said["kind"]](said["message"])
