"""Members of the United Nations, past and present, and their seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.model.names import Name

#: Grounds of a suspension: arrears, or credentials of a delegation that were not accepted.
SuspensionGround = Literal["Article 19", "credentials"]


def span_covers(start: str, until: str, date: str) -> bool:
    """Return whether a half-open period covers a day, or any day of a month.

    ``start`` and ``until`` are empty where the period is open.

    >>> span_covers("1945-10-24", "1993-01-01", "1992-12-31")
    True
    >>> span_covers("1960-09-20", "", "1960-09"), span_covers("1960-09-20", "", "1960-09-19")
    (True, False)
    """
    first_day = f"{date}-01"[: len("1946-01-01")]
    return start[: len(date)] <= date and (not until or first_day < until)


@dataclass(frozen=True, slots=True)
class Period:
    """A period from ``start`` to the day before ``until``, which is empty while it continues.

    ``until_as_printed`` is the last day, where the source prints the last day.
    """

    start: str
    until: str
    sources: tuple[str, ...]
    note: str = ""
    until_as_printed: str = ""

    def covers(self, date: str) -> bool:
        """Return whether the period includes a day, or any day of a month."""
        return span_covers(self.start, self.until, date)


@dataclass(frozen=True, slots=True)
class Suspension:
    """A period in which a state could not vote in the General Assembly."""

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
    """A name of a state during a period."""

    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An earlier state, and how this state followed it (continuation, succession, …)."""

    state: str
    relation: str
    date: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A past or present member of the United Nations: the political entity, not its seat.

    ``names`` are the names that the Organization used, in chronological order; ``other_names`` are
    all others, in the official languages. ``eu_code`` is that of the country authority table of the
    European Union. ``cow_code`` and ``cow_abbreviation`` are those of the
    Correlates of War project, empty where it has none of this entity alone.
    """

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
    other_names: tuple[Name, ...] = ()
    cow_code: str = ""
    cow_abbreviation: str = ""
    eu_code: str = ""

    @property
    def admitted(self) -> str:
        """The first day of membership of the entity."""
        return self.memberships[0].start

    @property
    def member_until(self) -> str:
        """The first day on which it was no longer a member; empty for current members."""
        return self.memberships[-1].until


@dataclass(frozen=True, slots=True)
class Seat:
    """A membership that continues through successor states."""

    key: str
    admitted: str
    sources: tuple[str, ...]
    #: The body of which the holder of the seat is a permanent member, if any.
    permanent_member_of: str = ""


@dataclass(frozen=True, slots=True)
class CouncilMembership:
    """A term of a state in the Security Council, or the part of it during which it held the seat.

    The period has no end while the membership continues, or where no source has the end.
    """

    state: str
    period: Period

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return f"{self.state}-SecurityCouncil-{self.period.start}"
