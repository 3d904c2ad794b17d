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
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import httpcore

from kg.engine.federation.address_guard import (
    GuardedBackend,
    PrivateAddressError,
    Resolver,
    resolve,
)
from kg.engine.federation.allowlist import Endpoint
from kg.engine.federation.bindings import InvalidResultsError, Solutions, parse_solutions

_RESULTS_JSON: Final = "application/sparql-results+json"
_ACCEPTED: Final = {_RESULTS_JSON, "application/json"}
#: What the answer of an endpoint holds whose query ran out of time, whatever the status.
_TIMED_OUT: Final = re.compile(
    rb"time[sd]?[ -]?(?:limit|out)|TimeoutException|deadline|cancel", re.IGNORECASE
)
#: Bytes that are read of an error's body, to recognise a timeout.
_ERROR_BODY_BYTES: Final = 4096
_TIMEOUTS: Final = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}


class EndpointFailure(Exception):  # noqa: N818 - it is caught and reported, never shown as it is
    """A request that failed; the message goes on after the name of the endpoint.

    ``retry_after`` is how long the endpoint wants no requests, in seconds; ``is_transient`` whether
    the same request may succeed soon; ``is_fault`` whether the endpoint is at fault. A query that
    takes too long or has too long an answer is no fault of the endpoint: one user's queries must
    not close it for others.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        is_transient: bool = False,
        is_fault: bool = True,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.is_transient = is_transient
        self.is_fault = is_fault


@dataclass(frozen=True)
class EndpointAnswer:
    """A whole answer of an endpoint, and how many bytes it had."""

    solutions: Solutions
    size: int


class EndpointClient:
    """Keeps the connections to one endpoint."""

    def __init__(self, endpoint: Endpoint, user_agent: str, resolver: Resolver = resolve) -> None:
        self._endpoint = endpoint
        self._headers = [
            (b"Accept", _RESULTS_JSON.encode()),
            (b"Accept-Encoding", b"identity"),
            (b"Content-Type", b"application/x-www-form-urlencoded"),
            (b"User-Agent", user_agent.encode()),
        ]
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=endpoint.concurrency,
            keepalive_expiry=30,
            network_backend=GuardedBackend(private=endpoint.private, resolver=resolver),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def query(self, query: str, variables: tuple[str, ...]) -> EndpointAnswer:
        """Send a query and return the whole answer.

        Raises:
            EndpointFailure: if there is none, or it is not as it should be.
        """
        endpoint = self._endpoint
        try:
            async with asyncio.timeout(endpoint.timeout):
                return await self._exchange(query, variables)
        except httpcore.ConnectTimeout as error:
            raise EndpointFailure("cannot be reached (no connection in time)") from error
        except (TimeoutError, httpcore.TimeoutException) as error:
            message = f"has not answered within {endpoint.timeout:g} seconds"
            raise EndpointFailure(message, is_fault=False) from error
        except PrivateAddressError as error:
            raise EndpointFailure(f"cannot be asked: {error}") from error
        except InvalidResultsError as error:
            raise EndpointFailure(f"gave an answer that {error}", is_fault=False) from error
        except httpcore.RemoteProtocolError as error:
            message = "broke off in the middle of its answer, or does not speak HTTP"
            raise EndpointFailure(message, is_transient=True) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            message = f"cannot be reached ({type(error).__name__})"
            raise EndpointFailure(message, is_transient=True) from error

    async def _exchange(self, query: str, variables: tuple[str, ...]) -> EndpointAnswer:
        timeouts = {
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
            extensions={"timeout": timeouts},
        ) as response:
            headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status != HTTPStatus.OK:
                raise await _failure(response, headers)
            media_type = headers.get(b"content-type", "").partition(";")[0].strip().lower()
            if media_type not in _ACCEPTED:
                raise InvalidResultsError(
                    f"is {media_type[:60] or 'of no stated type'}, not {_RESULTS_JSON}"
                )
            if headers.get(b"content-encoding", "identity").lower() != "identity":
                raise InvalidResultsError("is compressed, which was not asked for")
            content = await self._body(response)
        solutions = parse_solutions(content, variables, self._endpoint.result_rows)
        # Virtuoso stops at limits of its own and says so here alone.
        limit = headers.get(b"x-sparql-maxrows", "")
        is_at_limit = limit.isdecimal() and len(solutions.rows) >= int(limit) > 0
        if b"x-sql-state" in headers or is_at_limit:
            raise InvalidResultsError("is cut off at a limit of its own")
        return EndpointAnswer(solutions, len(content))

    async def _body(self, response: httpcore.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > self._endpoint.result_bytes:
                raise InvalidResultsError(f"is longer than {self._endpoint.result_bytes:,} bytes")
        return bytes(body)


async def _failure(response: httpcore.Response, headers: dict[bytes, str]) -> EndpointFailure:
    """Return what an answer with a status other than 200 means."""
    status = response.status
    if status in range(300, 400):
        return EndpointFailure(f"redirects (status {status}), and redirects are not followed")
    body = bytearray()
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) >= _ERROR_BODY_BYTES:
            break
    retry_after = _seconds(headers.get(b"retry-after", ""))
    timed_out = _TIMED_OUT.search(bytes(body)) is not None
    # QLever answers a query that ran out of time with 429: waiting does not help.
    if (timed_out and retry_after is None) or status in _TIMEOUTS:
        message = f"has run out of time (status {status}); ask for less"
        return EndpointFailure(message, is_fault=False)
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        wait = f", and wants to be left alone for {retry_after:.0f} seconds" if retry_after else ""
        return EndpointFailure(
            f"takes no more requests now (status {status}){wait}",
            retry_after=retry_after,
            is_transient=True,
        )
    if status == HTTPStatus.BAD_REQUEST:
        return EndpointFailure("does not accept the query (status 400)", is_fault=False)
    return EndpointFailure(f"answers with status {status}", is_transient=status >= 500)


def _seconds(retry_after: str) -> float | None:
    """Return what a Retry-After header says, in seconds (RFC 9110, 10.2.3)."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, math.ceil(moment.timestamp() - time.time()))
