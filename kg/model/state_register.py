"""The states of the record, and which entity held a seat on a given day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from kg.model.names import name_key
from kg.model.states import CouncilMembership, Seat, State

_DAY_LENGTH: Final = len("1946-01-01")


class StateRegister:
    """All states by key, and the entities of each seat in chronological order."""

    def __init__(
        self,
        states: Iterable[State],
        seats: Iterable[Seat] = (),
        terms: Iterable[CouncilMembership] = (),
    ) -> None:
        """Make a register; ``terms`` are those of members of the Security Council."""
        self._states = {state.key: state for state in states}
        permanent = {seat.key for seat in seats if seat.permanent_member_of}
        #: The keys of the states that hold or held a permanent seat in the Security Council.
        self.permanent_members = frozenset(
            state.key for state in self._states.values() if state.seat in permanent
        )
        self._terms = tuple(terms)
        self._spans: dict[str, list[tuple[str, str, str]]] = {}
        for state in self._states.values():
            spans = self._spans.setdefault(state.seat, [])
            spans += [(period.start, period.until, state.key) for period in state.memberships]
        for spans in self._spans.values():
            spans.sort()
        # Called for each row of votes; there are few combinations of seats.
        self._joined: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}
        # Called for each event; there are few days on which a membership begins or ends.
        periods = [period for state in self._states.values() for period in state.memberships]
        periods += [term.period for term in self._terms]
        self._turns = sorted({day for period in periods for day in (period.start, period.until)})
        self._members: dict[str | int, frozenset[str]] = {}
        self._councils: dict[str | int, frozenset[str]] = {}
        # Called for each row of sources by year.
        self._of_years: dict[int, frozenset[str]] = {}
        # Called for each vote with a name.
        self._names: dict[str, frozenset[str]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._states

    def __getitem__(self, key: str) -> State:
        return self._states[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

    def seats(self) -> set[str]:
        """Return the keys of all seats."""
        return set(self._spans)

    def names(self, key: str) -> frozenset[str]:
        """Return every known name of a state, as ``name_key`` returns it.

        Names that it had only in a period, and the Organization did not use, are those of other
        states too: "Congo" beside the code of the Democratic Republic of the Congo is a mistake.
        """
        names = self._names.get(key)
        if names is None:
            state = self._states[key]
            texts = [state.name, *(dated.name for dated in state.names)]
            texts += [other.text for other in state.other_names if not other.is_dated]
            names = frozenset(map(name_key, texts))
            self._names[key] = names
        return names

    def cast_as(self, key: str, recorded: str) -> str:
        """Return a recorded name that is no known name of the state, otherwise an empty text."""
        return recorded if recorded and name_key(recorded) not in self.names(key) else ""

    def name_in(self, key: str, date: str) -> str:
        """Return the name of a state on a day, or in a month or year; else its usual name."""
        state = self._states[key]
        return next((name.name for name in state.names if name.period.covers(date)), state.name)

    def holders(self, seats: tuple[str, ...]) -> set[str]:
        """Return the keys of all entities that have held any of the seats."""
        return {key for seat in seats for _, _, key in self._spans[seat]}

    def is_member(self, key: str, day: str) -> bool:
        """Return whether a state was a member of the United Nations on a day, or in a month."""
        return any(period.covers(day) for period in self._states[key].memberships)

    def members(self, day: str) -> frozenset[str]:
        """Return the keys of the states that were members on a day, or in a month."""
        span = self._span(day)
        members = self._members.get(span)
        if members is None:
            members = frozenset(key for key in self._states if self.is_member(key, day))
            self._members[span] = members
        return members

    def members_in(self, year: int) -> frozenset[str]:
        """Return the keys of the states that were members on any day of a year."""
        members = self._of_years.get(year)
        if members is None:
            months = (self.members(f"{year}-{month:02}") for month in range(1, 13))
            members = self._of_years[year] = frozenset().union(*months)
        return members

    def council(self, day: str) -> frozenset[str]:
        """Return the keys of the members of the Security Council on a day, as far as known."""
        span = self._span(day)
        council = self._councils.get(span)
        if council is None:
            council = frozenset(term.state for term in self._terms if term.period.covers(day))
            self._councils[span] = council
        return council

    def _span(self, day: str) -> str | int:
        """Return the number of turns up to a day, which determines the members; a month itself."""
        return bisect_right(self._turns, day) if len(day) == _DAY_LENGTH else day

    def fitting_day(self, seats: Collection[tuple[str, ...]], day: str) -> str:
        """Return the day of the month of ``day`` on which most of the seats were held.

        For votes of which only the month is known: the states that voted show whether the vote
        was taken before or after an admission in that month. If no day is better, return ``day``.
        """
        month = day[:7]
        starts = {
            start
            for spans in self._spans.values()
            for start, _, _ in spans
            if start.startswith(month)
        }
        if not starts:
            return day
        return max([day, *sorted(starts)], key=lambda start: self._held(seats, start))

    def _held(self, seats: Collection[tuple[str, ...]], day: str) -> int:
        return sum(self.is_member(self.on_seat(choice, day), day) for choice in seats)

    def on_seat(self, seats: tuple[str, ...], day: str) -> str:
        """Return the key of the entity that held a seat on a day.

        Several seats follow each other in time ("Yugoslavia" is the seat that ended in 2000, later
        the seat of Serbia). The latest membership on any of them that had begun by ``day`` is used,
        even if it had ended: SHACL reports such votes. If none had begun, the earliest is used.
        """
        spans = self._joined.get(seats)
        if spans is None:
            spans = sorted(span for seat in seats for span in self._spans[seat])
            self._joined[seats] = spans
        begun = [key for start, _, key in spans if start <= day]
        return begun[-1] if begun else spans[0][2]
