"""The states, past and present, as pages need them: names by day, codes, predecessors.

They are read by three small queries once per release, and kept as long as it is the current one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from kg.model.states import span_covers
from kg.rdf import iris
from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.web.pages.per_release import PerRelease
from kg.web.pages.queries import QueryRunner

_STATES: Final = f"""
SELECT ?state ?label ?iso2 ?m49 ?admitted ?until ?group ?seat WHERE {{
  ?state a unv:State ; rdfs:label ?label .
  OPTIONAL {{ ?state unv:iso2 ?iso2 }}
  OPTIONAL {{ ?state unv:m49 ?m49 }}
  OPTIONAL {{ ?state unv:admitted ?admitted }}
  OPTIONAL {{ ?state unv:memberUntil ?until }}
  OPTIONAL {{ ?state unv:regionalGroup/rdfs:label ?group }}
  OPTIONAL {{ ?state unv:seat ?seat }}
  FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
}}
"""
_NAMES: Final = f"""
SELECT ?state ?name ?from ?until WHERE {{
  ?state unv:hasName ?n .
  ?n rdfs:label ?name .
  OPTIONAL {{ ?n unv:from ?from }}
  OPTIONAL {{ ?n unv:until ?until }}
  FILTER(LANG(?name) = "{LABEL_LANGUAGE}")
}}
"""
_PREDECESSORS: Final = "SELECT ?state ?before WHERE { ?state unv:predecessor ?before }"


@dataclass(frozen=True)
class Name:
    """A name and the half-open period of its use, as ISO dates; an open end is empty."""

    name: str
    start: str
    until: str


@dataclass(frozen=True)
class StateSummary:
    """A state, past or present; ``until`` is the first day on which it was no longer a member."""

    key: str
    label: str
    iso2: str = ""
    m49: str = ""
    admitted: str = ""
    until: str = ""
    group: str = ""
    seat: str = ""
    names: tuple[Name, ...] = ()
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """The IRI of the state."""
        return iris.state(self.key)

    @property
    def last_day(self) -> str:
        """The last day of membership; empty for present members."""
        if not self.until:
            return ""
        return (date.fromisoformat(self.until) - timedelta(days=1)).isoformat()

    def name_on(self, day: str) -> str:
        """Return the name of the state on a day, or its present name if none is known.

        For a month it is the first name that was in use on any of its days.
        """
        for name in self.names:
            if span_covers(name.start, name.until, day):
                return name.name
        return self.label


@dataclass(frozen=True)
class States:
    """All states of a release by key, sorted by name."""

    by_key: dict[str, StateSummary] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """The present or last names of all states by key."""
        return {key: state.label for key, state in self.by_key.items()}

    def label(self, key: str) -> str:
        """Return the name of a state, or its key if there is no such state."""
        state = self.by_key.get(key)
        return state.label if state else key


class StateIndex:
    """The states of the current release, read once per release."""

    def __init__(self, queries: QueryRunner) -> None:
        self._states = PerRelease(queries, lambda: _read(queries))

    async def read(self) -> States:
        """Return the states.

        Raises:
            KgError: if the engine cannot answer.
        """
        return await self._states.get()


def key_of(iri: str) -> str:
    """Return the key of a state from its IRI, empty for any other IRI."""
    parsed = iris.parse(iri)
    return parsed[1] if parsed and parsed[0] == "state" else ""


async def _read(queries: QueryRunner) -> States:
    rows, name_rows, predecessor_rows = await asyncio.gather(
        queries.rows(_STATES), queries.rows(_NAMES), queries.rows(_PREDECESSORS)
    )
    names: dict[str, list[Name]] = defaultdict(list)
    for row in name_rows:
        name = Name(row["name"], row["from"], row["until"])
        names[key_of(row["state"])].append(name)
    predecessors: dict[str, list[str]] = defaultdict(list)
    successors: dict[str, list[str]] = defaultdict(list)
    for row in predecessor_rows:
        predecessors[key_of(row["state"])].append(key_of(row["before"]))
        successors[key_of(row["before"])].append(key_of(row["state"]))
    states = []
    for row in rows:
        key = key_of(row["state"])
        state = StateSummary(
            key=key,
            label=row["label"],
            iso2=row["iso2"],
            m49=row["m49"],
            admitted=row["admitted"],
            until=row["until"],
            group=row["group"],
            seat=row["seat"],
            names=tuple(sorted(set(names[key]), key=lambda name: name.start)),
            predecessors=tuple(sorted(set(predecessors[key]))),
            successors=tuple(sorted(set(successors[key]))),
        )
        states.append(state)
    states.sort(key=lambda state: (state.label, state.key))
    return States({state.key: state for state in states})
