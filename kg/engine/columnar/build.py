"""Writing the database of the columnar engine: a dictionary of terms, and tables of facts.

Each predicate has a table for each storage of its objects, with a column of subjects and one of
objects, as dictionary identifiers or as values. The statistics file records the number of facts,
subjects and objects of each table, their kinds, and the frequent objects.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from kg.engine.columnar import (
    database,
    dictionary,
    partitions,
    sorted_copies,
    statistics,
    wide_tables,
)
from kg.engine.columnar.columns import quote_literal
from kg.engine.columnar.earlier import NO_ROWS, EarlierRows
from kg.engine.columnar.sorted_copies import SORTED_COPIES, SortedCopies
from kg.engine.columnar.wide_tables import WIDE_TABLES, WideTables
from kg.errors import ReleaseError
from kg.release.fact_table import FactTable

if TYPE_CHECKING:
    import duckdb


def write_columns(
    facts: FactTable,
    target: Path,
    release: str,
    wide: WideTables = WIDE_TABLES,
    copies: SortedCopies = SORTED_COPIES,
) -> None:
    """Write a table of facts as columns into the folder of a release; the table is used up.

    ``release`` is the name of the release; ``wide``, which tables are also written as one; and
    ``copies``, which are also written in the order of their objects.

    Raises:
        ReleaseError: if another number of facts is written than the table has.
    """
    _write(facts, target, release, NO_ROWS, facts.count(), wide, copies)


def update_columns(
    facts: FactTable, target: Path, release: str, earlier: Path, subjects: Collection[str]
) -> None:
    """Write the same columns from those in the folder of an earlier release, in less time.

    The earlier release must have columns (``earlier.has_columns``). ``subjects`` are, in N-Triples,
    at least the subjects of all facts that only one of the releases has.

    Raises:
        ReleaseError: if another number of facts is written than the table has.
    """
    expected = facts.count()
    rows = EarlierRows.attach(facts.connection, earlier, subjects)
    _write(facts, target, release, rows, expected, WIDE_TABLES, SORTED_COPIES)
    facts.connection.execute("DETACH earlier")


def _write(
    facts: FactTable,
    target: Path,
    release: str,
    earlier: EarlierRows,
    expected: int,
    wide: WideTables,
    copies: SortedCopies,
) -> None:
    path, work = target / database.FILE_NAME, facts.connection
    work.execute(f"ATTACH {quote_literal(str(path))} AS out")
    dictionary.write(work, earlier, target)
    _number_facts(work)
    work.execute(database.CREATE_ABOUT, [release, database.layout_version()])
    entries = partitions.write(work, earlier)
    wide_tables.write(work, entries, wide)
    sorted_copies.write(work, entries, copies)
    kinds = work.execute("FROM out.kind").fetchall()
    statistics.write(target, release, database.layout_version(), kinds, entries)
    work.execute("DETACH out")
    written = sum(entry["facts"] for entry in entries)
    if written != expected:
        raise ReleaseError(f"{path.name}: expected {expected:,} facts, found {written:,}")


def _number_facts(work: duckdb.DuckDBPyConnection) -> None:
    """Replace the facts by rows of numbers, and write the table ``predicate`` with theirs."""
    # Long texts that begin alike would be slow to sort, and to find in the sorted table.
    work.execute(
        """
        CREATE TABLE predicate AS
          SELECT p, CAST(row_number() OVER (ORDER BY p) AS INTEGER) AS number
          FROM (SELECT DISTINCT p FROM fact);
        CREATE TABLE numbered AS
          SELECT predicate.number AS p, subject.number AS s, object.storage, object.number AS o
          FROM fact JOIN predicate USING (p)
          JOIN code AS subject ON subject.spelled = fact.s
          JOIN code AS object ON object.spelled = fact.o
          ORDER BY predicate.number, object.storage;
        DROP TABLE fact;
        DROP TABLE code;
        """
    )
