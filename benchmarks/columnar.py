"""DuckDB on the tables of a release: a reference for what is possible, not a SPARQL server."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final

import duckdb

from kg.release.export.table_schema import TABLES

#: Columns, and rows as DuckDB returns them.
Table = tuple[list[str], list[tuple[object, ...]]]

VERSION: Final[str] = duckdb.__version__


class Tables:
    """A new connection to the Parquet tables in a folder."""

    def __init__(self, folder: Path) -> None:
        self._connection = duckdb.connect()
        for table in TABLES:
            file = str(folder / f"{table.name}.parquet").replace("'", "''")
            self._connection.execute(f"CREATE VIEW {table.name} AS FROM read_parquet('{file}')")

    def query(self, sql: str, seconds: float) -> tuple[Table, float]:
        """Return the answer, and the seconds it took.

        Raises:
            TimeoutError: if it takes longer than ``seconds``.
        """
        timer = threading.Timer(seconds, self._connection.interrupt)
        timer.start()
        started = time.perf_counter()
        try:
            cursor = self._connection.execute(sql)
            columns = [str(column[0]) for column in cursor.description or ()]
            return (columns, cursor.fetchall()), time.perf_counter() - started
        except duckdb.InterruptException as error:
            raise TimeoutError from error
        finally:
            timer.cancel()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
