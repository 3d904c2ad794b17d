"""The file of a release in columns: how it is laid out, and opening it for reading.

Nothing in a query can change how it is read: the settings are fixed and locked, and nothing
outside of the file can be reached. DuckDB is used in the one version whose answers the gate has
compared with those of one version of Oxigraph; with any other the engine stays off.
"""

from __future__ import annotations

from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.engine.columnar.json_text import JSON_TEXT
from kg.engine.columnar.statistics import Catalogue
from kg.engine.columnar.term_types import Form, Value

if TYPE_CHECKING:
    import duckdb

#: The file beside the store.
FILE: Final = "columns.duckdb"
#: The version of DuckDB that the gate has passed; see the dependency in pyproject.toml.
DUCKDB: Final = "2.0.0"
#: The version of Oxigraph that it was compared with; others round otherwise, for example.
OXIGRAPH: Final = "0.5.13"
#: What the file says of its own layout, with the version it was written by.
VERSION: Final = f"1 {DUCKDB}"
ABOUT: Final = "CREATE TABLE out.about AS SELECT ? AS release, ? AS version"
#: How an object in a form is made from its number.
OF_NUMBER: Final = {
    Form.ID: "CAST({} AS INTEGER)",
    Form.INTEGER: "{}",
    Form.DATE: "DATE '1970-01-01' + CAST({} AS INTEGER)",
    Form.BOOLEAN: "CAST({} AS BOOLEAN)",
}
#: What DuckDB may do to a plan. The order of joins is ours, and whatever draws conclusions from
#: statistics stays off: in this version it takes rows for absent that are there.
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


def number_of(value: Value) -> int:
    """Return a value as a number: a date as days since 1970."""
    if isinstance(value, date):
        return value.toordinal() - date(1970, 1, 1).toordinal()
    assert isinstance(value, int)
    return int(value)


class Columns:
    """The file of a release, open for reading in this process; queries run one at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
        self.connection = connection
        self.catalogue = catalogue

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def number(self, kind: str, value: str) -> int | None:
        """Return the number of a term of the dictionary, or None if no fact holds it."""
        if kind not in self.catalogue.ranges:
            return None
        low, high = self.catalogue.ranges[kind]
        ask = self.connection.execute
        ((hashed,),) = ask("SELECT hash($1)", [value]).fetchall()
        # One after the other, with constants: nothing is gone through but a few blocks.
        for (number,) in ask(f"SELECT id FROM lookup WHERE hashed = {int(hashed)}").fetchall():
            if low <= number < high:
                ((found,),) = ask(f"SELECT value FROM term WHERE id = {int(number)}").fetchall()
                if found == value:
                    return int(number)
        return None


def unproven() -> str:
    """Return which versions are installed in place of those compared by the gate; empty if none."""
    duckdb, oxigraph = metadata.version("duckdb"), ox.__version__
    if (duckdb, oxigraph) == (DUCKDB, OXIGRAPH):
        return ""
    return f"DuckDB {duckdb} with Oxigraph {oxigraph}, not {DUCKDB} with {OXIGRAPH}"


def open_columns(folder: Path, catalogue: Catalogue, memory: int) -> Columns | None:
    """Open the columns in the folder of a release, or return None if they are not those described.

    ``memory`` is what DuckDB may take, in MiB.
    """
    path = folder / FILE
    if not path.is_file() or catalogue.version != VERSION or unproven():
        return None
    import duckdb  # noqa: PLC0415 - a quarter of a second that only those who need it should wait

    try:
        connection = duckdb.connect(str(path), read_only=True, config=settings(memory))
    except duckdb.Error:
        return None
    try:
        secure(connection)
        if connection.execute("FROM about").fetchall() == [(catalogue.release, VERSION)]:
            return Columns(connection, catalogue)
    except duckdb.Error:
        pass
    connection.close()
    return None


def settings(memory: int) -> dict[str, str | bool | int | float | list[str]]:
    """Return the settings a connection is made with; ``memory`` in MiB."""
    return {
        "threads": 1,
        "memory_limit": f"{memory}MiB",
        # Nothing is written to disk: a query that needs more memory than that ends.
        "temp_directory": "",
        "max_temp_directory_size": "0KiB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }


def secure(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave DuckDB only the optimizers that are known to be right and its file, and lock that."""
    known = {name for (name,) in connection.execute("FROM duckdb_optimizers()").fetchall()}
    disabled = ",".join(sorted(known - _OPTIMIZERS))
    connection.execute(f"SET disabled_optimizers = '{disabled}'")
    connection.execute(JSON_TEXT)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
