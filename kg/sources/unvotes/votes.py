"""The votes of a long table of roll calls: packed, and read roll call by roll call.

The R package unvotes and the data that it was made from number the roll calls in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from kg.model.sources import NormalizedRow, RejectedRow, RejectionReason
from kg.model.state_register import StateRegister
from kg.model.vote_option import VOTES_CAST, VoteOption
from kg.sources.loader import LoadResult

_T = TypeVar("_T")
# Rules, as printed in the list of normalised rows.
NOT_A_MEMBER: Final = "an absence of a state that was not a member at that time is not read"
OTHER_CODE: Final = "an absence under one code of a seat with a vote under another code is not read"

X: Final = VoteOption.NON_VOTING
#: Added to or subtracted from the majority.
_SIGNS: Final = {VoteOption.YES: 1, VoteOption.NO: -1}


@dataclass(frozen=True, slots=True)
class Voter:
    """A voter as recorded; ``seats`` is None if it is no known state."""

    name: str
    seats: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A vote as recorded; without an option it is unknown, or no vote of a member."""

    text: str
    option: VoteOption | None
    is_vote: bool = True


@dataclass(frozen=True)
class Layout:
    """The table in messages: its source and file, and the number of the first row.

    ``voter`` and ``vote`` are the names of the columns, each with what is expected there.
    """

    source: str
    file: str
    first_row: int
    voter: tuple[str, str]
    vote: tuple[str, str]
    calls: str


