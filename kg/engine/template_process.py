"""The template process (``kg.engine.template``) seen from the server, and what it forks.

Elsewhere than on Linux, where libraries may not allow a fork, each worker is a new interpreter.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from kg.errors import KgError
from kg.limits import WORKER_START_SECONDS
from kg.resources import BASE_IRI

_MAX_ANSWER_BYTES: Final = 4096
#: pieces of memory of each size up to 1 kB that a thread keeps, 33 MB at most.
_FREE_PIECES: Final = 1000


class WorkerHandle(Protocol):
    """What the server needs of a process, as ``asyncio.subprocess.Process`` has it."""

    stdin: asyncio.StreamWriter | None
    stdout: asyncio.StreamReader | None
    stderr: asyncio.StreamReader | None

    @property
    def pid(self) -> int:
        """The number of the process."""

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while the process runs."""

    def send_signal(self, signal: int) -> None:
        """Send a signal."""

    async def wait(self) -> int:
        """Wait for the end and return the exit code."""


class TemplateProcess:
    """Starts the workers of an engine, by forking a process that has imported their modules."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._control: socket.socket | None = None
        self._starting = asyncio.Lock()
        self._ids = itertools.count()
        self._forking: dict[int, asyncio.Future[int]] = {}
        self._forked: dict[int, _Forked] = {}

    async def start_worker(self, arguments: Sequence[str | int]) -> WorkerHandle:
        """Start a worker with the arguments of ``kg.engine.worker.main``.

        Raises:
            OSError: if the system allows no further process or file.
            KgError: if the template process does not start or ends.
        """
        if sys.platform != "linux":
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "kg.engine.worker", *map(str, arguments),
                stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment(),
            )  # fmt: skip
        await self._start()
        number = next(self._ids)
        pid = self._forking[number] = asyncio.get_running_loop().create_future()
        worker = self._forked[number] = _Forked()
        try:
            await worker.connect(lambda files: self._request(number, arguments, files))
            worker.pid = await asyncio.wait_for(pid, WORKER_START_SECONDS)
        except TimeoutError as error:
            worker.close()
            raise _not_started() from error
        except BaseException:
            worker.close()
            raise
        finally:
            del self._forking[number]
        return worker

    async def close(self) -> None:
        """End the process, and with it its workers."""
        if self._process:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
            await self._process.wait()
        self._forget()

    async def _start(self) -> None:
        """Start the process unless it is running."""
        async with self._starting:
            if self._control:
                return
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            ours.setblocking(False)
            with theirs:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "kg.engine.template", str(theirs.fileno()),
                    stdin=DEVNULL, stdout=DEVNULL, pass_fds=[theirs.fileno()], env=_environment(),
                )  # fmt: skip
            self._control = ours
            asyncio.get_running_loop().add_reader(ours, self._receive, ours)

    def _request(self, number: int, arguments: Sequence[str | int], files: list[int]) -> None:
        if self._control is None:
            raise _not_started()
        request = json.dumps({"id": number, "arguments": arguments})
        socket.send_fds(self._control, [request.encode()], files)

    def _receive(self, control: socket.socket) -> None:
        """Take in the answers that have arrived."""
        while True:
            try:
                content = control.recv(_MAX_ANSWER_BYTES)
            except BlockingIOError:
                return
            except ConnectionError:
                content = b""
            if not content:
                self._forget()
                return
            answer = json.loads(content)
            if "pid" in answer:
                pid = self._forking.get(answer["id"])
                if pid and not pid.done():
                    pid.set_result(answer["pid"])
            else:
                self._forked.pop(answer["id"]).end(answer["code"])

    def _forget(self) -> None:
        """Record that the process has ended: the kernel has killed its workers."""
        if self._control:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        for pid in self._forking.values():
            if not pid.done():
                pid.set_exception(_not_started())
        for worker in self._forked.values():
            worker.end(-signal.SIGKILL)
        self._forked.clear()


class _Forked:
    """A worker that was forked by the template process; see ``WorkerHandle``."""

    def __init__(self) -> None:
        self.pid = 0
        self.returncode: int | None = None
        self.stdin: asyncio.StreamWriter | None = None
        self.stdout: asyncio.StreamReader | None = None
        self.stderr: asyncio.StreamReader | None = None
        self._errors: asyncio.StreamWriter | None = None
        self._has_ended = asyncio.Event()

    async def connect(self, request: Callable[[list[int]], None]) -> None:
        """Open the streams, and request the process that has their other ends."""
        with contextlib.ExitStack() as other_ends:
            # Sockets, no pipes: uvloop would close the descriptor of a pipe's file twice.
            ours, theirs = socket.socketpair()
            other_ends.enter_context(theirs)
            our_errors, their_errors = socket.socketpair()
            other_ends.enter_context(their_errors)
            self.stdout, self.stdin = await asyncio.open_unix_connection(sock=ours)
            self.stderr, self._errors = await asyncio.open_unix_connection(sock=our_errors)
            request([theirs.fileno(), theirs.fileno(), their_errors.fileno()])

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    async def wait(self) -> int:
        await self._has_ended.wait()
        assert self.returncode is not None
        return self.returncode

    def end(self, code: int) -> None:
        """Record the end of the process."""
        self.returncode = code
        self._has_ended.set()
        self.close()

    def close(self) -> None:
        """Close the streams; the process ends at the end of its input."""
        for stream in (self.stdin, self._errors):
            if stream:
                stream.close()


def _environment() -> dict[str, str]:
    # When memory is used up, a backtrace consumes the rest and sometimes never ends. An arena for
    # the thread of a query would take 64 MiB of the query's memory. glibc keeps seven free pieces
    # of memory of each size at hand; with more DuckDB takes a tenth less time for a short query.
    return {
        "GLIBC_TUNABLES": f"glibc.malloc.tcache_count={_FREE_PIECES}",
        **os.environ,
        "RUST_BACKTRACE": "0",
        "MALLOC_ARENA_MAX": "1",
        "KG_BASE_IRI": BASE_IRI,
    }


def _not_started() -> KgError:
    return KgError("a worker process did not start; the log has the reason")
