"""Copies of long tables in the order of their objects, for patterns with a constant object.

Tables are in the order of their subjects, so that the votes of one state are spread over a million
rows, which would all be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

    from kg.engine.columnar.statistics import PartitionEntry


@dataclass(frozen=True)
class SortedCopies:
    """Which tables are copied: the long ones with few objects, but not very few."""

    #: facts: shorter tables are read in a fraction of a millisecond.
    min_facts: int = 100_000
    #: objects: with fewer of them, a large part of the table has the same one.
    min_objects: int = 50
    #: facts: with fewer about an object, they are mostly beside each other already.
    min_facts_per_object: int = 500

    def include(self, entry: PartitionEntry) -> bool:
        """Return whether a table is copied."""
        facts, objects = entry["facts"], max(entry["objects"], 1)
        is_long = facts >= self.min_facts and objects >= self.min_objects
        return is_long and facts / objects >= self.min_facts_per_object


SORTED_COPIES: Final = SortedCopies()


def write(
    work: duckdb.DuckDBPyConnection, entries: list[PartitionEntry], which: SortedCopies
) -> None:
    """Write the copies into the database ``out``, also of wide tables, and name them in entries."""
    for entry in filter(which.include, entries):
        name, column, wide = entry["name"], "o", entry.get("wide", "")
        entry["by_object"] = _write_copy(work, name, column)
        if wide:
            entry["wide_by_object"] = _write_copy(work, wide, name)


def _write_copy(work: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    copy = f"{table}_by_{column}"
    # The order of facts with the same object is that of the table.
    work.execute(f"CREATE TABLE out.{copy} AS FROM out.{table} ORDER BY {column}, s")
    return copy
