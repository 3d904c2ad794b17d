"""The open connections of the service: how many in all, how many of each client."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable
from typing import Final, Protocol

from kg.limits import CONNECTIONS, CONNECTIONS_PER_CLIENT
from kg.web.client_address import client_group

_LOG: Final = logging.getLogger("kg.web")
#: Open files in addition to connections: of the release, of worker processes and of other servers.
_OTHER_FILES: Final = 300


class Connection(Protocol):
    """A connection of a client."""

    #: The address of the client, or of the proxy in front.
    peer: str

    def make_room(self) -> None:
        """Close the connection, which waits for a request, in favour of another one."""


class Connections:
    """Counts connections; those that wait for a request make room for new ones.

    A peer for which ``is_unlimited`` returns True, such as a proxy, may use all connections.
    """

    def __init__(
        self,
        is_unlimited: Callable[[str], bool],
        limit: int = CONNECTIONS,
        limit_per_client: int = CONNECTIONS_PER_CLIENT,
    ) -> None:
        self._is_unlimited = is_unlimited
        self._limit = limit
        self._limit_per_client = limit_per_client
        self._by_client: Counter[str] = Counter()
        #: Connections that wait for a request, or for the rest of one; the longest waiting first.
        self._waiting: dict[Connection, None] = {}

    def add(self, connection: Connection) -> str:
        """Add a connection; return why it has to be closed, empty if it may stay."""
        client = client_group(connection.peer)
        self._by_client[client] += 1
        self._waiting[connection] = None
        if self._by_client[client] > self._limit_per_client and not self._is_unlimited(
            connection.peer
        ):
            if not self._close_waiting(client, connection):
                return f"more than {self._limit_per_client} connections from one client"
        elif self._by_client.total() > self._limit and not self._close_waiting("", connection):
            return f"more than {self._limit:,} connections"
        return ""

    def remove(self, connection: Connection) -> None:
        """Remove a connection that is closed."""
        self._waiting.pop(connection, None)
        client = client_group(connection.peer)
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]

    def set_waiting(self, connection: Connection) -> None:
        """Record that a connection waits for a request from now on."""
        self._waiting[connection] = None

    def set_busy(self, connection: Connection) -> None:
        """Record that the request of a connection is complete."""
        self._waiting.pop(connection, None)

    def _close_waiting(self, client: str, new: Connection) -> bool:
        """Close the connection that has waited longest, of a client if one is named."""
        for connection in self._waiting:
            if connection is not new and client in ("", client_group(connection.peer)):
                del self._waiting[connection]
                connection.make_room()
                return True
        return False


def connection_limit() -> int:
    """Return how many connections this process can keep open; raise its limit of open files."""
    if sys.platform == "win32":
        return CONNECTIONS
    import resource  # noqa: PLC0415 - there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _OTHER_FILES
    unlimited = resource.RLIM_INFINITY
    if soft != unlimited and soft < wanted:
        soft = wanted if hard == unlimited else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == unlimited or soft >= wanted:
        return CONNECTIONS
    limit = max(soft - _OTHER_FILES, soft // 2)
    _LOG.warning("at most %d connections: this process may open only %d files", limit, soft)
    return limit
