"""Seven typical compiler bugs, planted one at a time; the gate must find each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Final
from unittest.mock import patch

from kg.engine.columnar import aggregates, compiler, numerics
from kg.engine.columnar.columns import Column, ParameterColumns, Relation
from kg.engine.columnar.concatenation import concatenation
from kg.engine.columnar.constants import Constants
from kg.engine.columnar.ordering import sort_keys
from kg.engine.columnar.patterns import PatternCompiler
from kg.engine.columnar.scope import Scope
from kg.sparql.algebra import Aggregate, Expression, Pattern, Term


def _dropped_filter() -> AbstractContextManager[object]:
    def filter_relation(
        self: PatternCompiler, relation: Relation, _: Expression, __: ParameterColumns
    ) -> Relation:
        del self
        return relation

    return patch.object(PatternCompiler, "filter_relation", filter_relation)


def _inner_for_left_join() -> AbstractContextManager[object]:
    def left_join(
        self: PatternCompiler,
        left: Pattern,
        right: Pattern,
        condition: Expression | None,
        parameters: ParameterColumns,
    ) -> Relation:
        joined = self._join((left, right), parameters)
        return joined if condition is None else self.filter_relation(joined, condition, parameters)

    return patch.object(PatternCompiler, "_left_join", left_join)


def _wrong_promotion() -> AbstractContextManager[object]:
    def quotient(left: Column, right: Column) -> Column:
        return numerics.integer(f"({left.sql} // nullif({right.sql}, 0))::BIGINT", nullable=True)

    return patch.object(numerics, "quotient", quotient)


def _lost_duplicate() -> AbstractContextManager[object]:
    original = PatternCompiler._union

    def union(self: PatternCompiler, parts: list[Relation]) -> Relation:
        relation = original(self, parts)
        return replace(relation, sql=relation.sql.replace(" UNION ALL ", " UNION "))

    return patch.object(PatternCompiler, "_union", union)


def _reversed_order() -> AbstractContextManager[object]:
    def reversed_keys(
        scope: Scope, order: tuple[tuple[Expression, bool], ...], projected: Iterable[str] | None
    ) -> Iterator[tuple[str, str]]:
        reversed_order = tuple((expression, not descending) for expression, descending in order)
        return sort_keys(scope, reversed_order, projected)

    return patch(f"{compiler.__name__}.{sort_keys.__name__}", reversed_keys)


def _lost_value() -> AbstractContextManager[object]:
    def without_duplicates(
        scope: Scope, aggregate: Aggregate, value: Column, _: list[str], *, may_be_empty: bool
    ) -> Column:
        distinct = replace(aggregate, distinct=True)
        return concatenation(scope, distinct, value, [], may_be_empty=may_be_empty)

    return patch(f"{aggregates.__name__}.{concatenation.__name__}", without_duplicates)


def _kept_constant() -> AbstractContextManager[object]:
    def no_parameter(self: Constants, term: Term) -> None:
        del self, term

    return patch.object(Constants, "id_parameter", no_parameter)


_MUTANTS: Final[dict[str, Callable[[], AbstractContextManager[object]]]] = {
    "a dropped filter": _dropped_filter,
    "an inner for a left join": _inner_for_left_join,
    "a wrong type promotion": _wrong_promotion,
    "a lost duplicate": _lost_duplicate,
    "a reversed order": _reversed_order,
    "a lost value of GROUP_CONCAT": _lost_value,
    "a constant that stays in a plan": _kept_constant,
}
NAMES: Final = tuple(_MUTANTS)


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant a mistake in the compiler within the context."""
    with _MUTANTS[name]():
        yield
