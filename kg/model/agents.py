"""Groups, observers, committees and officers, and the members of groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from kg.model.names import Name, name_key

AgentKind = Literal["group", "officer", "committee", "observer"]
AGENT_KINDS: Final[tuple[AgentKind, ...]] = get_args(AgentKind)
_DECEMBER: Final = 12


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent that is no member state: the European Union, the Group of 77, the President.

    ``key`` is the last part of its IRI, ``wikidata`` the number of its item, and ``regional_group``
    the key of the regional group that it is; these are empty where there is none. ``other_names``
    are those in the official languages, and everyday ones.
    """

    key: str
    name: str
    kinds: tuple[AgentKind, ...]
    abbreviation: str = ""
    spellings: tuple[str, ...] = ()
    wikidata: str = ""
    regional_group: str = ""
    sources: tuple[str, ...] = ()
    note: str = ""
    other_names: tuple[Name, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, its abbreviation and other spellings of its name, and names in languages."""
        others = (name.text for name in self.other_names)
        return tuple(filter(None, (self.name, self.abbreviation, *self.spellings, *others)))


class AgentRegister:
    """The listed agents by key and by name."""

    def __init__(self, agents: Iterable[Agent] = ()) -> None:
        self._agents = {agent.key: agent for agent in agents}
        self._by_name = {
            name_key(name): agent for agent in self._agents.values() for name in agent.names
        }

    def __contains__(self, key: str) -> bool:
        return key in self._agents

    def __getitem__(self, key: str) -> Agent:
        return self._agents[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._agents)

    def __len__(self) -> int:
        return len(self._agents)

    def named(self, text: str) -> Agent | None:
        """Return the agent with a name, abbreviation or spelling, None if there is none.

        >>> register = AgentRegister([Agent("EU", "European Union", ("group",), "EU")])
        >>> register.named("the european union").key
        'EU'
        """
        return self._by_name.get(name_key(text))


@dataclass(frozen=True, slots=True)
class GroupMembership:
    """The membership of a state or an observer in a group, during a period or on a listed day.

    ``start`` and ``until`` are days, or months or years where the day is not known; ``until`` is
    the first day on which the membership no longer holds, and ``until_as_printed`` the last day,
    where the source prints the last day. Where no source has a date, both are empty, and
    ``listed_on`` is the date of the list that contains the member. ``statement`` is the address of
    a statement of Wikidata, the record of it in its source.
    """

    group: str
    member: str
    sources: tuple[str, ...]
    start: str = ""
    until: str = ""
    until_as_printed: str = ""
    listed_on: str = ""
    note: str = ""
    statement: str = ""

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return f"{self.member}-{self.group}-{self.start or f'listed-{self.listed_on}'}"

    @property
    def certain_from(self) -> str:
        """The first day on which the membership is certain, empty without a start."""
        return self.start and first_day_after(self.start)

    @property
    def certain_until(self) -> str:
        """The first day on which the membership is no longer certain, empty without an end."""
        return self.until and first_day(self.until)


def first_day(text: str) -> str:
    """Return the first day of a year or month, or the day itself.

    >>> first_day("1949"), first_day("1949-04"), first_day("1949-04-04")
    ('1949-01-01', '1949-04-01', '1949-04-04')
    """
    return text + "-01-01"[len(text) - len("1949") :]


def first_day_after(text: str) -> str:
    """Return the first day after a year or month, or the day itself.

    A membership that began in 1949 is certain from the first day of 1950.

    >>> first_day_after("1949"), first_day_after("1949-12"), first_day_after("1949-04-04")
    ('1950-01-01', '1950-01-01', '1949-04-04')
    """
    first = date.fromisoformat(first_day(text))
    if len(text) == len("1949"):
        first = first.replace(month=_DECEMBER)
    if len(text) < len("1949-04-04"):
        first = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.isoformat()
