"""A cache on disk of endpoints' answers, each kept for the time set for its endpoint.

It is an SQLite file in the data folder that the server and the command line may use concurrently.
Only complete and valid answers are cached.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.engine.federation.bindings import Solutions
from kg.engine.federation.client import EndpointAnswer

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, made REAL NOT NULL, received INTEGER NOT NULL, content BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_made ON answer (made);
"""


class AnswerCache:
    """Keeps answers up to ``max_bytes``, evicting the oldest; without a path it keeps none."""

    def __init__(self, path: Path | None, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._database: sqlite3.Connection | None = None
        if path is None or not max_bytes:
            return
        # Queries are answered even if the cache cannot be opened or read.
        with contextlib.suppress(OSError, sqlite3.Error):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=5, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.executescript(_SCHEMA)

    def get(self, address: str, query: str, seconds: float) -> EndpointAnswer | None:
        """Return an endpoint's cached answer to a query unless it is older than ``seconds``."""
        with self._usable() as database:
            row = (
                database
                and database.execute(
                    "SELECT content, received FROM answer WHERE key = ? AND made BETWEEN ? AND ?",
                    (_key(address, query), time.time() - seconds, time.time() + 1),
                ).fetchone()
            )
            if not row:
                return None
            content, size = row
            entry = json.loads(zlib.decompress(content))
            rows = tuple(tuple(cells) for cells in entry["rows"])
            return EndpointAnswer(Solutions(tuple(entry["variables"]), rows), size)
        return None

    def put(self, address: str, query: str, answer: EndpointAnswer) -> None:
        """Cache an answer."""
        entry = {"variables": answer.solutions.variables, "rows": answer.solutions.rows}
        content = zlib.compress(json.dumps(entry).encode(), 1)
        with self._usable() as database:
            if database is None:
                return
            database.execute(
                "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)",
                (_key(address, query), time.time(), answer.size, content),
            )
            self._evict(database)

    def _evict(self, database: sqlite3.Connection) -> None:
        (size,) = database.execute(
            "SELECT COALESCE(SUM(LENGTH(content)), 0) FROM answer"
        ).fetchone()
        while size > self._max_bytes:
            key, length = database.execute(
                "SELECT key, LENGTH(content) FROM answer ORDER BY made LIMIT 1"
            ).fetchone()
            database.execute("DELETE FROM answer WHERE key = ?", (key,))
            size -= length

    @contextlib.contextmanager
    def _usable(self) -> Iterator[sqlite3.Connection | None]:
        with contextlib.suppress(sqlite3.Error, zlib.error, ValueError):
            yield self._database


def _key(address: str, query: str) -> str:
    return hashlib.sha256(json.dumps([address, query]).encode()).hexdigest()
