"""The order of joins, from exact counts: which two first, so that the least comes of it.

DuckDB joins in the order that it is told. An estimate that is wrong costs time, never an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kg.engine.columnar.statistics import Part
from kg.sparql.algebra import Term, Var


class Item(Protocol):
    """Something to be joined."""

    @property
    def names(self) -> frozenset[str]:
        """Its variables."""

    def per(self, bound: frozenset[str]) -> float:
        """Return about how many solutions it has for each value of variables that are bound."""


_AnyItem = TypeVar("_AnyItem", bound=Item)


@dataclass(frozen=True)
class Counted:
    """A triple pattern over a table; both ends are variables or constants."""

    part: Part
    subject: Var | Term
    object: Var | Term

    @property
    def names(self) -> frozenset[str]:
        """Its variables."""
        return frozenset(end.name for end in (self.subject, self.object) if isinstance(end, Var))

    def per(self, bound: frozenset[str]) -> float:
        """Return about how many facts there are for each value of variables that are bound."""
        part, subject, target = self.part, self.subject, self.object
        facts = float(part.facts) if isinstance(target, Var) else part.with_object(target)
        if not isinstance(subject, Var) or subject.name in bound:
            facts /= max(part.subjects, 1)
        if isinstance(target, Var) and target.name in bound:
            facts /= max(part.objects, 1)
        return facts

    @property
    def size(self) -> Size:
        """How many facts it has by itself, and of each variable how many different terms."""
        rows = self.per(frozenset())
        distinct = {}
        if isinstance(self.object, Var):
            distinct[self.object.name] = min(rows, self.part.objects)
        if isinstance(self.subject, Var):
            distinct[self.subject.name] = min(rows, self.part.subjects)
        return Size(rows, distinct)


@dataclass(frozen=True)
class Size:
    """About how many solutions there are, and how many different terms of each variable."""

    rows: float
    distinct: dict[str, float]

    def joined(self, other: Size) -> Size:
        """Return the size of a join."""
        rows = self.rows * other.rows
        for name in self.distinct.keys() & other.distinct.keys():
            rows /= max(self.distinct[name], other.distinct[name], 1)
        distinct = self.distinct | {
            name: min(number, self.distinct.get(name, number))
            for name, number in other.distinct.items()
        }
        return Size(rows, {name: min(number, rows) for name, number in distinct.items()})


def joining(sizes: Sequence[Size]) -> Iterator[tuple[int, int, Size]]:
    """Yield which two to join, the second into the first, and the size of what comes of it.

    What shares no variable is joined last.
    """
    left = dict(enumerate(sizes))
    while len(left) > 1:
        pairs = [(one, other) for one in left for other in left if one < other]
        sharing = [
            (one, other)
            for one, other in pairs
            if left[one].distinct.keys() & left[other].distinct.keys()
        ]
        made, one, other = min(
            ((left[one].joined(left[other]), one, other) for one, other in sharing or pairs),
            key=lambda found: found[0].rows,
        )
        del left[other]
        left[one] = made
        yield one, other, made


@dataclass(frozen=True)
class Sized:
    """A pattern of any other kind, with about so many solutions."""

    names: frozenset[str]
    rows: float

    def per(self, bound: frozenset[str]) -> float:
        """Return about how many solutions there are for each value of variables that are bound."""
        share = len(bound & self.names) / max(len(self.names), 1)
        return max(1.0, float(self.rows ** (1 - share)))


def ordered(
    items: Sequence[_AnyItem], bound: frozenset[str] = frozenset()
) -> list[tuple[_AnyItem, float]]:
    """Return items in the order in which to join them, and about how many rows there are then.

    Variables that are ``bound`` have a value from outside.
    """
    left, order, rows = list(items), list[tuple[_AnyItem, float]](), 1.0
    while left:
        connected = [one for one in left if one.names & bound] or left
        chosen = min(connected, key=lambda one: one.per(bound))
        rows *= chosen.per(bound)
        left.remove(chosen)
        order.append((chosen, rows))
        bound |= chosen.names
    return order
