"""Shares of the members that took a position: "more than two thirds of them voted for it"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from kg.check.cues import Cue
from kg.model.vote_option import VoteOption

Relation = Literal["over", "under", "near"]

_FRACTIONS: Final = {
    "half": Fraction(1, 2), "a third": Fraction(1, 3), "one third": Fraction(1, 3),
    "two thirds": Fraction(2, 3), "a quarter": Fraction(1, 4), "one quarter": Fraction(1, 4),
    "three quarters": Fraction(3, 4), "three fourths": Fraction(3, 4),
    "two fifths": Fraction(2, 5), "three fifths": Fraction(3, 5), "four fifths": Fraction(4, 5),
}  # fmt: skip
_RELATIONS: Final[dict[str, Relation]] = {
    "more than": "over", "over": "over", "at least": "over", "under": "under",
    "less than": "under", "fewer than": "under",
}  # fmt: skip
_SHARE: Final = re.compile(
    r"\b(?:(?P<relation>more than|(?:just |well )?over|at least|(?:just )?under|less than|"
    r"fewer than|nearly|almost|about|around|some|roughly|close to)\s+)?"
    rf"(?P<fraction>{'|'.join(name.replace(' ', '[ -]') for name in _FRACTIONS)})\s+(?:of\s+)?"
    r"(?:(?:the|its|all|UN|United Nations|assembly|general assembly|council)(?:['\u2019]s)?\s+)*"
    r"(?:\d+\s+)?(?:UN\s+)?(?:members?(?:hip)?\b|member states\b|countries\b|nations\b|states\b)",
    re.IGNORECASE,
)
#: How far a share may be from a fraction that it is near to.
_BELOW, _ABOVE = Fraction(8, 100), Fraction(4, 100)


@dataclass(frozen=True, slots=True)
class Share:
    """The share of the members with a position, and how it compares with a fraction."""

    option: VoteOption
    fraction: Fraction
    relation: Relation

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.relation} {self.fraction} {self.option.label}"

    def holds(self, share: Fraction) -> bool:
        """Return whether a recorded share is as stated."""
        if self.relation == "over":
            return share >= self.fraction
        if self.relation == "under":
            return share < self.fraction
        return self.fraction - _BELOW <= share <= self.fraction + _ABOVE


def shares(text: str, cues: list[Cue]) -> list[Share]:
    """Return the shares that a sentence states, each with the next word for a position.

    >>> from kg.check.cues import cues
    >>> text = "Over two thirds of the 193 members voted in favour."
    >>> [str(share) for share in shares(text, cues(text))]
    ['over 2/3 in favour']
    """
    found = []
    for match in _SHARE.finditer(text):
        cue = next((cue for cue in cues if 0 <= cue.start - match.end() <= 24), None)
        relation = (match["relation"] or "near").lower().removeprefix("just ").removeprefix("well ")
        if cue is not None:
            fraction = _FRACTIONS[match["fraction"].lower().replace("-", " ")]
            found.append(Share(cue.option, fraction, _RELATIONS.get(relation, "near")))
    return found
