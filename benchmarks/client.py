"""A minimal HTTP client for queries with as little overhead as possible.

For a short request, a client library takes longer than either server and would hide the difference
between them.
"""

from __future__ import annotations

import contextlib
import re
import socket
import urllib.parse
from dataclasses import dataclass
from typing import Final, Protocol

JSON: Final = "application/sparql-results+json"
_ENGINE: Final = re.compile(rb"\r\nkg-engine: *(\w+)", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Address(Protocol):
    """The address at which a server accepts queries."""

    @property
    def port(self) -> int:
        """Its port on this machine."""

    @property
    def path(self) -> str:
        """The path of its SPARQL endpoint."""

    @property
    def graph(self) -> str:
        """The graph to query, for a server without a default graph that takes queries as a form."""


@dataclass(frozen=True)
class Reply:
    """A complete answer."""

    status: int
    body: bytes
    #: The engine named by our server.
    engine: str = ""


class BrokenAnswerError(Exception):
    """The connection ended before the answer did."""


class Connection:
    """A persistent connection that posts queries."""

    def __init__(self, server: Address, timeout: float = 60.0) -> None:
        self._server = server
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._closed = False

    def query(self, text: str, accept: str = JSON) -> Reply:
        """Send a query and return the complete answer.

        Raises:
            BrokenAnswerError: if the connection ends early.
            OSError: if there is no connection, or no byte within the timeout.
        """
        media_type, body = "application/sparql-query", text.encode()
        if self._server.graph:
            media_type = "application/x-www-form-urlencoded"
            fields = {"query": text, "default-graph-uri": self._server.graph}
            body = urllib.parse.urlencode(fields).encode()
        head = (
            f"POST {self._server.path} HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\n"
            f"Content-Type: {media_type}\r\nAccept: {accept}\r\n"
            f"Accept-Encoding: identity\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            connection = self._connect()
            connection.sendall(head.encode() + body)
            return _read(connection)
        except (OSError, BrokenAnswerError):
            self._disconnect()
            raise

    def close(self) -> None:
        """Close the connection, even while another thread waits on it."""
        self._closed = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> socket.socket:
        if self._closed:
            raise OSError("closed")
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._server.port), self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _read(connection: socket.socket) -> Reply:
    """Read an answer: with a length, in chunks, or without content."""
    buffer = bytearray()
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        _receive(connection, buffer)
    head = bytes(buffer[: end + 2])
    status = int(head[9:12])
    engine = match[1].decode() if (match := _ENGINE.search(head)) else ""
    del buffer[: end + 4]
    if match := _LENGTH.search(head):
        length = int(match[1])
        while len(buffer) < length:
            _receive(connection, buffer)
        return Reply(status, bytes(buffer), engine)
    if b"chunked" not in head.lower():
        return Reply(status, b"")
    body = bytearray()
    while True:
        while (line := buffer.find(b"\r\n")) < 0:
            _receive(connection, buffer)
        size = int(bytes(buffer[:line]).split(b";")[0], 16)
        while len(buffer) < line + size + 4:
            _receive(connection, buffer)
        body += buffer[line + 2 : line + 2 + size]
        del buffer[: line + size + 4]
        if not size:
            return Reply(status, bytes(body), engine)


def _receive(connection: socket.socket, buffer: bytearray) -> None:
    received = connection.recv(1 << 16)
    if not received:
        raise BrokenAnswerError("the connection ended before the answer did")
    buffer += received
