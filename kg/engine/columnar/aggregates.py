"""Groups in SQL: a column for each key and each aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.engine.columnar import numerics
from kg.engine.columnar.aggregate_values import aggregate_values
from kg.engine.columnar.columns import Column, ParameterColumns, Relation
from kg.engine.columnar.expressions import compile_expression
from kg.engine.columnar.patterns import PatternCompiler
from kg.engine.columnar.scope import Scope
from kg.sparql.algebra import Aggregate, Call, Exists, Expression, Select, Var
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: The number of groups of n solutions is estimated as n to this power.
GROUP_EXPONENT: Final = 0.7
_NO_ROWS: Final = "(SELECT 1 AS one WHERE false)"


@dataclass(frozen=True)
class GroupedSolutions:
    """The solutions of a query with groups, and its expressions over them."""

    relation: Relation
    projection: tuple[tuple[str, Expression | None], ...]
    having: Expression | None
    order: tuple[tuple[Expression, bool], ...]


def has_groups(select: Select) -> bool:
    """Return whether a query groups its solutions."""
    if select.keys is not None or select.having is not None:
        return True
    expressions = [
        expression for _, expression in select.projection or () if expression is not None
    ]
    expressions += [expression for expression, _ in select.order]
    return any(map(_contains_aggregate, expressions))


def group_solutions(
    select: Select,
    inner: Relation,
    patterns: PatternCompiler,
    alias: str,
    parameters: ParameterColumns,
) -> GroupedSolutions:
    """Return the groups of solutions, with a column for each key and each aggregate.

    Raises:
        UnsupportedQueryError: if the value of an aggregate may differ from that of Oxigraph.
    """
    if select.projection is None:
        raise UnsupportedQueryError(Reason.SYNTAX)
    for name, expression in select.keys or ():
        if expression is not None:
            inner = patterns.extend_relation(inner, name, expression, parameters)
    scope = patterns.scope(inner, alias, parameters)
    keys: dict[str, Column] = {}
    select_list, group_by = list[str](), list[str]()
    for name, _ in select.keys or ():
        column = scope.variable(name)
        if column.is_constant:
            keys[name] = column
            continue
        column_name = patterns.name("c")
        select_list.append(f"{column.sql} AS {column_name}")
        group_by.append(column.sql)
        keys[name] = column.renamed(column_name)
    aggregates = _AggregateCollector(scope, patterns)
    projection = tuple(
        (name, None if expression is None else aggregates.replace(expression))
        for name, expression in select.projection
    )
    having = None if select.having is None else aggregates.replace(select.having)
    order = tuple(
        (aggregates.replace(expression), descending) for expression, descending in select.order
    )
    select_list += aggregates.select_list
    source = scope.source(f"{inner.sql or _NO_ROWS} {alias}", inner.rows)
    # An aggregate, so that there is a group even without solutions or keys.
    select_list.append("count(*) AS solutions")
    sql = f"SELECT {', '.join(select_list)} FROM {source}"
    if group_by:
        sql += f" GROUP BY {', '.join(group_by)}"
    elif select.keys:
        # Grouped only by constants: there is a group if there is a solution.
        sql += " HAVING count(*) > 0"
    rows = max(inner.rows**GROUP_EXPONENT, 1) if select.keys else 1
    relation = Relation(f"({sql})", {**keys, **aggregates.columns}, rows)
    return GroupedSolutions(relation, projection, having, order)


class _AggregateCollector:
    """Replaces aggregates in expressions with variables, and compiles each to a column."""

    def __init__(self, scope: Scope, patterns: PatternCompiler) -> None:
        self._scope = scope
        self._patterns = patterns
        self._variables: dict[Aggregate, Var] = {}
        self.select_list: list[str] = []
        self.columns: dict[str, Column] = {}

    def replace(self, expression: Expression) -> Expression:
        """Return an expression with each aggregate replaced by a variable."""
        if isinstance(expression, Aggregate):
            if expression not in self._variables:
                column = _compile_aggregate(self._scope, expression)
                column_name = self._patterns.name("c")
                variable = self._variables[expression] = Var(f"aggregate {column_name}")
                self.select_list.append(f"{column.sql} AS {column_name}")
                self.columns[variable.name] = column.renamed(column_name)
            return self._variables[expression]
        if isinstance(expression, Call):
            return Call(expression.name, tuple(map(self.replace, expression.arguments)))
        if isinstance(expression, Exists):
            raise UnsupportedQueryError(Reason.EXISTS)
        return expression


def _contains_aggregate(expression: Expression) -> bool:
    if isinstance(expression, Call):
        return any(map(_contains_aggregate, expression.arguments))
    return isinstance(expression, Aggregate)


def _compile_aggregate(scope: Scope, aggregate: Aggregate) -> Column:
    if aggregate.argument is None:
        if aggregate.distinct:
            raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
        return numerics.integer("count(*)", nullable=False)
    if _contains_aggregate(aggregate.argument):
        raise UnsupportedQueryError(Reason.SYNTAX)
    value = compile_expression(scope, aggregate.argument)
    is_variable = isinstance(aggregate.argument, Var)
    return aggregate_values(scope, aggregate, value, is_variable=is_variable)
