"""Finding states by their names and codes; a name may have been that of several states."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from kg.model.names import Period, in_words, joined, name_key
from kg.model.state_register import StateRegister
from kg.model.states import State, span_covers

_WIKIDATA: Final = re.compile(r"(?:https?://www\.wikidata\.org/(?:entity|wiki)/|wd:)?(Q[1-9]\d*)")
#: The similarity, from 0 to 1, from which a name or a key is suggested.
_SIMILAR_NAME, _SIMILAR_KEY = 0.75, 0.6


@dataclass(frozen=True, slots=True, order=True)
class NameUse:
    """The period in which a state has a name: that of the name, else that of its membership."""

    start: str
    until: str
    state: str

    @property
    def period(self) -> str:
        """The period in words."""
        return in_words((self.start, self.until))


class StateNames:
    """The states of a register by name in any language, code and identifier."""

    def __init__(self, states: StateRegister) -> None:
        self._states = states
        self._uses: dict[str, dict[str, NameUse]] = defaultdict(dict)
        self._codes: dict[str, str] = {}
        for key in states:
            for text, period in _names(states[key]):
                uses = self._uses[name_key(text)]
                known = uses.get(key)
                whole = joined((known.start, known.until), period) if known else period
                uses[key] = NameUse(*whole, key)
            for code in _codes(states[key]):
                # A former state shares the codes of its successor, which they identify today.
                if code == key or not states[key].member_until:
                    self._codes[code] = key

    def is_name(self, text: str) -> bool:
        """Return whether a text is the name of a state."""
        return name_key(text) in self._uses

    def uses(self, name: str) -> list[NameUse]:
        """Return which states have a name and when, present members first."""
        found = self._uses.get(name_key(name), {}).values()
        return sorted(found, key=lambda use: (bool(use.until), use))

    def named(self, name: str, day: str) -> str | None:
        """Return the key of the state with a name on a day, or None if there is not exactly one.

        A name that only one state ever had is its name on any day.
        """
        uses = self.uses(name)
        if len(uses) > 1:
            uses = [use for use in uses if self._states.is_member(use.state, day)]
        if len(uses) > 1:
            uses = [use for use in uses if span_covers(use.start, use.until, day)]
        return uses[0].state if len(uses) == 1 else None

    def key(self, text: str, day: str = "") -> str:
        """Return the key of the state with a key, code, Wikidata identifier or name.

        A name that several states had means the one that had it on the day, if a day is given.

        Raises:
            ValueError: if there is no such state, or several; the message names them.
        """
        code = text.strip().upper()
        if match := _WIKIDATA.fullmatch(text.strip()):
            code = match[1]
        if code in self._codes:
            return self._codes[code]
        uses = self.uses(text)
        if not uses:
            near = self.nearest(text)
            meant = f"; did you mean {near} ({self._states[near].name})?" if near else ""
            raise ValueError(f"{text!r} is no name or code of a state{meant}")
        if day and (named := self.named(text, day)):
            return named
        if len(uses) > 1:
            states = " and ".join(
                f"{use.state} ({self._states[use.state].name}; {use.period})" for use in uses
            )
            raise ValueError(f"{text!r} is a name of {states}; write the key of one of them")
        return uses[0].state

    def nearest(self, text: str) -> str:
        """Return the key of the state with the most similar name or key; empty for none."""
        near = get_close_matches(name_key(text), self._uses, 1, _SIMILAR_NAME)
        if near:
            return next(iter(self._uses[near[0]]))
        return next(iter(get_close_matches(text.upper(), list(self._states), 1, _SIMILAR_KEY)), "")


def _names(state: State) -> Iterator[tuple[str, Period]]:
    """Yield each name with the period of its use."""
    membership = state.admitted, state.member_until
    yield state.name, membership
    for name in state.names:
        yield name.name, (name.period.start, name.period.until)
    for other in state.other_names:
        yield other.text, (other.start, other.until) if other.is_dated else membership


def _codes(state: State) -> Iterator[str]:
    yield state.key
    yield from filter(None, (state.iso3, state.iso2, state.m49, state.wikidata))
