"""The agents that the source names, and how misprints are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kg import resources
from kg.model.agents import Agent, AgentKind
from kg.rdf.iris import kebab
from kg.sources import csv_table
from kg.sources.agents import read_agents

#: Misprints, as printed and as read; ``withdrawn`` are states that no longer sponsor the text.
MISPRINTS_FILE: Final = "dgacm_misprints.csv"
#: Called with a misprint and its reading.
NoteMisprint = Callable[[str, str], None]


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
        # The names of states recur in each list of votes.
        self._correct: set[str] = set()

    def corrected(self, text: str, note: NoteMisprint) -> tuple[str, tuple[str, ...]]:
        """Return a text without listed misprints, and the states that it withdraws.

        ``note`` receives each misprint and its reading.
        """
        if text in self._correct:
            return text, ()
        withdrawn: list[str] = []

        def reading(match: re.Match[str]) -> str:
            read_as, states = self._readings[match[0].casefold()]
            withdrawn.extend(states)
            note(match[0], read_as)
            return read_as

        corrected, misprints = self._pattern.subn(reading, text)
        if not misprints:
            self._correct.add(text)
        return corrected, tuple(withdrawn)
