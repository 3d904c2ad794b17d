"""Mutants that the shapes do not detect, each with the reason."""

from __future__ import annotations

from typing import Final

_KIND_OF_STATEMENT = "Only this type gives the kind of a statement, and a statement may have none."
_KIND_OF_AGENT = "Only this type gives the kind of an agent, and an agent may have none."
_FORMER_IRI = "The replaced IRI is that of a former release and no longer has a description."

#: By kind, and class or property.
SURVIVORS: Final = {
    ("date in the future", "Suspension until"): (
        "The day on which a state can vote again may be known in advance."
    ),
    ("date in the future", "GroupMembership certainFrom"): (
        "The first day after the year of a membership may be in the future."
    ),
    ("missing type", "Committee"): _KIND_OF_AGENT,
    ("missing type", "Group"): _KIND_OF_AGENT,
    ("missing type", "Observer"): _KIND_OF_AGENT,
    ("missing type", "Officer"): _KIND_OF_AGENT,
    ("missing type", "AttributedPosition"): _KIND_OF_STATEMENT,
    ("missing type", "ExplanationOfVote"): _KIND_OF_STATEMENT,
    ("missing type", "ProposalResponse"): _KIND_OF_STATEMENT,
    **dict.fromkeys(
        (("reference to nothing", f"{kind} replaces") for kind in ("Agent", "Group", "Observer")),
        "The replaced IRI is that of an agent known by its name and has no description.",
    ),
    ("reference to nothing", "Correspondence replaces"): _FORMER_IRI,
    ("reference to nothing", "OperativeParagraph replaces"): _FORMER_IRI,
    ("reference to nothing", "VotingEvent replaces"): _FORMER_IRI,
}
