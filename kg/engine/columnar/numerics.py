"""Numbers in SQL: integers of 64 bits, and decimals as integers in units of 10^-18.

Oxigraph computes with the same precision. An overflow is an error in DuckDB; the query is then
evaluated by Oxigraph.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from kg.engine.columnar.columns import UNBOUND, Column
from kg.engine.columnar.term_types import SCALE, SCALE_DIGITS, Storage, is_text, kind_of
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_SCALE: Final = f"{SCALE}::HUGEINT"
INTEGER: Final = frozenset({"integer"})
DECIMAL: Final = frozenset({"decimal"})


def integer(sql: str, *, nullable: bool) -> Column:
    """Return an integer in SQL as a column."""
    return Column(sql, Storage.INTEGER, INTEGER, nullable)


def decimal(sql: str, *, nullable: bool) -> Column:
    """Return a decimal, times 10^18, in SQL as a column."""
    return Column(sql, Storage.DECIMAL, DECIMAL, nullable)


def common_scale(left: Column, right: Column) -> tuple[str, str]:
    """Return the SQL of two numbers in a common scale, to be compared or added."""
    if left.storage is right.storage:
        return left.sql, right.sql
    return scaled(left), scaled(right)


def arithmetic(operator: str, left: Column, right: Column) -> Column:
    """Return a sum, difference, product or quotient.

    Raises:
        UnsupportedQueryError: if one is not a number, or for a product of two decimals, or a
            division by one, where none is a suitable constant.
    """
    if left.is_unbound or right.is_unbound:
        return UNBOUND
    if has_no_value(left) or has_no_value(right):
        return UNBOUND
    if not (left.is_numeric and right.is_numeric):
        raise UnsupportedQueryError(Reason.ARITHMETIC)
    nullable = left.nullable or right.nullable
    if operator == "/":
        return quotient(left, right)
    if operator == "*":
        if left.storage is Storage.DECIMAL and right.storage is Storage.DECIMAL:
            return _product(left, right)
        # One factor is an integer, so the product keeps the scale of the other.
        sql = f"({left.sql} * {right.sql})"
    else:
        left_sql, right_sql = common_scale(left, right)
        sql = f"({left_sql} {operator} {right_sql})"
    if left.storage is right.storage is Storage.INTEGER:
        return integer(sql, nullable=nullable)
    return decimal(sql, nullable=nullable)


def quotient(left: Column, right: Column) -> Column:
    """Return a quotient as a decimal, truncated to 18 digits; a division by zero is an error.

    Raises:
        UnsupportedQueryError: unless the divisor is an integer or a constant.
    """
    if right.storage is not Storage.INTEGER:
        return _quotient_by_decimal(left, right)
    return decimal(f"({scaled(left)} // nullif({right.sql}, 0)::HUGEINT)", nullable=True)


def _product(left: Column, right: Column) -> Column:
    """Return a product of two decimals of which one is a whole constant."""
    for factor, other in ((left, right), (right, left)):
        value = _constant_value(factor)
        if value is not None and value % SCALE == 0:
            sql = f"({other.sql} * ({value // SCALE})::HUGEINT)"
            return decimal(sql, nullable=left.nullable or right.nullable)
    raise UnsupportedQueryError(Reason.ARITHMETIC)


def _quotient_by_decimal(left: Column, right: Column) -> Column:
    divisor = _constant_value(right)
    if not divisor:
        raise UnsupportedQueryError(Reason.ARITHMETIC)
    zeros = len(str(divisor)) - len(str(divisor).rstrip("0"))
    shift = SCALE_DIGITS - zeros
    significant = f"({divisor // 10**zeros})::HUGEINT"
    if shift <= 0:
        divisor_sql = f"({significant} * {10**-shift}::HUGEINT)"
        return decimal(f"({scaled(left)} // {divisor_sql})", nullable=left.nullable)
    # In Oxigraph zero divided by a decimal that is not whole is an error.
    dividend = f"(nullif({scaled(left)}, 0) * {10**shift}::HUGEINT)"
    return decimal(f"({dividend} // {significant})", nullable=True)


def _constant_value(column: Column) -> int | None:
    """Return the value of a constant decimal in units of 10^-18, None for any other column."""
    if not isinstance(column.term, ox.Literal) or column.storage is not Storage.DECIMAL:
        return None
    _, value = kind_of(column.term)
    assert isinstance(value, int)
    return value


def negative(value: Column) -> Column:
    """Return the negation of a number."""
    if value.is_unbound or has_no_value(value):
        return UNBOUND
    _check(value)
    sql = f"(0::{value.storage.sql_type} - {value.sql})"
    return Column(sql, value.storage, value.kinds, value.nullable)


def round_number(name: str, value: Column) -> Column:
    """Return ROUND, FLOOR, CEIL or ABS of a number; only ABS changes integers."""
    if value.is_unbound or has_no_value(value):
        return UNBOUND
    _check(value)
    sql = value.sql
    if name == "ABS":
        zero = f"0::{value.storage.sql_type}"
        sql = f"(CASE WHEN {sql} < 0 THEN {zero} - {sql} ELSE {sql} END)"
        return Column(sql, value.storage, value.kinds, value.nullable)
    if value.storage is Storage.INTEGER:
        return Column(sql, value.storage, value.kinds, value.nullable)
    match name:
        case "FLOOR":
            whole = _floor(sql)
        case "CEIL":
            whole = f"(0::HUGEINT - {_floor(f'(0::HUGEINT - {sql})')})"
        case _:
            # Halves are rounded up, also below zero.
            sql = f"({sql} + {SCALE // 2}::HUGEINT)"
            whole = _floor(sql)
    return decimal(f"({whole} * {_SCALE})", nullable=value.nullable)


def _floor(sql: str) -> str:
    """Return the floor of a decimal as an integer; division truncates towards zero."""
    return f"({sql} // {_SCALE} - CASE WHEN {sql} < 0 AND {sql} % {_SCALE} <> 0 THEN 1 ELSE 0 END)"


def decimal_text(sql: str) -> str:
    """Return the canonical spelling of a decimal, in SQL."""
    magnitude = f"CASE WHEN {sql} < 0 THEN 0::HUGEINT - {sql} ELSE {sql} END"
    length = f"greatest(length(CAST({magnitude} AS VARCHAR)), {SCALE_DIGITS + 1})"
    digits = f"lpad(CAST({magnitude} AS VARCHAR), CAST({length} AS INTEGER), '0')"
    before, after = f"{digits}[: -{SCALE_DIGITS + 1}]", f"rtrim({digits}[-{SCALE_DIGITS} :], '0')"
    sign = f"CASE WHEN {sql} < 0 THEN '-' ELSE '' END"
    return f"({sign} || {before} || CASE WHEN {after} = '' THEN '' ELSE '.' || {after} END)"


def has_no_value(column: Column) -> bool:
    """Return whether arithmetic on the terms of a kind is always an error."""
    return column.kind in {"iri", "blank", "boolean"} or is_text(column.kind)


def scaled(value: Column) -> str:
    """Return a number in units of 10^-18, in SQL."""
    if value.storage is Storage.DECIMAL:
        return value.sql
    return f"({value.sql}::HUGEINT * {_SCALE})"


def _check(value: Column) -> None:
    if not value.is_numeric:
        raise UnsupportedQueryError(Reason.ARITHMETIC)
