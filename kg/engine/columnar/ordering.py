"""The order of terms of several kinds in SQL.

Oxigraph orders IRIs before literals; literals of different datatypes, none of them comparable with
another, by their text, then by datatype, then by language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.engine.columnar.columns import Column, has_order, quote_literal
from kg.engine.columnar.expressions import compile_expression
from kg.engine.columnar.numerics import DECIMAL, INTEGER, scaled
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import datatype_of, is_literal, is_text
from kg.sparql.algebra import Call, Expression, Var
from kg.sparql.unsupported import Reason, UnsupportedQueryError


def sort_keys(
    scope: Scope, order: tuple[tuple[Expression, bool], ...], projected: Iterable[str] | None
) -> Iterator[tuple[str, str]]:
    """Yield the sort keys of ORDER BY in SQL, and their directions.

    Raises:
        UnsupportedQueryError: if an order is not known, or not by ``projected`` variables if given.
    """
    for expression, descending in order:
        if projected is not None and not _variables(expression) <= set(projected):
            raise UnsupportedQueryError(Reason.ORDER)
        value = compile_expression(scope, expression)
        if not value.is_constant and not value.is_unbound:
            direction = "DESC NULLS LAST" if descending else "ASC NULLS FIRST"
            for key in order_keys(scope, value):
                yield key, direction


def order_keys(scope: Scope, column: Column) -> list[str]:
    """Return sort keys in SQL whose order is the order of the terms of a column.

    Raises:
        UnsupportedQueryError: if the order of its terms is not known.
    """
    if has_order(column):
        return [column.sql]
    if "blank" in column.kinds:
        raise UnsupportedQueryError(Reason.ORDER)
    literals = {kind for kind in column.kinds if is_literal(kind)}
    keys = []
    if literals != column.kinds:
        keys.append(scope.by_kind(column, lambda kind: str(int(is_literal(kind)))))
    if literals <= INTEGER | DECIMAL:
        cases = "".join(
            f" WHEN {condition} THEN {scaled(part)}"
            for condition, part in scope.parts(column)
            if part.is_numeric
        )
        keys.append(f"CASE{cases} END")
        if literals != column.kinds:
            keys.append(_text_of_iris(scope, column))
        return [f"({key})" for key in keys]
    if not all(_is_ordered_as_text(scope, kind) for kind in literals):
        raise UnsupportedQueryError(Reason.ORDER)
    keys.append(scope.text(column).sql)
    if len(literals) > 1:
        keys.append(scope.by_kind(column, _type_sql))
    return [f"({key})" for key in keys]


def _text_of_iris(scope: Scope, column: Column) -> str:
    text = scope.text(column).sql
    return scope.by_kind(column, lambda kind: text if kind == "iri" else "NULL")


def _is_ordered_as_text(scope: Scope, kind: str) -> bool:
    """Return whether the order of the literals of a kind is that of their texts."""
    return is_text(kind) or kind in {"date", "boolean"} or scope.context.is_ordered_as_text(kind)


def _type_sql(kind: str) -> str:
    language = kind if kind.startswith("@") else ""
    return quote_literal(f"{datatype_of(kind)} {language}") if is_literal(kind) else "NULL"


def _variables(expression: Expression) -> set[str]:
    if isinstance(expression, Var):
        return {expression.name}
    if isinstance(expression, Call):
        return {name for argument in expression.arguments for name in _variables(argument)}
    return set()
