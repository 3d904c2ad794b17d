"""The land on a map, coloured by the positions of its states on a day, with a text per unit."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.territories import Holding, Status, Territories
from kg.resources import DATA
from kg.sources.territories import read_territories
from kg.web.pages.state_index import States

#: The length of a year and month, where the day of a vote is unknown.
_MONTH_LENGTH: Final = 7


@dataclass(frozen=True)
class Shade:
    """The colour of a state, as a class of the style sheet, and its value in words."""

    style: str
    label: str


#: The shades of land without a value.
OUTSIDE: Final = Shade("outside", "not a member")
DEPENDENT: Final = Shade("dependent", "not self-governing, or a colony")
#: The shade of members without a position in a vote of the Security Council.
NOT_ON_COUNCIL: Final = Shade("none", "not on the Security Council, or no vote recorded")


@dataclass(frozen=True)
class Land:
    """A unit of the map: one style, or several where states shared it, and its text."""

    styles: tuple[str, ...]
    title: str
    #: The keys of the states that had these styles there.
    states: tuple[str, ...] = ()

    @property
    def is_striped(self) -> bool:
        """Whether states that shared the unit differ."""
        return len(self.styles) > 1


@dataclass(frozen=True)
class LandOfDay:
    """All units on a day, with the remarks in the caption of the map."""

    day: str
    is_today: bool
    units: Mapping[str, Land]
    remarks: tuple[str, ...]

    @property
    def styles(self) -> frozenset[str]:
        """All styles in use."""
        return frozenset(style for land in self.units.values() for style in land.styles)


@functools.cache
def territories() -> Territories:
    """Return the dated territories that are included in the package."""
    return read_territories(DATA)


def land_of_day(states: States, shades: Mapping[str, Shade], date: str, absent: Shade) -> LandOfDay:
    """Return the land of a day in the shades of its states; ``absent`` is for members without one.

    For a month it is the latest day of that month, and without a date the latest day of all, on
    which most of the states with a shade held land.
    """
    table = territories()
    if not date:
        day = table.best_day(shades)
    elif len(date) == _MONTH_LENGTH:
        day = table.best_day(shades, f"{date}-01", f"{date}-31")
    else:
        day = date
    units, remarks = {}, []
    for unit, holdings in table.on(day).items():
        painted = [(_shade(table, holding, shades, day, absent), holding) for holding in holdings]
        styles = tuple(dict.fromkeys(shade.style for shade, _ in painted))
        words = [f"{_subject(states, holding, day)}: {shade.label}" for shade, holding in painted]
        holders = (holding.state for holding in holdings if holding.status is Status.PART)
        units[unit] = Land(styles, "; ".join(words), tuple(key for key in holders if key))
        for holding in holdings:
            if holding.remark and (
                units[unit].is_striped if holding.is_shared else holding.state in shades
            ):
                remarks.append(holding.remark)
    return LandOfDay(day, day >= table.turning_points[-1], units, tuple(remarks))


def _shade(
    table: Territories, holding: Holding, shades: Mapping[str, Shade], day: str, absent: Shade
) -> Shade:
    if holding.status is Status.DEPENDENT:
        return DEPENDENT
    if holding.status is Status.OUTSIDE:
        return OUTSIDE
    if shade := shades.get(holding.state):
        return shade
    return absent if table.is_member(holding.state, day) else OUTSIDE


def _subject(states: States, holding: Holding, day: str) -> str:
    """Return the land in words: its own name, if it has one, and that of its state on the day."""
    state = states.by_key.get(holding.state)
    name = state.name_on(day) if state else states.label(holding.state)
    if holding.status is Status.OUTSIDE:
        return holding.name
    if holding.status is Status.DEPENDENT:
        return f"{holding.name}, administered by {name}" if holding.state else holding.name
    if holding.is_shared:
        return name
    if (state and state.m49 == holding.unit) or holding.name in {name, states.label(holding.state)}:
        return name
    return f"{holding.name}, {'then part of' if holding.until else 'coloured like'} {name}"
