"""The cost of a query in Oxigraph: an estimate of the number of facts looked up and read.

The order of joins is Oxigraph's, which knows no statistics; the numbers of facts are estimated with
ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.engine.columnar.aggregates import GROUP_EXPONENT, has_groups
from kg.engine.columnar.conditions import SELECTIVITY
from kg.engine.columnar.join_order import BoundTerms, PartitionScan
from kg.engine.columnar.oxigraph_plan import certain_names, is_optional_looked_up, join_steps
from kg.engine.columnar.statistics import Statistics
from kg.limits import COLUMNAR_MIN_LOOKUPS, COLUMNAR_MIN_LOOKUPS_BY_PATTERN
from kg.sparql.algebra import (
    Call,
    Exists,
    Expression,
    Extend,
    Filter,
    Join,
    LeftJoin,
    Minus,
    PathAlternatives,
    Pattern,
    Query,
    Select,
    Term,
    Triple,
    Union,
    Values,
    Var,
)

#: The work of reading a fact after those before it, as a share of that of looking it up.
_READING: Final = 0.3
#: It is assumed that a variable has one of so many terms if these are not known.
_ASSUMED_TERMS: Final = 1000


def is_cheap(query: Query, statistics: Statistics, parameters: Mapping[str, Term]) -> bool:
    """Return whether Oxigraph looks up so few facts that it is faster than the columns."""
    estimate = _CostEstimate(statistics, parameters)
    cost = estimate.cost(query)
    return cost < COLUMNAR_MIN_LOOKUPS + estimate.patterns * COLUMNAR_MIN_LOOKUPS_BY_PATTERN


@dataclass
class _CostEstimate:
    """Adds up the facts looked up; patterns return their number of solutions and variables."""

    statistics: Statistics
    parameters: Mapping[str, Term]
    lookups: float = field(default=0.0, init=False)
    #: The number of triple patterns, each of which is a table for the columns.
    patterns: int = field(default=0, init=False)
    #: The variables of which Oxigraph knows, when it orders joins, that they have values before.
    _known: frozenset[str] = field(default=frozenset(), init=False)

    def __post_init__(self) -> None:
        self._known = self._constants

    @property
    def _constants(self) -> frozenset[str]:
        """The parameters, which are constants in the query that Oxigraph receives."""
        return frozenset(self.parameters)

    def cost(self, query: Query) -> float:
        """Return the estimated number of facts looked up; those read after one count less."""
        select = query.select
        rows, _ = self._pattern(select.pattern, {})
        limit = 1 if query.is_ask else select.limit
        if limit is None or select.order or select.distinct or has_groups(select):
            return self.lookups
        # Evaluation stops once there are enough solutions.
        return self.lookups * min(1, (limit + select.offset) / max(rows, 1))

    def _pattern(self, pattern: Pattern, bound: BoundTerms) -> tuple[float, BoundTerms]:
        match pattern:
            case Triple():
                return self._join((pattern,), bound)
            case Join(parts):
                return self._join(parts, bound)
            case LeftJoin(left, right, condition):
                rows, names = self._pattern(left, bound)
                left_names = certain_names(left).union(bound)
                if is_optional_looked_up(right, left_names, self._constants):
                    joined_rows, right_names = self._for_each(
                        rows, right, {**bound, **names}, left_names
                    )
                else:
                    right_rows, right_names = self._pattern(right, {})
                    joined_rows = _hash_joined(rows, names, right_rows, right_names)
                if condition is not None:
                    self._condition(condition, rows, {**bound, **names, **right_names})
                return max(rows, joined_rows), {**right_names, **names}
            case Minus(left, right):
                rows, names = self._pattern(left, bound)
                self._pattern(right, {})
                return rows, names
            case Union(parts):
                estimates = [self._pattern(part, bound) for part in parts]
                all_names = {name: () for _, names in estimates for name in names}
                return sum(rows for rows, _ in estimates), all_names
            case Filter(inner, condition):
                rows, names = self._pattern(inner, bound)
                self._condition(condition, rows, {**bound, **names})
                return rows * SELECTIVITY, names
            case Extend(inner, name, _):
                rows, names = self._pattern(inner, bound)
                return rows, {**names, name: ()}
            case Values(variables, rows):
                return _listed(variables, rows, bound)
            case PathAlternatives(alternatives):
                # A path is followed from the end that has a value.
                return self._planned(alternatives, bound, bound)
            case Select():
                return self._select(pattern)

    def _select(self, select: Select) -> tuple[float, BoundTerms]:
        rows, names = self._pattern(select.pattern, {})
        if has_groups(select):
            keys = {name for name, _ in select.keys or ()}
            rows = 1 if keys <= self._constants else rows**GROUP_EXPONENT
        if select.limit is not None:
            rows = min(rows, select.limit)
        if select.projection is None:
            return rows, names
        return rows, {name: names.get(name, ()) for name, _ in select.projection}

    def _join(self, parts: tuple[Pattern, ...], bound: BoundTerms) -> tuple[float, BoundTerms]:
        rows, names = 1.0, bound
        for part, is_looked_up in join_steps(parts, self._known):
            if isinstance(part, Triple):
                before, rows = rows, rows * self._fan_out(part, names)
                part_names: BoundTerms = dict.fromkeys(certain_names(part), ())
                self.lookups += before + rows * _READING
            elif is_looked_up:
                rows, part_names = self._for_each(rows, part, names, ())
            else:
                part_rows, part_names = self._pattern(part, bound)
                joined = {name: () for name in names if name not in bound}
                rows = _hash_joined(rows, joined, part_rows, part_names)
            names = {**part_names, **names}
        return rows, names

    def _fan_out(self, triple: Triple, bound: BoundTerms) -> float:
        """Return the estimated number of facts for each binding of the bound variables."""
        self.patterns += 1
        partitions = self.statistics.partitions.get(triple.predicate)
        if not partitions:
            return 0
        largest = max(partitions, key=lambda partition: partition.facts)
        ends = (self._substitute(triple.subject), self._substitute(triple.object))
        return PartitionScan(largest, *ends).fan_out(bound)

    def _substitute(self, end: Var | Term) -> Var | Term:
        """Return the term for a parameter, everything else as it is."""
        return self.parameters.get(end.name, end) if isinstance(end, Var) else end

    def _condition(self, condition: Expression, rows: float, bound: BoundTerms) -> None:
        if isinstance(condition, Exists):
            self._for_each(rows, condition.pattern, bound, bound)
        elif isinstance(condition, Call):
            for argument in condition.arguments:
                self._condition(argument, rows, bound)

    def _for_each(
        self, rows: float, pattern: Pattern, bound: BoundTerms, known: Iterable[str]
    ) -> tuple[float, BoundTerms]:
        """Estimate a pattern that is evaluated once for each of ``rows`` solutions.

        ``known`` are the variables of these that Oxigraph knows of when it orders its joins.
        """
        before, self.lookups = self.lookups, 0.0
        inner_rows, names = self._planned(pattern, bound, known)
        self.lookups = before + rows * max(self.lookups, _READING)
        return rows * inner_rows, names

    def _planned(
        self, pattern: Pattern, bound: BoundTerms, known: Iterable[str]
    ) -> tuple[float, BoundTerms]:
        before, self._known = self._known, self._known.union(known)
        estimate = self._pattern(pattern, bound)
        self._known = before
        return estimate


def _hash_joined(rows: float, names: BoundTerms, part_rows: float, part_names: BoundTerms) -> float:
    """Estimate the solutions of a hash join: as many as the larger input has, if they share."""
    return max(rows, part_rows) if names.keys() & part_names else rows * part_rows


def _listed(
    variables: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...], bound: BoundTerms
) -> tuple[float, BoundTerms]:
    """Estimate VALUES, of which a row remains for a variable that has a value before."""
    number, names = float(len(rows)), dict[str, tuple[Term, ...]]()
    for place, name in enumerate(variables):
        terms = tuple(term for row in rows if (term := row[place]) is not None)
        names[name] = terms if len(terms) == len(rows) else ()
        if name in bound:
            number /= len(bound[name]) or max(len(rows), _ASSUMED_TERMS)
    return number, names
