"""The gateway process (``gateway_worker``) seen from the server."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path

from kg.engine.federation.messages import (
    Cancel,
    Failure,
    LocalAnswer,
    LocalQuery,
    Ready,
    RewriteRequest,
    Rewritten,
    ToGateway,
    encode,
    receive,
)
from kg.engine.federation.rewriter import QueryLocal, RewrittenQuery
from kg.errors import BusyError, KgError
from kg.limits import GATEWAY_START_SECONDS
from kg.resources import BASE_IRI

#: A message of the process about a query; None if the process has ended.
_Reply = LocalQuery | Rewritten | Failure | None


class GatewayProcess:
    """Starts the process, exchanges messages with it, and restarts it if it has ended."""

    def __init__(self, folder: Path, settings: Path | None) -> None:
        self._arguments = [str(folder), *([str(settings)] if settings else [])]
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._ids = itertools.count()
        self._replies: dict[tuple[Process, int], asyncio.Queue[_Reply]] = {}

    async def _start(self) -> None:
        """Start the process unless it is running."""
        async with self._starting:
            if self._process and self._process.returncode is None:
                return
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "kg.engine.federation.gateway_worker", *self._arguments,
                stdin=PIPE, stdout=PIPE, env=os.environ | {"KG_BASE_IRI": BASE_IRI},
            )  # fmt: skip
            assert process.stdout is not None
            try:
                first = await asyncio.wait_for(receive(process.stdout), GATEWAY_START_SECONDS)
                assert isinstance(first, Ready), first
            except (TimeoutError, asyncio.IncompleteReadError) as error:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                raise KgError("the gateway process for federated queries did not start") from error
            self._process = process
            self._reader = asyncio.create_task(self._read(process, process.stdout))

    async def close(self) -> None:
        """End the process."""
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._reader:
            await self._reader

    async def rewrite(
        self, query: str, parameters: Mapping[str, str], query_local: QueryLocal, user: str
    ) -> RewrittenQuery:
        """Return a query without SERVICE, as ``kg.engine.federation.rewriter.rewrite`` does.

        Raises:
            KgError: for the errors of that function and of ``query_local``, and if the process
                does not start or ends.
        """
        await self._start()
        process, number = self._process, next(self._ids)
        assert process is not None
        replies = self._replies[process, number] = asyncio.Queue()
        is_over = False
        try:
            _send(process, RewriteRequest(number, query, dict(parameters), user))
            while True:
                reply = await replies.get()
                if isinstance(reply, LocalQuery):
                    content = await query_local(reply.query, reply.seconds)
                    _send(process, LocalAnswer(number, content))
                    continue
                is_over = True
                if reply is None:
                    raise BusyError("the gateway process for federated queries ended; try again")
                if isinstance(reply, Failure):
                    raise reply.as_error()
                return reply.query
        finally:
            del self._replies[process, number]
            if not is_over:
                _send(process, Cancel(number))

    async def _read(self, process: Process, stream: asyncio.StreamReader) -> None:
        """Dispatch replies to the waiting queries until the process ends."""
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                reply = await receive(stream)
                assert isinstance(reply, LocalQuery | Rewritten | Failure), reply
                if queue := self._replies.get((process, reply.id)):
                    queue.put_nowait(reply)
        await process.wait()
        for (owner, _), queue in self._replies.items():
            if owner is process:
                queue.put_nowait(None)


def _send(process: Process, message: ToGateway) -> None:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError, RuntimeError):
        process.stdin.write(encode(message))
