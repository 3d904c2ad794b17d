"""Another SPARQL server over HTTP: a query out, a response that is an answer back.

Servers tell the same things in many ways; here is what each of them means. An answer that was cut
off on purpose is none: some servers send what they have so far, and say so in a header only.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from typing import Final, TypeVar

import httpx

from kg.engine.remote.request import Worded
from kg.errors import BusyError, KgError, LimitError, UnavailableError

#: What is asked for, the best first; what comes is read by its Content-Type. CSV tells no types.
_RESULTS: Final = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.8, "
    "text/tab-separated-values;q=0.3"
)
_GRAPHS: Final = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
#: Headers of Virtuoso on an answer with status 200 that is not all of it.
_CUT_OFF: Final = ("x-sparql-maxrows", "x-sql-state")
_TIMED_OUT: Final = re.compile(r"tim(?:ed|e)[ -]?out|time limit|execution time", re.IGNORECASE)
_CONNECT_SECONDS: Final = 5.0
#: Bytes of an error message that are read, and characters of it that are passed on.
_READ: Final = 4096
_TOLD: Final = 200

_T = TypeVar("_T")


class Server:
    """A server at an address, which may hold a user name and a password.

    Raises:
        SettingError: if it is no address.
    """

    def __init__(self, address: str, connections: int) -> None:
        self._url = httpx.URL(address)
        #: The address as it may be told to anybody.
        self.name = str(self._url.copy_with(userinfo=b"", query=None))
        self._is_virtuoso = False
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"User-Agent": "un-votes-kg"},
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(self, worded: Worded, seconds: float) -> Reply:
        """Return the response to a query when its head is there.

        Raises:
            BusyError: if the server says that it has too much to do.
            LimitError: if it takes longer, or says that the query passed a limit of its own.
            UnavailableError: if it cannot be reached, or its response is no whole answer.
        """
        fields = {
            "query": worded.text,
            "default-graph-uri": list(worded.dataset.default),
            "named-graph-uri": list(worded.dataset.named),
        }
        if self._is_virtuoso:
            # Else it goes on computing after we have left; in time it says that it stopped.
            fields["timeout"] = str(round(seconds * 1000))
        accept = _GRAPHS if worded.is_graph else _RESULTS
        request = self._client.build_request(
            "POST", self._url, data=fields, headers={"Accept": accept}
        )
        clock = _Clock(self.name, seconds)
        response = await clock.wait_for(self._client.send(request, stream=True))
        self._is_virtuoso = response.headers.get("server", "").startswith("Virtuoso")
        reply = Reply(response, clock)
        try:
            if error := await self._failure(reply):
                raise error
        except BaseException:
            await reply.close()
            raise
        return reply

    async def _failure(self, reply: Reply) -> KgError | None:
        """Return what is wrong with a response, if it is no whole answer."""
        headers = reply.headers
        if reply.status == 200:
            if any(name in headers for name in _CUT_OFF):
                return LimitError(
                    f"{self.name} cut the answer off at a limit of its own; ask for less at a time"
                )
            if reply.media_type in {"text/html", "application/xhtml+xml"}:
                return UnavailableError(
                    f"{self.name} answered with a web page, not with results: that is not the "
                    "address of a SPARQL endpoint, or something stands before it"
                )
            return None
        said = await reply.message()
        if reply.status in {408, 429, 500, 503, 504} and _TIMED_OUT.search(said):
            return LimitError(
                f"{self.name} stopped the query at a time limit of its own: {said}; ask for less "
                "at a time"
            )
        if reply.status in {429, 503}:
            return BusyError(f"{self.name} has too much to do now (status {reply.status})")
        if reply.status in {401, 403}:
            return UnavailableError(f"{self.name} does not let this service in ({reply.status})")
        return UnavailableError(
            f"{self.name} answered with status {reply.status}" + (f": {said}" if said else "")
        )


class _Clock:
    """Counts the seconds that a server is waited for."""

    def __init__(self, server: str, seconds: float) -> None:
        self.server = server
        self._seconds = seconds
        self._left = seconds

    async def wait_for(self, what: Awaitable[_T]) -> _T:
        """Wait for something from the server within what is left of its time.

        Raises:
            LimitError: if it takes longer.
            UnavailableError: if the connection fails.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(self._left):
                return await what
        except TimeoutError as error:
            raise LimitError(
                f"{self.server} has not answered within {self._seconds:g} seconds, the time limit "
                "of a query; ask for less at a time, or count in a sub-select before joining"
            ) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            told = str(error) or "no connection"
            raise UnavailableError(f"{self.server} cannot be reached: {told}") from error
        except httpx.HTTPError as error:
            told = str(error) or type(error).__name__
            raise UnavailableError(f"{self.server} broke off its answer: {told}") from error
        finally:
            self._left -= loop.time() - started


class Reply:
    """The response of a server: its head, and its content as it comes."""

    def __init__(self, response: httpx.Response, clock: _Clock) -> None:
        self._response = response
        self._clock = clock
        self.status = response.status_code
        self.headers = response.headers

    @property
    def server(self) -> str:
        """The address of the server, as it may be told to anybody."""
        return self._clock.server

    @property
    def media_type(self) -> str:
        """The Content-Type without parameters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def shows_its_end(self) -> bool:
        """Whether a connection that breaks is told from the end of the content."""
        return "content-length" in self.headers or "transfer-encoding" in self.headers

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the content, decoded.

        Raises:
            LimitError: if the server takes longer than a query may.
            UnavailableError: if it breaks off.
        """
        content = self._response.aiter_bytes()
        while (piece := await self._clock.wait_for(anext(content, None))) is not None:
            yield piece

    async def message(self) -> str:
        """Return the beginning of an error message: its first line, empty if it is a web page."""
        found = bytearray()
        try:
            async for piece in self.chunks():
                found += piece
                if len(found) >= _READ:
                    break
        except KgError:
            pass
        text = found[:_READ].decode(errors="replace").strip()
        if text.startswith("<") or self.media_type == "text/html":
            return ""
        line = text.partition("\n")[0].strip()
        return line if len(line) <= _TOLD else f"{line[:_TOLD]}…"

    async def close(self) -> None:
        """Give the connection back, or end it if there is more to come."""
        await self._response.aclose()
