"""Writing the database of the columnar engine: a dictionary of terms, and tables of facts.

Each predicate has a table for each storage of its objects, with a column of subjects and one of
objects, as dictionary identifiers or as values. Identifiers are assigned by kind and then in the
order of the terms, so that those of one kind compare in the same way as the terms. The statistics
file records the number of facts, subjects and objects of each table, their kinds, and the frequent
objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.engine.columnar import database, statistics
from kg.engine.columnar.columns import quote_literal
from kg.engine.columnar.statistics import PartitionEntry
from kg.engine.columnar.term_types import VALUE_STORAGES, Storage, is_opaque, kind_of, typed_kind
from kg.errors import ReleaseError
from kg.release.fact_table import FactTable

if TYPE_CHECKING:
    import duckdb

#: Literals parsed at a time.
_BATCH_LITERALS: Final = 50_000
_TERMS: Final = """
CREATE TABLE spelling AS
  SELECT DISTINCT s AS spelled FROM fact UNION SELECT DISTINCT o FROM fact
"""
#: The dictionary: terms not stored as values, with identifiers in the order of kinds and terms.
_DICTIONARY: Final = """
CREATE TABLE out.term AS
  SELECT CAST(row_number() OVER (ORDER BY rank, value) - 1 AS INTEGER) AS id, kind, value, spelled
  FROM (
    SELECT CASE WHEN spelled[1] = '<' THEN 'iri' ELSE 'blank' END AS kind,
      CASE WHEN spelled[1] = '<' THEN 1 ELSE 0 END AS rank,
      CASE WHEN spelled[1] = '<' THEN spelled[2 : -2] ELSE spelled[3 :] END AS value, spelled
    FROM spelling WHERE spelled[1] != '"'
    UNION ALL
    SELECT kind, 1 + dense_rank() OVER (ORDER BY kind != 'string', kind), value, spelled
    FROM literal WHERE storage = 'id'
  )
"""


def write_columns(facts: FactTable, target: Path, release: str) -> None:
    """Write a table of facts as columns into the folder of a release; the table is used up.

    ``release`` is the name of the release.

    Raises:
        ReleaseError: if another number of facts is written than the table has.
    """
    path = target / database.FILE_NAME
    expected = facts.count()
    facts.connection.execute(f"ATTACH {quote_literal(str(path))} AS out")
    written = _write(facts.connection, target, release)
    facts.connection.execute("DETACH out")
    if written != expected:
        raise ReleaseError(f"{path.name}: expected {expected:,} facts, found {written:,}")


def _write(work: duckdb.DuckDBPyConnection, folder: Path, release: str) -> int:
    work.execute(_TERMS)
    _write_literals(work)
    work.execute(_DICTIONARY)
    work.execute("ALTER TABLE out.term RENAME TO named")
    work.execute(
        """
        CREATE TABLE out.term AS SELECT id, value FROM out.named ORDER BY id;
        CREATE TABLE out.lookup AS SELECT hash(value) AS hashed, id FROM out.named ORDER BY 1, 2;
        CREATE TABLE out.kind AS
          SELECT kind, CAST(min(id) AS INTEGER) AS low, CAST(max(id) + 1 AS INTEGER) AS high
          FROM out.named GROUP BY kind ORDER BY low;
        """
    )
    work.execute(
        """
        CREATE TABLE predicate AS
          SELECT p, row_number() OVER (ORDER BY p) AS number FROM (SELECT DISTINCT p FROM fact);
        CREATE TABLE numbered AS
          SELECT predicate.number AS p, subject.id AS s, subject.kind AS s_kind,
            coalesce(literal.storage, 'id') AS storage,
            coalesce(literal.kind, object.kind) AS o_kind,
            coalesce(literal.number, object.id) AS o, fact.o AS spelled
          FROM fact JOIN predicate ON predicate.p = fact.p
          JOIN out.named AS subject ON subject.spelled = fact.s
          LEFT JOIN out.named AS object ON object.spelled = fact.o
          LEFT JOIN literal ON literal.spelled = fact.o AND literal.storage != 'id'
          ORDER BY predicate.number, storage;
        DROP TABLE fact;
        DROP TABLE out.named;
        """
    )
    work.execute(database.CREATE_ABOUT, [release, database.layout_version()])
    partitions = [
        _write_partition(work, number, predicate, Storage(storage))
        for number, predicate, storage in work.execute(
            "SELECT DISTINCT number, predicate.p, storage FROM numbered "
            "JOIN predicate ON predicate.number = numbered.p ORDER BY ALL"
        ).fetchall()
    ]
    kinds = work.execute("FROM out.kind").fetchall()
    statistics.write(folder, release, database.layout_version(), kinds, partitions)
    return sum(partition["facts"] for partition in partitions)


def _write_literals(work: duckdb.DuckDBPyConnection) -> None:
    """Parse the literals with Oxigraph's parser."""
    work.execute(
        "CREATE TABLE literal "
        "(spelled VARCHAR, kind VARCHAR, typed_kind VARCHAR, storage VARCHAR, value VARCHAR, "
        "number BIGINT)"
    )
    reading = work.cursor()
    reading.execute("""SELECT spelled FROM spelling WHERE spelled[1] = '"'""")
    while rows := reading.fetchmany(_BATCH_LITERALS):
        columns = list(zip(*_literals([spelled for (spelled,) in rows]), strict=True))
        work.execute(
            f"INSERT INTO literal SELECT {', '.join(['unnest(?)'] * len(columns))}",
            [list(column) for column in columns],
        )
    reading.close()


