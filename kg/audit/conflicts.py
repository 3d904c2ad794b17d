"""The discrepancies of a release by keys: what they concern, and the sources of both sides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from kg.rdf import iris
from kg.rdf.iris import local_name
from kg.release.store import solution_texts

_QUERY: Final = """
SELECT ?discrepancy ?aspect ?description ?accepted ?other ?concerned ?acceptedFrom ?otherFrom
WHERE {
  ?discrepancy a unv:Discrepancy ; unv:aspect ?aspect ; rdfs:label ?description ;
    unv:acceptedValue ?accepted ; unv:otherValue ?other ; unv:concerns ?concerned ;
    unv:acceptedFrom ?acceptedFrom ; unv:otherFrom ?otherFrom .
}
"""


@dataclass
class Conflict:
    """A discrepancy; ``concerns`` are keys by kind, ``..._from`` the keys of Sources."""

    aspect: str
    description: str
    accepted: str
    other: str
    concerns: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    accepted_from: set[str] = field(default_factory=set)
    other_from: set[str] = field(default_factory=set)

    @property
    def event(self) -> str:
        """The key of the event concerned, or empty."""
        return min(self.concerns.get("event", ()), default="")

    @property
    def state(self) -> str:
        """The key of the state whose vote is concerned, or empty."""
        votes = self.concerns.get("vote", set())
        states = {local_name(vote) for vote in votes} or self.concerns.get("state", set())
        return min(states, default="")

    @property
    def is_reported(self) -> bool:
        """Whether it concerns a report: a printed total, or the content of an article."""
        return "report" in self.concerns


def conflicts(store: ox.Store) -> list[Conflict]:
    """Return the discrepancies of a release in the order of their IRIs."""
    conflict_of: dict[str, Conflict] = {}
    for iri, *values, concerned, by, against in solution_texts(store, _QUERY):
        aspect, description, accepted, other = values
        conflict = conflict_of.setdefault(iri, Conflict(aspect, description, accepted, other))
        kind, key = iris.parse(concerned) or ("", concerned)
        conflict.concerns[kind].add(key)
        conflict.accepted_from.add((iris.parse(by) or ("", by))[1])
        conflict.other_from.add((iris.parse(against) or ("", against))[1])
    return [conflict for _, conflict in sorted(conflict_of.items())]
