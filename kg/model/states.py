"""Members of the United Nations, past and present, and their seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Why a state could not vote: arrears, or a delegation whose credentials were not accepted.
SuspensionGround = Literal["Article 19", "credentials"]


def span_covers(start: str, until: str, date: str) -> bool:
    """Return whether a half-open span of days covers a day, or any day of a month.

    ``start`` and ``until`` are empty where the span is open.

    >>> span_covers("1945-10-24", "1993-01-01", "1992-12-31")
    True
    >>> span_covers("1960-09-20", "", "1960-09"), span_covers("1960-09-20", "", "1960-09-19")
    (True, False)
    """
    first_day = f"{date}-01"[: len("1946-01-01")]
    return start[: len(date)] <= date and (not until or first_day < until)


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

    def covers(self, date: str) -> bool:
        """Return whether a day, or any day of a month, belongs to it."""
        return span_covers(self.start, self.until, date)


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
        return self.period.covers(day)


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
    #: The body of which its holder is a permanent member, if there is one.
    permanent_member_of: str = ""
