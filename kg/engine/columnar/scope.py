"""Where expressions stand: the columns they may use, and the joins that they need besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kg.engine.columnar.columns import Column
from kg.engine.columnar.context import Context
from kg.engine.columnar.term_types import Form
from kg.sparql.algebra import Pattern
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Compiles EXISTS: given the pattern and where it stands, returns a truth value in SQL.
ExistsCompiler = Callable[[Pattern, "Scope"], str]


#: From so many rows on a hash table of the dictionary is the smaller one.
_MANY: Final = 1_000_000


class Scope:
    """Columns by variable, and what is looked up besides, such as texts in the dictionary."""

    def __init__(
        self, context: Context, columns: dict[str, Column], exists: ExistsCompiler | None = None
    ) -> None:
        self.context = context
        self.columns = columns
        self.exists = exists
        #: What is looked up for each row: a source, and the condition in which there is one row.
        self.lookups: list[tuple[str, str]] = []
        self._texts: dict[str, Column] = {}

    def source(self, base: str, rows: float) -> str:
        """Return what stands after FROM: a base of about so many rows, with all lookups.

        DuckDB makes its hash table of the right side, which is to be the smaller one.
        """
        for source, condition in self.lookups:
            if rows > _MANY:
                base = f"{base} LEFT JOIN {source} ON {condition}"
            else:
                base = f"{source} RIGHT JOIN ({base}) ON {condition}"
        return base

    def text(self, column: Column) -> Column:
        """Return the texts of terms: IRIs, and literals without language or datatype."""
        if column.form is Form.TEXT or column.is_nothing:
            return column
        if column.form is not Form.ID:
            raise UnsupportedQueryError(Reason.MIXED)
        if column.sql not in self._texts:
            alias = self.context.name("t")
            self.lookups.append((f"term {alias}", f"{alias}.id = {column.sql}"))
            self._texts[column.sql] = Column(
                f"{alias}.value", Form.TEXT, column.kinds, column.maybe, origin=column
            )
        return self._texts[column.sql]

    def spelled(self, column: Column, form: Form) -> Column:
        """Return a column in another form that it can have."""
        return self.text(column) if form is Form.TEXT else column

    def by_kind(self, column: Column, told: Callable[[str], str]) -> str:
        """Return what is told of each kind of terms in a column, as SQL."""
        if column.kind:
            return f"CASE WHEN {column.sql} IS NOT NULL THEN {told(column.kind)} END"
        ranges = self.context.catalogue.ranges
        kinds = sorted(column.kinds, key=lambda kind: ranges[kind])
        cases = "".join(
            f" WHEN {column.sql} < {ranges[kind][1]} THEN {told(kind)}" for kind in kinds
        )
        return f"CASE{cases} END"
