"""Answers of endpoints on disk, for as long as their settings allow.

One file of SQLite in the data folder; the server and the command line may use it at once. Only
answers that were read to their end and checked are kept.
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
from kg.engine.federation.client import Received

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, made REAL NOT NULL, received INTEGER NOT NULL, content BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_made ON answer (made);
"""


class AnswerCache:
    """Keeps answers up to a number of bytes; the oldest make room. ``path`` None keeps none."""

    def __init__(self, path: Path | None, most: int) -> None:
        self._most = most
        self._file: sqlite3.Connection | None = None
        if path is None or not most:
            return
        # A cache that cannot be opened or read is no reason not to answer.
        with contextlib.suppress(OSError, sqlite3.Error):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=5, isolation_level=None)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = OFF")
            self._file.executescript(_SCHEMA)

    def get(self, address: str, query: str, seconds: float) -> Received | None:
        """Return the answer of an endpoint to a query, if there is one not older than that."""
        with self._using() as file:
            row = (
                file
                and file.execute(
                    "SELECT content, received FROM answer WHERE key = ? AND made BETWEEN ? AND ?",
                    (_key(address, query), time.time() - seconds, time.time() + 1),
                ).fetchone()
            )
            if not row:
                return None
            said = json.loads(zlib.decompress(row[0]))
            rows = tuple(tuple(one) for one in said["rows"])
            return Received(Solutions(tuple(said["variables"]), rows), row[1])
        return None

    def put(self, address: str, query: str, answer: Received) -> None:
        """Keep an answer."""
        said = {"variables": answer.solutions.variables, "rows": answer.solutions.rows}
        content = zlib.compress(json.dumps(said).encode(), 1)
        with self._using() as file:
            if file is None:
                return
            file.execute(
                "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)",
                (_key(address, query), time.time(), answer.received, content),
            )
            self._make_room(file)

    def _make_room(self, file: sqlite3.Connection) -> None:
        (size,) = file.execute("SELECT COALESCE(SUM(LENGTH(content)), 0) FROM answer").fetchone()
        while size > self._most:
            key, length = file.execute(
                "SELECT key, LENGTH(content) FROM answer ORDER BY made LIMIT 1"
            ).fetchone()
            file.execute("DELETE FROM answer WHERE key = ?", (key,))
            size -= length

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection | None]:
        with contextlib.suppress(sqlite3.Error, zlib.error, ValueError):
            yield self._file


def _key(address: str, query: str) -> str:
    return hashlib.sha256(json.dumps([address, query]).encode()).hexdigest()
