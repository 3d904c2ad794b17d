"""Members of the United Nations, past and present, and their seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Why a state could not vote: arrears, or a delegation whose credentials were not accepted.
SuspensionGround = Literal["Article 19", "credentials"]


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days from ``start`` to before ``until``, which is empty while it lasts.

    ``until_as_printed`` is the last day, where the source prints that one.
    """

    start: str
    until: str
    sources: tuple[str, ...]
    note: str = ""
    until_as_printed: str = ""


@dataclass(frozen=True, slots=True)
class Suspension:
    """A span of days on which a state could not vote in the General Assembly."""

    state: str
    ground: SuspensionGround
    period: Period

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return f"{self.state}-{self.period.start}"

    def is_on(self, day: str) -> bool:
        """Return whether the state could not vote on a day."""
        return self.period.start <= day < self.period.until


@dataclass(frozen=True, slots=True)
class DatedName:
    """A name a state bore in a span of time."""

    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An earlier state that this one follows, and how (continuation, succession, …)."""

    state: str
    relation: str
    date: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A member of the United Nations, past or present: the political entity, not its seat."""

    key: str
    name: str
    iso3: str
    iso2: str
    m49: str
    wikidata: str
    group: str
    seat: str
    sources: tuple[str, ...]
    memberships: tuple[Period, ...]
    names: tuple[DatedName, ...]
    predecessors: tuple[Predecessor, ...] = ()
    geonames: str = ""

    @property
    def admitted(self) -> str:
        """The first day of membership of the entity."""
        return self.memberships[0].start

    @property
    def member_until(self) -> str:
        """The first day on which it was no member any more; empty for present members."""
        return self.memberships[-1].until


@dataclass(frozen=True, slots=True)
class Seat:
    """A membership that goes on through successor states."""

    key: str
    admitted: str
    sources: tuple[str, ...]
