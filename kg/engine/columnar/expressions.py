"""Expressions in SQL: operators, and what all functions need.

An error is NULL, as is an unbound variable. So SQL's logic of three values gives what SPARQL says
of errors under ``&&``, ``||``, ``!`` and ``IN`` (https://www.w3.org/TR/sparql11-query/#evaluation).
What an operator means follows from the kinds of its operands; where they leave it open the query
is refused.
"""

from __future__ import annotations

from typing import Final

from kg.engine.columnar import functions, numerics
from kg.engine.columnar.columns import NOTHING, Column, common_form
from kg.engine.columnar.comparison import comparison, equality, truth, truth_of
from kg.engine.columnar.scope import Scope
from kg.sparql.algebra import Aggregate, Call, Const, Exists, Expression, Var
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Longer SQL for one expression is not built, in characters: each level may repeat the one below.
_LONGEST: Final = 50_000


def compiled(scope: Scope, expression: Expression) -> Column:
    """Return an expression as a column.

    Raises:
        UnsupportedQueryError: if what it means is not known for certain.
    """
    found = _compiled(scope, expression)
    if len(found.sql) > _LONGEST:
        raise UnsupportedQueryError(Reason.LENGTH)
    return found


def _compiled(scope: Scope, expression: Expression) -> Column:
    match expression:
        case Var(name):
            if name not in scope.columns:
                raise UnsupportedQueryError(Reason.UNDEFINED)
            return scope.columns[name]
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


def condition(scope: Scope, expression: Expression) -> str:
    """Return an expression as a truth value in SQL, NULL for an error."""
    return truth_of(scope, compiled(scope, expression)).sql


def _call(scope: Scope, name: str, arguments: tuple[Expression, ...]) -> Column:
    match name:
        case "&&" | "||":
            left, right = (condition(scope, one) for one in arguments)
            return truth(f"({left} {'AND' if name == '&&' else 'OR'} {right})")
        case "!":
            return truth(f"(NOT {condition(scope, arguments[0])})")
        case "BOUND":
            return _bound(scope, arguments)
        case "COALESCE":
            return _coalesce(scope, arguments)
        case "IF":
            return _if(scope, arguments)
    return _applied(scope, name, [compiled(scope, one) for one in arguments])


def _applied(scope: Scope, name: str, values: list[Column]) -> Column:
    match name:
        case "=":
            return truth(equality(scope, *values))
        case "!=":
            return truth(f"(NOT {equality(scope, *values)})")
        case "IN":
            equal = [equality(scope, values[0], one) for one in values[1:]]
            return truth(f"({' OR '.join(equal)})" if equal else "false")
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
    return truth(f"({compiled(scope, argument).sql} IS NOT NULL)")


def _coalesce(scope: Scope, arguments: tuple[Expression, ...]) -> Column:
    values = [one for one in (compiled(scope, each) for each in arguments) if not one.is_nothing]
    if not values:
        return NOTHING
    form = common_form(values)
    told = [scope.spelled(one, form) for one in values]
    kinds = frozenset(kind for one in told for kind in one.kinds)
    sql = f"coalesce({', '.join(one.sql for one in told)})"
    return Column(sql, form, kinds, all(one.maybe for one in told))


def _if(scope: Scope, arguments: tuple[Expression, ...]) -> Column:
    test = condition(scope, arguments[0])
    values = [compiled(scope, one) for one in arguments[1:]]
    bound = [one for one in values if not one.is_nothing]
    if not bound:
        return NOTHING
    form = common_form(bound)
    yes, no = (scope.spelled(one, form).sql for one in values)
    kinds = frozenset(kind for one in bound for kind in one.kinds)
    sql = f"CASE WHEN {test} THEN {yes} WHEN NOT {test} THEN {no} END"
    return Column(sql, form, kinds, maybe=True)
