"""Compiling a query to SQL whose rows are its solutions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from kg.engine.columnar import aggregates
from kg.engine.columnar.answer_columns import AnswerColumn, answer_column
from kg.engine.columnar.arrow_columns import arrow_columns
from kg.engine.columnar.columns import (
    UNBOUND,
    Column,
    ParameterColumns,
    Relation,
    empty_relation,
    qualify,
)
from kg.engine.columnar.constants import Constants
from kg.engine.columnar.context import Context
from kg.engine.columnar.database import ColumnDatabase
from kg.engine.columnar.determination import determined, expression_variables
from kg.engine.columnar.ordering import sort_keys
from kg.engine.columnar.patterns import PatternCompiler
from kg.engine.columnar.scope import Scope
from kg.sparql.algebra import Expression, Query, Select, Term, Var
from kg.sparql.result_columns import ResultColumns
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: characters: for longer SQL, planning takes DuckDB more time than it can save.
_MAX_SQL_LENGTH: Final = 200_000


@dataclass(frozen=True)
class CompiledQuery:
    """The SQL of a query, whose rows are in the order of the query.

    For SELECT they have ``columns``, or those of the table that was asked for; for ASK, there is a
    row if the answer is true.
    """

    sql: str
    columns: tuple[AnswerColumn, ...] = ()


@dataclass(frozen=True)
class TableColumns:
    """The variables of a table of results, in order, and what is known of them."""

    variables: list[str]
    types: ResultColumns


def compile_query(
    query: Query,
    database: ColumnDatabase,
    parameters: Mapping[str, Term],
    constants: Constants,
    table: TableColumns | None = None,
) -> CompiledQuery:
    """Return a query in SQL; ``parameters`` are terms bound to variables.

    ``constants`` are parameters of the SQL. The rows of a SELECT have the columns of ``table``, if
    it is given.

    Raises:
        UnsupportedQueryError: if the answer may differ from that of Oxigraph.
    """
    context = Context(database, parameters, constants)
    compiler = SelectCompiler(context)
    select = query.select
    if query.is_ask:
        if parameters:
            raise UnsupportedQueryError(Reason.PARAMETERS)
        relation = compiler.patterns.compile(select.pattern, {})
        source = relation.sql
        sql = "SELECT 1 WHERE false" if relation.is_empty else f"SELECT 1 FROM {source} r LIMIT 1"
        compiled = CompiledQuery(sql)
    else:
        names = {name for name, _ in select.projection or ()}
        if not names.issuperset(parameters):
            raise UnsupportedQueryError(Reason.PARAMETERS)
        columns = {name: context.constant(term) for name, term in parameters.items()}
        compiled = compiler.compile_query(select, columns, table)
    if len(compiled.sql) > _MAX_SQL_LENGTH:
        raise UnsupportedQueryError(Reason.LENGTH)
    return compiled


class SelectCompiler:
    """Compiles queries and their sub-queries."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.patterns = PatternCompiler(context, self._compile_subquery)

    def compile_query(
        self, select: Select, parameters: ParameterColumns, table: TableColumns | None
    ) -> CompiledQuery:
        """Return a complete query."""
        solutions = self._solutions(select, parameters, is_outermost=True)
        scope = Scope(self._context, qualify(solutions.columns, solutions.alias))
        columns = () if table else tuple(_answer_columns(scope))
        row = _table_row(scope, table) if table else ", ".join(column.sql for column in columns)
        row = row or "1 AS one"
        if solutions.relation.is_empty:
            return CompiledQuery(f"SELECT {row} WHERE false", columns)
        rows = solutions.relation.rows if select.limit is None else select.limit
        source = scope.source(f"{solutions.sql} {solutions.alias}", rows, row)
        sql = f"SELECT {row} FROM {source}{solutions.order_by}"
        return CompiledQuery(sql, columns)

    def _compile_subquery(self, select: Select, parameters: ParameterColumns) -> Relation:
        """Return the relation of a sub-query, in which only projected parameters are bound."""
        solutions = self._subquery_solutions(select, parameters, keep_order=False)
        if solutions.relation.is_empty:
            return solutions.relation
        return Relation(solutions.sql, solutions.columns, solutions.relation.rows)

    def _subquery_solutions(
        self, select: Select, parameters: ParameterColumns, *, keep_order: bool
    ) -> Solutions:
        is_limited = select.limit is not None or bool(select.offset)
        if is_limited and (self._context.outer_names or not self._has_defined_order(select)):
            raise UnsupportedQueryError(Reason.INNER_LIMIT)
        if select.projection is not None:
            names = {name for name, _ in select.projection}
            parameters = {name: column for name, column in parameters.items() if name in names}
        order = select.order if is_limited or keep_order else ()
        return self._solutions(replace(select, order=order), parameters)

    def _has_defined_order(self, select: Select) -> bool:
        """Return whether solutions that are equal in the order are equal."""
        ordered = frozenset(key.name for key, _ in select.order if isinstance(key, Var))
        if select.keys is not None:
            return {name for name, _ in select.keys} <= ordered
        if select.projection is None or aggregates.has_groups(select):
            return False
        known = determined(select.pattern, ordered, self._context.statistics)
        return all(
            name in known
            if expression is None
            else (needed := expression_variables(expression)) is not None and needed <= known
            for name, expression in select.projection
        )

    def _solutions(
        self, select: Select, parameters: ParameterColumns, *, is_outermost: bool = False
    ) -> Solutions:
        inner_order: list[str] = []
        if subquery := aggregates.ordered_subquery(select):
            inner = self._subquery_solutions(subquery, parameters, keep_order=True)
            columns = {**inner.columns, **parameters}
            relation = Relation(inner.sql, columns, inner.relation.rows)
            inner_order = [key.removeprefix(f"{inner.alias}.") for key in inner.order]
        else:
            relation = self.patterns.compile(select.pattern, parameters)
        projection, order = select.projection, select.order
        if aggregates.has_groups(select):
            groups = aggregates.group_solutions(
                select, relation, inner_order, self.patterns, parameters
            )
            relation, projection, order = groups.relation, groups.projection, groups.order
            parameters = {n: column for n, column in parameters.items() if n in relation.columns}
            if groups.having is not None:
                relation = self.patterns.filter_relation(relation, groups.having, parameters)
            _check_projection(relation, groups.projection)
        names = [name for name in relation.columns if Var(name).is_visible]
        if projection is not None:
            for name, expression in projection:
                if expression is not None:
                    relation = self.patterns.extend_relation(relation, name, expression, parameters)
            names = [name for name, _ in projection]
        if relation.is_empty:
            return Solutions(empty_relation(names), dict.fromkeys(names, UNBOUND), "", "", [])
        projected = {name: relation.columns.get(name, UNBOUND) for name in names}
        alias = self._context.name("r")
        scope = self.patterns.scope(relation, alias, parameters)
        keys = list(sort_keys(scope, order, projected if select.distinct else None))
        is_whole = not (select.distinct or select.limit is not None or select.offset)
        if is_outermost and is_whole and not scope.lookups:
            # One level of SQL less to plan.
            terms = [f"{key} {direction}" for key, direction in keys]
            return Solutions(relation, projected, relation.sql, alias, terms)
        return self._modified(select, scope, relation, projected, f"{relation.sql} {alias}", keys)

    def _modified(
        self,
        select: Select,
        scope: Scope,
        relation: Relation,
        projected: dict[str, Column],
        source: str,
        keys: list[tuple[str, str]],
    ) -> Solutions:
        """Return the solutions after DISTINCT, ORDER BY, LIMIT and OFFSET."""
        select_list, columns = list[str](), dict[str, Column]()
        for name, column in projected.items():
            if column.is_constant:
                columns[name] = column
                continue
            column_name = self._context.name("c")
            select_list.append(f"{scope.columns[name].sql} AS {column_name}")
            columns[name] = column.renamed(column_name)
        order: list[str] = []
        for key_sql, direction in keys:
            key = self._context.name("k")
            select_list.append(f"{key_sql} AS {key}")
            order.append(f"{key} {direction}")
        distinct = "DISTINCT " if select.distinct else ""
        selected = ", ".join(select_list) or "1 AS one"
        sql = f"SELECT {distinct}{selected} FROM {scope.source(source, relation.rows, selected)}"
        if select.limit is not None or select.offset:
            sql += f" ORDER BY {', '.join(order)}" if order else ""
            sql += f" LIMIT {select.limit}" if select.limit is not None else ""
            sql += f" OFFSET {select.offset}" if select.offset else ""
        alias = self._context.name("r")
        return Solutions(relation, columns, f"({sql})", alias, [f"{alias}.{key}" for key in order])


