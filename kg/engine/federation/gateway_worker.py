"""The process that rewrites federated queries and queries other endpoints.

``kg.engine.federation.gateway_process`` starts it and exchanges ``messages`` with it. It has
network access but no store, and shares nothing with the processes that have one.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from kg.engine import sandbox
from kg.engine.federation import allowlist
from kg.engine.federation.gateway import Gateway
from kg.engine.federation.messages import (
    Cancel,
    Failure,
    FromGateway,
    LocalAnswer,
    LocalQuery,
    Ready,
    RewriteRequest,
    Rewritten,
    ToGateway,
    encode,
    receive,
)
from kg.engine.federation.rewriter import rewrite
from kg.errors import KgError
from kg.limits import GATEWAY_MEMORY_MIB


def main() -> None:
    """Answer until end of input; the arguments are the data folder and the settings file."""
    sandbox.die_with_parent()
    sandbox.write_no_core_dumps()
    sandbox.limit_memory(GATEWAY_MEMORY_MIB)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    folder, settings = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    asyncio.run(_serve(Gateway(allowlist.load(settings), folder)))


async def _serve(gateway: Gateway) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    worker = _GatewayWorker(gateway)
    _send(Ready())
    try:
        while True:
            message = await receive(reader)
            assert isinstance(message, ToGateway), message
            worker.handle(message)
    except asyncio.IncompleteReadError:
        await gateway.close()


class _GatewayWorker:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._local_answers: dict[int, asyncio.Future[bytes | None]] = {}

    def handle(self, message: ToGateway) -> None:
        """Process a message from the server."""
        number = message.id
        match message:
            case RewriteRequest():
                task = asyncio.create_task(self._rewrite(message))
                self._tasks[number] = task
                task.add_done_callback(lambda _: self._tasks.pop(number, None))
            case LocalAnswer():
                answer = self._local_answers.pop(number, None)
                if answer is not None and not answer.done():
                    answer.set_result(message.content)
            case Cancel():
                if number in self._tasks:
                    self._tasks[number].cancel()

    async def _rewrite(self, request: RewriteRequest) -> None:
        number = request.id

        async def query_local(text: str, seconds: float | None) -> bytes | None:
            self._local_answers[number] = asyncio.get_running_loop().create_future()
            _send(LocalQuery(number, text, seconds))
            return await self._local_answers[number]

        try:
            rewritten = await rewrite(
                request.query, request.parameters, self._gateway, query_local, request.user
            )
            _send(Rewritten(number, rewritten))
        except KgError as error:
            _send(Failure.from_error(number, error))
        except (RecursionError, MemoryError):
            _send(Failure(number, "query", "the query takes too much memory to parse"))
        finally:
            self._local_answers.pop(number, None)


def _send(message: FromGateway) -> None:
    sys.stdout.buffer.write(encode(message))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