class VoteTable:
    """Rows of a roll call's number, a voter and a choice, ordered by roll call."""

    def __init__(
        self,
        layout: Layout,
        numbers: NDArray[np.float64],
        voters: tuple[NDArray[np.int32], Sequence[Voter]],
        choices: tuple[NDArray[np.int32], Sequence[Choice]],
        states: StateRegister,
    ) -> None:
        """Make a table of columns: numbers, and the index of each row's voter and choice."""
        self._layout = layout
        self._states = states
        self._voter_of, self._voters = voters
        self._choice_of, self._choices = choices
        rcids = np.nan_to_num(numbers, nan=-1.0).astype(np.int64)
        # Stable, so that rows of a roll call keep their order and messages give the right rows.
        self._order = np.argsort(rcids, kind="stable")
        self._numbers = rcids[self._order]

    def __len__(self) -> int:
        return len(self._order)

    def lost(self) -> frozenset[int]:
        """Return the roll calls in which more states voted against than in favour."""
        signs = [_SIGNS.get(choice.option, 0) if choice.option else 0 for choice in self._choices]
        numbers, place = np.unique(self._numbers, return_inverse=True)
        majority = np.zeros(len(numbers), dtype=np.int64)
        np.add.at(majority, place, np.array(signs, dtype=np.int64)[self._choice_of[self._order]])
        return frozenset(int(number) for number in numbers[majority < 0])

    def without_roll_call(self, rcids: set[int]) -> list[RejectedRow]:
        """Return the rows without a roll call, as rejected rows."""
        present = np.unique(self._numbers)
        strangers = [int(number) for number in present if int(number) not in rcids]
        expected = f"the rcid of a row in {self._layout.calls}"
        return [
            rejected
            for n in strangers
            for rejected in self.rejected(n, "unknown roll call", "rcid", str(n), expected)
        ]

    def rejected(
        self, rcid: int, problem: RejectionReason, column: str, value: str, expected: str
    ) -> list[RejectedRow]:
        """Return all rows of a roll call as rejected rows."""
        return [
            self._rejected(rcid, row, problem, column, value, expected) for row in self._rows(rcid)
        ]

    def fitting_day(self, rcid: int, day: str) -> str:
        """Return the day of the month of ``day`` on which most voting states were members."""
        voters = {
            self._voters[self._voter_of[row]].seats
            for row in self._rows(rcid)
            if self._choices[self._choice_of[row]].option in VOTES_CAST
        }
        return self._states.fitting_day([seats for seats in voters if seats], day)

    def votes(self, rcid: int, day: str, date: str, loaded: LoadResult) -> dict[str, VoteOption]:
        """Return the votes of a roll call by state; unusable rows are added to the result.

        ``day`` determines the holders of seats, ``date`` is what is known: this day or its month.
        """
        votes: dict[str, VoteOption] = {}
        rows: dict[str, int] = {}
        conflicting: set[str] = set()
        for row in self._rows(rcid):
            voter = self._voters[self._voter_of[row]]
            choice = self._choices[self._choice_of[row]]
            if not choice.is_vote:
                loaded.rows["without a vote"] += 1
                continue
            if fault := self._fault(rcid, row, voter, choice):
                loaded.rejected.append(fault)
                continue
            assert voter.seats is not None
            assert choice.option is not None
            state = self._states.on_seat(voter.seats, day)
            if choice.option is X and not self._states.is_member(state, date):
                self._ignore(loaded, rcid, row, NOT_A_MEMBER)
            elif state not in votes:
                votes[state], rows[state] = choice.option, row
            elif votes[state] == choice.option:
                loaded.rows["repeated"] += 1
            elif self._is_other_code(row, rows[state]) and X in (votes[state], choice.option):
                absent = row if choice.option is X else rows[state]
                self._ignore(loaded, rcid, absent, OTHER_CODE)
                if absent != row:
                    votes[state], rows[state] = choice.option, row
            else:
                conflicting.add(state)
                loaded.rejected.append(self._conflict(rcid, row, state, rows[state]))
        for state in conflicting:
            del votes[state]
            loaded.rejected.append(self._conflict(rcid, rows[state], state))
        return votes

    def _is_other_code(self, row: int, other: int) -> bool:
        return bool(self._voter_of[row] != self._voter_of[other])

    def _ignore(self, loaded: LoadResult, rcid: int, row: int, rule: str) -> None:
        """Count a row that a rule does not read as a vote, and list it."""
        loaded.rows["without a vote"] += 1
        column, _ = self._layout.vote
        loaded.normalized.append(
            NormalizedRow(
                source=self._layout.source,
                file=self._layout.file,
                row=row + self._layout.first_row,
                column=column,
                value=self._described(row),
                read_as="no vote",
                rule=rule,
                record=str(rcid),
            )
        )

    def _described(self, row: int) -> str:
        voter, choice = self._voters[self._voter_of[row]], self._choices[self._choice_of[row]]
        return f"{choice.text or 'no vote'} ({voter.name})"

    def count(self, text: str) -> int:
        """Return the number of rows with a choice."""
        indices = [index for index, choice in enumerate(self._choices) if choice.text == text]
        return int(np.isin(self._choice_of, indices).sum())

    def _fault(self, rcid: int, row: int, voter: Voter, choice: Choice) -> RejectedRow | None:
        if voter.seats is None:
            column, expected = self._layout.voter
            return self._rejected(rcid, row, "unknown state", column, voter.name, expected)
        if choice.option is None:
            column, expected = self._layout.vote
            return self._rejected(rcid, row, "unknown vote", column, self._described(row), expected)
        return None

    def _conflict(self, rcid: int, row: int, state: str, first: int | None = None) -> RejectedRow:
        """Return a row that differs from the first row of a state, or that row itself."""
        column, _ = self._layout.vote
        other = "a later row" if first is None else f"row {first + self._layout.first_row}"
        expected = f"one vote of {state} in roll call {rcid}; {other} differs, so neither is used"
        value = self._described(row)
        return self._rejected(rcid, row, "two votes of one state", column, value, expected)

    def _rejected(
        self, rcid: int, row: int, problem: RejectionReason, column: str, value: str, expected: str
    ) -> RejectedRow:
        return RejectedRow(
            source=self._layout.source,
            file=self._layout.file,
            row=row + self._layout.first_row,
            problem=problem,
            value=value,
            expected=expected,
            record=str(rcid),
            column=column,
        )

    def _rows(self, rcid: int) -> list[int]:
        start, stop = np.searchsorted(self._numbers, [rcid, rcid + 1])
        rows: list[int] = self._order[start:stop].tolist()
        return rows


def coded(values: Iterable[_T], count: int) -> tuple[NDArray[np.int32], list[_T]]:
    """Return a column as an array of indices and the list of the indexed values."""
    numbers: dict[_T, int] = {}
    codes = np.fromiter(
        (numbers.setdefault(value, len(numbers)) for value in values), dtype=np.int32, count=count
    )
    return codes, list(numbers)
