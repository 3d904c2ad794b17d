"""HTTP/1.1 on one connection: uvicorn's protocol with limits of length, number and time.

uvicorn itself limits neither the head of a request nor the time for it. A request that exceeds a
limit is answered here, before the application, and its connection is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from kg.limits import (
    BODY_SECONDS,
    HEADER_BYTES,
    HEADER_FIELDS,
    HEADER_SECONDS,
    STALL_TIMEOUT_SECONDS,
    URL_BYTES,
)
from kg.web.connections import Connections
from kg.web.joined_head import JoinedHeadTransport

#: Seconds for which what a client still sends is discarded after an error response: if the
#: connection were closed at once, the client might not receive the response (RFC 9112, 9.6).
_LINGER_SECONDS: Final = 2.0
_VERSIONS: Final = {"1.0", "1.1"}
_TOO_LONG_HEADER: Final = f"the header fields of the request exceed {HEADER_BYTES:,} bytes"


class RefusedRequestError(Exception):
    """A request that is not passed on to the application."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class LimitedHttpProtocol(HttpToolsProtocol):
    """Refuses requests beyond the limits of ``kg.limits``.

    ``connections`` counts the connections of the server; ``observe`` is called with the status of
    each refused request.
    """

    connections_of_server: Connections
    observe: Callable[[int], None]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.peer = ""
        #: For the rest of the head or the body of a request, or the end of the connection.
        self._read_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        #: Bytes received since the end of the previous request.
        self._head_bytes = 0
        self._header_bytes = 0
        self._is_in_head = True
        #: Whether the parser reads a head that was read before.
        self._is_repeated_head = False
        self._is_refused = False
        #: The request that the application handles; ``cycle`` is the last one that was received.
        self._handled: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count a new connection; refuse it if there are too many."""
        super().connection_made(transport)
        self.peer = self.client[0] if self.client else ""
        self._set_read_timer(HEADER_SECONDS, self._end_slow_head)
        if reason := self.connections_of_server.add(self):
            self._refuse(503, f"{reason}; try again later")
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection that is closed."""
        self._clear_read_timer()
        self._clear_write_timer()
        self.connections_of_server.remove(self)
        self._disconnect_application()
        super().connection_lost(exc)

    def make_room(self) -> None:
        """Close the connection, which waits for a request, in favour of another one."""
        self._disconnect_application()
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, as long as the request is within the limits."""
        if self._is_refused:
            return
        if self._is_in_head:
            if self._read_timer is None:
                self._set_read_timer(HEADER_SECONDS, self._end_slow_head)
            self._head_bytes += len(data)
        self._unset_keepalive_if_required()
        try:
            self._parse(data)
        except httptools.HttpParserError as error:
            refusal = error.__context__
            if not isinstance(refusal, RefusedRequestError):
                refusal = RefusedRequestError(400, "malformed HTTP request")
            self._refuse(refusal.status, str(refusal))
        if self._is_in_head and self._head_bytes > URL_BYTES + HEADER_BYTES:
            self._refuse(431, _TOO_LONG_HEADER)

    def on_message_begin(self) -> None:
        """Begin to count the header fields of a request."""
        if self._is_repeated_head:
            return
        self._header_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Add a part of the address."""
        if self._is_repeated_head:
            return
        super().on_url(url)
        if len(self.url) > URL_BYTES:
            raise RefusedRequestError(
                414, f"the URL exceeds {URL_BYTES:,} bytes; send a long query by POST"
            )

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header field, or a trailer field after the body."""
        if self._is_repeated_head:
            return
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > HEADER_BYTES:
            raise RefusedRequestError(431, _TOO_LONG_HEADER)
        if len(self.headers) > HEADER_FIELDS:
            raise RefusedRequestError(
                431, f"the request has more than {HEADER_FIELDS} header fields"
            )

    def on_headers_complete(self) -> None:
        """Check the head, and let the application begin."""
        if self._is_repeated_head:
            return
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            raise RefusedRequestError(505, f"expected HTTP/1.1, found HTTP/{version}")
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and version == "1.1"):
            raise RefusedRequestError(400, f"expected one Host header, found {hosts or 'none'}")
        self._is_in_head = False
        self._set_read_timer(BODY_SECONDS, self._end_slow_body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End the body of a request; another request may follow."""
        if self.parser.should_upgrade() and self._framing():
            # The parser passes the body over.
            return
        self._clear_read_timer()
        self._is_in_head, self._head_bytes = True, 0
        if self.cycle.response_complete:
            # The application did not read the body.
            self._set_read_timer(self.timeout_keep_alive, self._end_slow_head)
        else:
            self.connections_of_server.set_busy(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.pipeline and not self.transport.is_closing():
            self.connections_of_server.set_waiting(self)

    def pause_writing(self) -> None:
        """Wait for a client that does not read, but not for ever."""
        super().pause_writing()
        self._check_reading(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Continue with a client that reads again."""
        self._clear_write_timer()
        super().resume_writing()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._handled = cycle
        if cycle.scope["method"] != "HEAD":
            # It has all that a cycle uses of a transport.
            cycle.transport = JoinedHeadTransport(self.transport, cycle)  # type: ignore[assignment]
        super()._start_asgi_task(cycle, app)

    def _parse(self, data: bytes) -> None:
        """Pass data to the parser; offers of other protocols are declined (RFC 9110, 7.8).

        Raises:
            HttpParserError: if a request is malformed, or refused by a callback.
        """
        while data:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as offer:
                data = data[offer.args[0] :]
                if framing := self._framing():
                    # Without the offer, of which the parser expects the other protocol.
                    self._is_repeated_head = True
                    self.parser = httptools.HttpRequestParser(self)
                    self.parser.feed_data(b"POST / HTTP/1.1\r\n" + framing + b"\r\n")
                    self._is_repeated_head = False

    def _framing(self) -> bytes:
        """Return the header fields that delimit the body of a request, empty if it has none."""
        names = (b"content-length", b"transfer-encoding")
        return b"".join(b"%s: %s\r\n" % field for field in self.headers if field[0] in names)

    def _refuse(self, status: int, message: str) -> None:
        """Answer with an error unless a response has begun, and end the connection."""
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        self._clear_read_timer()
        self._unset_keepalive_if_required()
        self.observe(status)
        handled = self._handled
        can_answer = handled is None or handled.response_complete or not handled.response_started
        self._disconnect_application()
        if not can_answer:
            self.transport.close()
            return
        self.transport.write(_response(status, message, self.server_state.default_headers))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._set_read_timer(_LINGER_SECONDS, self.transport.abort)
        self.flow.resume_reading()

    def _disconnect_application(self) -> None:
        """Let the application see that the client is gone."""
        self.pipeline.clear()
        if self._handled is not None and not self._handled.response_complete:
            self._handled.disconnected = True
            self._handled.message_event.set()

    def _end_slow_head(self) -> None:
        self._read_timer = None
        if self._handled is not None and not self._handled.response_complete:
            # It follows a request that is not answered yet.
            self._set_read_timer(HEADER_SECONDS, self._end_slow_head)
        elif self._head_bytes:
            self._refuse(
                408, f"the head of the request took longer than {HEADER_SECONDS:g} seconds"
            )
        else:
            self.transport.close()

    def _end_slow_body(self) -> None:
        if self.cycle.response_complete:
            self.transport.close()
        self._refuse(408, f"the body of the request took longer than {BODY_SECONDS:g} seconds")

    def _check_reading(self, unread: int) -> None:
        """Abort the connection if the client has read nothing when the time is over."""

        def check() -> None:
            still_unread = self.transport.get_write_buffer_size()
            if still_unread >= unread:
                self.transport.abort()
            else:
                self._check_reading(still_unread)

        self._clear_write_timer()
        self._write_timer = self.loop.call_later(STALL_TIMEOUT_SECONDS, check)

    def _set_read_timer(self, seconds: float, callback: Callable[[], None]) -> None:
        self._clear_read_timer()
        self._read_timer = self.loop.call_later(seconds, callback)

    def _clear_read_timer(self) -> None:
        if self._read_timer is not None:
            self._read_timer.cancel()
            self._read_timer = None

    def _clear_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None


def limited_protocol(
    connections: Connections, observe: Callable[[int], None]
) -> type[LimitedHttpProtocol]:
    """Return the class of the connections of a server, as uvicorn's configuration expects it."""
    attributes = {"connections_of_server": connections, "observe": staticmethod(observe)}
    return type("LimitedHttpProtocol", (LimitedHttpProtocol,), attributes)


def _response(status: int, message: str, headers: list[tuple[bytes, bytes]]) -> bytes:
    body = f"{message}\n".encode()
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode(),
        *(name + b": " + value for name, value in headers),
        b"content-type: text/plain; charset=utf-8",
        f"content-length: {len(body)}".encode(),
        b"x-content-type-options: nosniff",
        b"connection: close",
    ]
    if status == 503:
        lines.append(b"retry-after: 5")
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
