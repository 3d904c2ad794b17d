"""One worker process (see ``kg.engine.worker``) as the server sees it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from kg.engine import worker
from kg.engine.interface import Limits
from kg.errors import KgError, LimitError, QueryError
from kg.release.release import Release

#: How much less of a core a query that takes long gets than others (nice value).
_LONG_NICE = 10
_START_TIMEOUT = 30.0


class WorkerProcess:
    """A process that holds a release open and answers one query at a time."""

    def __init__(self, used: Release, process: Process) -> None:
        self.release = used
        self._process = process
        #: Whether the process is cut off from the network.
        self.isolated = False
        #: Whether all of it, not only the thread of a query, has less of a core for good.
        self.is_slowed = False

    @classmethod
    async def start(cls, used: Release, memory: int, *, columnar: bool) -> WorkerProcess:
        """Start a process that may take so many MiB, and wait until it has opened the store.

        It answers from columns too where it may.

        Raises:
            KgError: if it does not come up.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kg.engine.worker",
            str(used.path),
            str(memory),
            str(int(columnar)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            # Where memory is used up, a backtrace takes what is left, and sometimes for ever. An
            # arena for the thread of a query would take 64 MiB of what the query may.
            env={**os.environ, "RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "1"},
        )
        one = cls(used, process)
        try:
            kind, content = await asyncio.wait_for(one.read(), _START_TIMEOUT)
            assert kind == worker.READY
            one.isolated = bool(json.loads(content)["isolated"])
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            one.kill()
            assert process.stderr is not None
            told = (await process.stderr.read(2000)).decode(errors="replace").strip()
            raise KgError(f"a worker did not start: {told or 'no answer'}") from error
        except BaseException:
            one.kill()
            raise
        return one

    @property
    def alive(self) -> bool:
        """Whether the process is running."""
        return self._process.returncode is None

    def send(self, line: bytes) -> None:
        """Send a request."""
        assert self._process.stdin is not None
        self._process.stdin.write(line)

    async def read(self) -> tuple[bytes, bytes]:
        """Return the next frame: its kind and its content.

        Raises:
            IncompleteReadError: if the process has ended.
        """
        stream = self._process.stdout
        assert stream is not None
        kind, length = worker.PREFIX.unpack(await stream.readexactly(worker.PREFIX.size))
        return kind, await stream.readexactly(length)

    def pause(self) -> None:
        """Stop the process where it is, and let its query have less of a core when it goes on."""
        self._signal(signal.SIGSTOP)
        own = self._process.pid
        try:
            threads = {int(one.name) for one in Path(f"/proc/{own}/task").iterdir()} - {own}
        except OSError:
            # Without Linux's folder of them, threads cannot be told apart.
            threads = {own}
            self.is_slowed = True
        for one in threads:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, one, _LONG_NICE)

    def go_on(self) -> None:
        """Let a stopped process go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the process at once."""
        self._signal(signal.SIGKILL)

    async def ended(self) -> int:
        """Wait for the end of the process and return its exit code, negative for a signal."""
        return await self._process.wait()

    def _signal(self, number: int) -> None:
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def verdict(code: int, limits: Limits) -> KgError:
    """Return why a process ended in the middle of a query, from its exit code."""
    if code in {-signal.SIGABRT, -signal.SIGTRAP}:
        # What an allocation that is refused does to Oxigraph.
        return memory_limit(limits)
    if code == -signal.SIGSEGV:
        return QueryError("the query is nested too deeply to be read")
    return LimitError("the process of this query ended before its answer; try again")


def memory_limit(limits: Limits) -> LimitError:
    """Return the error of a query that passed its memory limit."""
    return LimitError(
        f"the query passed its memory limit of {limits.memory_mib:,} MiB; drop ORDER BY or "
        "DISTINCT over large results, or do them in a sub-select that is small"
    )
