"""Sources of facts, and the rows of a source that were rejected or normalized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RejectionReason = Literal[
    "broken line",
    "no number of a record",
    "no symbol of a document",
    "impossible date",
    "unknown state",
    "unknown vote",
    "unknown roll call",
    "unusable number",
    "two votes of one state",
    "second record of a document",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of facts; unknown values are empty or None."""

    key: str
    title: str
    publisher: str = ""
    date: str = ""
    licence: str = ""
    redistributable: bool | None = None
    retrieved: str = ""
    address: str = ""
    note: str = ""
    derived_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that cannot be used: the reason, the value and what was expected.

    ``record`` is the source's own number of the event it belongs to, empty where it is not known.
    """

    source: str
    file: str
    row: int
    problem: RejectionReason
    value: str
    expected: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class NormalizedRow:
    """A row whose value was normalized: the value as given, as read, and the rule applied.

    ``read_as`` is empty where the value was not used. ``column`` is the source's own name of what
    was read, ``record`` its number of the event.
    """

    source: str
    file: str
    row: int
    column: str
    value: str
    read_as: str
    rule: str
    record: str = ""

    @property
    def given(self) -> str:
        """The column with its value."""
        return f"{self.column} {self.value!r}"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What a source calls an event and says of it, before anything was corrected.

    ``event`` is the key of the event, ``name`` the registered name of the source and ``source`` its
    key, ``record`` the source's own number, empty where it has none, ``row`` its first row in
    ``file``. ``precision`` says whether the source knows the day or the month.
    """

    event: str
    name: str
    source: str
    record: str
    symbol: str
    file: str
    row: int
    date: str
    precision: str
    session: str
    meeting: str
