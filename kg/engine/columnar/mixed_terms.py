"""Columns of terms of several kinds: each is a text of the kind, a bar, and the text of the term.

The bar cannot occur in a kind, which is a word, a language tag or an IRI. Equal terms have equal
texts.
"""

from __future__ import annotations

from typing import Final

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import Column, quote_literal
from kg.engine.columnar.term_types import SCALE_DIGITS, Storage

_SEPARATOR: Final = "|"


def encoded(kind: str, text_sql: str) -> str:
    """Return the SQL of a term of a kind, given the SQL of its text."""
    return f"({quote_literal(kind + _SEPARATOR)} || {text_sql})"


def parts(term: str) -> tuple[str, str]:
    """Return the kind and the text of a term that has been encoded."""
    kind, _, text = term.partition(_SEPARATOR)
    return kind, text


def encoded_value(column: Column) -> str:
    """Return the SQL of the terms of a column of values."""
    is_decimal = column.storage is Storage.DECIMAL
    text = numerics.decimal_text(column.sql) if is_decimal else f"CAST({column.sql} AS VARCHAR)"
    return encoded(column.kind, text)


def has_kind(sql: str, kind: str) -> str:
    """Return the SQL that tests the kind of an encoded term."""
    return f"starts_with({sql}, {quote_literal(kind + _SEPARATOR)})"


def text_of(sql: str) -> str:
    """Return the SQL of the text of an encoded term."""
    return f"substring({sql}, instr({sql}, '{_SEPARATOR}') + 1)"


def decoded(column: Column, kind: str) -> Column:
    """Return the terms of a kind in the storage of that kind; the other terms become NULL."""
    text = f"substring({column.sql}, {len(kind) + 2})"
    sql = f"CASE WHEN {has_kind(column.sql, kind)} THEN {_value_sql(kind, text)} END"
    storage = Storage(kind) if kind in set(Storage) else Storage.TEXT
    return Column(f"({sql})", storage, frozenset({kind}), nullable=True)


def _value_sql(kind: str, text: str) -> str:
    match kind:
        case "integer" | "date" | "boolean":
            return f"TRY_CAST({text} AS {Storage(kind).sql_type})"
        case "decimal":
            return decimal_value(text)
    return text


def decimal_value(text: str) -> str:
    """Return the value of a decimal without a plus sign, given its text, both in SQL."""
    fraction = f"rpad(split_part({text}, '.', 2), {SCALE_DIGITS}, '0')"
    return f"TRY_CAST(split_part({text}, '.', 1) || {fraction} AS HUGEINT)"
