"""EXISTS in SQL: a look-up of the distinct terms of its pattern."""

from __future__ import annotations

from itertools import combinations
from typing import Final

from kg.engine.columnar.columns import (
    Column,
    ParameterColumns,
    Relation,
    check_decimals,
    qualify,
)
from kg.engine.columnar.scope import Patterns, Scope
from kg.engine.columnar.term_types import Storage
from kg.sparql.algebra import Pattern
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Variables of an EXISTS that may be unbound outside: each doubles the look-ups.
_MAX_UNBOUND: Final = 2


def compile_exists(
    patterns: Patterns, pattern: Pattern, scope: Scope, parameters: ParameterColumns
) -> str:
    """Return the SQL of an EXISTS: whether a pattern has a solution compatible with a scope."""
    outer_names = patterns.context.outer_names
    patterns.context.outer_names = outer_names | frozenset(scope.columns)
    inner = patterns.compile(pattern, parameters)
    patterns.context.outer_names = outer_names
    if inner.is_empty:
        return "false"
    outer = {
        name: column
        for name, column in scope.columns.items()
        if not (column.is_constant or column.is_unbound)
    }
    shared = [name for name in inner.table_columns() if name in outer]
    if any(inner.columns[name].nullable for name in shared):
        raise UnsupportedQueryError(Reason.EXISTS)
    unbound = [name for name in shared if outer[name].nullable]
    if len(unbound) > _MAX_UNBOUND:
        raise UnsupportedQueryError(Reason.EXISTS)
    is_found = _found(patterns, inner, {name: outer[name] for name in shared}, scope)
    for number in range(1, len(unbound) + 1):
        # A variable that is unbound in a solution is compatible with every term.
        for names in combinations(unbound, number):
            keys = {name: outer[name] for name in shared if name not in names}
            are_unbound = " AND ".join(f"{outer[name].sql} IS NULL" for name in names)
            other = _found(patterns, inner, keys, scope)
            is_found = f"CASE WHEN {are_unbound} THEN {other} ELSE {is_found} END"
    return f"({is_found})"


def _found(patterns: Patterns, inner: Relation, outer: dict[str, Column], scope: Scope) -> str:
    """Return whether a relation has a row with the terms of some columns, in SQL."""
    relation_alias, alias = patterns.name("r"), patterns.name("e")
    inner_scope = Scope(patterns.context, qualify(inner.columns, relation_alias))
    keys, conditions = list[str](), list[str]()
    for name, column in outer.items():
        theirs = inner_scope.columns[name]
        check_decimals(column, theirs)
        if column.kinds.isdisjoint(theirs.kinds):
            return "false"
        is_same = column.storage is theirs.storage
        storage = column.storage if is_same else Storage.TERM
        key = patterns.name("k")
        keys.append(f"{inner_scope.with_storage(theirs, storage).sql} AS {key}")
        conditions.append(f"{alias}.{key} = {scope.with_storage(column, storage).sql}")
    source = inner_scope.source(f"{inner.sql} {relation_alias}", inner.rows)
    columns = ", ".join([*keys, "true AS found"])
    table = f"(SELECT DISTINCT {columns} FROM {source})"
    scope.lookups.append((f"{table} {alias}", " AND ".join(conditions) or "true"))
    return f"({alias}.found IS NOT NULL)"
