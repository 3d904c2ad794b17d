"""The DuckDB database of a release: its layout, and opening it for reading.

The settings are fixed and locked, so that a query cannot change them or access anything outside the
file. The engine is used only with the versions of DuckDB and Oxigraph whose answers the gate has
compared.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.engine.columnar.json_text import JSON_TEXT
from kg.engine.columnar.statistics import Statistics
from kg.engine.columnar.term_types import Storage, Value

if TYPE_CHECKING:
    import duckdb

#: The file beside the store.
FILE_NAME: Final = "columns.duckdb"
#: The version of DuckDB that passed the gate; see the dependency in pyproject.toml.
DUCKDB_VERSION: Final = "2.0.0"
#: The version of Oxigraph that it was compared with; others may round differently, for example.
OXIGRAPH_VERSION: Final = "0.5.13"
#: The version of the layout, and of DuckDB that wrote the file.
LAYOUT_VERSION: Final = f"1 {DUCKDB_VERSION}"
CREATE_ABOUT: Final = "CREATE TABLE out.about AS SELECT ? AS release, ? AS version"
#: Identifiers of terms that a connection keeps: a look-up takes two milliseconds.
_KEPT_TERMS: Final = 4096
#: characters: identifiers of longer terms are not kept, so that a worker's memory stays bounded.
_MAX_KEPT_LENGTH: Final = 256
#: SQL that decodes an object of a storage from its integer.
DECODE_SQL: Final = {
    Storage.ID: "CAST({} AS INTEGER)",
    Storage.INTEGER: "{}",
    Storage.DATE: "DATE '1970-01-01' + CAST({} AS INTEGER)",
    Storage.BOOLEAN: "CAST({} AS BOOLEAN)",
}
#: The optimizers that stay enabled. The compiler decides the join order, and optimizers that use
#: statistics are disabled: in this version they wrongly treat existing rows as absent.
_OPTIMIZERS: Final = frozenset(
    {
        "expression_rewriter",
        "filter_pullup",
        "filter_pushdown",
        "unused_columns",
        "column_lifetime",
        "top_n",
        "cte_inlining",
        "deliminator",
        "limit_pushdown",
        "join_filter_pushdown",
        "common_subexpressions",
        "in_clause",
    }
)


def encode_value(value: Value) -> int:
    """Return the integer that encodes a value: for a date, the days since 1970-01-01."""
    if isinstance(value, date):
        return value.toordinal() - date(1970, 1, 1).toordinal()
    assert isinstance(value, int)
    return int(value)


class ColumnDatabase:
    """The open database of a release; queries run one at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, statistics: Statistics) -> None:
        self.connection = connection
        self.statistics = statistics
        # A release never changes.
        self._kept_id = functools.lru_cache(_KEPT_TERMS)(self._look_up)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def term_id(self, kind: str, value: str) -> int | None:
        """Return the identifier of a term in the dictionary, or None if no fact contains it."""
        return (self._kept_id if len(value) <= _MAX_KEPT_LENGTH else self._look_up)(kind, value)

    def _look_up(self, kind: str, value: str) -> int | None:
        if kind not in self.statistics.id_ranges:
            return None
        low, high = self.statistics.id_ranges[kind]
        execute = self.connection.execute
        ((hashed,),) = execute("SELECT hash($1)", [value]).fetchall()
        # Separate queries with constants, so that DuckDB reads only a few blocks.
        for (term_id,) in execute(f"SELECT id FROM lookup WHERE hashed = {int(hashed)}").fetchall():
            if low <= term_id < high:
                select = f"SELECT value FROM term WHERE id = {int(term_id)}"
                ((candidate,),) = execute(select).fetchall()
                if candidate == value:
                    return int(term_id)
        return None


def unverified_versions() -> str:
    """Describe the installed versions if the gate has not compared them, else return ''."""
    # Takes a fifth of the time in which a worker starts.
    from importlib import metadata  # noqa: PLC0415

    duckdb, oxigraph = metadata.version("duckdb"), ox.__version__
    if (duckdb, oxigraph) == (DUCKDB_VERSION, OXIGRAPH_VERSION):
        return ""
    return (
        f"DuckDB {duckdb} with Oxigraph {oxigraph}; "
        f"expected DuckDB {DUCKDB_VERSION} with Oxigraph {OXIGRAPH_VERSION}"
    )


def open_database(folder: Path, statistics: Statistics, memory: int) -> ColumnDatabase | None:
    """Open the database in the folder of a release; return None if it is missing or incompatible.

    ``memory`` is the limit of DuckDB in MiB.
    """
    path = folder / FILE_NAME
    if not path.is_file() or statistics.version != LAYOUT_VERSION or unverified_versions():
        return None
    import duckdb  # noqa: PLC0415 - takes a quarter of a second

    try:
        connection = duckdb.connect(str(path), read_only=True, config=connection_settings(memory))
    except duckdb.Error:
        return None
    try:
        lock_down(connection)
        if connection.execute("FROM about").fetchall() == [(statistics.release, LAYOUT_VERSION)]:
            return ColumnDatabase(connection, statistics)
    except duckdb.Error:
        pass
    connection.close()
    return None


def connection_settings(memory: int) -> dict[str, str | bool | int | float | list[str]]:
    """Return the settings of a connection; ``memory`` in MiB."""
    return {
        "threads": 1,
        "memory_limit": f"{memory}MiB",
        # Nothing is spilled to disk: a query that needs more memory fails.
        "temp_directory": "",
        "max_temp_directory_size": "0KiB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }


def lock_down(connection: duckdb.DuckDBPyConnection) -> None:
    """Disable the other optimizers and all access to other files, and lock the settings."""
    known = {name for (name,) in connection.execute("FROM duckdb_optimizers()").fetchall()}
    disabled = ",".join(sorted(known - _OPTIMIZERS))
    connection.execute(f"SET disabled_optimizers = '{disabled}'")
    connection.execute(JSON_TEXT)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
