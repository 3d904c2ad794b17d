"""Reports of votes and texts, and discrepancies between sources.

Dates in all records are ISO 8601 strings. Keys are the last parts of IRIs, never IRIs themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.model.vote_option import VoteOption

#: Kind and key of a resource, the parts of its IRI.
Thing = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A difference between two sources, or between a source and a rule.

    ``concerns`` are (kind, key) pairs, the event or state first. The graph states the accepted
    value as fact; the other value differs from it.
    """

    key: str
    aspect: str
    concerns: tuple[Thing, ...]
    accepted: str
    accepted_from: tuple[str, ...]
    other: str
    other_from: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class ReportedTally:
    """The totals of an event as a source reports them; options without a figure are absent."""

    key: str
    event: str
    counts: Mapping[VoteOption, int]
    source: str
    quote: str = ""
    note: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class ReportedVote:
    """The vote of one state as a source reports it; it may be wrong."""

    key: str
    event: str
    state: str
    option: VoteOption
    source: str
    quote: str = ""
    note: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class ReportedContent:
    """The content of a text as a source reports it; ``of`` is the kind and key of the text."""

    key: str
    of: Thing
    says: str
    source: str
    via: str = ""
    quote: str = ""
    note: str = ""
