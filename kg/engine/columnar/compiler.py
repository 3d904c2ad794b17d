"""From a query to SQL whose rows are its solutions, written as SPARQL's JSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kg.engine.columnar import aggregates
from kg.engine.columnar.columns import NOTHING, Column, Relation, empty, has_order
from kg.engine.columnar.context import Context
from kg.engine.columnar.database import Columns
from kg.engine.columnar.expressions import compiled
from kg.engine.columnar.json_rows import field
from kg.engine.columnar.patterns import Given, Patterns
from kg.engine.columnar.scope import Scope
from kg.sparql.algebra import Call, Expression, Query, Select, Term, Var
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Longer SQL is not run, in characters.
_LONGEST: Final = 200_000


@dataclass(frozen=True)
class Compiled:
    """SQL of a query; its rows are objects of JSON, in the order of the query.

    Of ASK it has a row where the answer is true.
    """

    sql: str
    is_ask: bool


def compile_query(query: Query, file: Columns, parameters: Mapping[str, Term]) -> Compiled:
    """Return a query in SQL.

    ``parameters`` are terms that variables stand for.

    Raises:
        UnsupportedQueryError: if the answer would not be certain to be Oxigraph's.
    """
    context = Context(file, parameters)
    compiler = _Selects(context)
    select = query.select
    if query.is_ask:
        if parameters:
            raise UnsupportedQueryError(Reason.PARAMETERS)
        found = compiler.patterns.compile(select.pattern, {})
        sql = "SELECT 1 WHERE false" if found.is_empty else f"SELECT 1 FROM {found.sql} r LIMIT 1"
    else:
        shown = {name for name, _ in select.projection or ()}
        if not shown.issuperset(parameters):
            raise UnsupportedQueryError(Reason.PARAMETERS)
        given = {name: context.constant(term) for name, term in parameters.items()}
        sql = compiler.written(select, given)
    if len(sql) > _LONGEST:
        raise UnsupportedQueryError(Reason.LENGTH)
    return Compiled(sql, query.is_ask)


class _Selects:
    """Compiles queries and those within them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.patterns = Patterns(context, self._within)

    def written(self, select: Select, given: Given) -> str:
        """Return SQL for a whole query."""
        made = self._made(select, given)
        shown, alias = made.shown, "answer"
        if made.relation.is_empty:
            return "SELECT '{}' WHERE false"
        scope = Scope(
            self._context,
            {name: one.called(f"{alias}.{one.sql}") for name, one in shown.items()},
        )
        fields = ", ".join(
            field(scope, name, column)
            for name, column in scope.columns.items()
            if not column.is_nothing and Var(name).is_visible
        )
        row = f"'{{' || concat_ws(',', {fields}) || '}}'" if fields else "'{}'"
        rows = made.relation.rows if select.limit is None else select.limit
        sql = scope.source(f"{made.sql} {alias}", rows)
        order = made.order(f"{alias}.")
        return f"SELECT {row} FROM {sql}{order}"

    def _within(self, select: Select, given: Given) -> Relation:
        """Return the table of a query within a query."""
        if select.limit is not None or select.offset:
            raise UnsupportedQueryError(Reason.INNER_LIMIT)
        names = None if select.projection is None else {name for name, _ in select.projection}
        inner = given if names is None else {n: c for n, c in given.items() if n in names}
        made = self._made(replace(select, order=()), inner)
        return (
            made.relation
            if made.relation.is_empty
            else Relation(made.sql, made.shown, made.relation.rows)
        )

    def _made(self, select: Select, given: Given) -> _Made:
        relation = self.patterns.compile(select.pattern, given)
        projection, order = select.projection, select.order
        if aggregates.has_groups(select):
            alias = self._context.name("r")
            found = aggregates.grouped(select, relation, self.patterns, alias, given)
            relation, projection, order = found.relation, found.projection, found.order
            given = {name: one for name, one in given.items() if name in relation.columns}
            if found.having is not None:
                relation = self.patterns.filtered(relation, found.having, given)
            self._check_grouped(relation, projection)
        names = [n for n in relation.columns if Var(n).is_visible]
        if projection is not None:
            for name, expression in projection:
                if expression is not None:
                    relation = self.patterns.extended(relation, name, expression, given)
            names = [name for name, _ in projection]
        shown = {name: relation.columns.get(name, NOTHING) for name in names}
        if relation.is_empty:
            return _Made(empty(names), dict.fromkeys(names, NOTHING), "", [])
        return self._cut(select, relation, shown, order, given)

    def _check_grouped(
        self, relation: Relation, projection: tuple[tuple[str, Expression | None], ...]
    ) -> None:
        made: set[str] = set()
        for name, expression in projection:
            if expression is None and name not in relation.columns and name not in made:
                raise UnsupportedQueryError(Reason.GROUPED)
            made.add(name)

    def _cut(
        self,
        select: Select,
        relation: Relation,
        shown: dict[str, Column],
        order: tuple[tuple[Expression, bool], ...],
        given: Given,
    ) -> _Made:
        """Return the solutions as DISTINCT, ORDER BY, LIMIT and OFFSET leave them."""
        alias = self._context.name("r")
        scope = self.patterns.scope(relation, alias, given)
        told = []
        stored = {}
        for name, column in shown.items():
            if column.constant:
                stored[name] = column
                continue
            called = self._context.name("c")
            told.append(f"{scope.columns[name].sql} AS {called}")
            stored[name] = column.called(called)
        keys: list[str] = []
        for expression, descending in order:
            if select.distinct and not _variables(expression) <= set(shown):
                raise UnsupportedQueryError(Reason.ORDER)
            value = compiled(scope, expression)
            if value.constant or value.is_nothing:
                continue
            if not has_order(value):
                raise UnsupportedQueryError(Reason.ORDER)
            called = self._context.name("k")
            told.append(f"{value.sql} AS {called}")
            keys.append(f"{called} {'DESC NULLS LAST' if descending else 'ASC NULLS FIRST'}")
        sql = f"SELECT {'DISTINCT ' if select.distinct else ''}{', '.join(told) or '1 AS one'} "
        sql += f"FROM {scope.source(f'{relation.sql} {alias}', relation.rows)}"
        if select.limit is not None or select.offset:
            sql += f" ORDER BY {', '.join(keys)}" if keys else ""
            sql += f" LIMIT {select.limit}" if select.limit is not None else ""
            sql += f" OFFSET {select.offset}" if select.offset else ""
        return _Made(relation, stored, f"({sql})", keys)


@dataclass(frozen=True)
class _Made:
    """A query's solutions: ``sql`` with the columns that are shown, and the keys of its order."""

    relation: Relation
    shown: dict[str, Column]
    sql: str
    keys: list[str]

    def order(self, prefix: str) -> str:
        return f" ORDER BY {', '.join(prefix + key for key in self.keys)}" if self.keys else ""


def _variables(expression: Expression) -> set[str]:
    if isinstance(expression, Var):
        return {expression.name}
    if isinstance(expression, Call):
        return {name for one in expression.arguments for name in _variables(one)}
    return set()
