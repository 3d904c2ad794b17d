"""Which queries Oxigraph answers sooner: about how many facts it would go through for each.

It looks up one triple pattern for each solution of the one before, from the most selective on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.engine.columnar.aggregates import has_groups
from kg.engine.columnar.join_order import Counted, Sized, ordered
from kg.engine.columnar.statistics import Catalogue
from kg.sparql.algebra import (
    Call,
    Exists,
    Expression,
    Extend,
    Filter,
    Join,
    LeftJoin,
    Minus,
    Pattern,
    Query,
    Select,
    Term,
    Triple,
    Union,
    Values,
    Var,
)

#: Facts that Oxigraph has gone through by the time that the columnar engine has begun.
CHEAP: Final = 3000
#: What a condition leaves of solutions.
_KEPT: Final = 0.3
_Names = frozenset[str]


def is_cheap(query: Query, catalogue: Catalogue, parameters: Mapping[str, Term]) -> bool:
    """Tell whether Oxigraph goes through few facts for a query."""
    return _Estimate(catalogue, parameters).of(query) < CHEAP


class _Estimate:
    """Facts gone through, and solutions with their variables that come out."""

    def __init__(self, catalogue: Catalogue, parameters: Mapping[str, Term]) -> None:
        self._catalogue = catalogue
        self._parameters = parameters
        self._work = 0.0

    def of(self, query: Query) -> float:
        """Return about how many facts are gone through for a query."""
        select = query.select
        rows, _ = self._pattern(select.pattern, frozenset())
        limit = 1 if query.is_ask else select.limit
        if limit is None or select.order or select.distinct or has_groups(select):
            return self._work
        # It stops when it has enough.
        return self._work * min(1, (limit + select.offset) / max(rows, 1))

    def _pattern(self, pattern: Pattern, bound: _Names) -> tuple[float, _Names]:
        match pattern:
            case Triple():
                return self._join((pattern,), bound)
            case Join(parts):
                return self._join(parts, bound)
            case LeftJoin(left, right, condition):
                rows, names = self._pattern(left, bound)
                added, more = self._each(rows, right, bound | names)
                if condition is not None:
                    self._condition(condition, rows, bound | names | more)
                return max(rows, added), names | more
            case Minus(left, right):
                rows, names = self._pattern(left, bound)
                self._pattern(right, frozenset())
                return rows, names
            case Union(parts):
                found = [self._pattern(part, bound) for part in parts]
                return sum(rows for rows, _ in found), frozenset().union(*(n for _, n in found))
            case Filter(inner, condition):
                rows, names = self._pattern(inner, bound)
                self._condition(condition, rows, bound | names)
                return rows * _KEPT, names
            case Extend(inner, name, _):
                rows, names = self._pattern(inner, bound)
                return rows, names | {name}
            case Values(told, rows):
                return len(rows), frozenset(told)
            case Select():
                return self._select(pattern)

    def _select(self, select: Select) -> tuple[float, _Names]:
        rows, names = self._pattern(select.pattern, frozenset())
        if has_groups(select):
            rows = rows**0.7 if select.keys else 1
        if select.limit is not None:
            rows = min(rows, select.limit)
        shown = names if select.projection is None else {name for name, _ in select.projection}
        return rows, frozenset(shown)

    def _join(self, parts: tuple[Pattern, ...], bound: _Names) -> tuple[float, _Names]:
        items: list[Counted | Sized] = []
        for part in parts:
            if not isinstance(part, Triple):
                rows, names = self._pattern(part, bound)
                items.append(Sized(names, rows))
                continue
            tables = self._catalogue.parts.get(part.predicate, ())
            if not tables:
                return 0, bound
            ends = [self._end(part.subject), self._end(part.object)]
            items.append(Counted(max(tables, key=lambda table: table.facts), *ends))
        rows, names = 1.0, frozenset[str]()
        for item, rows in ordered(items, bound):
            self._work += rows
            names |= item.names
        return rows, names

    def _end(self, end: Var | Term) -> Var | Term:
        return self._parameters.get(end.name, end) if isinstance(end, Var) else end

    def _condition(self, condition: Expression, rows: float, bound: _Names) -> None:
        if isinstance(condition, Exists):
            self._each(rows, condition.pattern, bound)
        elif isinstance(condition, Call):
            for one in condition.arguments:
                self._condition(one, rows, bound)

    def _each(self, rows: float, pattern: Pattern, bound: _Names) -> tuple[float, _Names]:
        """Go through a pattern for each of some solutions."""
        before, self._work = self._work, 0.0
        found, names = self._pattern(pattern, bound)
        self._work = before + rows * max(self._work, 1)
        return rows * found, names
