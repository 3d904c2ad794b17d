"""Join order from exact counts: the join with the smallest result comes first.

DuckDB joins in the given order. A wrong estimate costs time but never changes an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from kg.engine.columnar.statistics import TablePartition
from kg.sparql.algebra import Term, Var

#: The variables that have a value, each with its terms if VALUES lists them, else with none.
BoundTerms = Mapping[str, Sequence[Term]]


@dataclass(frozen=True)
class PartitionScan:
    """A triple pattern over a table; both ends are variables or constants."""

    partition: TablePartition
    subject: Var | Term
    object: Var | Term

    @property
    def names(self) -> frozenset[str]:
        """Its variables."""
        return frozenset(end.name for end in (self.subject, self.object) if isinstance(end, Var))

    def fan_out(self, bound: BoundTerms) -> float:
        """Return the estimated number of facts for each binding of the bound variables."""
        partition, subject, target = self.partition, self.subject, self.object
        if isinstance(target, Var) and target.name not in bound:
            facts = float(partition.facts)
        elif terms := bound[target.name] if isinstance(target, Var) else (target,):
            facts = sum(map(partition.object_frequency, terms)) / len(terms)
        else:
            # People ask about objects with many facts more often than about others.
            facts = partition.typical_frequency
        if not isinstance(subject, Var) or subject.name in bound:
            facts /= max(partition.subjects, 1)
        return facts

    @property
    def cardinality(self) -> Cardinality:
        """The estimated numbers of its facts and of the distinct terms of each variable."""
        rows = self.fan_out({})
        distinct = {}
        if isinstance(self.object, Var):
            distinct[self.object.name] = min(rows, self.partition.objects)
        if isinstance(self.subject, Var):
            distinct[self.subject.name] = min(rows, self.partition.subjects)
        return Cardinality(rows, distinct)


@dataclass(frozen=True)
class Cardinality:
    """Estimated numbers of solutions, and of distinct terms of each variable."""

    rows: float
    distinct: dict[str, float]

    def joined(self, other: Cardinality, without: Set[str] = frozenset()) -> Cardinality:
        """Return the cardinality of a join, on all common variables but those of ``without``."""
        rows = self.rows * other.rows
        for name in (self.distinct.keys() & other.distinct.keys()) - without:
            rows /= max(self.distinct[name], other.distinct[name], 1)
        distinct = self.distinct | {
            name: min(number, self.distinct.get(name, number))
            for name, number in other.distinct.items()
        }
        return Cardinality(rows, {name: min(number, rows) for name, number in distinct.items()})


def plan_joins(inputs: Sequence[Cardinality]) -> Iterator[tuple[int, int, Cardinality]]:
    """Yield the joins in their order: left and right input, and the cardinality of the result.

    The result takes the place of the left input. Inputs without a common variable come last.
    """
    remaining = dict(enumerate(inputs))
    while len(remaining) > 1:
        pairs = [(left, right) for left in remaining for right in remaining if left < right]
        sharing = [
            (left, right)
            for left, right in pairs
            if remaining[left].distinct.keys() & remaining[right].distinct.keys()
        ]
        result, left, right = min(
            (
                (remaining[left].joined(remaining[right]), left, right)
                for left, right in sharing or pairs
            ),
            key=lambda join: join[0].rows,
        )
        del remaining[right]
        remaining[left] = result
        yield left, right, result
