"""The states that held a seat one after another, joined for long comparisons."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kg.web.pages.state_index import States

#: Values of the parameter ``seats``: whether a state is joined with its predecessors.
SEATS: Final = {"joined": "joined in the seat", "separate": "not joined"}


@dataclass(frozen=True)
class SeatLine:
    """A state with those that held its seat before it, as keys, and what is to be said of them.

    ``note`` is empty for a state without predecessors in its seat.
    """

    key: str
    holders: tuple[str, ...]
    note: str


def seat_line(states: States, key: str, apart: Collection[str] = ()) -> SeatLine:
    """Return a state with its predecessors in the same seat, without those that stand ``apart``."""
    holders = [key]
    for holder in holders:
        state = states.by_key[holder]
        holders += [
            before
            for before in state.predecessors
            if state.seat
            and states.by_key[before].seat == state.seat
            and before not in holders
            and before not in apart
        ]
    return SeatLine(key, tuple(holders), _note(states, key, holders[1:]))


def _note(states: States, key: str, before: list[str]) -> str:
    if not before:
        return ""
    names = []
    for holder in before:
        state = states.by_key[holder]
        until = f" (until {state.last_day[:4]})" if state.until else ""
        names.append(f"{state.label}{until}")
    earlier = "state" if len(names) == 1 else "states"
    return (
        f"The votes of {states.label(key)} are joined with those of the {earlier} that held its "
        f"seat before: {', '.join(names)}."
    )
