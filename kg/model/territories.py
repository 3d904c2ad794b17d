"""The state to which each area of a map belonged on a given day.

A map is drawn from today's countries (units). A unit that at some time belonged to another state,
was not self-governing, or was shared by two states has dated holdings; at all other times it
belongs to its own state.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kg.model.state_register import StateRegister


class Status(StrEnum):
    """The status of the land at the United Nations."""

    PART = "part"
    DEPENDENT = "dependent"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Holding:
    """A unit of the map, or a share of it, for a period that ends before ``until``.

    ``start`` and ``until`` are empty where open. ``state`` is the state of which the land was part
    or which administered it; empty if there was none.
    """

    unit: str
    name: str
    state: str
    status: Status
    start: str = ""
    until: str = ""
    is_shared: bool = False
    sources: tuple[str, ...] = ()
    #: A sentence for the reader of a map of these days.
    remark: str = ""
    note: str = ""

    def is_on(self, day: str) -> bool:
        """Return whether the period includes a day."""
        return self.start <= day and not (self.until and self.until <= day)


@dataclass(frozen=True, slots=True)
class DisputedPlace:
    """A place whose status is disputed: how current maps treat it, and why.

    ``unit`` is empty if the map has no unit for the place.
    """

    place: str
    unit: str
    treatment: str
    reason: str
    sources: tuple[str, ...]


class Territories:
    """The holdings of all units by day."""

    def __init__(self, holdings: Iterable[Holding], register: StateRegister) -> None:
        self._register = register
        self._dated: dict[str, list[Holding]] = defaultdict(list)
        for holding in holdings:
            self._dated[holding.unit].append(holding)
        states = [register[key] for key in register]
        self._own = {
            state.m49: Holding(state.m49, state.name, state.key, Status.PART)
            for state in states
            if state.m49 and not state.member_until
        }
        days = {holding.start for dated in self._dated.values() for holding in dated}
        days |= {holding.until for dated in self._dated.values() for holding in dated}
        days |= {period.start for state in states for period in state.memberships}
        days |= {period.until for state in states for period in state.memberships}
        #: The days on which a holding or membership changes, in chronological order.
        self.turning_points = tuple(sorted(days - {""}))

    def on(self, day: str) -> Mapping[str, tuple[Holding, ...]]:
        """Return the holdings of each unit on a day: several where states shared it."""
        return self._on(max((turn for turn in self.turning_points if turn <= day), default=""))

    def is_member(self, state: str, day: str) -> bool:
        """Return whether a state was a member of the United Nations on a day."""
        return state in self._register and self._register.is_member(state, day)

    def best_day(self, keys: Iterable[str], first: str = "", last: str = "9999") -> str:
        """Return the latest day on which most of the states held land, within a span if given.

        Within a span, only its first day and the days of changes are considered.
        """
        wanted = set(keys)
        days = [first] if first else []
        days += [turn for turn in self.turning_points if first < turn <= last]
        return max(days, key=lambda day: (len(wanted & self._holders(day)), day))

    @functools.cache  # noqa: B019 (one object for the life of the process)
    def _on(self, day: str) -> Mapping[str, tuple[Holding, ...]]:
        held: dict[str, tuple[Holding, ...]] = {
            unit: (holding,) for unit, holding in self._own.items()
        }
        for unit, dated in self._dated.items():
            if current := tuple(holding for holding in dated if holding.is_on(day)):
                held[unit] = current
        return held

    @functools.cache  # noqa: B019 (one object for the life of the process)
    def _holders(self, day: str) -> frozenset[str]:
        return frozenset(
            holding.state
            for holdings in self.on(day).values()
            for holding in holdings
            if holding.status is Status.PART and self.is_member(holding.state, day)
        )
