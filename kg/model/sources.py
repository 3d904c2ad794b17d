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
    """A row that cannot be used: the reason, the value and what was expected."""

    source: str
    file: str
    row: int
    problem: RejectionReason
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class NormalizedRow:
    """A row whose value was normalized: the value as given, as read, and the rule applied."""

    source: str
    file: str
    row: int
    value: str
    read_as: str
    rule: str
