"""Truth values, equality and order of terms in SQL, by their kinds."""

from __future__ import annotations

from typing import Final

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import Column
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Storage, is_opaque, is_text
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Storages that do not hold values: identifiers and texts.
_TERMS: Final = {Storage.ID, Storage.TEXT}
UNKNOWN: Final = Column("NULL::BOOLEAN", Storage.BOOLEAN, frozenset({"boolean"}), nullable=True)


def truth(sql: str) -> Column:
    """Return a truth value in SQL as a column."""
    return Column(sql, Storage.BOOLEAN, frozenset({"boolean"}), nullable=True)


def truth_of(scope: Scope, value: Column) -> Column:
    """Return the effective boolean value of a column."""
    if value.is_unbound:
        return UNKNOWN
    if value.storage is Storage.BOOLEAN:
        return value
    if value.is_numeric:
        return truth(f"({value.sql} <> 0)")
    if value.kind == "string":
        return truth(f"({scope.text(value).sql} <> '')")
    if value.kind in {"iri", "blank", "date"} or is_text(value.kind):
        return UNKNOWN
    raise UnsupportedQueryError(Reason.TRUTH)


def equality(scope: Scope, left: Column, right: Column) -> str:
    """Return whether terms are equal, in SQL.

    Raises:
        UnsupportedQueryError: if their values are not known.
    """
    if left.is_unbound or right.is_unbound:
        return UNKNOWN.sql
    if any(map(is_opaque, left.kinds | right.kinds)):
        return _equality_of_opaque(left, right)
    if Storage.TERM in {left.storage, right.storage}:
        return _equality_of_encoded(scope, left, right)
    if left.is_numeric and right.is_numeric:
        return "({} = {})".format(*numerics.common_scale(left, right))
    if left.storage is right.storage and left.storage not in _TERMS:
        return f"({left.sql} = {right.sql})"
    if left.kinds.isdisjoint(right.kinds):
        # Bound terms of different kinds are never equal.
        return both_bound(left, right, "false")
    if ids_sql := _origins(left, right):
        return "({} = {})".format(*ids_sql)
    if {left.storage, right.storage} == {Storage.ID, Storage.TEXT}:
        return _equality_of_text(scope, left, right)
    return f"({left.sql} = {right.sql})"


def _equality_of_text(scope: Scope, left: Column, right: Column) -> str:
    """Return whether terms are equal, in SQL, where one side has identifiers, the other texts."""
    ids, texts = (left, right) if left.storage is Storage.ID else (right, left)
    if texts.term is not None:
        term_id = scope.context.encode(texts.term)
        if term_id is None:
            return f"CASE WHEN {ids.sql} IS NOT NULL THEN false END"
        return f"({ids.sql} = {term_id})"
    if not ids.kind:
        raise UnsupportedQueryError(Reason.EQUALITY)
    return f"({scope.text(ids).sql} = {texts.sql})"


def _equality_of_encoded(scope: Scope, left: Column, right: Column) -> str:
    """Return whether terms are equal, in SQL, where those on one side are of several kinds."""
    if left.kinds | right.kinds >= numerics.INTEGER | numerics.DECIMAL:
        raise UnsupportedQueryError(Reason.EQUALITY)
    left, right = (scope.with_storage(column, Storage.TERM) for column in (left, right))
    return f"({left.sql} = {right.sql})"


def _equality_of_opaque(left: Column, right: Column) -> str:
    """Return whether terms are equal, in SQL, where the value of one of them is not known."""
    others = right.kinds if any(map(is_opaque, left.kinds)) else left.kinds
    if left.kinds.isdisjoint(right.kinds) and all(map(_is_compared_as_term, others)):
        return both_bound(left, right, "false")
    raise UnsupportedQueryError(Reason.EQUALITY)


def both_bound(left: Column, right: Column, sql: str) -> str:
    """Return an SQL value where both columns are bound."""
    return f"CASE WHEN {left.sql} IS NOT NULL AND {right.sql} IS NOT NULL THEN {sql} END"


def _is_compared_as_term(kind: str) -> bool:
    """Return whether terms of a kind are equal only to the same term, and never an error."""
    return kind in {"iri", "blank"} or kind.startswith("@")


def comparison(scope: Scope, operator: str, left: Column, right: Column) -> str:
    """Return the comparison of two terms by an operator, in SQL.

    Raises:
        UnsupportedQueryError: if it is not known whether terms of their kinds have an order.
    """
    if left.is_unbound or right.is_unbound:
        return UNKNOWN.sql
    if left.is_numeric and right.is_numeric:
        left_sql, right_sql = numerics.common_scale(left, right)
        return f"({left_sql} {operator} {right_sql})"
    if left.storage is Storage.DATE and right.storage is Storage.DATE:
        return f"({left.sql} {operator} {right.sql})"
    if left.kind == right.kind and is_text(left.kind):
        if ids_sql := _origins(left, right):
            return f"({ids_sql[0]} {operator} {ids_sql[1]})"
        return f"({scope.text(left).sql} {operator} {scope.text(right).sql})"
    if not (_has_no_order(left, right) or _has_no_order(right, left)):
        raise UnsupportedQueryError(Reason.COMPARISON)
    if left.kind != right.kind:
        return UNKNOWN.sql
    # Oxigraph compares a term of any kind with itself.
    itself = "true" if operator in {"<=", ">="} else "false"
    return f"CASE WHEN {equality(scope, left, right)} THEN {itself} END"


def _has_no_order(column: Column, other: Column) -> bool:
    """Return whether comparing terms of a kind with those of the other column is an error."""
    if column.kind in {"iri", "blank", "boolean"} or is_text(column.kind):
        return bool(other.kind)
    return bool(column.kind and other.kind) and not any(map(is_opaque, (column.kind, other.kind)))


def _origins(left: Column, right: Column) -> tuple[str, str] | None:
    """Return the identifiers of two columns if they compare in the same way as the terms."""
    if left.storage is Storage.ID and right.storage is Storage.ID:
        return left.sql, right.sql
    if (
        left.origin
        and right.origin
        and left.origin.kind
        and left.origin.kinds == right.origin.kinds
    ):
        return left.origin.sql, right.origin.sql
    return None
