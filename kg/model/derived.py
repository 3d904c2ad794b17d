"""Facts computed from merged events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName


@dataclass(frozen=True, slots=True)
class AgreementObservation:
    """How often two states voted alike in the General Assembly in one calendar year.

    ``states`` are two keys in alphabetical order; ``shared`` counts the events on which both
    voted yes, no or abstained, ``identical`` those of them on which both did the same.
    """

    states: tuple[str, str]
    year: int
    shared: int
    identical: int


@dataclass(frozen=True, slots=True)
class YearlyTally:
    """How often one state took each position in one body in one calendar year.

    ``unrecorded`` counts the events of the body in that year without a source that records
    non-voting, except adoptions without a vote: a state without a vote in one of these may have
    been non-voting.
    """

    body: BodyName
    state: str
    year: int
    counts: Mapping[VoteOption, int]
    unrecorded: int = 0


@dataclass(frozen=True, slots=True)
class Margin:
    """The votes in favour of an event less those against it."""

    event: str
    votes: int


#: What is computed from merged events.
DerivedFact = AgreementObservation | YearlyTally | Margin
