"""The position a state takes in a roll call."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Self


class VoteOption(StrEnum):
    """A position in a roll call; the value is the code used in UN records.

    Members hash and compare as their codes, so that a million votes are mapped at the speed of
    plain strings.

    >>> VoteOption.NO, VoteOption.NO.label, VoteOption.from_code("no")
    (<VoteOption.NO: 'N'>, 'against', None)
    """

    YES = "Y", "in favour"
    NO = "N", "against"
    ABSTENTION = "A", "abstaining"
    NON_VOTING = "X", "non-voting"

    #: The UN term.
    label: str
    #: Its position in this class, from 1; 0 means "no record" in arrays.
    number: int

    def __new__(cls, code: str, label: str) -> Self:
        """Create a member from its code and its label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.number = len(cls.__members__) + 1
        return member

    @classmethod
    def from_code(cls, code: str) -> VoteOption | None:
        """Return the option with a code, or None."""
        return _BY_CODE.get(code)

    @classmethod
    def from_label(cls, label: str) -> VoteOption:
        """Return the option with a label.

        Raises:
            KeyError: if there is no such option.
        """
        return _BY_LABEL[label]


_BY_CODE: Final[dict[str, VoteOption]] = {option.value: option for option in VoteOption}
_BY_LABEL: Final[dict[str, VoteOption]] = {option.label: option for option in VoteOption}

#: The options that count as a vote: non-voting is a position, but not a vote.
VOTES_CAST: Final = (VoteOption.YES, VoteOption.NO, VoteOption.ABSTENTION)
