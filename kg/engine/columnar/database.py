"""The DuckDB database of a release: its layout, and opening it for reading.

The settings are fixed and locked, so that a query cannot change them or access anything outside the
file. The engine is used only with the versions of DuckDB and Oxigraph whose answers the gate has
compared; with any other it is off, and Oxigraph answers everything.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.engine.columnar.statistics import Statistics
from kg.engine.columnar.term_texts import DamagedTextError, TermTexts
from kg.engine.columnar.term_types import Storage, Value

if TYPE_CHECKING:
    import duckdb

#: The file beside the store.
FILE_NAME: Final = "columns.duckdb"
#: The versions of DuckDB that passed the gate, each with files that any of them wrote.
DUCKDB_VERSIONS: Final = ("2.0.0", "2.0.1")
#: The versions of Oxigraph that they were compared with; others may round differently, for example.
OXIGRAPH_VERSIONS: Final = ("0.5.13",)
#: The version of the layout; a file names it, and the version of DuckDB that wrote it.
_LAYOUT: Final = "2"
CREATE_ABOUT: Final = "CREATE TABLE out.about AS SELECT ? AS release, ? AS version"
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

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, texts: TermTexts, statistics: Statistics
    ) -> None:
        self.connection = connection
        self.texts = texts
        self.statistics = statistics
        # A release never changes.
        self.all_match = functools.cache(self._all_match)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def term_id(self, kind: str, value: str) -> int | None:
        """Return the identifier of a term in the dictionary, or None if no fact contains it."""
        return self.texts.find(value, range(*self.statistics.id_ranges.get(kind, (0, 0))))

    def _all_match(self, kind: str, pattern: str) -> bool:
        """Return whether the texts of all terms of a kind match a pattern."""
        low, high = self.statistics.id_ranges.get(kind, (0, 0))
        other = self.connection.execute(
            "SELECT 1 FROM term WHERE id >= $1 AND id < $2 "
            "AND NOT regexp_full_match(value, $3) LIMIT 1",
            [low, high, pattern],
        )
        return not other.fetchall()


def layout_version() -> str:
    """Return the version of the files that are written with the installed version of DuckDB."""
    return f"{_LAYOUT} {_installed_duckdb()}"


def unverified_versions() -> str:
    """Describe the installed versions if the gate has not compared them, else return ''."""
    duckdb = _installed_duckdb()
    if duckdb in DUCKDB_VERSIONS and ox.__version__ in OXIGRAPH_VERSIONS:
        return ""
    return (
        f"DuckDB {duckdb} with Oxigraph {ox.__version__}; expected "
        f"DuckDB {' or '.join(DUCKDB_VERSIONS)} with Oxigraph {' or '.join(OXIGRAPH_VERSIONS)}"
    )


def unusable_columns(statistics: Statistics | None) -> str:
    """Say why the columns of a release cannot be used, given their statistics; '' if they can."""
    if versions := unverified_versions():
        return f"their answers have not been verified with the installed versions, {versions}"
    if statistics is None:
        return "the release has none"
    layout, _, writer = statistics.version.partition(" ")
    if layout != _LAYOUT or writer not in DUCKDB_VERSIONS:
        return (
            f"those of the release have the layout {layout}, written by DuckDB {writer}; expected "
            f"the layout {_LAYOUT}, written by DuckDB {' or '.join(DUCKDB_VERSIONS)}"
        )
    return ""


@functools.cache
def _installed_duckdb() -> str:
    # Takes a fifth of the time in which a worker starts.
    from importlib import metadata  # noqa: PLC0415

    return metadata.version("duckdb")


def open_database(folder: Path, statistics: Statistics, memory: int) -> ColumnDatabase | None:
    """Open the database in the folder of a release; return None if it is missing or unusable.

    ``memory`` is the limit of DuckDB in MiB.
    """
    path = folder / FILE_NAME
    if not path.is_file() or unusable_columns(statistics):
        return None
    import duckdb  # noqa: PLC0415 - takes a quarter of a second

    try:
        texts = TermTexts(folder)
        connection = duckdb.connect(str(path), read_only=True, config=connection_settings(memory))
    except (duckdb.Error, OSError, DamagedTextError):
        return None
    try:
        lock_down(connection)
        about = connection.execute("FROM about").fetchall()
        terms = max((end for _, end in statistics.id_ranges.values()), default=0)
        if about == [(statistics.release, statistics.version)] and len(texts) == terms:
            return ColumnDatabase(connection, texts, statistics)
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
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
