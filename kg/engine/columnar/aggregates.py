"""Groups in SQL: a column for each key and each aggregate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.engine.columnar import numerics
from kg.engine.columnar.aggregate_values import aggregate_values
from kg.engine.columnar.columns import Column, ParameterColumns, Relation
from kg.engine.columnar.concatenation import concatenation
from kg.engine.columnar.expressions import compile_expression
from kg.engine.columnar.patterns import PatternCompiler
from kg.engine.columnar.scope import Scope
from kg.sparql.algebra import (
    Aggregate,
    Call,
    Exists,
    Expression,
    Extend,
    Filter,
    Join,
    LeftJoin,
    Minus,
    Pattern,
    Select,
    Union,
    Var,
)
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
    return any(True for _ in _aggregates_of(select))


def ordered_subquery(select: Select) -> Select | None:
    """Return the sub-query that is all of a query's pattern and whose order GROUP_CONCAT keeps."""
    pattern = select.pattern
    if isinstance(pattern, Join) and len(pattern.parts) == 1:
        (pattern,) = pattern.parts
    if not isinstance(pattern, Select) or not pattern.order:
        return None
    names = {aggregate.name for aggregate in _aggregates_of(select)}
    return pattern if "GROUP_CONCAT" in names else None


def group_solutions(
    select: Select,
    inner: Relation,
    sort_keys: list[str],
    patterns: PatternCompiler,
    parameters: ParameterColumns,
) -> GroupedSolutions:
    """Return the groups of solutions, with a column for each key and each aggregate.

    ``sort_keys`` are columns of ``inner`` with directions, the order in which GROUP_CONCAT joins.

    Raises:
        UnsupportedQueryError: if the value of an aggregate may differ from that of Oxigraph.
    """
    if select.projection is None:
        raise UnsupportedQueryError(Reason.SYNTAX)
    for name, expression in select.keys or ():
        if expression is not None:
            inner = patterns.extend_relation(inner, name, expression, parameters)
    alias = patterns.name("r")
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
    aggregates = _AggregateCollector(
        scope, patterns, select, [f"{alias}.{key}" for key in sort_keys]
    )
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

    def __init__(
        self, scope: Scope, patterns: PatternCompiler, select: Select, sort_keys: list[str]
    ) -> None:
        self._scope = scope
        self._patterns = patterns
        self._select = select
        self._sort_keys = sort_keys
        self._variables: dict[Aggregate, Var] = {}
        self.select_list: list[str] = []
        self.columns: dict[str, Column] = {}

    def replace(self, expression: Expression) -> Expression:
        """Return an expression with each aggregate replaced by a variable."""
        if isinstance(expression, Aggregate):
            if expression not in self._variables:
                column = self._compile(expression)
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

    def _compile(self, aggregate: Aggregate) -> Column:
        if aggregate.argument is None:
            if aggregate.distinct:
                raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
            return numerics.integer("count(*)", nullable=False)
        if any(True for _ in _aggregates_in(aggregate.argument)):
            raise UnsupportedQueryError(Reason.SYNTAX)
        value = compile_expression(self._scope, aggregate.argument)
        if aggregate.name == "GROUP_CONCAT":
            return self._concatenation(aggregate, value)
        is_variable = isinstance(aggregate.argument, Var)
        return aggregate_values(self._scope, aggregate, value, is_variable=is_variable)

    def _concatenation(self, aggregate: Aggregate, value: Column) -> Column:
        is_ordered = _has_ordered_subquery(self._select.pattern)
        if is_ordered and (aggregate.distinct or not self._sort_keys):
            raise UnsupportedQueryError(Reason.AGGREGATE)
        may_be_empty = not self._select.keys
        return concatenation(
            self._scope, aggregate, value, self._sort_keys, may_be_empty=may_be_empty
        )


def _aggregates_of(select: Select) -> Iterator[Aggregate]:
    for _, expression in select.projection or ():
        yield from _aggregates_in(expression)
    yield from _aggregates_in(select.having)
    for expression, _ in select.order:
        yield from _aggregates_in(expression)


def _aggregates_in(expression: Expression | None) -> Iterator[Aggregate]:
    if isinstance(expression, Call):
        for argument in expression.arguments:
            yield from _aggregates_in(argument)
    elif isinstance(expression, Aggregate):
        yield expression


def _has_ordered_subquery(pattern: Pattern) -> bool:
    """Return whether the solutions of a pattern may have the order of a sub-query in it."""
    match pattern:
        case Select(inner):
            return bool(pattern.order) or _has_ordered_subquery(inner)
        case Join(parts) | Union(parts):
            return any(map(_has_ordered_subquery, parts))
        case LeftJoin(left, right) | Minus(left, right):
            return _has_ordered_subquery(left) or _has_ordered_subquery(right)
        case Filter(inner) | Extend(inner):
            return _has_ordered_subquery(inner)
    return False
