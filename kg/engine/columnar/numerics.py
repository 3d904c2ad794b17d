"""Numbers in SQL: integers of 64 bits, and decimals as whole numbers of 10^-18.

Both as Oxigraph computes them. An integer that overflows, or a decimal, raises an error in DuckDB:
the query then goes to Oxigraph, where it gives what it gives there.
"""

from __future__ import annotations

from typing import Final

from kg.engine.columnar.columns import NOTHING, Column
from kg.engine.columnar.term_types import SCALE, SCALE_DIGITS, Form
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_SCALE: Final = f"{SCALE}::HUGEINT"
INTEGER: Final = frozenset({"integer"})
DECIMAL: Final = frozenset({"decimal"})


def integer(sql: str, *, maybe: bool) -> Column:
    """Return an integer in SQL as a column."""
    return Column(sql, Form.INTEGER, INTEGER, maybe)


def decimal(sql: str, *, maybe: bool) -> Column:
    """Return a decimal, times 10^18, in SQL as a column."""
    return Column(sql, Form.DECIMAL, DECIMAL, maybe)


def alike(one: Column, other: Column) -> tuple[str, str]:
    """Return two numbers in SQL that can be compared and added."""
    if one.form is other.form:
        return one.sql, other.sql
    return _scaled(one), _scaled(other)


def arithmetic(sign: str, one: Column, other: Column) -> Column:
    """Return a sum, difference, product or quotient.

    Raises:
        UnsupportedQueryError: if these are no integers or decimals, or for a product of decimals.
    """
    if one.is_nothing or other.is_nothing:
        return NOTHING
    if not (one.is_numeric and other.is_numeric):
        raise UnsupportedQueryError(Reason.ARITHMETIC)
    maybe = one.maybe or other.maybe
    if sign == "/":
        return quotient(one, other)
    if sign == "*":
        if one.form is Form.DECIMAL and other.form is Form.DECIMAL:
            raise UnsupportedQueryError(Reason.ARITHMETIC)
        # One factor is no decimal: the product needs no other scale.
        sql = f"({one.sql} * {other.sql})"
    else:
        left, right = alike(one, other)
        sql = f"({left} {sign} {right})"
    if one.form is other.form is Form.INTEGER:
        return integer(sql, maybe=maybe)
    return decimal(sql, maybe=maybe)


def quotient(one: Column, other: Column) -> Column:
    """Return a decimal, cut off after 18 digits; a division by zero is an error.

    Raises:
        UnsupportedQueryError: if it is divided by anything but an integer.
    """
    if other.form is not Form.INTEGER:
        # Oxigraph calls some of these an error, such as 0 / 0.5.
        raise UnsupportedQueryError(Reason.ARITHMETIC)
    return decimal(f"({_scaled(one)} // nullif({other.sql}, 0)::HUGEINT)", maybe=True)


def negative(value: Column) -> Column:
    """Return a number with the other sign."""
    _check(value)
    sql = f"(0::{value.form.sql_type} - {value.sql})"
    return Column(sql, value.form, value.kinds, value.maybe) if value.kinds else NOTHING


def rounded(name: str, value: Column) -> Column:
    """Return ROUND, FLOOR, CEIL or ABS of a number; integers stay as they are."""
    _check(value)
    if value.is_nothing:
        return NOTHING
    sql = value.sql
    if name == "ABS":
        zero = f"0::{value.form.sql_type}"
        sql = f"(CASE WHEN {sql} < 0 THEN {zero} - {sql} ELSE {sql} END)"
        return Column(sql, value.form, value.kinds, value.maybe)
    if value.form is Form.INTEGER:
        return Column(sql, value.form, value.kinds, value.maybe)
    match name:
        case "FLOOR":
            told = _floor(sql)
        case "CEIL":
            told = f"(0::HUGEINT - {_floor(f'(0::HUGEINT - {sql})')})"
        case _:
            # Half goes up, also below zero.
            sql = f"({sql} + {SCALE // 2}::HUGEINT)"
            told = _floor(sql)
    return decimal(f"({told} * {_SCALE})", maybe=value.maybe)


def _floor(sql: str) -> str:
    """Return the whole part of a decimal, downwards: division cuts off towards zero."""
    return f"({sql} // {_SCALE} - CASE WHEN {sql} < 0 AND {sql} % {_SCALE} <> 0 THEN 1 ELSE 0 END)"


def decimal_text(sql: str) -> str:
    """Return the canonical spelling of a decimal, in SQL."""
    size = f"CASE WHEN {sql} < 0 THEN 0::HUGEINT - {sql} ELSE {sql} END"
    length = f"greatest(length(CAST({size} AS VARCHAR)), {SCALE_DIGITS + 1})"
    digits = f"lpad(CAST({size} AS VARCHAR), CAST({length} AS INTEGER), '0')"
    before, after = f"{digits}[: -{SCALE_DIGITS + 1}]", f"rtrim({digits}[-{SCALE_DIGITS} :], '0')"
    sign = f"CASE WHEN {sql} < 0 THEN '-' ELSE '' END"
    return f"({sign} || {before} || CASE WHEN {after} = '' THEN '' ELSE '.' || {after} END)"


def _scaled(value: Column) -> str:
    if value.form is Form.DECIMAL:
        return value.sql
    return f"({value.sql}::HUGEINT * {_SCALE})"


def _check(value: Column) -> None:
    if not (value.is_numeric or value.is_nothing):
        raise UnsupportedQueryError(Reason.ARITHMETIC)
