"""Resolving the codes and names of the UN Digital Library's voting tables to states."""

from __future__ import annotations

from kg import resources
from kg.model.names import name_key
from kg.model.state_register import StateRegister
from kg.sources import csv_table

#: Codes for more than the seat of the state with that key, and additional recorded names.
FILE = "undl_codes.csv"


class DelegationResolver:
    """Resolves a code and name to the entity that held the seat on that day.

    A code is the key of a state and identifies its seat, unless the table of codes overrides it. A
    name must be that of an entity that held the seat, or one added by the table.
    """

    def __init__(self, states: StateRegister) -> None:
        self._states = states
        self._seats: dict[str, tuple[str, ...]] = {}
        self._added: dict[str, set[str]] = {}
        columns = "code seats recorded_names source"
        for row in csv_table.read(resources.DATA / FILE, columns):
            self._seats[row["code"]] = row.keys("seats")
            self._added[row["code"]] = {
                name_key(name) for name in row["recorded_names"].split("|") if name
            }

    def seats(self, code: str, name: str) -> tuple[str, ...] | None:
        """Return the seats of a delegation; None for an unknown code or a contradicting name."""
        seats = self._seats.get(code)
        if seats is None:
            if code not in self._states:
                return None
            seats = (self._states[code].seat,)
        names = self._added.get(code, set()).union(
            *(self._states.names(state) for state in self._states.holders(seats))
        )
        return seats if not name or name_key(name) in names else None

    def expected(self, code: str) -> str:
        """Return the expected value where ``seats`` returns None."""
        if code in self._seats or code in self._states:
            return f"a name of the state with code {code}"
        return "the code of a past or present member of the United Nations"

    def state(self, seats: tuple[str, ...], day: str) -> str:
        """Return the key of the entity that held the seats on a day."""
        return self._states.on_seat(seats, day)

    def cast_as(self, state: str, name: str) -> str:
        """Return the name if it is not a known name of the state, otherwise an empty text."""
        return self._states.cast_as(state, name)
