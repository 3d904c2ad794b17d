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
    voted yes, no or abstained, ``identical`` those on which both took the same position.
    """

    states: tuple[str, str]
    year: int
    shared: int
    identical: int


@dataclass(frozen=True, slots=True)
class YearlyTally:
    """How often one state took each position in one body in one calendar year.

    ``unrecorded`` counts the events of the body in that year for which no source records
    non-voting, excluding adoptions without a vote: a state without a vote in one of these may
    have been non-voting.
    """

    body: BodyName
    state: str
    year: int
    counts: Mapping[VoteOption, int]
    unrecorded: int = 0


@dataclass(frozen=True, slots=True)
class Margin:
    """The votes in favour minus the votes against in an event with a recorded vote."""

    event: str
    votes: int


#: The kinds of facts computed from merged events.
DerivedFact = AgreementObservation | YearlyTally | Margin
