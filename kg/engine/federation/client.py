"""A request to an endpoint: sending it, and reading and checking the answer within limits.

Redirects are not followed, proxies in the environment are ignored, and no cookies or passwords are
sent.
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
#: Text in the response of an endpoint whose query ran out of time, whatever the status.
_TIMED_OUT: Final = re.compile(
    rb"time[sd]?[ -]?(?:limit|out)|TimeoutException|deadline|cancel", re.IGNORECASE
)
#: Bytes of an error response to read, to recognise a timeout.
_ERROR_BODY_BYTES: Final = 4096
#: Steps of an exchange after which a lost connection was not merely an idle one.
_NEW_CONNECTION_OR_RESPONSE: Final = {
    "connection.connect_tcp.started",
    "http11.receive_response_headers.complete",
}
_TIMEOUTS: Final = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}


class EndpointFailure(Exception):  # noqa: N818 - it is caught and reported, never shown as it is
    """A failed request; the message is a predicate whose subject is the endpoint.

    ``retry_after`` is the time in seconds for which the endpoint asks for no requests,
    ``is_transient`` whether the same request may succeed soon, and ``is_fault`` whether the
    endpoint is at fault. A query that takes too long or has too long an answer is not a fault of
    the endpoint: the queries of one user must not open the circuit for others.
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
    """A complete answer of an endpoint, and its size in bytes."""

    solutions: Solutions
    size: int


class EndpointClient:
    """Manages the connections to one endpoint."""

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
        """Send a query and return the complete answer.

        Raises:
            EndpointFailure: if there is no answer or it is invalid.
        """
        endpoint = self._endpoint
        try:
            async with asyncio.timeout(endpoint.timeout):
                return await self._exchange_on_open_connection(query, variables)
        except httpcore.ConnectTimeout as error:
            raise EndpointFailure("cannot be reached (connection timed out)") from error
        except (TimeoutError, httpcore.TimeoutException) as error:
            message = f"did not answer within {endpoint.timeout:g} seconds"
            raise EndpointFailure(message, is_fault=False) from error
        except PrivateAddressError as error:
            raise EndpointFailure(f"cannot be queried: {error}") from error
        except InvalidResultsError as error:
            raise EndpointFailure(f"sent a response that {error}", is_fault=False) from error
        except httpcore.RemoteProtocolError as error:
            message = "closed the connection before the end of its response, or does not speak HTTP"
            raise EndpointFailure(message, is_transient=True) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            message = f"cannot be reached ({type(error).__name__})"
            raise EndpointFailure(message, is_transient=True) from error

    async def _exchange_on_open_connection(
        self, query: str, variables: tuple[str, ...]
    ) -> EndpointAnswer:
        """Repeat the exchange for each idle connection that the endpoint has closed meanwhile.

        RFC 9112, section 9.3.1, lets a client repeat such a request; a failure discards the
        connection, so the exchanges end with one on a new connection at the latest.
        """
        while True:
            steps: set[str] = set()
            try:
                return await self._exchange(query, variables, steps)
            except (httpcore.RemoteProtocolError, httpcore.NetworkError):
                if not steps.isdisjoint(_NEW_CONNECTION_OR_RESPONSE):
                    raise

    async def _exchange(
        self, query: str, variables: tuple[str, ...], steps: set[str]
    ) -> EndpointAnswer:
        async def trace(step: str, _: object) -> None:
            steps.add(step)

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
            extensions={"timeout": timeouts, "trace": trace},
        ) as response:
            headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status != HTTPStatus.OK:
                raise await _failure(response, headers)
            media_type = headers.get(b"content-type", "").partition(";")[0].strip().lower()
            if media_type not in _ACCEPTED:
                raise InvalidResultsError(
                    f"has Content-Type {media_type[:60] or '(none)'}, expected {_RESULTS_JSON}"
                )
            if headers.get(b"content-encoding", "identity").lower() != "identity":
                raise InvalidResultsError("is compressed although compression was not requested")
            content = await self._body(response)
        solutions = parse_solutions(content, variables, self._endpoint.result_rows)
        # Virtuoso stops at limits of its own and reports it only in these headers.
        limit = headers.get(b"x-sparql-maxrows", "")
        is_at_limit = limit.isdecimal() and len(solutions.rows) >= int(limit) > 0
        if b"x-sql-state" in headers or is_at_limit:
            raise InvalidResultsError("was truncated at a limit of the endpoint")
        return EndpointAnswer(solutions, len(content))

    async def _body(self, response: httpcore.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > self._endpoint.result_bytes:
                raise InvalidResultsError(f"is longer than {self._endpoint.result_bytes:,} bytes")
        return bytes(body)


async def _failure(response: httpcore.Response, headers: dict[bytes, str]) -> EndpointFailure:
    """Return the failure that a status other than 200 indicates."""
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
        message = f"ran out of time (status {status}); request less data"
        return EndpointFailure(message, is_fault=False)
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        wait = f"; its Retry-After is {retry_after:.0f} seconds" if retry_after else ""
        return EndpointFailure(
            f"accepts no more requests at present (status {status}){wait}",
            retry_after=retry_after,
            is_transient=True,
        )
    if status == HTTPStatus.BAD_REQUEST:
        return EndpointFailure("rejected the query (status 400)", is_fault=False)
    return EndpointFailure(f"responded with status {status}", is_transient=status >= 500)


def _seconds(retry_after: str) -> float | None:
    """Return the delay that a Retry-After header requests, in seconds (RFC 9110, 10.2.3)."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, math.ceil(moment.timestamp() - time.time()))
