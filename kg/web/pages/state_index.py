"""The members past and present as pages need them: names by day, codes, successions.

Two small questions for each release; the answer is kept for as long as it is in force.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from kg.rdf import iris
from kg.web.pages.queries import Asker

_STATES: Final = """
SELECT ?state ?label ?iso2 ?m49 ?admitted ?until ?group ?seat WHERE {
  ?state a unv:State ; rdfs:label ?label .
  OPTIONAL { ?state unv:iso2 ?iso2 }
  OPTIONAL { ?state unv:m49 ?m49 }
  OPTIONAL { ?state unv:admitted ?admitted }
  OPTIONAL { ?state unv:memberUntil ?until }
  OPTIONAL { ?state unv:regionalGroup/rdfs:label ?group }
  OPTIONAL { ?state unv:seat ?seat }
  FILTER(LANG(?label) = "en")
}
"""
_NAMES: Final = """
SELECT ?state ?name ?from ?until WHERE {
  ?state unv:hasName ?n .
  ?n rdfs:label ?name .
  OPTIONAL { ?n unv:from ?from }
  OPTIONAL { ?n unv:until ?until }
  FILTER(LANG(?name) = "en")
}
"""
_BEFORE: Final = "SELECT ?state ?before WHERE { ?state unv:predecessor ?before }"


@dataclass(frozen=True)
class Name:
    """A name and the days it was borne, ISO dates; empty where open."""

    name: str
    start: str
    until: str


@dataclass(frozen=True)
class Member:
    """One state, past or present."""

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

    def name_on(self, day: str) -> str:
        """Return the name the state bore on a day, the one of today where none is known."""
        for one in self.names:
            if one.start <= day and (not one.until or day < one.until):
                return one.name
        return self.label


@dataclass(frozen=True)
class States:
    """All members of a release by key, in the order of their names."""

    by_key: dict[str, Member] = field(default_factory=dict)

    def label(self, key: str) -> str:
        """Return the name of a state, or its key if there is no such state."""
        member = self.by_key.get(key)
        return member.label if member else key

    def voters_of(self, key: str) -> list[str]:
        """Return a state and those it followed, nearest first: who may have voted for its land."""
        found, todo = [], [key]
        while todo:
            current = todo.pop(0)
            if current not in found and current in self.by_key:
                found.append(current)
                todo += self.by_key[current].predecessors
        return found


class StateBook:
    """Reads the states of the release in force once."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._release = ""
        self._states = States()
        self._lock = asyncio.Lock()

    async def read(self) -> States:
        """Return the states.

        Raises:
            KgError: if the engine cannot answer.
        """
        release = self._asker.engine().release().name
        async with self._lock:
            if release != self._release:
                self._states, self._release = await _read(self._asker), release
        return self._states


def key_of(iri: str) -> str:
    """Return the key of a state from its IRI, empty if it is the IRI of something else."""
    found = iris.parse(iri)
    return found[1] if found and found[0] == "state" else ""


async def _read(asker: Asker) -> States:
    rows, named, followed = await asyncio.gather(
        asker.rows(_STATES), asker.rows(_NAMES), asker.rows(_BEFORE)
    )
    names: dict[str, list[Name]] = defaultdict(list)
    for row in named:
        one = Name(row["name"], row.get("from", ""), row.get("until", ""))
        names[key_of(row["state"])].append(one)
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for row in followed:
        before[key_of(row["state"])].append(key_of(row["before"]))
        after[key_of(row["before"])].append(key_of(row["state"]))
    found = {}
    for row in rows:
        key = key_of(row["state"])
        found[key] = Member(
            key=key,
            label=row["label"],
            iso2=row.get("iso2", ""),
            m49=row.get("m49", ""),
            admitted=row.get("admitted", ""),
            until=row.get("until", ""),
            group=row.get("group", ""),
            seat=row.get("seat", ""),
            names=tuple(sorted(set(names[key]), key=lambda one: one.start)),
            predecessors=tuple(sorted(set(before[key]))),
            successors=tuple(sorted(set(after[key]))),
        )
    ordered = sorted(found.values(), key=lambda one: (one.label, one.key))
    return States({one.key: one for one in ordered})
