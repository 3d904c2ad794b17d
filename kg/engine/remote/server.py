"""Another SPARQL server over HTTP: sending queries, interpreting status and headers of replies.

Servers report the same conditions in different ways; this module interprets them. A truncated
result is an error: some servers send partial results and report this only in a header.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from typing import Final, TypeVar

import httpx

from kg.engine.remote.request import PreparedQuery
from kg.errors import BusyError, KgError, LimitError, UnavailableError
from kg.limits import REMOTE_CONNECT_SECONDS

#: The accepted formats in order of preference; the reply is parsed according to its Content-Type.
#: CSV is not among them, since it does not preserve the types of terms.
_ACCEPTED_RESULTS: Final = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.8, "
    "text/tab-separated-values;q=0.3"
)
_ACCEPTED_GRAPHS: Final = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
#: Headers of Virtuoso on a truncated reply with status 200.
_TRUNCATION_HEADERS: Final = ("x-sparql-maxrows", "x-sql-state")
_TIMEOUT_MESSAGE: Final = re.compile(
    r"tim(?:ed|e)[ -]?out|time limit|execution time", re.IGNORECASE
)
#: Bytes of an error message to read, and characters of it to pass on to clients.
_MAX_MESSAGE_BYTES: Final = 4096
_MAX_MESSAGE_CHARACTERS: Final = 200

_T = TypeVar("_T")


class Server:
    """A server at an address that may contain a user name and a password."""

    def __init__(self, address: str, max_connections: int) -> None:
        self._url = httpx.URL(address)
        #: The address without user name, password and query string.
        self.public_address = str(self._url.copy_with(userinfo=b"", query=None))
        self._is_virtuoso = False
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=REMOTE_CONNECT_SECONDS),
            limits=httpx.Limits(
                max_connections=max_connections, max_keepalive_connections=max_connections
            ),
            headers={"User-Agent": "un-votes-kg"},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def send(self, query: PreparedQuery, seconds: float) -> ServerReply:
        """Return the reply to a query once its headers have arrived.

        Raises:
            BusyError: if the server reports that it is overloaded.
            LimitError: if it takes longer than ``seconds``, or reports a limit of its own.
            UnavailableError: if it cannot be reached, or its reply is not a complete result.
        """
        fields = {
            "query": query.text,
            "default-graph-uri": list(query.dataset.default),
            "named-graph-uri": list(query.dataset.named),
        }
        if self._is_virtuoso:
            # Otherwise it continues to compute after a disconnect. It reports that it stopped.
            fields["timeout"] = str(round(seconds * 1000))
        accept = _ACCEPTED_GRAPHS if query.returns_graph else _ACCEPTED_RESULTS
        # A compressed response of some kilobytes may expand to gigabytes.
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        http_request = self._client.build_request("POST", self._url, data=fields, headers=headers)
        time_limit = _TimeLimit(self.public_address, seconds)
        response = await time_limit.wait_for(self._client.send(http_request, stream=True))
        self._is_virtuoso = response.headers.get("server", "").startswith("Virtuoso")
        reply = ServerReply(response, time_limit)
        try:
            if error := await self._error(reply):
                raise error
        except BaseException:
            await reply.close()
            raise
        return reply

    async def _error(self, reply: ServerReply) -> KgError | None:
        """Return the error that a reply indicates, or None if it is a complete result."""
        address, status = self.public_address, reply.status
        if reply.headers.get("content-encoding", "identity").lower() != "identity":
            return UnavailableError(
                f"{address} sent a compressed response although compression was not requested"
            )
        if status == 200:
            if any(name in reply.headers for name in _TRUNCATION_HEADERS):
                return LimitError(
                    f"{address} truncated the response at a limit of its own; request less data"
                )
            if reply.media_type in {"text/html", "application/xhtml+xml"}:
                return UnavailableError(
                    f"expected SPARQL results from {address}, found a web page; check that the "
                    "address is that of a SPARQL endpoint and that no proxy answers for it"
                )
            return None
        message = await reply.error_message()
        if status in {408, 429, 500, 503, 504} and _TIMEOUT_MESSAGE.search(message):
            return LimitError(
                f"{address} stopped the query at a time limit of its own: {message}; request less "
                "data"
            )
        if status in {429, 503}:
            return BusyError(f"{address} is overloaded (status {status})")
        if status in {401, 403}:
            return UnavailableError(f"{address} denies access to this service (status {status})")
        return UnavailableError(
            f"{address} answered with status {status}" + (f": {message}" if message else "")
        )


class _TimeLimit:
    """Limits the total time of waiting for the server during one query."""

    def __init__(self, server: str, seconds: float) -> None:
        self.server = server
        self._seconds = seconds
        self._remaining_seconds = seconds

    async def wait_for(self, operation: Awaitable[_T]) -> _T:
        """Wait for an operation of the HTTP client within the remaining time.

        Raises:
            LimitError: if it takes longer.
            UnavailableError: if the connection fails.
        """
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.timeout(self._remaining_seconds):
                return await operation
        except TimeoutError as error:
            raise LimitError(
                f"{self.server} did not answer within {self._seconds:g} seconds, the time limit of "
                "a query; request less data, or aggregate in a sub-select before joining"
            ) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            reason = str(error) or "no connection"
            raise UnavailableError(f"{self.server} cannot be reached: {reason}") from error
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise UnavailableError(f"{self.server} broke off its response: {reason}") from error
        finally:
            self._remaining_seconds -= loop.time() - start


class ServerReply:
    """The HTTP response of the server: its headers, and its content as it arrives."""

    def __init__(self, response: httpx.Response, time_limit: _TimeLimit) -> None:
        self._response = response
        self._time_limit = time_limit
        self.status = response.status_code
        self.headers = response.headers

    @property
    def server(self) -> str:
        """The address of the server for messages, without secrets."""
        return self._time_limit.server

    @property
    def media_type(self) -> str:
        """The Content-Type without parameters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def is_delimited(self) -> bool:
        """Whether HTTP distinguishes the end of the content from a broken connection."""
        return "content-length" in self.headers or "transfer-encoding" in self.headers

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the content.

        Raises:
            LimitError: if the server exceeds the time limit.
            UnavailableError: if the content ends early.
        """
        chunks = self._response.aiter_raw()
        while (chunk := await self._time_limit.wait_for(anext(chunks, None))) is not None:
            yield chunk

    async def error_message(self) -> str:
        """Return the first line of an error message, empty if the content is a web page."""
        content = bytearray()
        try:
            async for chunk in self.chunks():
                content += chunk
                if len(content) >= _MAX_MESSAGE_BYTES:
                    break
        except KgError:
            pass
        text = content[:_MAX_MESSAGE_BYTES].decode(errors="replace").strip()
        if text.startswith("<") or self.media_type == "text/html":
            return ""
        line = text.partition("\n")[0].strip()
        if len(line) <= _MAX_MESSAGE_CHARACTERS:
            return line
        return f"{line[:_MAX_MESSAGE_CHARACTERS]}…"

    async def close(self) -> None:
        """Return the connection to the pool, or close it if the reply is incomplete."""
        await self._response.aclose()
