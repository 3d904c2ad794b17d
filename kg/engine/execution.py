"""One query in one worker process: which place it holds, how long it has computed, its answer.

The clock of a query runs while it computes in its place. In a light lane it runs until the budget
of the lane is used up, whoever is waited for. In a heavy place it stands still while the client
takes in what is ready; when that takes long, the place goes to somebody else meanwhile.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from enum import Enum, auto
from typing import Any, Final

from kg.engine import worker
from kg.engine.interface import Limits, QueryRequest, ResponseMetadata, request_fields
from kg.engine.pool import Pool
from kg.engine.scheduler import Places
from kg.engine.worker_process import WorkerProcess, memory_limit, verdict
from kg.errors import (
    ForbiddenServiceError,
    InterruptedResponseError,
    KgError,
    LimitError,
    NotAcceptableError,
    QueryError,
)

#: Seconds a query may have a light lane.
LIGHT_BUDGET: Final = 0.25
#: Seconds a heavy query keeps its place while its client is waited for.
_PATIENCE: Final = 0.1
#: Seconds a client may take nothing before its answer is ended.
STALL_TIMEOUT: Final = 120.0


class _Place(Enum):
    LIGHT = auto()
    HEAVY = auto()
    WAITING = auto()
    STALLED = auto()


class Run:
    """A query that has a light lane and a worker process; it gives both back in the end."""

    def __init__(self, pool: Pool, places: Places, limits: Limits, used: WorkerProcess) -> None:
        self._pool = pool
        self._places = places
        self._limits = limits
        self._worker = used
        self._loop = asyncio.get_running_loop()
        self._place = _Place.LIGHT
        self._computed = 0.0
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._entering: asyncio.Task[None] | None = None
        self._client_is_waited_for = False
        #: Why the process was ended from here.
        self._reason: KgError | None = None
        #: Whether the process can answer another query after this one.
        self._intact = False
        self._finished = False
        #: Whether the columnar engine answers.
        self._is_columnar = False
        self._sent = 0
        self._whole: bytes | None = None
        self.metadata: ResponseMetadata
        self.row_count: int | None = None

    async def begin(self, question: QueryRequest) -> None:
        """Send the question and wait for the head of the answer, or for all of it.

        Raises:
            KgError: if the query fails or passes a limit first.
        """
        try:
            self._start_clock()
            self._worker.send(json.dumps(request_fields(question)).encode() + b"\n")
            kind, content = await self._frame()
            if kind == worker.WHOLE:
                (size,) = worker.SIZE.unpack_from(content)
                start = worker.SIZE.size + size
                said = json.loads(content[worker.SIZE.size : start])
                self._whole = content[start:]
                self._intact, self.row_count = True, said["rows"]
                self._tell(said, len(self._whole))
                self._finish()
            else:
                assert kind == worker.HEAD, kind
                self._tell(json.loads(content), None)
        except BaseException:
            self._finish()
            raise

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the answer; raise InterruptedResponseError if it breaks off."""
        if self._whole is not None:
            yield self._whole
            return
        try:
            while True:
                try:
                    kind, content = await self._frame()
                except KgError as error:
                    raise InterruptedResponseError(str(error)) from error
                if kind == worker.END:
                    self._intact, self.row_count = True, json.loads(content)["rows"]
                    return
                self._sent += len(content)
                if self._sent > self._limits.response_bytes:
                    raise InterruptedResponseError(
                        f"the answer is longer than {self._limits.response_bytes:,} bytes"
                    )
                self._wait_for_client()
                yield content
                self._go_on()
        finally:
            self._finish()

    async def close(self) -> None:
        """Give worker and place back; an answer that has not been read to the end is given up."""
        self._finish()

    def _tell(self, said: dict[str, Any], length: int | None) -> None:
        name = self._worker.release.name
        self._is_columnar = said["engine"] == "columnar"
        self.metadata = ResponseMetadata(
            said["content_type"], said["coding"], length, name, said["engine"]
        )

    async def _frame(self) -> tuple[bytes, bytes]:
        """Return the next frame that is no failure."""
        try:
            kind, content = await self._worker.read()
        except asyncio.IncompleteReadError:
            code = await self._worker.ended()
            raise self._reason or verdict(code, self._limits) from None
        if kind != worker.FAIL:
            return kind, content
        said = json.loads(content)
        if said["kind"] == "memory":
            # What is left of its memory may be too little for the next query.
            raise memory_limit(self._limits)
        self._intact = True
        raise _FAILURES[said["kind"]](said["message"])

    def _start_clock(self) -> None:
        budget = LIGHT_BUDGET if self._place is _Place.LIGHT else self._limits.seconds
        self._since = self._loop.time()
        self._set_timer(budget - self._computed, self._budget_is_used_up)

    def _stop_clock(self) -> None:
        self._clear_timer()
        if self._since is not None:
            self._computed += self._loop.time() - self._since
            self._since = None

    def _budget_is_used_up(self) -> None:
        self._stop_clock()
        if self._place is _Place.HEAVY:
            self._end(
                LimitError(
                    f"the query passed its time limit of {self._limits.seconds:g} seconds; "
                    "ask for less at a time, or count in a sub-select before joining"
                )
            )
        elif self._client_is_waited_for:
            self._stall()
        elif error := self._places.queue_is_full():
            self._end(error)
        else:
            self._leave()
            self._queue()

    def _wait_for_client(self) -> None:
        self._client_is_waited_for = True
        if self._place is _Place.HEAVY:
            self._stop_clock()
            self._set_timer(_PATIENCE, self._stall)

    def _go_on(self) -> None:
        self._client_is_waited_for = False
        if self._place is _Place.HEAVY:
            self._start_clock()
        elif self._place is _Place.STALLED:
            self._clear_timer()
            self._places.resume(self)
            self._queue()

    def _stall(self) -> None:
        """Leave the place to others until the client reads on."""
        self._leave()
        self._place = _Place.STALLED
        self._set_timer(STALL_TIMEOUT, self._give_up_client)
        self._places.stall(self, self._give_up_client)

    def _give_up_client(self) -> None:
        self._places.resume(self)
        self._end(LimitError("the client did not read on while others were waiting"))

    def _leave(self) -> None:
        """Stop the process and leave the place."""
        self._worker.pause()
        if self._place is _Place.LIGHT:
            self._pool.keep(self._worker)
        self._free_place()

    def _free_place(self) -> None:
        if self._place is _Place.LIGHT:
            self._places.leave_light()
        elif self._place is _Place.HEAVY:
            self._places.leave_heavy()
        self._place = _Place.WAITING

    def _queue(self) -> None:
        """Wait for a heavy place, and go on there."""
        self._place = _Place.WAITING
        self._entering = asyncio.create_task(self._enter())

    async def _enter(self) -> None:
        await self._places.enter_heavy()
        self._place = _Place.HEAVY
        self._worker.go_on()
        if self._client_is_waited_for:
            self._set_timer(_PATIENCE, self._stall)
        else:
            self._start_clock()

    def _end(self, reason: KgError) -> None:
        self._reason = self._reason or reason
        self._worker.kill()

    def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        self._clear_timer()
        if self._entering:
            self._entering.cancel()
        if self._place is _Place.STALLED:
            self._places.resume(self)
        usable = self._intact and (self._place is _Place.LIGHT or self._is_as_before())
        self._free_place()
        self._pool.give_back(self._worker, usable=usable)

    def _is_as_before(self) -> bool:
        """Tell whether a process that has computed for long is as good as a new one.

        Oxigraph does not always give back what it has taken; and one that is still stopped at the
        end would have to be waited for.
        """
        is_running = self._place is _Place.HEAVY and not self._worker.is_slowed
        return is_running and self._is_columnar

    def _set_timer(self, seconds: float, do: Callable[[], None]) -> None:
        self._clear_timer()
        self._timer = self._loop.call_later(max(seconds, 0), do)

    def _clear_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


_FAILURES: Final[dict[str, type[KgError]]] = {
    "forbidden": ForbiddenServiceError,
    "not acceptable": NotAcceptableError,
    "query": QueryError,
}
