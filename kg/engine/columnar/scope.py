"""The scope of expressions: the columns that they may use, and the joins that they add."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from kg.engine.columnar import mixed_terms, numerics
from kg.engine.columnar.columns import UNBOUND, Column, ParameterColumns, Relation, operand
from kg.engine.columnar.context import Context
from kg.engine.columnar.term_types import DECIMAL_FACT, Storage
from kg.sparql.algebra import Expression, Pattern
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
        self._texts: dict[str, str] = {}

    def variable(self, name: str) -> Column:
        """Return the column of a variable.

        Raises:
            UnsupportedQueryError: if it may be bound only outside the pattern of an EXISTS.
        """
        column = self.columns.get(name, UNBOUND)
        if column.nullable and name in self.context.outer_names:
            raise UnsupportedQueryError(Reason.UNDEFINED)
        if column.kind == DECIMAL_FACT and self.context.has_known_decimals():
            text = self.text(column).sql
            sql = f"({mixed_terms.decimal_value(text)})"
            return numerics.decimal(sql, nullable=column.nullable)
        return column

    def source(self, base: str, rows: float, used_in: str | None = None) -> str:
        """Return the SQL of a FROM clause: a base with an estimated row count, and the lookups.

        Those that the SQL ``used_in`` does not need are left out, if it is given: texts whose
        identifiers were compared instead. DuckDB builds its hash table from the right side, which
        should be the smaller one.
        """
        lookups = self.lookups if used_in is None else _used(self.lookups, used_in)
        for source, condition in lookups:
            if rows > _DICTIONARY_HASH_ROWS:
                base = f"{base} LEFT JOIN {source} ON {condition}"
            else:
                base = f"{source} RIGHT JOIN {operand(base)} ON {condition}"
        return base

    def text(self, column: Column) -> Column:
        """Return the texts of terms: IRIs, and literals without language or datatype."""
        if column.storage is Storage.TEXT or column.is_unbound:
            return column
        if column.storage is Storage.TERM:
            sql = mixed_terms.text_of(column.sql)
            return Column(sql, Storage.TEXT, column.kinds, column.nullable)
        if column.storage is not Storage.ID:
            raise UnsupportedQueryError(Reason.MIXED)
        if column.term is not None:
            self._texts[column.sql] = self.context.text_sql(column.term)
        elif column.sql not in self._texts:
            alias = self.context.name("t")
            self.lookups.append((f"term {alias}", f"{alias}.id = {column.sql}"))
            self._texts[column.sql] = f"{alias}.value"
        text = self._texts[column.sql]
        return Column(text, Storage.TEXT, column.kinds, column.nullable, origin=column)

    def with_storage(self, column: Column, storage: Storage) -> Column:
        """Return a column converted to another storage."""
        if storage is Storage.TEXT:
            return self.text(column)
        return self._encoded(column) if storage is Storage.TERM else column

    def _encoded(self, column: Column) -> Column:
        """Return a column in the storage of terms of several kinds."""
        if column.storage is Storage.TERM or column.is_unbound:
            return column
        if column.storage in {Storage.ID, Storage.TEXT}:
            text = self.text(column).sql
            sql = self.by_kind(column, lambda kind: mixed_terms.encoded(kind, text))
        else:
            sql = mixed_terms.encoded_value(column)
        return Column(f"({sql})", Storage.TERM, column.kinds, column.nullable)

    def parts(self, column: Column) -> list[tuple[str, Column]]:
        """Return a column for each kind of a column, with a condition that holds for its terms."""
        if column.storage is Storage.TERM:
            return [
                (mixed_terms.has_kind(column.sql, kind), mixed_terms.decoded(column, kind))
                for kind in sorted(column.kinds)
            ]
        if column.kind or column.is_unbound:
            return [("true", column)]
        ranges = self.context.statistics.id_ranges
        parts = []
        for kind in sorted(column.kinds):
            low, high = ranges[kind]
            condition = f"({column.sql} >= {low} AND {column.sql} < {high})"
            parts.append((condition, replace(column, kinds=frozenset({kind}))))
        return parts

    def by_kind(self, column: Column, value: Callable[[str], str]) -> str:
        """Return the SQL that computes a value from the kind of each term of a column."""
        if column.kind:
            return f"CASE WHEN {column.sql} IS NOT NULL THEN {value(column.kind)} END"
        if column.storage is Storage.TERM:
            cases = "".join(
                f" WHEN {mixed_terms.has_kind(column.sql, kind)} THEN {value(kind)}"
                for kind in sorted(column.kinds)
            )
            return f"CASE{cases} END"
        ranges = self.context.statistics.id_ranges
        kinds = sorted(column.kinds, key=lambda kind: ranges[kind])
        cases = "".join(
            f" WHEN {column.sql} < {ranges[kind][1]} THEN {value(kind)}" for kind in kinds
        )
        return f"CASE{cases} END"


def _used(lookups: list[tuple[str, str]], sql: str) -> list[tuple[str, str]]:
    """Return the lookups that an SQL text needs, or one of those lookups."""
    used = list[tuple[str, str]]()
    for source, condition in reversed(lookups):
        alias = source.rpartition(" ")[2]
        if re.search(rf"\b{alias}\.", sql):
            used.insert(0, (source, condition))
            sql += condition
    return used


class Patterns(Protocol):
    """What compiles the patterns of a query, as OPTIONAL and EXISTS use it."""

    @property
    def context(self) -> Context:
        """The state of the query."""

    def name(self, prefix: str) -> str:
        """Return an SQL name that is not used yet."""

    def compile(self, pattern: Pattern, parameters: ParameterColumns) -> Relation:
        """Return the solutions of a pattern."""

    def filter_relation(
        self, relation: Relation, expression: Expression, parameters: ParameterColumns
    ) -> Relation:
        """Return the solutions for which a condition is true."""

    def scope_of(self, columns: dict[str, Column], parameters: ParameterColumns) -> Scope:
        """Return the scope of expressions over columns."""