def _answer_columns(scope: Scope) -> Iterator[AnswerColumn]:
    for name, column in scope.columns.items():
        if not column.is_unbound and Var(name).is_visible:
            yield answer_column(scope.context, name, column)


def _table_row(scope: Scope, table: TableColumns) -> str:
    columns = arrow_columns(scope, table.variables, table.types)
    # Of the same name, two columns would be renamed.
    return ", ".join(f"{sql} AS v{n}" for n, sql in enumerate(columns))


@dataclass(frozen=True)
class Solutions:
    """The solutions of a query: the columns of a table, and terms of ORDER BY for its ``alias``."""

    relation: Relation
    columns: dict[str, Column]
    sql: str
    alias: str
    order: list[str]

    @property
    def order_by(self) -> str:
        """The ORDER BY clause, empty if the order is not defined."""
        return f" ORDER BY {', '.join(self.order)}" if self.order else ""


def _check_projection(
    relation: Relation, projection: tuple[tuple[str, Expression | None], ...]
) -> None:
    """Check that every projected variable of a query with groups is grouped or computed."""
    earlier: set[str] = set()
    for name, expression in projection:
        if expression is None and name not in relation.columns and name not in earlier:
            raise UnsupportedQueryError(Reason.GROUPED)
        earlier.add(name)
