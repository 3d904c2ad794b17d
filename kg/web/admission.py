"""Admission of requests: one for all routes, within the limits of each client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.client_address import client_group, client_of
from kg.web.client_disconnect import cancelled_on_disconnect
from kg.web.http_error import HttpError
from kg.web.rate_limit import RateLimiter

#: The client of the request that is handled; queries for it take turns with those of others.
CURRENT_CLIENT: Final[ContextVar[str]] = ContextVar("current_client", default="")
#: Health checks must be answered in every case, and pages load several static files each.
_HEALTH_CHECKS: Final = frozenset({"/health", "/health/alive"})
_STATIC_FILES: Final = "/static/"


class AdmissionMiddleware:
    """Admits requests within the limits of their client, and ends them when the client leaves.

    ``error_response`` makes the response to a request that is not admitted.
    """

    def __init__(
        self,
        app: ASGIApp,
        rate_limiter: RateLimiter,
        error_response: Callable[[Request, HttpError], Response],
    ) -> None:
        self._app = app
        self._rate_limiter = rate_limiter
        self._error_response = error_response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or _is_exempt(scope):
            await self._app(scope, receive, send)
            return
        client = client_group(client_of(Request(scope)))
        CURRENT_CLIENT.set(client)
        try:
            with self._rate_limiter.admit(client):
                await self._handle(scope, receive, send)
        except HttpError as error:
            await self._error_response(Request(scope), error)(scope, receive, send)
        except ClientDisconnect:
            pass

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on.

        Raises:
            ClientDisconnect: if the client leaves.
            HttpError: with status 503 if the server stops before the response has begun.
        """
        has_begun = False

        async def begin(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            async with cancelled_on_disconnect(scope, receive, begin) as (receive_body, respond):
                await self._app(scope, receive_body, respond)
        except asyncio.CancelledError:
            # On SIGTERM the server cancels requests that outlast its grace period.
            if has_begun:
                raise
            raise HttpError(
                503, "the server is stopping; try again in a moment", {"Retry-After": "5"}
            ) from None


def _is_exempt(scope: Scope) -> bool:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path in _HEALTH_CHECKS or path.startswith(_STATIC_FILES)
