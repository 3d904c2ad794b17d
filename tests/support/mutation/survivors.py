"""Mutants that the shapes do not notice, each with the reason."""

from __future__ import annotations

from typing import Final

_KIND_OF_STATEMENT = "The kind of a statement is stated by this type alone, and it may have none."
_FORMER_IRI = "What a thing replaces is an IRI of a former release, which is described no more."

#: By kind, and class or property.
SURVIVORS: Final = {
    ("date in the future", "Suspension until"): (
        "The day on which a state can vote again may be known before it comes."
    ),
    ("missing type", "AttributedPosition"): _KIND_OF_STATEMENT,
    ("missing type", "ExplanationOfVote"): _KIND_OF_STATEMENT,
    ("missing type", "ProposalResponse"): _KIND_OF_STATEMENT,
    ("reference to nothing", "Correspondence replaces"): _FORMER_IRI,
    ("reference to nothing", "OperativeParagraph replaces"): _FORMER_IRI,
    ("reference to nothing", "VotingEvent replaces"): _FORMER_IRI,
}
