"""The scope of expressions: the columns that they may use, and the joins that they add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kg.engine.columnar.columns import Column
from kg.engine.columnar.context import Context
from kg.engine.columnar.term_types import Storage
from kg.sparql.algebra import Pattern
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Compiles the pattern of an EXISTS in a scope to a truth value in SQL.
ExistsCompiler = Callable[[Pattern, "Scope"], str]
#: rows: with more rows than this, the hash table of the dictionary is the smaller one.
_DICTIONARY_HASH_ROWS: Final = 1_000_000


class Scope:
    """Columns by variable, and lookups for each row, such as of texts in the dictionary."""

    def __init__(
        self, context: Context, columns: dict[str, Column], exists: ExistsCompiler | None = None
    ) -> None:
        self.context = context
        self.columns = columns
        self.exists = exists
        #: Tables for lookups, each with a condition that at most one of its rows meets.
        self.lookups: list[tuple[str, str]] = []
        self._texts: dict[str, Column] = {}

    def source(self, base: str, rows: float) -> str:
        """Return the SQL of a FROM clause: a base with an estimated row count, and all lookups.

        DuckDB builds its hash table from the right side, which should be the smaller one.
        """
        for source, condition in self.lookups:
            if rows > _DICTIONARY_HASH_ROWS:
                base = f"{base} LEFT JOIN {source} ON {condition}"
            else:
                base = f"{source} RIGHT JOIN ({base}) ON {condition}"
        return base

    def text(self, column: Column) -> Column:
        """Return the texts of terms: IRIs, and literals without language or datatype."""
        if column.storage is Storage.TEXT or column.is_unbound:
            return column
        if column.storage is not Storage.ID:
            raise UnsupportedQueryError(Reason.MIXED)
        if column.sql not in self._texts:
            alias = self.context.name("t")
            self.lookups.append((f"term {alias}", f"{alias}.id = {column.sql}"))
            self._texts[column.sql] = Column(
                f"{alias}.value", Storage.TEXT, column.kinds, column.nullable, origin=column
            )
        return self._texts[column.sql]

    def with_storage(self, column: Column, storage: Storage) -> Column:
        """Return a column converted to another storage."""
        return self.text(column) if storage is Storage.TEXT else column

    def by_kind(self, column: Column, value: Callable[[str], str]) -> str:
        """Return the SQL that computes a value from the kind of each term of a column."""
        if column.kind:
            return f"CASE WHEN {column.sql} IS NOT NULL THEN {value(column.kind)} END"
        ranges = self.context.statistics.id_ranges
        kinds = sorted(column.kinds, key=lambda kind: ranges[kind])
        cases = "".join(
            f" WHEN {column.sql} < {ranges[kind][1]} THEN {value(kind)}" for kind in kinds
        )
        return f"CASE{cases} END"
