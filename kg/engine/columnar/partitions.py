"""Writing the tables of the columns, and their statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyoxigraph as ox

from kg.engine.columnar import database, statistics
from kg.engine.columnar.earlier import EarlierRows
from kg.engine.columnar.statistics import PartitionEntry
from kg.engine.columnar.term_types import Storage, datatype_of, is_opaque
from kg.rdf.vocabulary import XSD

if TYPE_CHECKING:
    import duckdb


#: The number of a predicate that the table ``numbered`` does not have.
_NO_PREDICATE: Final = 0


class _Place(NamedTuple):
    """A predicate, the storage of its objects, and its number in the table ``numbered``."""

    predicate: str
    storage: Storage
    number: int


def write(work: duckdb.DuckDBPyConnection, earlier: EarlierRows) -> list[PartitionEntry]:
    """Write the rows of the table ``numbered`` and earlier ones; return their description.

    Tables are numbered in the order of their predicates.
    """
    new = work.execute(
        "SELECT DISTINCT predicate.p, storage, number "
        "FROM numbered JOIN predicate ON number = numbered.p"
    ).fetchall()
    places = {(predicate, Storage(storage)): number for predicate, storage, number in new}
    for part in earlier.partitions:
        if work.execute(f"SELECT 1 FROM {part.view} LIMIT 1").fetchall():
            places.setdefault((part.predicate, part.storage), _NO_PREDICATE)
    numbers = {name: n for n, name in enumerate(sorted({name for name, _ in places}), start=1)}
    return [
        _write_partition(work, earlier, numbers[predicate], _Place(predicate, storage, number))
        for (predicate, storage), number in sorted(places.items())
    ]


def _write_partition(
    work: duckdb.DuckDBPyConnection,
    earlier: EarlierRows,
    number: int,
    place: _Place,
) -> PartitionEntry:
    """Write the numbered table for a predicate and a storage of objects; return its statistics."""
    predicate, storage, code = place
    table = f"p{number}" if storage is Storage.ID else f"p{number}_{storage}"
    decoded = database.DECODE_SQL[storage].format("o")
    rows = (
        f"SELECT CAST(s AS INTEGER) AS s, {decoded} AS o FROM numbered "
        f"WHERE p = {code} AND storage = $1"
    )
    if kept := earlier.rows(predicate, storage):
        rows += f" UNION ALL {kept}"
    work.execute(f"CREATE TABLE out.{table} AS FROM ({rows}) ORDER BY s, o", [storage.value])
    ((facts, subjects, objects),) = work.execute(
        f"SELECT count(*), count(DISTINCT s), count(DISTINCT o) FROM out.{table}"
    ).fetchall()
    object_kinds = value_kinds = [storage.value]
    if storage is Storage.ID:
        object_kinds = value_kinds = _kinds(work, table, "o")
    if any(map(is_opaque, object_kinds)):
        ((value_kinds,),) = work.execute(
            f"""
            SELECT list(DISTINCT kind ORDER BY kind) FROM (
              SELECT coalesce(typed.kind, kind.kind) AS kind
              FROM (SELECT DISTINCT o FROM out.{table}) AS object
              JOIN out.kind ON o >= low AND o < high LEFT JOIN typed ON typed.id = o
            )
            """
        ).fetchall()
    return {
        "name": table,
        "predicate": predicate,
        "form": storage.value,
        "subject_kinds": _kinds(work, table, "s"),
        "object_kinds": object_kinds,
        "value_kinds": value_kinds,
        "facts": facts,
        "subjects": subjects,
        "objects": objects,
        "frequent": _frequent(work, table, storage),
    }


def _kinds(work: duckdb.DuckDBPyConnection, table: str, column: str) -> list[str]:
    """Return the kinds of the terms in a column of identifiers, in alphabetical order."""
    rows = work.execute("FROM out.kind").fetchall()
    tests = ", ".join(
        f"coalesce(bool_or({column} >= {low} AND {column} < {high}), false)"
        for _, low, high in rows
    )
    (present,) = work.execute(f"SELECT {tests} FROM out.{table}").fetchall()
    return sorted(
        kind for (kind, _, _), is_present in zip(rows, present, strict=True) if is_present
    )


def _frequent(work: duckdb.DuckDBPyConnection, table: str, storage: Storage) -> dict[str, int]:
    """Return the frequent objects of a table, in N-Triples, with the number of their facts."""
    frequent = (
        f"SELECT o, count(*) AS n FROM out.{table} GROUP BY o "
        f"HAVING n > {statistics.FREQUENT_OBJECT_FACTS}"
    )
    if storage is not Storage.ID:
        rows = work.execute(f"{frequent} ORDER BY o").fetchall()
        return {str(_literal(value, storage.value)): count for value, count in rows}
    rows = work.execute(
        f"SELECT kind, value, n FROM ({frequent}) JOIN out.term ON id = o "
        "JOIN out.kind ON o >= low AND o < high ORDER BY o"
    ).fetchall()
    return {str(_term(kind, value)): count for kind, value, count in rows}


def _term(kind: str, value: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if kind == "iri":
        return ox.NamedNode(value)
    return ox.BlankNode(value) if kind == "blank" else _literal(value, kind)


def _literal(value: Any, kind: str) -> ox.Literal:
    if kind.startswith("@"):
        return ox.Literal(value, language=kind[1:])
    text = str(value).lower() if kind == "boolean" else str(value)
    datatype = datatype_of(kind)
    return ox.Literal(text, datatype=None if datatype == XSD.string else ox.NamedNode(datatype))
