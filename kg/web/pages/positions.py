"""The positions of states in a vote as pages show them: class of the style sheet and label."""

from __future__ import annotations

from typing import Final, NamedTuple

from kg.model.vote_option import VoteOption
from kg.rdf.vocabulary import OPTION_TERMS


class Position(NamedTuple):
    """A position: style class, label, and the property from an event to a state that took it."""

    style: str
    label: str
    property: str


OPTION_STYLE: Final = {
    VoteOption.YES: "yes",
    VoteOption.NO: "no",
    VoteOption.ABSTENTION: "abstaining",
    VoteOption.NON_VOTING: "nonvoting",
}
POSITIONS: Final = tuple(
    Position(style, option.label, OPTION_TERMS[option].state_property)
    for option, style in OPTION_STYLE.items()
)
#: The positions of states that did vote.
VOTING_POSITIONS: Final = POSITIONS[:3]
#: The class for each property that leads from an event to a state.
STYLE_OF: Final = {position.property: position.style for position in POSITIONS}
LABEL_OF: Final = {position.style: position.label for position in POSITIONS}
_STYLE_OF_INDIVIDUAL: Final = {
    OPTION_TERMS[option].individual: style for option, style in OPTION_STYLE.items()
}


def position_of(iri: str) -> tuple[str, str]:
    """Return the style and label of a vote option, empty strings for any other IRI."""
    style = _STYLE_OF_INDIVIDUAL.get(iri, "")
    return style, LABEL_OF.get(style, "")
