"""One request to one endpoint: sent, read within limits, and checked to its end.

No redirect is followed, no proxy of the environment used, no cookie or password sent.
"""

from __future__ import annotations

import asyncio
import email.utils
import math
import re
import ssl
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import httpcore

from kg.engine.federation import bindings
from kg.engine.federation.address_guard import (
    CheckedBackend,
    RefusedAddressError,
    Resolver,
    resolve,
)
from kg.engine.federation.allowlist import Endpoint
from kg.engine.federation.bindings import Solutions, UnusableError

_JSON: Final = "application/sparql-results+json"
_READABLE: Final = {_JSON, "application/json"}
#: What an endpoint says whose query ran out of time, whatever the status.
_TIMED_OUT: Final = re.compile(
    rb"time[sd]?[ -]?(?:limit|out)|TimeoutException|deadline|cancel", re.IGNORECASE
)
#: Bytes that are read of an answer that is an error.
_ERROR_BYTES: Final = 4096
_OK: Final = 200
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503


class RemoteFailure(Exception):  # noqa: N818 - it is caught and told, not shown as it is
    """A request that failed; the message goes on after the name of the endpoint.

    ``retry_after`` is how long the endpoint wants to be left alone, in seconds; ``is_passing``
    tells whether the same request may do better soon; ``is_fault`` whether the endpoint is at
    fault. A query that takes too long or has too long an answer is no fault of the endpoint:
    one user's queries must not close it for others.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        is_passing: bool = False,
        is_fault: bool = True,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.is_passing = is_passing
        self.is_fault = is_fault


@dataclass(frozen=True)
class Received:
    """A whole answer, and how many bytes it had."""

    solutions: Solutions
    received: int


class Client:
    """Keeps the connections to one endpoint."""

    def __init__(self, endpoint: Endpoint, user_agent: str, resolver: Resolver = resolve) -> None:
        self._endpoint = endpoint
        self._headers = [
            (b"Accept", _JSON.encode()),
            (b"Accept-Encoding", b"identity"),
            (b"Content-Type", b"application/x-www-form-urlencoded"),
            (b"User-Agent", user_agent.encode()),
        ]
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=endpoint.concurrency,
            keepalive_expiry=30,
            network_backend=CheckedBackend(private=endpoint.private, resolver=resolver),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def ask(self, query: str, variables: tuple[str, ...]) -> Received:
        """Send a query and return the whole answer.

        Raises:
            RemoteFailure: if there is none, or it is not as it should be.
        """
        endpoint = self._endpoint
        try:
            async with asyncio.timeout(endpoint.timeout):
                return await self._exchange(query, variables)
        except httpcore.ConnectTimeout as error:
            raise RemoteFailure("cannot be reached (no connection in time)") from error
        except (TimeoutError, httpcore.TimeoutException) as error:
            message = f"has not answered within {endpoint.timeout:g} seconds"
            raise RemoteFailure(message, is_fault=False) from error
        except RefusedAddressError as error:
            raise RemoteFailure(f"cannot be asked: {error}") from error
        except UnusableError as error:
            raise RemoteFailure(f"gave an answer that {error}", is_fault=False) from error
        except httpcore.RemoteProtocolError as error:
            message = "broke off in the middle of its answer, or does not speak HTTP"
            raise RemoteFailure(message, is_passing=True) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            message = f"cannot be reached ({type(error).__name__})"
            raise RemoteFailure(message, is_passing=True) from error

    async def _exchange(self, query: str, variables: tuple[str, ...]) -> Received:
        limits = {
            "connect": self._endpoint.connect_timeout,
            "read": self._endpoint.timeout,
            "write": self._endpoint.timeout,
            "pool": self._endpoint.timeout,
        }
        async with self._pool.stream(
            "POST",
            self._endpoint.address,
            headers=self._headers,
            content=urlencode({"query": query}).encode(),
            extensions={"timeout": limits},
        ) as response:
            headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status != _OK:
                raise await _refusal(response, headers)
            kind = headers.get(b"content-type", "").partition(";")[0].strip().lower()
            if kind not in _READABLE:
                raise UnusableError(f"is {kind[:60] or 'of no stated type'}, not {_JSON}")
            if headers.get(b"content-encoding", "identity").lower() != "identity":
                raise UnusableError("is compressed, which was not asked for")
            content = await self._body(response)
        solutions = bindings.read(content, variables, self._endpoint.result_rows)
        # Virtuoso stops at limits of its own and says so here alone.
        most = headers.get(b"x-sparql-maxrows", "")
        if b"x-sql-state" in headers or (most.isdecimal() and len(solutions.rows) >= int(most) > 0):
            raise UnusableError("is cut off at a limit of its own")
        return Received(solutions, len(content))

    async def _body(self, response: httpcore.Response) -> bytes:
        gathered = bytearray()
        async for piece in response.aiter_stream():
            gathered += piece
            if len(gathered) > self._endpoint.result_bytes:
                raise UnusableError(f"is longer than {self._endpoint.result_bytes:,} bytes")
        return bytes(gathered)


async def _refusal(response: httpcore.Response, headers: dict[bytes, str]) -> RemoteFailure:
    """Return what an answer with another status than 200 means."""
    status = response.status
    if status in range(300, 400):
        return RemoteFailure(f"redirects (status {status}), and redirects are not followed")
    told = bytearray()
    async for piece in response.aiter_stream():
        told += piece
        if len(told) >= _ERROR_BYTES:
            break
    retry_after = _seconds(headers.get(b"retry-after", ""))
    ran_out = _TIMED_OUT.search(bytes(told)) is not None
    # QLever answers a query that ran out of time with 429: to wait for that is no use.
    if (ran_out and retry_after is None) or status in {408, 504}:
        message = f"has run out of time (status {status}); ask for less"
        return RemoteFailure(message, is_fault=False)
    if status in {_TOO_MANY, _UNAVAILABLE}:
        wait = f", and wants to be left alone for {retry_after:.0f} seconds" if retry_after else ""
        return RemoteFailure(
            f"takes no more requests now (status {status}){wait}",
            retry_after=retry_after,
            is_passing=True,
        )
    if status == 400:
        return RemoteFailure("does not accept the query (status 400)", is_fault=False)
    return RemoteFailure(f"answers with status {status}", is_passing=status >= 500)


def _seconds(retry_after: str) -> float | None:
    """Return what a Retry-After header says, in seconds (RFC 9110, 10.2.3)."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, math.ceil(moment.timestamp() - time.time()))