def _literals(spelled: list[str]) -> Iterator[tuple[str, str, str, str, str, int | None]]:
    lines = "".join(f"<x:x> <x:x> {literal} .\n" for literal in spelled)
    quads = ox.parse(lines, ox.RdfFormat.N_TRIPLES)
    for text, quad in zip(spelled, quads, strict=True):
        assert isinstance(quad.object, ox.Literal)
        if "\0" in quad.object.value:
            raise ReleaseError("a literal with a NUL character cannot be stored in columns")
        kind, value = kind_of(quad.object)
        if kind == "decimal":
            kind = f"^^{quad.object.datatype.value}"
        if kind in VALUE_STORAGES:
            yield text, kind, kind, kind, "", database.encode_value(value)
        else:
            typed = typed_kind(quad.object)
            yield text, kind, typed, Storage.ID.value, quad.object.value, None


def _write_partition(
    work: duckdb.DuckDBPyConnection, number: int, predicate: str, storage: Storage
) -> PartitionEntry:
    """Write the table for a predicate and a storage of objects; return its statistics."""
    table = f"p{number}" if storage is Storage.ID else f"p{number}_{storage}"
    rows = f"numbered WHERE p = {number} AND storage = '{storage}'"
    decoded = database.DECODE_SQL[storage].format("o")
    work.execute(f"CREATE TABLE out.{table} AS SELECT s, {decoded} AS o FROM {rows} ORDER BY s, o")
    ((subject_kinds, object_kinds, facts, subjects, objects),) = work.execute(
        "SELECT list(DISTINCT s_kind ORDER BY s_kind), list(DISTINCT o_kind ORDER BY o_kind), "
        f"count(*), count(DISTINCT s), count(DISTINCT o) FROM {rows}"
    ).fetchall()
    value_kinds = object_kinds
    if any(map(is_opaque, object_kinds)):
        ((value_kinds,),) = work.execute(
            "SELECT list(DISTINCT kind ORDER BY kind) FROM ("
            f"SELECT coalesce(typed_kind, o_kind) AS kind FROM (FROM {rows}) "
            "LEFT JOIN literal USING (spelled))"
        ).fetchall()
    frequent = work.execute(
        f"SELECT any_value(spelled), count(*) FROM {rows} GROUP BY o "
        f"HAVING count(*) > {statistics.FREQUENT_OBJECT_FACTS} ORDER BY o"
    ).fetchall()
    return {
        "name": table,
        "predicate": predicate,
        "form": storage.value,
        "subject_kinds": subject_kinds,
        "object_kinds": object_kinds,
        "value_kinds": value_kinds,
        "facts": facts,
        "subjects": subjects,
        "objects": objects,
        "frequent": dict(frequent),
    }
