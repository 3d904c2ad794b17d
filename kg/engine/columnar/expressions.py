"""Expressions in SQL: operators, and functional forms such as IF and COALESCE.

Errors and unbound variables are NULL, so SQL's three-valued logic agrees with SPARQL on errors
under ``&&``, ``||``, ``!`` and ``IN`` (https://www.w3.org/TR/sparql11-query/#evaluation). The
meaning of an operator depends on the kinds of its operands; if they do not determine it, the query
is not supported.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from kg.engine.columnar import functions, mixed_terms, numerics
from kg.engine.columnar.columns import UNBOUND, Column, common_storage
from kg.engine.columnar.comparison import comparison, equality, truth, truth_of
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Storage
from kg.sparql.algebra import Aggregate, Call, Const, Exists, Expression, Var
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: characters: the SQL of one expression; it may grow fast, since a level may repeat the one below.
_MAX_SQL_LENGTH: Final = 50_000
#: Combinations of kinds of operands that are compiled one by one.
_MAX_PARTS: Final = 40


def compile_expression(scope: Scope, expression: Expression) -> Column:
    """Return an expression as a column.

    Raises:
        UnsupportedQueryError: if its value may differ from that of Oxigraph.
    """
    column = _compile(scope, expression)
    if len(column.sql) > _MAX_SQL_LENGTH:
        raise UnsupportedQueryError(Reason.LENGTH)
    return column


def _compile(scope: Scope, expression: Expression) -> Column:
    match expression:
        case Var(name):
            return scope.variable(name)
        case Const(term):
            return scope.context.constant(term)
        case Exists(pattern):
            if scope.exists is None:
                raise UnsupportedQueryError(Reason.EXISTS)
            return truth(scope.exists(pattern, scope))
        case Aggregate():
            raise UnsupportedQueryError(Reason.GROUPED)
        case Call(name, arguments):
            return _call(scope, name, arguments)


def compile_condition(scope: Scope, expression: Expression) -> str:
    """Return an expression as a truth value in SQL, NULL for an error."""
    return _operator(scope, "TRUTH", [compile_expression(scope, expression)]).sql


def _call(scope: Scope, name: str, arguments: tuple[Expression, ...]) -> Column:
    match name:
        case "&&" | "||":
            left, right = (compile_condition(scope, argument) for argument in arguments)
            return truth(f"({left} {'AND' if name == '&&' else 'OR'} {right})")
        case "!":
            return truth(f"(NOT {compile_condition(scope, arguments[0])})")
        case "BOUND":
            return _bound(scope, arguments)
        case "COALESCE":
            return _coalesce(scope, arguments)
        case "IF":
            return _if(scope, arguments)
    values = [compile_expression(scope, argument) for argument in arguments]
    if name == "IN":
        equal = [_operator(scope, "=", [values[0], value]).sql for value in values[1:]]
        return truth(f"({' OR '.join(equal)})" if equal else "false")
    return _operator(scope, name, values)


def _operator(scope: Scope, name: str, values: list[Column]) -> Column:
    """Return an operator or function, for each kind of its operands if it depends on them."""
    values = [_native(value) for value in values]
    try:
        return _apply(scope, name, values)
    except UnsupportedQueryError:
        parts = list(product(*map(scope.parts, values)))
        if len(parts) > _MAX_PARTS or all(value.is_single for value in values):
            raise
    results = []
    for part in parts:
        condition = " AND ".join(condition for condition, _ in part)
        results.append((condition, _apply(scope, name, [column for _, column in part])))
    bound = [column for _, column in results if not column.is_unbound]
    if not bound:
        return UNBOUND
    storage = common_storage(bound)
    cases = "".join(
        f" WHEN {condition} THEN {scope.with_storage(column, storage).sql}"
        for condition, column in results
    )
    return Column(f"(CASE{cases} END)", storage, _all_kinds(bound), nullable=True)


def _native(value: Column) -> Column:
    """Return terms that are all of one kind in the storage of that kind."""
    if value.storage is Storage.TERM and value.kind:
        return mixed_terms.decoded(value, value.kind)
    return value


def _apply(scope: Scope, name: str, values: list[Column]) -> Column:
    match name:
        case "=":
            return truth(equality(scope, *values))
        case "!=":
            return truth(f"(NOT {equality(scope, *values)})")
        case "TRUTH":
            return truth_of(scope, *values)
        case "<" | ">" | "<=" | ">=":
            return truth(comparison(scope, name, *values))
        case "+" | "-" | "*" | "/":
            return numerics.arithmetic(name, *values)
        case "NEGATE":
            return numerics.negative(*values)
    return functions.call(scope, name, values)


def _bound(scope: Scope, arguments: tuple[Expression, ...]) -> Column:
    (argument,) = arguments
    if not isinstance(argument, Var):
        raise UnsupportedQueryError(Reason.SYNTAX)
    return truth(f"({compile_expression(scope, argument).sql} IS NOT NULL)")


def _coalesce(scope: Scope, arguments: tuple[Expression, ...]) -> Column:
    values = [compile_expression(scope, argument) for argument in arguments]
    bound = [value for value in values if not value.is_unbound]
    if not bound:
        return UNBOUND
    storage = common_storage(bound)
    stored = [scope.with_storage(value, storage) for value in bound]
    sql = f"coalesce({', '.join(value.sql for value in stored)})"
    return Column(sql, storage, _all_kinds(bound), all(value.nullable for value in stored))


def _if(scope: Scope, arguments: tuple[Expression, ...]) -> Column:
    test = compile_condition(scope, arguments[0])
    values = [compile_expression(scope, argument) for argument in arguments[1:]]
    bound = [value for value in values if not value.is_unbound]
    if not bound:
        return UNBOUND
    storage = common_storage(bound)
    yes, no = (scope.with_storage(value, storage).sql for value in values)
    sql = f"CASE WHEN {test} THEN {yes} WHEN NOT {test} THEN {no} END"
    return Column(sql, storage, _all_kinds(bound), nullable=True)


def _all_kinds(columns: list[Column]) -> frozenset[str]:
    return frozenset(kind for column in columns for kind in column.kinds)
