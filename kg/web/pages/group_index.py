"""The groups of states and their members, as pages need them.

They are read by one small query once per release, and kept as long as it is the current one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from kg.model.states import span_covers
from kg.rdf import iris
from kg.rdf.iris import kebab, local_name
from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.web.pages.per_release import PerRelease
from kg.web.pages.queries import QueryRunner
from kg.web.pages.state_index import StateIndex, States

_MEMBERS: Final = f"""
SELECT ?group ?label ?member ?from ?until ?listed WHERE {{
  ?membership unv:group ?group ; unv:groupMember ?member .
  ?group rdfs:label ?label .
  OPTIONAL {{ ?membership unv:certainFrom ?from }}
  OPTIONAL {{ ?membership unv:certainUntil ?until }}
  OPTIONAL {{ ?membership unv:listedOn ?listed }}
  FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
}}
"""


@dataclass(frozen=True)
class Member:
    """A member of a group: its IRI, and the half-open period in which its membership is certain.

    ``listed`` is the date of the list that has it, where its dates are not known.
    """

    iri: str
    start: str = ""
    until: str = ""
    listed: str = ""

    def is_on(self, day: str) -> bool:
        """Return whether it was a member on a day, or is in a list without dates."""
        return bool(self.listed) or span_covers(self.start, self.until, day)


@dataclass(frozen=True)
class Group:
    """A group of states; ``is_regional`` for the present regional groups of the United Nations."""

    iri: str
    name: str
    members: tuple[Member, ...]
    is_regional: bool = False

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return local_name(self.iri)

    @property
    def listed(self) -> str:
        """The date of the list of its members, empty if their dates are known."""
        return max((member.listed for member in self.members), default="")

    def members_on(self, day: str) -> frozenset[str]:
        """Return the IRIs of its members on a day or in a month, or of all in a list."""
        return frozenset(member.iri for member in self.members if member.is_on(day))


class GroupIndex:
    """The groups of the current release, read once per release."""

    def __init__(self, queries: QueryRunner, states: StateIndex) -> None:
        self._queries = queries
        self._states = states
        self._groups = PerRelease(queries, self._read)

    async def read(self) -> tuple[Group, ...]:
        """Return the regional groups, then the others, each by name.

        Raises:
            KgError: if the engine cannot answer.
        """
        return await self._groups.get()

    async def _read(self) -> tuple[Group, ...]:
        return (*_regional(await self._states.read()), *await _others(self._queries))


def _regional(states: States) -> list[Group]:
    members: dict[str, list[Member]] = defaultdict(list)
    for state in states.by_key.values():
        if state.group:
            members[state.group].append(Member(state.iri, listed="present"))
    return [
        Group(iris.thing("group", kebab(name)), name, tuple(members[name]), is_regional=True)
        for name in sorted(members)
    ]


async def _others(queries: QueryRunner) -> list[Group]:
    members: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for row in await queries.rows(_MEMBERS):
        member = Member(row["member"], row["from"], row["until"], row["listed"])
        members[row["label"], row["group"]].append(member)
    return [Group(iri, name, tuple(members[name, iri])) for name, iri in sorted(members)]
