"""The order of joins: the least first, then always what adds least, from exact counts.

DuckDB joins in the order that it is told. An estimate that is wrong costs time, never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kg.columnar.algebra import Term, Var
from kg.columnar.catalogue import Part


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
