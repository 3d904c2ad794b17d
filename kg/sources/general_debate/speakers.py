"""From the codes of the source to the states and observers that spoke."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg import resources
from kg.errors import SourceError
from kg.model.names import name_key
from kg.model.state_register import StateRegister
from kg.sources import csv_table

FILE: Final = "general_debate_codes.csv"
#: The day of the year on which the holder of a seat is determined: the debate begins in the third
#: week of September. The sessions that began later (1946, 1951, 1964) saw no seat change hands
#: between the two.
DEBATE_DAY: Final = "09-20"


@dataclass(frozen=True, slots=True)
class CodeRule:
    """How a code of the source is read; without a country, for all countries.

    Exactly one of ``seats``, ``agent`` and ``ignored`` is set. ``reason`` is empty for a code that
    only differs from the ISO code.
    """

    seats: tuple[str, ...]
    agent: str
    ignored: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """A state by key, or another agent by name, and the rule that was applied, if any."""

    state: str = ""
    agent: str = ""
    rule: str = ""

    @property
    def ignored(self) -> bool:
        """Whether the row is not a speech."""
        return not self.state and not self.agent


class SpeakerTable:
    """Finds who spoke from the code, the country and the year of a row."""

    def __init__(self, states: StateRegister, folder: Path = resources.DATA) -> None:
        self._states = states
        self._rules = dict(_read(folder / FILE, states))
        self._by_code = {states[key].iso3: (states[key].seat,) for key in states}
        self._by_code.pop("", None)
        self._seats_by_name: dict[str, set[str]] = {}
        for key in states:
            for name in states.names(key):
                self._seats_by_name.setdefault(name, set()).add(states[key].seat)

    def speaker(self, code: str, country: str, year: int) -> Speaker | None:
        """Return who spoke; None if code and country are unknown, or contradict each other."""
        listed = self._rules.get((code, country, str(year))) or self._rules.get((code, "", ""))
        if listed and (listed.ignored or listed.agent):
            return Speaker(agent=listed.agent, rule=listed.reason)
        seats = listed.seats if listed else self._by_code.get(code, ())
        if not seats:
            return None
        reason = listed.reason if listed else ""
        if not reason and self._names_another_state(country, seats):
            return None
        state = self._states.on_seat(seats, f"{year}-{DEBATE_DAY}")
        if state not in self._states.members_in(year):
            return None
        if not reason and len(self._holders(seats, year)) > 1:
            reason = "the seat changed hands in this year: read as its holder in September"
        return Speaker(state=state, rule=reason)

    def _names_another_state(self, country: str, seats: tuple[str, ...]) -> bool:
        named = self._seats_by_name.get(name_key(country), set())
        return bool(named) and not named & set(seats)

    def _holders(self, seats: tuple[str, ...], year: int) -> list[str]:
        holders = self._states.holders(seats)
        return [key for key in holders if key in self._states.members_in(year)]


def _read(path: Path, states: StateRegister) -> list[tuple[tuple[str, str, str], CodeRule]]:
    rules = []
    for row in csv_table.read(path, "code country year seats agent reason"):
        seats, agent = row.keys("seats"), row["agent"]
        if unknown := set(seats) - states.seats():
            raise SourceError(f"{path}, line {row.line}: unknown seat {', '.join(sorted(unknown))}")
        ignored = not seats and not agent
        rule = CodeRule(seats, agent, ignored, row["reason"])
        rules.append(((row["code"], row["country"], row["year"]), rule))
    return rules
