"""Truth values, equality and order of terms in SQL, from what kinds they are of."""

from __future__ import annotations

from typing import Final

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import Column
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Form, is_other
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_TERMS: Final = {Form.ID, Form.TEXT}
UNKNOWN: Final = Column("NULL::BOOLEAN", Form.BOOLEAN, frozenset({"boolean"}), maybe=True)


def truth(sql: str) -> Column:
    """Return a truth value in SQL as a column."""
    return Column(sql, Form.BOOLEAN, frozenset({"boolean"}), maybe=True)


def truth_of(scope: Scope, value: Column) -> Column:
    """Return the effective boolean value of a column."""
    if value.is_nothing:
        return UNKNOWN
    if value.form is Form.BOOLEAN:
        return value
    if value.is_numeric:
        return truth(f"({value.sql} <> 0)")
    if value.kind == "string":
        return truth(f"({scope.text(value).sql} <> '')")
    raise UnsupportedQueryError(Reason.TRUTH)


def equality(scope: Scope, one: Column, other: Column) -> str:
    """Return whether terms are equal, in SQL.

    Raises:
        UnsupportedQueryError: if their values are not known.
    """
    if one.is_nothing or other.is_nothing:
        return UNKNOWN.sql
    if any(map(is_other, one.kinds | other.kinds)):
        raise UnsupportedQueryError(Reason.EQUALITY)
    if one.is_numeric and other.is_numeric:
        return "({} = {})".format(*numerics.alike(one, other))
    if one.form is other.form and one.form not in _TERMS:
        return f"({one.sql} = {other.sql})"
    if one.kinds.isdisjoint(other.kinds):
        # Of kinds that differ no two terms are equal, if both are there.
        return f"CASE WHEN {one.sql} IS NOT NULL AND {other.sql} IS NOT NULL THEN false END"
    if numbered := _origins(one, other):
        return "({} = {})".format(*numbered)
    if {one.form, other.form} == {Form.ID, Form.TEXT}:
        ids, texts = (one, other) if one.form is Form.ID else (other, one)
        if texts.term is not None:
            number = scope.context.number(texts.term)
            if number is None:
                return f"CASE WHEN {ids.sql} IS NOT NULL THEN false END"
            return f"({ids.sql} = {number})"
        if not ids.kind:
            raise UnsupportedQueryError(Reason.EQUALITY)
        return f"({scope.text(ids).sql} = {texts.sql})"
    return f"({one.sql} = {other.sql})"


def comparison(scope: Scope, sign: str, one: Column, other: Column) -> str:
    """Return whether one term is less than another, or greater, in SQL.

    Raises:
        UnsupportedQueryError: if terms of their kinds have no order.
    """
    if one.is_nothing or other.is_nothing:
        return UNKNOWN.sql
    if one.is_numeric and other.is_numeric:
        left, right = numerics.alike(one, other)
        return f"({left} {sign} {right})"
    if one.form is Form.DATE and other.form is Form.DATE:
        return f"({one.sql} {sign} {other.sql})"
    if one.kind == other.kind and (one.kind == "string" or one.kind.startswith("@")):
        if numbered := _origins(one, other):
            return f"({numbered[0]} {sign} {numbered[1]})"
        return f"({scope.text(one).sql} {sign} {scope.text(other).sql})"
    raise UnsupportedQueryError(Reason.COMPARISON)


def _origins(one: Column, other: Column) -> tuple[str, str] | None:
    """Return the numbers of two columns, if comparing these is comparing what they are of."""
    if one.form is Form.ID and other.form is Form.ID:
        return one.sql, other.sql
    if one.origin and other.origin and one.origin.kind and one.origin.kinds == other.origin.kinds:
        return one.origin.sql, other.origin.sql
    return None
