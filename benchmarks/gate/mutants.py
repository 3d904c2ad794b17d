"""Five mistakes a compiler could make, planted one at a time: the gate must find each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final
from unittest.mock import patch

from kg.engine.columnar import compiler, numerics
from kg.engine.columnar.columns import Column, Relation
from kg.engine.columnar.patterns import Patterns

_Plant = Callable[[Callable[..., Any]], Callable[..., Any]]


def _dropped_filter(_: Callable[..., Any]) -> Callable[..., Any]:
    def filtered(self: Patterns, relation: Relation, *_: object) -> Relation:
        del self
        return relation

    return filtered


def _inner_for_left_join(_: Callable[..., Any]) -> Callable[..., Any]:
    def left_join(self: Patterns, left: Any, right: Any, condition: Any, given: Any) -> Relation:
        joined = self._join((left, right), given)
        return joined if condition is None else self.filtered(joined, condition, given)

    return left_join


def _wrong_promotion(_: Callable[..., Any]) -> Callable[..., Any]:
    def quotient(one: Column, other: Column) -> Column:
        return numerics.integer(f"({one.sql} // nullif({other.sql}, 0))::BIGINT", maybe=True)

    return quotient


def _lost_duplicate(original: Callable[..., Any]) -> Callable[..., Any]:
    def union(self: Patterns, parts: list[Relation]) -> Relation:
        made: Relation = original(self, parts)
        return replace(made, sql=made.sql.replace(" UNION ALL ", " UNION "))

    return union


def _reversed_order(original: Callable[..., Any]) -> Callable[..., Any]:
    def cut(self: Any, select: Any, relation: Any, shown: Any, order: Any, given: Any) -> Any:
        turned = tuple((expression, not descending) for expression, descending in order)
        return original(self, select, relation, shown, turned, given)

    return cut


_PLANTED: Final[Mapping[str, tuple[Any, str, _Plant]]] = {
    "a dropped filter": (Patterns, "filtered", _dropped_filter),
    "an inner for a left join": (Patterns, "_left_join", _inner_for_left_join),
    "a wrong type promotion": (numerics, "quotient", _wrong_promotion),
    "a lost duplicate": (Patterns, "_union", _lost_duplicate),
    "a reversed order": (compiler._Selects, "_cut", _reversed_order),
}
NAMES: Final = tuple(_PLANTED)


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Make the compiler wrong in one way within the context."""
    owner, attribute, plant = _PLANTED[name]
    with patch.object(owner, attribute, plant(getattr(owner, attribute))):
        yield
