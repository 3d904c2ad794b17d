"""Casts in SQL, such as ``xsd:integer(?x)``: the datatypes that both engines convert alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import UNBOUND, Column
from kg.engine.columnar.mixed_terms import decimal_value
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import SCALE, Storage, is_opaque, is_text
from kg.rdf.vocabulary import XSD
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_DATE: Final = "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
_INTEGER: Final = "[+-]?[0-9]+"
_DECIMAL: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
#: Decimals whose digits are certain to fit: DuckDB reports others as an error, to Oxigraph's turn.
_SHORT_DECIMAL: Final = r"[+-]?[0-9]{0,18}(\.[0-9]{0,18})?"


def to_integer(scope: Scope, _: str, arguments: list[Column]) -> Column:
    """Return the value of ``xsd:integer``."""
    (value,) = arguments
    match value.storage:
        case Storage.INTEGER:
            return value
        case Storage.BOOLEAN:
            return numerics.integer(f"CAST({value.sql} AS BIGINT)", nullable=value.nullable)
        case Storage.DECIMAL:
            whole = f"({value.sql} // {SCALE}::HUGEINT)"
            return numerics.integer(f"TRY_CAST({whole} AS BIGINT)", nullable=True)
    if not _is_string(value):
        return UNBOUND
    text = scope.text(value).sql
    number = f"TRY_CAST(ltrim({text}, '+') AS BIGINT)"
    sql = f"(CASE WHEN regexp_full_match({text}, '{_INTEGER}') THEN {number} END)"
    return numerics.integer(sql, nullable=True)


def to_decimal(scope: Scope, _: str, arguments: list[Column]) -> Column:
    """Return the value of ``xsd:decimal``."""
    (value,) = arguments
    if value.is_numeric:
        return numerics.decimal(numerics.scaled(value), nullable=value.nullable)
    if value.storage is Storage.BOOLEAN:
        number = numerics.integer(f"CAST({value.sql} AS BIGINT)", nullable=value.nullable)
        return numerics.decimal(numerics.scaled(number), nullable=value.nullable)
    if not _is_string(value):
        return UNBOUND
    text = scope.text(value).sql
    unsigned = f"ltrim({text}, '+')"
    sql = (
        f"(CASE WHEN NOT regexp_full_match({text}, '{_DECIMAL}') THEN NULL "
        f"WHEN NOT regexp_full_match({text}, '{_SHORT_DECIMAL}') "
        f"THEN error('a long decimal')::HUGEINT "
        f"ELSE {decimal_value(unsigned)} END)"
    )
    return numerics.decimal(sql, nullable=True)


def with_datatype(scope: Scope, name: str, arguments: list[Column]) -> Column:
    """Return the value of STRDT; a text that is not the datatype's is left to Oxigraph."""
    value, datatype = arguments
    if not isinstance(datatype.term, ox.NamedNode):
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    if value.kind != "string":
        if value.kind and not is_opaque(value.kind):
            return UNBOUND
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    text = scope.text(value)
    match datatype.term.value:
        case XSD.string:
            return text
        case XSD.integer:
            typed = to_integer(scope, name, [value])
        case XSD.date:
            date = f"TRY_CAST({text.sql} AS DATE)"
            sql = f"(CASE WHEN regexp_full_match({text.sql}, '{_DATE}') THEN {date} END)"
            typed = Column(sql, Storage.DATE, frozenset({"date"}))
        case _:
            raise UnsupportedQueryError(Reason.ARGUMENTS)
    other = f"error('not of the datatype')::{typed.storage.sql_type}"
    sql = f"(CASE WHEN {text.sql} IS NOT NULL THEN coalesce({typed.sql}, {other}) END)"
    return replace(typed, sql=sql, nullable=text.nullable)


def _is_string(value: Column) -> bool:
    """Return whether a value is a plain string, and not a term of which a cast is an error.

    Raises:
        UnsupportedQueryError: if it may be another literal with a value.
    """
    if value.kind == "string":
        return True
    if value.kind in {"iri", "blank", "date"} or is_text(value.kind):
        return False
    raise UnsupportedQueryError(Reason.ARGUMENTS)
