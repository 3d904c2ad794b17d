"""The states and agents that the source names, and how misprints are read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from kg import resources
from kg.model.agents import Agent, AgentKind
from kg.model.state_register import StateRegister, plain_name
from kg.rdf.iris import kebab
from kg.sources import csv_table
from kg.sources.agents import read_agents

#: Names of states that the register does not have: short and inverted forms.
NAMES_FILE: Final = "dgacm_names.csv"
#: Misprints, as printed and as read; ``withdrawn`` are states that no longer sponsor the text.
MISPRINTS_FILE: Final = "dgacm_misprints.csv"
#: Called with a misprint and its reading.
NoteMisprint = Callable[[str, str], None]
_ARTICLE: Final = re.compile(r"the ", re.IGNORECASE)


class StateNames:
    """The states by the names they bear in the source."""

    def __init__(self, states: StateRegister) -> None:
        self._states = states
        self._keys: dict[str, set[str]] = defaultdict(set)
        for key in states:
            for name in states.names(key):
                self._keys[name].add(key)
        for row in csv_table.read(resources.DATA / NAMES_FILE, "name state"):
            self._keys[plain_name(row["name"])].add(row["state"])
        self._known = {key: states.names(key) for key in states}

    def is_name(self, text: str) -> bool:
        """Return whether a text is the name of a state."""
        return bool(self._candidates(text))

    def state(self, text: str, day: str) -> str | None:
        """Return the key of the state with a name on a day, None if there is no such state."""
        keys = self._candidates(text)
        members = [key for key in keys if self._states.is_member(key, day)]
        if len(members) == 1:
            return members[0]
        return next(iter(keys)) if len(keys) == 1 else None

    def cast_as(self, state: str, text: str) -> str:
        """Return the text if it is not a known name of the state, otherwise an empty text."""
        return "" if plain_name(text) in self._known[state] else text

    def _candidates(self, text: str) -> set[str]:
        name = plain_name(text)
        return self._keys.get(name) or self._keys.get(_ARTICLE.sub("", name, count=1), set())


class AgentNames:
    """The agents that are no states, by their names; others are agents as printed."""

    def __init__(self) -> None:
        self._agents = read_agents()

    def known(self, text: str) -> Agent | None:
        """Return the listed agent with a name or another spelling of it, None if there is none."""
        return self._agents.named(text)

    def agent(self, text: str, kind: AgentKind) -> Agent:
        """Return the agent with a name; one that is not listed has the given kind."""
        return self.known(text) or Agent(kebab(text), text, (kind,))


class Misprints:
    """The listed misprints; each is replaced wherever it stands as whole words."""

    def __init__(self) -> None:
        self._readings: dict[str, tuple[str, tuple[str, ...]]] = {}
        for row in csv_table.read(resources.DATA / MISPRINTS_FILE, "printed read_as withdrawn"):
            self._readings[row["printed"].casefold()] = row["read_as"], row.keys("withdrawn")
        texts = sorted(self._readings, key=len, reverse=True)
        self._pattern = re.compile(
            "|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in texts), re.IGNORECASE
        )

    def corrected(self, text: str, note: NoteMisprint) -> tuple[str, tuple[str, ...]]:
        """Return a text without listed misprints, and the states that it withdraws.

        ``note`` receives each misprint and its reading.
        """
        withdrawn: list[str] = []

        def reading(match: re.Match[str]) -> str:
            read_as, states = self._readings[match[0].casefold()]
            withdrawn.extend(states)
            note(match[0], read_as)
            return read_as

        return self._pattern.sub(reading, text), tuple(withdrawn)
