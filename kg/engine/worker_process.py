"""A worker process (``kg.engine.worker``) seen from the server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

from kg.engine import messages
from kg.engine.interface import Limits, QueryRequest
from kg.engine.messages import Failure, Message, Ready
from kg.engine.template_process import TemplateProcess, WorkerHandle
from kg.errors import KgError, LimitError, QueryError
from kg.limits import WORKER_START_SECONDS
from kg.release.damage import DamagedFile, DamagedReleaseError
from kg.release.release import Release

_LOG: Final = logging.getLogger("kg.engine")
#: The nice value of a long query, which gets less processor time than short ones.
_LONG_QUERY_NICE: Final = 10
#: The kind of clock that counts the processor time of a process (linux/posix-timers.h).
_PROCESSOR_CLOCK: Final = 2
#: Bytes of error output to report for a process that did not start.
_ERROR_OUTPUT_BYTES: Final = 2000


class WorkerProcess:
    """A process that has a release open and answers one query at a time."""

    def __init__(self, release: Release, process: WorkerHandle) -> None:
        self.release = release
        self._process = process
        #: Whether the process is isolated from the network.
        self.is_isolated = False
        #: Whether the priority of the whole process was lowered, not only that of a query's
        #: thread; it cannot be raised again.
        self.is_slowed = False

    @classmethod
    async def start(
        cls, template: TemplateProcess, release: Release, memory_mib: int, *, columnar: bool
    ) -> WorkerProcess:
        """Start a process and wait until it has opened the release.

        A query may use ``memory_mib`` of memory. With ``columnar`` the process also uses the
        columnar engine.

        Raises:
            DamagedReleaseError: if the store of the release cannot be opened.
            KgError: if the process does not start.
        """
        process = await template.start_worker([str(release.path), memory_mib, int(columnar)])
        worker = cls(release, process)
        try:
            message = await asyncio.wait_for(worker.receive(), WORKER_START_SECONDS)
            if isinstance(message, Failure):
                raise DamagedReleaseError(release.name, [DamagedFile("store", message.message)])
            assert isinstance(message, Ready), message
            worker.is_isolated = message.is_isolated
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            worker.kill()
            assert process.stderr is not None
            output = (await process.stderr.read(_ERROR_OUTPUT_BYTES)).decode(errors="replace")
            # Not in the message, which clients see: a traceback contains paths.
            _LOG.error("a worker process did not start: %s", output.strip() or "no answer")
            raise KgError("a worker process did not start; the log has the reason") from error
        except BaseException:
            worker.kill()
            raise
        return worker

    @property
    def is_alive(self) -> bool:
        """Whether the process is running."""
        # The end of its output arrives before the exit code.
        stream = self._process.stdout
        return self._process.returncode is None and not (stream and stream.at_eof())

    def processor_seconds(self) -> float:
        """Return the processor time that the process has used; infinite where it is not known."""
        if sys.platform != "linux":
            return math.inf
        try:
            # As clock_getcpuclockid(3) numbers the clock; /proc takes thirty times as long.
            return time.clock_gettime(~self._process.pid << 3 | _PROCESSOR_CLOCK)
        except OSError:
            return math.inf

    def send(self, request: QueryRequest) -> None:
        """Send a request."""
        assert self._process.stdin is not None
        self._process.stdin.write(messages.encode_request(request))

    async def receive(self) -> Message:
        """Return the next message.

        Raises:
            IncompleteReadError: if the process has ended.
        """
        stream = self._process.stdout
        assert stream is not None
        try:
            header = await stream.readexactly(messages.FRAME_HEADER.size)
            kind, length = messages.FRAME_HEADER.unpack(header)
            return messages.decode(kind, await stream.readexactly(length))
        except ConnectionError as error:
            # The process was killed before it had read the request.
            raise asyncio.IncompleteReadError(b"", None) from error

    def pause(self) -> None:
        """Stop the process, and lower the priority of its query."""
        self._signal(signal.SIGSTOP)
        pid = self._process.pid
        try:
            threads = {int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()} - {pid}
        except OSError:
            # Only Linux has this folder; elsewhere threads cannot be distinguished.
            threads = {pid}
            self.is_slowed = True
        for thread in threads:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, thread, _LONG_QUERY_NICE)

    def resume(self) -> None:
        """Let a stopped process continue."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill the process."""
        self._signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Wait for the end of the process and return its exit code, negative for a signal."""
        return await self._process.wait()

    def _signal(self, number: int) -> None:
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def error_from_exit_code(code: int, limits: Limits) -> KgError:
    """Return the error for a process that ended in the middle of a query."""
    if code in {-signal.SIGABRT, -signal.SIGTRAP}:
        # How Oxigraph ends if it cannot allocate memory.
        return memory_limit_error(limits)
    if code == -signal.SIGSEGV:
        return QueryError("the query is nested too deeply to be parsed")
    return LimitError("the worker process ended before it answered the query; try again")


def memory_limit_error(limits: Limits) -> LimitError:
    """Return the error for a query that exceeded its memory limit."""
    return LimitError(
        f"the query exceeded its memory limit of {limits.memory_mib:,} MiB; avoid ORDER BY and "
        "DISTINCT over large results, or apply them in a small sub-select"
    )
