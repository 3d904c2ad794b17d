"""Which state the codes and names of the UN Digital Library's voting tables mean on a day."""

from __future__ import annotations

from kg import resources
from kg.model.state_register import StateRegister, plain_name
from kg.sources import csv_table

#: Codes that mean more than the seat of the state with that key, and names beyond the known ones.
FILE = "undl_codes.csv"


class DelegationResolver:
    """Reads code and name as the entity on the seat that day.

    A code is the key of a state and means its seat, unless the table of codes says otherwise. A
    name must be one that an entity on the seat has borne, or one the table adds.
    """

    def __init__(self, states: StateRegister) -> None:
        self._states = states
        self._seats: dict[str, tuple[str, ...]] = {}
        self._added: dict[str, set[str]] = {}
        columns = "code seats recorded_names source"
        for row in csv_table.read(resources.DATA / FILE, columns):
            self._seats[row["code"]] = row.keys("seats")
            self._added[row["code"]] = {
                plain_name(name) for name in row["recorded_names"].split("|") if name
            }
        self._names: dict[str, set[str]] = {}

    def seats(self, code: str, name: str) -> tuple[str, ...] | None:
        """Return the seats of a delegation; None if the code is unknown or the name contradicts."""
        seats = self._seats.get(code)
        if seats is None:
            if code not in self._states:
                return None
            seats = (self._states[code].seat,)
        names = self._added.get(code, set()).union(
            *(self._states.names(state) for state in self._states.holders(seats))
        )
        return seats if not name or plain_name(name) in names else None

    def expected(self, code: str) -> str:
        """Say what should stand where ``seats`` gives None."""
        if code in self._seats or code in self._states:
            return f"a name of the state with the code {code}"
        return "the code of a member of the United Nations, past or present"

    def state(self, seats: tuple[str, ...], day: str) -> str:
        """Return the key of the entity that held the seats on a day."""
        return self._states.on_seat(seats, day)

    def cast_as(self, state: str, name: str) -> str:
        """Return the name if it is none of the known names of a state, else nothing."""
        if state not in self._names:
            self._names[state] = self._states.names(state)
        return "" if not name or plain_name(name) in self._names[state] else name
