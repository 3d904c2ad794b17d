"""The cost of a query in Oxigraph: an estimate of the number of facts visited.

The order of joins is Oxigraph's, which knows no statistics; the numbers of facts are estimated with
ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.engine.columnar.aggregates import GROUP_EXPONENT, has_groups
from kg.engine.columnar.conditions import SELECTIVITY
from kg.engine.columnar.join_order import PartitionScan
from kg.engine.columnar.oxigraph_plan import certain_names, is_optional_looked_up, join_steps
from kg.engine.columnar.statistics import Statistics
from kg.limits import COLUMNAR_MIN_FACTS
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

_Names = frozenset[str]


def is_cheap(query: Query, statistics: Statistics, parameters: Mapping[str, Term]) -> bool:
    """Return whether Oxigraph visits so few facts that it is faster than the columns."""
    return _CostEstimate(statistics, parameters).cost(query) < COLUMNAR_MIN_FACTS


@dataclass
class _CostEstimate:
    """Adds up the facts visited; patterns return their number of solutions and their variables."""

    statistics: Statistics
    parameters: Mapping[str, Term]
    visited: float = field(default=0.0, init=False)

    @property
    def _constants(self) -> _Names:
        """The parameters, which are constants in the query that Oxigraph receives."""
        return frozenset(self.parameters)

    def cost(self, query: Query) -> float:
        """Return the estimated number of facts visited for a query."""
        select = query.select
        rows, _ = self._pattern(select.pattern, frozenset())
        limit = 1 if query.is_ask else select.limit
        if limit is None or select.order or select.distinct or has_groups(select):
            return self.visited
        # Evaluation stops once there are enough solutions.
        return self.visited * min(1, (limit + select.offset) / max(rows, 1))

    def _pattern(self, pattern: Pattern, bound: _Names) -> tuple[float, _Names]:
        match pattern:
            case Triple():
                return self._join((pattern,), bound)
            case Join(parts):
                return self._join(parts, bound)
            case LeftJoin(left, right, condition):
                rows, names = self._pattern(left, bound)
                if is_optional_looked_up(right, bound | certain_names(left), self._constants):
                    joined_rows, right_names = self._for_each(rows, right, bound | names)
                else:
                    right_rows, right_names = self._pattern(right, frozenset())
                    joined_rows = _hash_joined(rows, names, right_rows, right_names)
                if condition is not None:
                    self._condition(condition, rows, bound | names | right_names)
                return max(rows, joined_rows), names | right_names
            case Minus(left, right):
                rows, names = self._pattern(left, bound)
                self._pattern(right, frozenset())
                return rows, names
            case Union(parts):
                estimates = [self._pattern(part, bound) for part in parts]
                all_names = (names for _, names in estimates)
                return sum(rows for rows, _ in estimates), frozenset().union(*all_names)
            case Filter(inner, condition):
                rows, names = self._pattern(inner, bound)
                self._condition(condition, rows, bound | names)
                return rows * SELECTIVITY, names
            case Extend(inner, name, _):
                rows, names = self._pattern(inner, bound)
                return rows, names | {name}
            case Values(variables, rows):
                return len(rows), frozenset(variables)
            case Select():
                return self._select(pattern)

    def _select(self, select: Select) -> tuple[float, _Names]:
        rows, names = self._pattern(select.pattern, frozenset())
        if has_groups(select):
            rows = rows**GROUP_EXPONENT if select.keys else 1
        if select.limit is not None:
            rows = min(rows, select.limit)
        if select.projection is None:
            return rows, names
        return rows, frozenset(name for name, _ in select.projection)

    def _join(self, parts: tuple[Pattern, ...], bound: _Names) -> tuple[float, _Names]:
        rows, names = 1.0, bound
        for part, is_looked_up in join_steps(parts, bound | self._constants):
            if isinstance(part, Triple):
                rows *= self._fan_out(part, names)
                part_names = certain_names(part)
                self.visited += rows
            elif is_looked_up:
                rows, part_names = self._for_each(rows, part, names)
            else:
                part_rows, part_names = self._pattern(part, bound)
                rows = _hash_joined(rows, names, part_rows, part_names)
            names |= part_names
        return rows, names

    def _fan_out(self, triple: Triple, bound: _Names) -> float:
        """Return the estimated number of facts for each binding of the bound variables."""
        partitions = self.statistics.partitions.get(triple.predicate)
        if not partitions:
            return 0
        largest = max(partitions, key=lambda partition: partition.facts)
        ends = (self._substitute(triple.subject), self._substitute(triple.object))
        return PartitionScan(largest, *ends).fan_out(bound)

    def _substitute(self, end: Var | Term) -> Var | Term:
        """Return the term for a parameter, everything else as it is."""
        return self.parameters.get(end.name, end) if isinstance(end, Var) else end

    def _condition(self, condition: Expression, rows: float, bound: _Names) -> None:
        if isinstance(condition, Exists):
            self._for_each(rows, condition.pattern, bound)
        elif isinstance(condition, Call):
            for argument in condition.arguments:
                self._condition(argument, rows, bound)

    def _for_each(self, rows: float, pattern: Pattern, bound: _Names) -> tuple[float, _Names]:
        """Estimate a pattern that is evaluated once for each of ``rows`` solutions."""
        before, self.visited = self.visited, 0.0
        inner_rows, names = self._pattern(pattern, bound)
        self.visited = before + rows * max(self.visited, 1)
        return rows * inner_rows, names


def _hash_joined(rows: float, names: _Names, part_rows: float, part_names: _Names) -> float:
    """Estimate the solutions of a hash join: as many as the larger input has, if they share."""
    return max(rows, part_rows) if names & part_names else rows * part_rows
