"""Terms in SQL as the columns of a table of results (``kg.sparql.result_columns``)."""

from __future__ import annotations

from typing import Final

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import UNBOUND, Column, quote_literal
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Storage, datatype_of, is_literal
from kg.sparql.result_columns import ANY, ColumnType, ResultColumn, ResultColumns
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Decimals, times 10^18, that a column of 38 digits cannot hold.
_TOO_LARGE: Final = f"{10**38}::HUGEINT"
_VALUES: Final = {
    ColumnType.INTEGER: Storage.INTEGER,
    ColumnType.DECIMAL: Storage.DECIMAL,
    ColumnType.BOOLEAN: Storage.BOOLEAN,
    ColumnType.DATE: Storage.DATE,
}


def arrow_columns(scope: Scope, variables: list[str], columns: ResultColumns) -> list[str]:
    """Return the columns of a table for some variables, one or four for each, in SQL.

    Values that the columns do not hold are their texts, which are certain to be of the type.

    Raises:
        UnsupportedQueryError: if the terms of a variable are not certain to be of its type.
    """
    select_list: list[str] = []
    for variable in variables:
        column = scope.columns.get(variable, UNBOUND)
        wanted = columns.get(variable, ANY)
        if not wanted.is_typed:
            select_list += _description(scope, column)
        else:
            select_list.append(_value(scope, column, wanted))
    return select_list


def _value(scope: Scope, column: Column, wanted: ResultColumn) -> str:
    storage = _VALUES.get(wanted.type, Storage.TEXT)
    if not column.is_unbound and storage is not Storage.TEXT and column.kinds <= _kinds(wanted):
        # Values of which the columns know only the texts.
        storage = Storage.TEXT
    # An expression that is never bound has no type of its own.
    return f"CAST({_stored(scope, column, wanted, storage)} AS {storage.sql_type})"


def _stored(scope: Scope, column: Column, wanted: ResultColumn, storage: Storage) -> str:
    if column.is_unbound:
        return "NULL"
    if column.storage is Storage.TERM:
        cases = "".join(
            f" WHEN {test} THEN {_stored(scope, part, wanted, storage)}"
            for test, part in scope.parts(column)
        )
        return f"CASE{cases} END"
    if column.is_numeric and storage is Storage.DECIMAL:
        # The multiplication fails if the number is too large.
        sql = numerics.scaled(column)
        return (
            f"CASE WHEN {sql} < {_TOO_LARGE} AND {sql} > -{_TOO_LARGE} THEN {sql} "
            f"WHEN {sql} IS NOT NULL THEN error('a decimal of more than 20 digits') END"
        )
    if column.storage is storage is not Storage.TEXT:
        return column.sql
    if storage is Storage.TEXT and column.kinds <= _kinds(wanted):
        return scope.text(column).sql
    raise UnsupportedQueryError(Reason.MIXED)


def _kinds(wanted: ResultColumn) -> set[str]:
    """Return the kinds of the terms that a column of texts can hold."""
    match wanted.type:
        case ColumnType.IRI:
            return {"iri"}
        case ColumnType.STRING:
            return {"string"}
        case ColumnType.LANGUAGE_STRING:
            return {f"@{wanted.language}"}
    return {f"^^{wanted.datatype}"}


def _description(scope: Scope, column: Column) -> list[str]:
    """Return the text of a term, its type, its datatype and its language."""
    if column.is_unbound:
        return ["NULL::VARCHAR"] * 4
    if column.storage in {Storage.ID, Storage.TEXT, Storage.TERM}:
        text = scope.text(column).sql
    elif column.storage is Storage.DECIMAL:
        text = numerics.decimal_text(column.sql)
    else:
        text = f"CAST({column.sql} AS VARCHAR)"
    parts = [scope.by_kind(column, part) for part in (_type, _datatype, _language)]
    return [text, *(f"CAST({part} AS VARCHAR)" for part in parts)]


def _type(kind: str) -> str:
    if is_literal(kind):
        return "'literal'"
    return "'uri'" if kind == "iri" else "'bnode'"


def _datatype(kind: str) -> str:
    if not is_literal(kind):
        return "NULL"
    return quote_literal(datatype_of(kind))


def _language(kind: str) -> str:
    return quote_literal(kind[1:]) if kind.startswith("@") else "NULL"
