"""Groups and aggregates in SQL.

As Oxigraph has it, COUNT of a variable counts where it is bound; any other aggregate with an error
or an unbound variable among its values is an error as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import Column, Relation, has_order
from kg.engine.columnar.expressions import compiled
from kg.engine.columnar.patterns import Given, Patterns
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import SCALE, Form
from kg.sparql.algebra import Aggregate, Call, Exists, Expression, Select, Var
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_NO_ROWS: Final = "(SELECT 1 AS one WHERE false)"


@dataclass(frozen=True)
class Grouped:
    """The solutions of a query with groups, and its expressions over them."""

    relation: Relation
    projection: tuple[tuple[str, Expression | None], ...]
    having: Expression | None
    order: tuple[tuple[Expression, bool], ...]


def has_groups(select: Select) -> bool:
    """Tell whether a query groups its solutions."""
    told = [expression for _, expression in select.projection or () if expression is not None]
    told += [expression for expression, _ in select.order]
    return select.keys is not None or select.having is not None or any(map(_aggregates, told))


def grouped(
    select: Select, inner: Relation, patterns: Patterns, context_name: str, given: Given
) -> Grouped:
    """Return the groups of solutions, a column for each key and each aggregate.

    Raises:
        UnsupportedQueryError: if an aggregate may come out differently.
    """
    if select.projection is None:
        raise UnsupportedQueryError(Reason.SYNTAX)
    for name, expression in select.keys or ():
        if expression is not None:
            inner = patterns.extended(inner, name, expression, given)
    scope = patterns.scope(inner, context_name, given)
    keys: dict[str, Column] = {}
    told, by = list[str](), list[str]()
    for name, _ in select.keys or ():
        if name not in scope.columns:
            raise UnsupportedQueryError(Reason.UNDEFINED)
        column = scope.columns[name]
        if column.constant:
            keys[name] = column
            continue
        called = patterns.name("c")
        told.append(f"{column.sql} AS {called}")
        by.append(column.sql)
        keys[name] = column.called(called)
    collected = _Collected(scope, patterns)
    projection = tuple(
        (name, None if one is None else collected.replace(one)) for name, one in select.projection
    )
    having = None if select.having is None else collected.replace(select.having)
    order = tuple((collected.replace(one), descending) for one, descending in select.order)
    told += collected.told
    if select.keys and not by:
        # Grouped by constants only: there is a group if there is a solution.
        by, told = ["one"], [*told, "1 AS one"]
    source = scope.source(f"{inner.sql or _NO_ROWS} {context_name}", inner.rows)
    sql = f"SELECT {', '.join(told) or '1 AS one'} FROM {source}"
    if by:
        sql += f" GROUP BY {', '.join(by)}" if by != ["one"] else " HAVING count(*) > 0"
    rows = max(inner.rows**0.7, 1) if by else 1
    relation = Relation(f"({sql})", {**keys, **collected.columns}, rows)
    return Grouped(relation, projection, having, order)


class _Collected:
    """Aggregates as they are met in expressions, each a column."""

    def __init__(self, scope: Scope, patterns: Patterns) -> None:
        self._scope = scope
        self._patterns = patterns
        self._known: dict[Aggregate, Var] = {}
        self.told: list[str] = []
        self.columns: dict[str, Column] = {}

    def replace(self, expression: Expression) -> Expression:
        """Return an expression with a variable in the place of each aggregate."""
        if isinstance(expression, Aggregate):
            if expression not in self._known:
                column = _aggregated(self._scope, expression)
                called = self._patterns.name("c")
                var = self._known[expression] = Var(f"aggregate {called}")
                self.told.append(f"{column.sql} AS {called}")
                self.columns[var.name] = column.called(called)
            return self._known[expression]
        if isinstance(expression, Call):
            return Call(expression.name, tuple(map(self.replace, expression.arguments)))
        if isinstance(expression, Exists):
            raise UnsupportedQueryError(Reason.EXISTS)
        return expression


def _aggregates(expression: Expression) -> bool:
    if isinstance(expression, Call):
        return any(map(_aggregates, expression.arguments))
    return isinstance(expression, Aggregate)


def _aggregated(scope: Scope, aggregate: Aggregate) -> Column:
    distinct = "DISTINCT " if aggregate.distinct else ""
    if aggregate.argument is None:
        if aggregate.distinct:
            raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
        return numerics.integer("count(*)", maybe=False)
    if _aggregates(aggregate.argument):
        raise UnsupportedQueryError(Reason.SYNTAX)
    value = compiled(scope, aggregate.argument)
    if value.is_nothing:
        raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
    if aggregate.name == "COUNT":
        if value.maybe and not isinstance(aggregate.argument, Var):
            raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
        return numerics.integer(f"count({distinct}{value.sql})", maybe=False)
    if aggregate.name in {"MIN", "MAX"}:
        if not has_order(value):
            raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
        sql = f"{aggregate.name.lower()}({value.sql})"
        return Column(_unless_error(value, sql), value.form, value.kinds, maybe=True)
    if value.form is not Form.INTEGER:
        raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
    total = f"coalesce(sum({distinct}{value.sql}), 0)"
    if aggregate.name == "SUM":
        return numerics.integer(_unless_error(value, f"CAST({total} AS BIGINT)"), maybe=value.maybe)
    # The average of nothing is an integer, unlike all others.
    counted = f"count({distinct}{value.sql})"
    mean = (
        f"(CASE WHEN count(*) = 0 THEN error('nothing to average')::HUGEINT "
        f"ELSE {total}::HUGEINT * {SCALE}::HUGEINT // nullif({counted}, 0)::HUGEINT END)"
    )
    return numerics.decimal(_unless_error(value, mean), maybe=value.maybe)


def _unless_error(value: Column, sql: str) -> str:
    if not value.maybe:
        return sql
    return f"(CASE WHEN count(*) = count({value.sql}) THEN {sql} END)"
