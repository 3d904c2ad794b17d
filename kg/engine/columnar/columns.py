"""Intermediate results of the compiler: columns of terms, and relations (tables of solutions)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from kg.engine.columnar.term_types import DECIMAL_FACT, Storage, is_literal, is_opaque
from kg.sparql.algebra import Term
from kg.sparql.unsupported import Reason, UnsupportedQueryError


@dataclass(frozen=True, slots=True)
class Column:
    """A column or SQL expression of terms; NULL is an unbound variable or an error."""

    sql: str
    storage: Storage
    kinds: frozenset[str]
    nullable: bool = False
    #: For the texts of terms: the column of their identifiers, if there is one.
    origin: Column | None = None
    #: Whether it is the same in every solution and not a column of a table.
    is_constant: bool = False
    #: The term that it has in every solution, where that is known.
    term: Term | None = None

    @property
    def kind(self) -> str:
        """The kind of its terms, empty if there are several kinds."""
        return next(iter(self.kinds)) if len(self.kinds) == 1 else ""

    @property
    def is_single(self) -> bool:
        """Whether its terms are of one kind, in the storage of that kind."""
        return len(self.kinds) <= 1 and self.storage is not Storage.TERM

    @property
    def is_unbound(self) -> bool:
        """Whether it is never bound."""
        return not self.kinds

    @property
    def is_numeric(self) -> bool:
        """Whether it holds integers or decimals."""
        return self.storage in {Storage.INTEGER, Storage.DECIMAL}

    def renamed(self, sql: str, *, nullable: bool | None = None) -> Column:
        """Return the same column under another name; constants are returned unchanged."""
        if self.is_constant:
            return self
        kept = self.nullable if nullable is None else nullable
        term = None if kept else self.term
        return Column(sql, self.storage, self.kinds, kept, term=term)


#: The end of a table with its alias, or all of it; a join ends with a condition.
_TABLE: Final = re.compile(r"\) \w+\Z|\A\w+ \w+\Z")

UNBOUND = Column("NULL", Storage.ID, frozenset(), nullable=True, is_constant=True)

#: The columns of parameters: variables of a saved query that are bound to given terms.
ParameterColumns = dict[str, Column]


@dataclass(frozen=True, slots=True)
class Relation:
    """A table of solutions: the SQL of a FROM clause, and a column for each variable.

    ``rows`` and ``distinct``, the numbers of distinct terms of some variables, are estimates. A
    variable that is in scope but never bound has the column UNBOUND.
    """

    sql: str
    columns: dict[str, Column]
    rows: float
    distinct: dict[str, float] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it is known to have no solution."""
        return not self.sql

    def table_columns(self) -> dict[str, Column]:
        """Return the columns of the table, which are all except constants."""
        return {name: column for name, column in self.columns.items() if not column.is_constant}


def empty_relation(names: Iterable[str]) -> Relation:
    """Return a relation without solutions, with variables in scope."""
    return Relation("", dict.fromkeys(names, UNBOUND), 0)


def qualify(columns: dict[str, Column], alias: str) -> dict[str, Column]:
    """Return the columns of a table qualified with its alias."""
    return {name: column.renamed(f"{alias}.{column.sql}") for name, column in columns.items()}


def operand(source: str) -> str:
    """Return a table or a join as the right side of a join; only a join may have parentheses."""
    return source if _TABLE.search(source) else f"({source})"


def quote_literal(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def common_storage(columns: list[Column]) -> Storage:
    """Return the storage that can hold the terms of all columns.

    Raises:
        UnsupportedQueryError: if equal terms would differ in it.
    """
    check_decimals(*columns)
    storages = {column.storage for column in columns}
    kinds = {kind for column in columns for kind in column.kinds}
    if len(storages) == 1 and (storages != {Storage.TEXT} or len(kinds) == 1):
        return storages.pop()
    if storages == {Storage.ID, Storage.TEXT} and len(kinds) == 1:
        return Storage.TEXT
    return Storage.TERM


def check_decimals(*columns: Column) -> None:
    """Check that decimals of facts, whose values are not known, do not meet computed ones.

    Raises:
        UnsupportedQueryError: if they do.
    """
    kinds = {kind for column in columns for kind in column.kinds}
    if {"decimal", DECIMAL_FACT} <= kinds:
        raise UnsupportedQueryError(Reason.MIXED)


def has_order(column: Column) -> bool:
    """Return whether the SQL order of a column is the SPARQL order of its terms."""
    if column.storage is Storage.TERM:
        return False
    if column.storage is Storage.TEXT:
        return bool(column.kind)
    if column.storage is not Storage.ID:
        return True
    literals = [kind for kind in column.kinds if is_literal(kind)]
    return "blank" not in column.kinds and len(literals) <= 1 and not any(map(is_opaque, literals))
