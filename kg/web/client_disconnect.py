"""Cancellation of work for a client that has disconnected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

#: Seconds after which the connection is watched: most responses are ready sooner, and a watching
#: task would cost them more time than it could save.
_WATCH_DELAY_SECONDS: Final = 0.05
#: Methods whose requests have no body that the application reads.
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@asynccontextmanager
async def cancelled_on_disconnect(
    scope: Scope, receive: Receive, send: Send
) -> AsyncIterator[tuple[Receive, Send]]:
    """Cancel the work in the context when the client disconnects before its response is complete.

    The work must use the functions that the context provides. The body of a request is left to it:
    the connection is watched once the body has been read.

    Raises:
        ClientDisconnect: if the client disconnects.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    watcher: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None
    disconnected = False

    async def watch() -> None:
        nonlocal disconnected
        while (await receive())["type"] != "http.disconnect":
            pass
        disconnected = True
        task.cancel()

    def start_watching() -> None:
        nonlocal watcher
        watcher = asyncio.create_task(watch())

    def stop_watching() -> None:
        if timer:
            timer.cancel()
        if watcher:
            watcher.cancel()

    async def receive_body() -> Message:
        nonlocal timer
        message = await receive()
        if timer is None and not message.get("more_body"):
            timer = loop.call_later(_WATCH_DELAY_SECONDS, start_watching)
        return message

    async def send_response(message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            # The end of a response looks like a disconnect to those who receive.
            stop_watching()
        await send(message)

    if scope["method"] in _WITHOUT_BODY:
        timer = loop.call_later(_WATCH_DELAY_SECONDS, start_watching)
    try:
        yield receive_body, send_response
    except asyncio.CancelledError:
        if not disconnected:
            raise
        task.uncancel()
        raise ClientDisconnect from None
    finally:
        stop_watching()
