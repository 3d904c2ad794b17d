"""The gateway process (``gateway_worker``) as the server sees it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kg.engine.federation.gateway_worker import FAILURES, SIZE
from kg.engine.federation.rewriter import AskLocal, Outcome
from kg.errors import BusyError, KgError
from kg.resources import BASE_IRI

_START_TIMEOUT: Final = 30.0


class GatewayProcess:
    """Starts the process, speaks with it, and starts another when it has ended."""

    def __init__(self, folder: Path, settings: Path | None) -> None:
        self._arguments = [str(folder), *([str(settings)] if settings else [])]
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._numbers = itertools.count()
        #: What each process has told of each query; None at its end.
        self._told: dict[tuple[Process, int], asyncio.Queue[dict[str, Any] | None]] = {}

    async def start(self) -> None:
        """Start the process if it does not run.

        Raises:
            KgError: if it does not come up.
        """
        async with self._starting:
            if self._process and self._process.returncode is None:
                return
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "kg.engine.federation.gateway_worker", *self._arguments,
                stdin=PIPE, stdout=PIPE, env=os.environ | {"KG_BASE_IRI": BASE_IRI},
            )  # fmt: skip
            try:
                said = await asyncio.wait_for(_frame(process), _START_TIMEOUT)
                assert said["kind"] == "ready", said
            except (TimeoutError, asyncio.IncompleteReadError) as error:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                raise KgError("the process for federated queries does not start") from error
            self._process = process
            self._reading = asyncio.create_task(self._read(process))

    async def close(self) -> None:
        """End the process."""
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._reading:
            await self._reading

    async def federate(
        self, query: str, parameters: Mapping[str, str], ask: AskLocal, user: str
    ) -> Outcome:
        """Return a query without SERVICE, as ``kg.engine.federation.rewriter.federate`` does.

        Raises:
            KgError: what that raises, what ``ask`` raises, or if the process ends.
        """
        await self.start()
        process, number = self._process, next(self._numbers)
        assert process is not None
        told = self._told[process, number] = asyncio.Queue()
        sent = {"query": query, "parameters": dict(parameters), "user": user}
        over = False
        try:
            _send(process, {"id": number, "kind": "query", **sent})
            while True:
                said = await told.get()
                if said is None:
                    over = True
                    raise BusyError("the process for federated queries has ended; try again")
                if said["kind"] == "local":
                    found = await ask(said["query"], said["seconds"])
                    content = None if found is None else base64.b64encode(found).decode()
                    _send(process, {"id": number, "kind": "answer", "content": content})
                    continue
                over = True
                if said["kind"] == "fail":
                    raise FAILURES[said["error"]](said["message"])
                return Outcome.from_json(said["outcome"])
        finally:
            del self._told[process, number]
            if not over:
                _send(process, {"id": number, "kind": "stop"})

    async def _read(self, process: Process) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                said = await _frame(process)
                if queue := self._told.get((process, said["id"])):
                    queue.put_nowait(said)
        await process.wait()
        for (whose, _), queue in self._told.items():
            if whose is process:
                queue.put_nowait(None)


async def _frame(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    (length,) = SIZE.unpack(await process.stdout.readexactly(SIZE.size))
    said: dict[str, Any] = json.loads(await process.stdout.readexactly(length))
    return said


def _send(process: Process, said: dict[str, Any]) -> None:
    assert process.stdin is not None
    content = json.dumps(said).encode()
    with contextlib.suppress(ConnectionError, RuntimeError):
        process.stdin.write(SIZE.pack(len(content)) + content)
