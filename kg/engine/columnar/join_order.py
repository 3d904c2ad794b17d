"""Join order from exact counts: the join with the smallest result comes first.

DuckDB joins in the given order. A wrong estimate costs time but never changes an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kg.engine.columnar.statistics import TablePartition
from kg.sparql.algebra import Term, Var


class JoinInput(Protocol):
    """An input of a join."""

    @property
    def names(self) -> frozenset[str]:
        """Its variables."""

    def fan_out(self, bound: frozenset[str]) -> float:
        """Return the estimated number of solutions for each binding of the bound variables."""


_AnyInput = TypeVar("_AnyInput", bound=JoinInput)


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

    def fan_out(self, bound: frozenset[str]) -> float:
        """Return the estimated number of facts for each binding of the bound variables."""
        partition, subject, target = self.partition, self.subject, self.object
        if isinstance(target, Var):
            facts = float(partition.facts)
        else:
            facts = partition.object_frequency(target)
        if not isinstance(subject, Var) or subject.name in bound:
            facts /= max(partition.subjects, 1)
        if isinstance(target, Var) and target.name in bound:
            facts /= max(partition.objects, 1)
        return facts

    @property
    def cardinality(self) -> Cardinality:
        """The estimated numbers of its facts and of the distinct terms of each variable."""
        rows = self.fan_out(frozenset())
        distinct = {}
        if isinstance(self.object, Var):
            distinct[self.object.name] = min(rows, self.partition.objects)
        if isinstance(self.subject, Var):
            distinct[self.subject.name] = min(rows, self.partition.subjects)
        return Cardinality(rows, distinct)


@dataclass(frozen=True)
class Subpattern:
    """A pattern of any other kind, with an estimated number of solutions."""

    names: frozenset[str]
    rows: float

    def fan_out(self, bound: frozenset[str]) -> float:
        """Return the estimated number of solutions for each binding of the bound variables."""
        share = len(bound & self.names) / max(len(self.names), 1)
        return max(1.0, float(self.rows ** (1 - share)))


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


def lookup_order(
    inputs: Sequence[_AnyInput], bound: frozenset[str] = frozenset()
) -> list[tuple[_AnyInput, float]]:
    """Return inputs in the order of nested-loop lookups, each with the estimated rows after it.

    ``bound`` are variables that already have a value.
    """
    remaining, order, rows = list(inputs), list[tuple[_AnyInput, float]](), 1.0
    while remaining:
        connected = [item for item in remaining if item.names & bound] or remaining
        chosen = min(connected, key=lambda item: item.fan_out(bound))
        rows *= chosen.fan_out(bound)
        remaining.remove(chosen)
        order.append((chosen, rows))
        bound |= chosen.names
    return order
