"""OPTIONAL in SQL: a left join, whose condition may need look-ups."""

from __future__ import annotations

from kg.engine.columnar.columns import Column, ParameterColumns, Relation, operand, qualify
from kg.engine.columnar.conditions import can_filter_right
from kg.engine.columnar.expressions import compile_condition
from kg.engine.columnar.joins import (
    MAX_PAIRS,
    JoinConditions,
    bound_in_left_or_right,
    project,
)
from kg.engine.columnar.scope import Patterns
from kg.sparql.algebra import Expression
from kg.sparql.unsupported import Reason, UnsupportedQueryError


def left_join_relations(
    patterns: Patterns,
    ours: Relation,
    theirs: Relation,
    expression: Expression | None,
    parameters: ParameterColumns,
) -> Relation:
    """Return the left join of two relations; neither is empty.

    Raises:
        UnsupportedQueryError: if it compares too many pairs, or too many kinds of terms.
    """
    if expression is not None and can_filter_right(expression, ours, theirs):
        theirs, expression = patterns.filter_relation(theirs, expression, parameters), None
    left_alias, right_alias = patterns.name("r"), patterns.name("r")
    left, right = qualify(ours.columns, left_alias), qualify(theirs.columns, right_alias)
    on = JoinConditions(patterns.context, left, right, parameters)
    is_equijoin = bool(on.conditions) and not on.nullable_keys
    if not is_equijoin and ours.rows * theirs.rows > MAX_PAIRS:
        raise UnsupportedQueryError(Reason.OPTIONAL_JOIN)
    conditions = on.conditions
    right_sql = on.right_source(f"{theirs.sql} {right_alias}", theirs.rows)
    if expression is not None:
        scope = patterns.scope_of({**right, **left, **on.merged}, parameters)
        condition = compile_condition(scope, expression)
        if scope.lookups:
            numbered = patterns.name("n")
            left_sql = on.source(f"{numbered} {left_alias}", ours.rows)
            pairs = f"{left_sql} JOIN {operand(right_sql)} ON {' AND '.join(conditions) or 'true'}"
            matches = f"{scope.source(pairs, max(ours.rows, theirs.rows))} WHERE {condition}"
            return _join_numbered(patterns, ours, on, numbered, left_alias, right, matches)
        conditions = [*conditions, condition]
    select_list, columns = project(patterns.context, _left_join_columns(left, right, on))
    left_sql = on.source(f"{ours.sql} {left_alias}", ours.rows)
    condition = " AND ".join(conditions) or "true"
    # DuckDB builds its hash table from the right side.
    if ours.rows < theirs.rows and is_equijoin:
        source = f"{right_sql} RIGHT JOIN {operand(left_sql)} ON {condition}"
    else:
        source = f"{left_sql} LEFT JOIN {operand(right_sql)} ON {condition}"
    return Relation(f"(SELECT {select_list} FROM {source})", columns, ours.rows, ours.distinct)


def _join_numbered(
    patterns: Patterns,
    ours: Relation,
    on: JoinConditions,
    numbered: str,
    left_alias: str,
    right: dict[str, Column],
    matches: str,
) -> Relation:
    """Return a left join by the numbers of the left rows.

    ``matches`` is the rest of a query, from FROM, for the pairs that meet the condition, in which
    ``numbered`` is the name of the left side.
    """
    if any(ours.columns[name].nullable for name in on.merged if name in ours.columns):
        raise UnsupportedQueryError(Reason.OPTIONAL_JOIN)
    listed, named = project(patterns.context, right)
    alias, match_alias = patterns.name("r"), patterns.name("r")
    columns = _left_join_columns(qualify(ours.columns, alias), qualify(named, match_alias), on)
    select_list, columns = project(patterns.context, columns)
    sql = (
        f"(WITH {numbered} AS MATERIALIZED "
        f"(SELECT x.*, row_number() OVER () AS place FROM {ours.sql} x) "
        f"SELECT {select_list} FROM {numbered} {alias} LEFT JOIN "
        f"(SELECT {left_alias}.place AS place, {listed} FROM {matches}) {match_alias} "
        f"ON {alias}.place = {match_alias}.place)"
    )
    return Relation(sql, columns, ours.rows, ours.distinct)


def _left_join_columns(
    left: dict[str, Column], right: dict[str, Column], on: JoinConditions
) -> dict[str, Column]:
    """Return the columns of an OPTIONAL, where those of the right side may be unbound."""
    added = {
        name: column.renamed(column.sql, nullable=True)
        for name, column in right.items()
        if name not in left or name in on.merged
    }
    columns = {**added, **left}
    for name in on.merged:
        if left[name].nullable:
            columns[name] = bound_in_left_or_right(*on.sides.get(name, (left[name], right[name])))
    return columns
