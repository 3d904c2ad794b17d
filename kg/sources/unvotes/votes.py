"""The votes of a long table of roll calls: packed, and read roll call by roll call.

The R package unvotes and the data that it was made from number the roll calls in the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from kg.model.sources import RejectedRow, RejectionReason
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.sources.loader import LoadResult

_T = TypeVar("_T")
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
            self._rejected(n, row, "unknown roll call", "rcid", str(n), expected)
            for n in strangers
            for row in self._rows(n)
        ]

    def fitting_day(self, rcid: int, day: str) -> str:
        """Return the day of the month of ``day`` on which most voting states were members."""
        voters = {
            self._voters[self._voter_of[row]].seats
            for row in self._rows(rcid)
            if self._choices[self._choice_of[row]].is_vote
        }
        return self._states.fitting_day([seats for seats in voters if seats], day)

    def votes(self, rcid: int, day: str, loaded: LoadResult) -> dict[str, VoteOption]:
        """Return the votes of a roll call by state; unusable rows are added to the result."""
        votes: dict[str, VoteOption] = {}
        first_row: dict[str, int] = {}
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
            if votes.setdefault(state, choice.option) != choice.option:
                conflicting.add(state)
                number = first_row[state] + self._layout.first_row
                expected = (
                    f"one vote of {state} in roll call {rcid}; row {number} differs, so neither "
                    "is used"
                )
                value = f"{choice.text} ({voter.name})"
                loaded.rejected.append(self._conflict(rcid, row, value, expected))
            elif state in first_row:
                loaded.rows["repeated"] += 1
            first_row.setdefault(state, row)
        for state in conflicting:
            expected = (
                f"one vote of {state} in roll call {rcid}; a later row differs, so neither is used"
            )
            value = f"{votes.pop(state)} ({state})"
            loaded.rejected.append(self._conflict(rcid, first_row[state], value, expected))
        return votes

    def count(self, choice: Callable[[Choice], bool]) -> int:
        """Return the number of rows with certain choices."""
        numbers = Counter(self._choice_of.tolist())
        return sum(number for index, number in numbers.items() if choice(self._choices[index]))

    def _fault(self, rcid: int, row: int, voter: Voter, choice: Choice) -> RejectedRow | None:
        if voter.seats is None:
            column, expected = self._layout.voter
            return self._rejected(rcid, row, "unknown state", column, voter.name, expected)
        if choice.option is None:
            column, expected = self._layout.vote
            value = f"{choice.text or 'no vote'} ({voter.name})"
            return self._rejected(rcid, row, "unknown vote", column, value, expected)
        return None

    def _conflict(self, rcid: int, row: int, value: str, expected: str) -> RejectedRow:
        column, _ = self._layout.vote
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
