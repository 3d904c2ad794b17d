"""The columns of members in ``unsc-votes``, and the entries in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.security_council import members
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.resources import DATA
from kg.sources import csv_table

#: The seat whose holders' votes each column has; a seat may have several columns.
FILE: Final = "unsc_votes_columns.csv"
#: The entry of a member whose vote the source does not know.
UNKNOWN: Final = "?"
OPTIONS: Final = {
    "Y": VoteOption.YES,
    "N": VoteOption.NO,
    "A": VoteOption.ABSTENTION,
    "NV": VoteOption.NON_VOTING,
}


@dataclass(frozen=True, slots=True)
class Voters:
    """The states that voted, by column.

    ``misplaced`` are the column of another state and the state that voted in it, if any.
    """

    states: Mapping[str, str]
    misplaced: tuple[str, str] | None = None


class MemberColumns:
    """The states whose votes the columns have."""

    def __init__(self, states: StateRegister) -> None:
        self._states = states
        rows = csv_table.read(DATA / FILE, "column seat")
        self._seats = {row["column"]: row["seat"] for row in rows}

    def voters(self, columns: Iterable[str], day: str) -> Voters | str:
        """Return the states that voted in some columns on a day, or the columns without a state.

        A vote belongs to the state that held the seat of its column. Where one of these states was
        not a member of the Council, its vote is that of the only member without one; this holds
        for days on which all members are known.
        """
        columns = list(columns)
        if unknown := [column for column in columns if column not in self._seats]:
            return ", ".join(unknown)
        states = {column: self._states.on_seat((self._seats[column],), day) for column in columns}
        council = self._states.council(day)
        if len(council) != members(int(day[:4])):
            return Voters(states)
        strangers = [column for column, state in states.items() if state not in council]
        if not strangers:
            return Voters(states)
        silent = council - set(states.values())
        if len(strangers) != 1 or len(silent) != 1:
            return ", ".join(strangers)
        (column,), (state,) = strangers, silent
        return Voters(states | {column: state}, (column, state))
