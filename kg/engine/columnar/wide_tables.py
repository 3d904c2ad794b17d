"""Tables with several facts about a subject in a row, which spare joins of long columns.

A vote has one state, one option and one event: three tables of a million rows with nearly the same
subjects. Each such group of tables is written a second time as one table, a column for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

    from kg.engine.columnar.statistics import PartitionEntry


@dataclass(frozen=True)
class WideTables:
    """Which tables are written as one: those with one fact about each of many subjects."""

    #: facts: joins of shorter tables take little time.
    min_facts: int = 1_000
    #: share: the part of the subjects of the longer table that two tables must have in common.
    min_common: float = 0.9


WIDE_TABLES: Final = WideTables()


def write(
    work: duckdb.DuckDBPyConnection, entries: list[PartitionEntry], which: WideTables
) -> None:
    """Write the wide tables into the database ``out``, and name them in the entries of their parts.

    The columns are named like the tables; a subject without a fact has NULL.
    """
    single = [e for e in entries if e["facts"] == e["subjects"] >= which.min_facts]
    groups: list[list[PartitionEntry]] = []
    for entry in sorted(single, key=lambda entry: -entry["facts"]):
        for group in groups:
            common = _common_subjects(work, group[0]["name"], entry["name"])
            if common >= which.min_common * group[0]["facts"]:
                group.append(entry)
                break
        else:
            groups.append([entry])
    for number, group in enumerate((g for g in groups if len(g) > 1), start=1):
        names = [entry["name"] for entry in group]
        columns = ", ".join(f"{name}.o AS {name}" for name in names)
        tables = "".join(f" FULL JOIN out.{name} AS {name} USING (s)" for name in names[1:])
        work.execute(
            f"CREATE TABLE out.wide{number} AS "
            f"SELECT s, {columns} FROM out.{names[0]} AS {names[0]}{tables} ORDER BY s"
        )
        for entry in group:
            entry["wide"] = f"wide{number}"


def _common_subjects(work: duckdb.DuckDBPyConnection, left: str, right: str) -> int:
    ((common,),) = work.execute(
        f"SELECT count(*) FROM out.{left} SEMI JOIN out.{right} USING (s)"
    ).fetchall()
    return int(common)
