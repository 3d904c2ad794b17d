"""The process that reads federated queries and asks other endpoints.

``kg.engine.federation.gateway_process`` starts it.

Frames go both ways: four bytes for the length (big-endian), then a JSON object with the number of
the query (``id``) and a ``kind``. In: ``query`` (text, parameters, user), ``answer`` (what the
release said to a ``local`` question, null if it took too long), ``stop``. Out: ``ready``, ``local``
(a question to the release, and how many seconds it may take), ``done`` (the outcome), ``fail`` (the
kind of error and its message).

It has a network, and no store; it shares nothing with the processes that have one.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import struct
import sys
from pathlib import Path
from typing import Any, Final

from kg.engine import sandbox
from kg.engine.federation import allowlist
from kg.engine.federation.gateway import Gateway
from kg.engine.federation.rewriter import federate
from kg.errors import BusyError, ForbiddenServiceError, KgError, QueryError, RemoteError

SIZE: Final = struct.Struct(">I")
#: How errors are named between the processes.
FAILURES: Final[dict[str, type[KgError]]] = {
    "forbidden": ForbiddenServiceError,
    "query": QueryError,
    "remote": RemoteError,
    "busy": BusyError,
}
#: MiB that the process may take; answers are limited long before.
_MEMORY: Final = 1024


def main() -> None:
    """Answer until standard input ends; the arguments are the data folder and the settings file."""
    sandbox.die_with_parent()
    sandbox.limit_memory(_MEMORY)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    folder, settings = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    asyncio.run(_serve(Gateway(allowlist.load(settings), folder)))


async def _serve(gateway: Gateway) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    outpost = _Outpost(gateway)
    outpost.send({"kind": "ready"})
    try:
        while True:
            (length,) = SIZE.unpack(await reader.readexactly(SIZE.size))
            outpost.receive(json.loads(await reader.readexactly(length)))
    except asyncio.IncompleteReadError:
        await gateway.close()


class _Outpost:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._asked: dict[int, asyncio.Future[bytes | None]] = {}

    def receive(self, said: dict[str, Any]) -> None:
        number, kind = said["id"], said["kind"]
        if kind == "query":
            task = asyncio.create_task(self._federate(number, said))
            self._tasks[number] = task
            task.add_done_callback(lambda _: self._tasks.pop(number, None))
        elif kind == "answer" and number in self._asked:
            asked = self._asked.pop(number)
            if not asked.done():
                content = said["content"]
                asked.set_result(None if content is None else base64.b64decode(content))
        elif kind == "stop" and number in self._tasks:
            self._tasks[number].cancel()

    async def _federate(self, number: int, said: dict[str, Any]) -> None:
        async def ask(text: str, seconds: float | None) -> bytes | None:
            self._asked[number] = asyncio.get_running_loop().create_future()
            self.send({"id": number, "kind": "local", "query": text, "seconds": seconds})
            return await self._asked[number]

        try:
            outcome = await federate(
                said["query"], said["parameters"], self._gateway, ask, said["user"]
            )
            self.send({"id": number, "kind": "done", "outcome": outcome.as_json()})
        except KgError as error:
            kind = next((k for k, one in FAILURES.items() if type(error) is one), "query")
            self.send({"id": number, "kind": "fail", "error": kind, "message": str(error)})
        except (RecursionError, MemoryError):
            message = "the query takes too much memory to be read"
            self.send({"id": number, "kind": "fail", "error": "query", "message": message})

    @staticmethod
    def send(said: dict[str, Any]) -> None:
        content = json.dumps(said).encode()
        sys.stdout.buffer.write(SIZE.pack(len(content)) + content)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
