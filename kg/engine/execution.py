"""The execution of one query in one worker process: its lane, its computing time, its response.

The clock of a query runs while the query computes. In a light lane it also runs while the engine
waits for the client, until the time of the lane is used up; a query that got less processor time
stays a little longer. In a heavy lane it stops while the client reads the chunk that is ready; if
that takes long, another query gets the lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from enum import Enum, auto
from typing import Final

from kg.engine.fair_lanes import LaneUser
from kg.engine.interface import Limits, QueryRequest, ResponseMetadata
from kg.engine.messages import (
    Chunk,
    CompleteResponse,
    Failure,
    FailureKind,
    Message,
    ResponseEnd,
    ResponseStart,
)
from kg.engine.pool import WorkerPool
from kg.engine.scheduler import LaneScheduler, Timer
from kg.engine.worker_process import WorkerProcess, error_from_exit_code, memory_limit_error
from kg.errors import BusyError, InterruptedResponseError, KgError, LimitError
from kg.limits import CLIENT_GRACE_SECONDS, LIGHT_LANE_SECONDS, LIGHT_LANE_STAY_SECONDS
from kg.release.damage import DamagedFile, DamagedReleaseError
from kg.release.monitor import ReleaseMonitor

#: A shorter stay would not be worth a timer.
_SHORTEST_STAY_SECONDS: Final = 0.02


class _Lane(Enum):
    LIGHT = auto()
    HEAVY = auto()
    #: Stopped until a heavy lane is free.
    QUEUED = auto()
    #: Stopped until the client continues to read.
    STALLED = auto()


class QueryExecution:
    """See ``kg.engine.interface.QueryResponse``; call ``start`` first.

    It is created with a light lane and a worker process, and returns both at its end.
    """

    def __init__(
        self,
        user: LaneUser,
        worker: WorkerProcess,
        pool: WorkerPool,
        scheduler: LaneScheduler,
        limits: Limits,
        monitor: ReleaseMonitor,
    ) -> None:
        self._user = user
        self._worker = worker
        self._pool = pool
        self._scheduler = scheduler
        self._limits = limits
        self._monitor = monitor
        self._loop = asyncio.get_running_loop()
        self._lane = _Lane.LIGHT
        self._computed_seconds = 0.0
        #: When the clock was last started; None while it is stopped.
        self._clock_start: float | None = None
        #: The processor time of the process before the query.
        self._processor_start = worker.processor_seconds()
        self._timer = Timer()
        self._queueing: asyncio.Task[None] | None = None
        self._is_client_awaited = False
        #: Why the server killed the process.
        self._abort_reason: KgError | None = None
        #: Whether the process has finished the query and can take another one.
        self._is_worker_free = False
        self._is_finished = False
        self._is_columnar = False
        self._sent_bytes = 0
        #: The content of a response that arrived in one message.
        self._complete_content: bytes | None = None
        self.metadata: ResponseMetadata
        self.row_count: int | None = None

    async def start(self, request: QueryRequest) -> None:
        """Send the request, and wait for the first message of the response.

        Raises:
            KgError: if the query fails or exceeds a limit before that.
        """
        try:
            self._start_clock()
            self._worker.send(request)
            match await self._receive():
                case CompleteResponse(start, end, content):
                    self._complete_content = content
                    self._is_worker_free, self.row_count = True, end.row_count
                    self._set_metadata(start, len(content))
                    self._finish()
                case ResponseStart() as start:
                    self._set_metadata(start, None)
                case message:
                    raise AssertionError(message)
        except BaseException:
            self._finish()
            raise

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the content; raise InterruptedResponseError if it ends early."""
        if self._complete_content is not None:
            yield self._complete_content
            return
        try:
            while (content := await self._next_chunk()) is not None:
                self._await_client()
                yield content
                self._resume_after_client()
        finally:
            self._finish()

    async def close(self) -> None:
        """Return the process and the lane; abort the query if it is still running."""
        self._finish()

    def _set_metadata(self, start: ResponseStart, length: int | None) -> None:
        self._is_columnar = start.engine == "columnar"
        release = self._worker.release.name
        self.metadata = ResponseMetadata(
            start.content_type, start.content_coding, length, release, start.engine
        )

    async def _next_chunk(self) -> bytes | None:
        """Return the next part of a long response, None at its end."""
        try:
            message = await self._receive()
        except KgError as error:
            raise InterruptedResponseError(str(error)) from error
        if isinstance(message, ResponseEnd):
            self._is_worker_free, self.row_count = True, message.row_count
            return None
        assert isinstance(message, Chunk), message
        self._sent_bytes += len(message.content)
        if self._sent_bytes > self._limits.response_bytes:
            raise InterruptedResponseError(
                f"the response is longer than {self._limits.response_bytes:,} bytes"
            )
        return message.content

    async def _receive(self) -> Message:
        """Return the next message; raise the error if it reports a failure."""
        try:
            message = await self._worker.receive()
        except asyncio.IncompleteReadError:
            code = await self._worker.wait()
            if self._abort_reason is None:
                # Damage may be the reason: it ends a process in the same way as lack of memory.
                self._monitor.verify_again()
                await asyncio.to_thread(self._monitor.wait)
                self._monitor.require_intact("store")
            raise self._abort_reason or error_from_exit_code(code, self._limits) from None
        if not isinstance(message, Failure):
            return message
        if message.kind is FailureKind.STORAGE:
            self._monitor.verify_again()
            damage = [DamagedFile("store", message.message)]
            raise DamagedReleaseError(self._worker.release.name, damage)
        if message.kind is FailureKind.MEMORY:
            # Too little memory may be left for the next query, so the process is not reused.
            raise memory_limit_error(self._limits)
        self._is_worker_free = True
        raise message.as_error()

    def _start_clock(self) -> None:
        limit = LIGHT_LANE_SECONDS if self._lane is _Lane.LIGHT else self._limits.seconds
        self._clock_start = self._loop.time()
        self._timer.set(limit - self._computed_seconds, self._handle_time_limit)

    def _stop_clock(self) -> None:
        self._timer.clear()
        if self._clock_start is not None:
            self._computed_seconds += self._loop.time() - self._clock_start
            self._clock_start = None

    def _handle_time_limit(self) -> None:
        """Abort the query, or leave the light lane."""
        self._stop_clock()
        if self._lane is _Lane.HEAVY:
            self._abort(
                LimitError(
                    f"the query exceeded its time limit of {self._limits.seconds:g} seconds; "
                    "request less data, or aggregate in a sub-select before joining"
                )
            )
        elif self._is_client_awaited:
            self._stall()
        elif seconds := self._light_seconds_left():
            self._clock_start = self._loop.time()
            self._timer.set(seconds, self._handle_time_limit)
        else:
            self._pause()
            self._queue()

    def _light_seconds_left(self) -> float:
        """Return for how long the query may stay in the light lane; 0 if its time is used up."""
        used = self._worker.processor_seconds() - self._processor_start
        left = min(LIGHT_LANE_SECONDS - used, LIGHT_LANE_STAY_SECONDS - self._computed_seconds)
        return left if left > _SHORTEST_STAY_SECONDS else 0

    def _await_client(self) -> None:
        self._is_client_awaited = True
        if self._lane is _Lane.HEAVY:
            self._stop_clock()
            self._timer.set(CLIENT_GRACE_SECONDS, self._stall)

    def _resume_after_client(self) -> None:
        self._is_client_awaited = False
        if self._lane is _Lane.HEAVY:
            self._start_clock()
        elif self._lane is _Lane.STALLED:
            self._scheduler.remove_stalled(self)
            self._queue()

    def _stall(self) -> None:
        """Leave the lane to other queries until the client continues to read."""
        self._pause()
        self._lane = _Lane.STALLED
        self._scheduler.add_stalled(self, self._abort_stalled)

    def _abort_stalled(self) -> None:
        self._abort(LimitError("the client stopped reading while other queries were waiting"))

    def _pause(self) -> None:
        """Stop the process and leave the lane."""
        self._worker.pause()
        if self._lane is _Lane.LIGHT:
            self._pool.mark_as_long(self._worker)
        self._leave_lane()

    def _leave_lane(self) -> None:
        if self._lane is _Lane.LIGHT:
            self._scheduler.light.release(self._user)
        elif self._lane is _Lane.HEAVY:
            self._scheduler.heavy.release(self._user)
        self._lane = _Lane.QUEUED

    def _queue(self) -> None:
        """Wait for a heavy lane, and continue in it."""
        self._lane = _Lane.QUEUED
        self._queueing = asyncio.create_task(self._enter_heavy_lane())

    async def _enter_heavy_lane(self) -> None:
        try:
            await self._scheduler.heavy.acquire(self._user)
        except BusyError as error:
            self._abort(error)
            return
        self._lane = _Lane.HEAVY
        self._worker.resume()
        if self._is_client_awaited:
            self._timer.set(CLIENT_GRACE_SECONDS, self._stall)
        else:
            self._start_clock()

    def _abort(self, reason: KgError) -> None:
        self._abort_reason = self._abort_reason or reason
        self._worker.kill()

    def _finish(self) -> None:
        if self._is_finished:
            return
        self._is_finished = True
        self._timer.clear()
        if self._queueing:
            self._queueing.cancel()
        self._scheduler.remove_stalled(self)
        is_reusable = self._is_worker_free and (
            self._lane is _Lane.LIGHT or self._is_worker_unchanged()
        )
        self._leave_lane()
        self._pool.release(self._worker, is_reusable=is_reusable)

    def _is_worker_unchanged(self) -> bool:
        """Return whether a process can be reused after a long query.

        Oxigraph does not always release its memory, and a process that is still stopped would have
        to be waited for.
        """
        is_running = self._lane is _Lane.HEAVY and not self._worker.is_slowed
        return is_running and self._is_columnar
