"""The engine that queries a release published to another SPARQL server.

The server determines which release is current; the data folder provides its manifest, search index
and description. When the server switches to another release, this engine follows within seconds,
and entity tags stay valid.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from kg.engine.fair_lanes import LaneUser
from kg.engine.interface import Limits, QueryRequest
from kg.engine.remote.release_check import HeldRelease, ReleaseCheck, SmallResult
from kg.engine.remote.request import prepare
from kg.engine.remote.response import RemoteResponse
from kg.engine.remote.scheduled_response import ScheduledResponse
from kg.engine.remote.server import Server
from kg.engine.scheduler import LaneScheduler
from kg.errors import (
    InterruptedResponseError,
    KgError,
    LimitError,
    ReleaseError,
    UnavailableError,
)
from kg.limits import (
    RELEASE_CHECK_BYTES,
    RELEASE_CHECK_INTERVAL_SECONDS,
    RELEASE_CHECK_SECONDS,
    RELEASE_CHECK_TIMEOUT_SECONDS,
    STALLED_RESPONSES,
)
from kg.release.monitor import ReleaseMonitor
from kg.release.release import Release
from kg.sparql.evaluation import Dataset

_LOG: Final = logging.getLogger("kg.engine")
#: The files of a release that the engine does not read: a front may have removed them.
_UNUSED: Final = ("store/", "columns.")


class RemoteEngine:
    """See ``kg.engine.interface.Engine``."""

    def __init__(self, data: Path, address: str, limits: Limits) -> None:
        self._limits = limits
        lanes = self._limits.workers + self._limits.light_lanes
        # One more for the release check.
        connections = lanes + STALLED_RESPONSES + 1
        # The server schedules its queries itself, so all lanes here are alike.
        self._scheduler = LaneScheduler(replace(self._limits, light_lanes=lanes))
        self._threads = ThreadPoolExecutor(connections, "remote-response")
        self._server = Server(address, connections)
        self.monitor = ReleaseMonitor(unused=_UNUSED)
        self._check = ReleaseCheck(data, self._server.public_address, self._read_small)
        self._held: HeldRelease | None = None
        self._is_available = False
        #: Why the server cannot be used while it is not available.
        self._error: KgError = UnavailableError(
            f"{self._server.public_address} has not been checked yet"
        )
        self._checking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Check the server now and then regularly; it need not be available yet."""
        await self._check_server()
        self._checking = asyncio.create_task(self._check_regularly())

    async def close(self) -> None:
        """Stop the checks and close all connections; running queries are aborted."""
        if self._checking is not None:
            self._checking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._checking
        await self._server.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def release(self) -> Release:
        """Return the release that the server held at the last check.

        While the server is unavailable this is the release that it held before, so that cached
        responses are still served.

        Raises:
            ReleaseError: if it holds a release that is not in the data folder.
            UnavailableError: if it has never been available.
        """
        if self._held is None:
            raise self._error.with_traceback(None)
        self.monitor.watch(self._held.release)
        return self._held.release

    @contextlib.asynccontextmanager
    async def next_release(self) -> AsyncIterator[Release]:
        """Provide the release that is served: the server has one at a time.

        Raises:
            ReleaseError: if it holds a release that is not in the data folder.
            UnavailableError: if it has never been available.
        """
        yield self.release()

    def warnings(self) -> tuple[str, ...]:
        """Return nothing: the server has no columns."""
        return ()

    async def execute(self, request: QueryRequest) -> ScheduledResponse:
        """Return the response to a query once its first chunk is ready.

        Raises:
            ForbiddenServiceError: if the query uses SERVICE.
            NotAcceptableError: if the client accepts no format of the result.
            QueryError: if the query is malformed.
            LimitError: if it exceeds a limit of this service or the server before the first chunk.
            BusyError: if this service or the server is overloaded.
            UnavailableError: if the server cannot be reached, or sends no complete result.
            ReleaseError: if the server holds a release that is not in the data folder.
        """
        if not self._is_available or self._held is None:
            raise self._error.with_traceback(None)
        held = self._held
        user = LaneUser.of(request)
        await self._scheduler.light.acquire(user)
        try:
            response = await self._send(
                request,
                held.graphs,
                self._limits.seconds,
                self._limits.response_bytes,
                held.release,
            )
        except BaseException:
            self._scheduler.light.release(user)
            raise
        return ScheduledResponse(response, self._scheduler, user)

    async def _send(
        self,
        request: QueryRequest,
        graphs: Dataset,
        seconds: float,
        max_bytes: int,
        release: Release | None,
    ) -> RemoteResponse:
        folder = release.path if release else None
        query = await asyncio.to_thread(prepare, request, graphs, folder)
        reply = await self._server.send(query, seconds)
        response = RemoteResponse(reply, query, request.content_coding, max_bytes)
        await response.start(self._threads, release.name if release else "")
        return response

    async def _read_small(self, request: QueryRequest, graphs: Dataset) -> SmallResult:
        """Return the complete response to a query of the release check."""
        response = await self._send(
            request, graphs, RELEASE_CHECK_TIMEOUT_SECONDS, RELEASE_CHECK_BYTES, None
        )
        try:
            content = b"".join([chunk async for chunk in response.chunks()])
        except InterruptedResponseError as error:
            raise UnavailableError(str(error)) from error
        finally:
            await response.close()
        return SmallResult(content, response.source_media_type)

    async def _check_regularly(self) -> None:
        while True:
            await asyncio.sleep(RELEASE_CHECK_INTERVAL_SECONDS)
            await self._check_server()

    async def _check_server(self) -> None:
        """Determine the release on the server, and test the server if it has changed."""
        try:
            async with asyncio.timeout(RELEASE_CHECK_SECONDS):
                held = await self._check.find_release()
                if held != self._held or not self._is_available:
                    _LOG.warning("%s", await self._check.describe_support(held))
            if held != self._held:
                self._held = held
            self._is_available = True
        except (LimitError, TimeoutError):
            address = self._server.public_address
            self._set_unavailable(UnavailableError(f"{address} does not answer even a small query"))
        except KgError as error:
            self._set_unavailable(error)

    def _set_unavailable(self, error: KgError) -> None:
        if self._is_available or str(error) != str(self._error):
            _LOG.warning("queries cannot be answered at present: %s", error)
        self._error, self._is_available = error, False
        if isinstance(error, ReleaseError):
            self._held = None
