"""The Security Council's rules of voting: Articles 23 and 27 of the Charter.

The Council had eleven members and needed seven votes in favour for a decision until 1965; since
1 January 1966 it has fifteen members and needs nine (A/RES/1991(XVIII)[A]).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

from kg.model.vote_option import VoteOption
from kg.model.votes import Outcome

#: The first year of the enlarged Council.
_ENLARGED: Final = 1966


def members(year: int) -> int:
    """Return the number of members.

    >>> members(1965), members(1966)
    (11, 15)
    """
    return 11 if year < _ENLARGED else 15


def required_votes(year: int) -> int:
    """Return the number of votes in favour that a decision requires.

    >>> required_votes(1965), required_votes(1966)
    (7, 9)
    """
    return 7 if year < _ENLARGED else 9


def outcome_of_rejected(
    votes: Mapping[str, VoteOption], year: int, permanent: Container[str]
) -> tuple[Outcome, tuple[str, ...]]:
    """Return why the Council did not adopt a text, and the states that vetoed it.

    A text with enough votes in favour that was not adopted was vetoed by each permanent member that
    voted against it: on a procedural matter it would have been adopted. ``permanent`` contains the
    keys of the states that hold a permanent seat.

    >>> votes = dict.fromkeys("ABCDEFG", VoteOption.YES) | {"SUN": VoteOption.NO}
    >>> outcome_of_rejected(votes, 1960, {"SUN"}), outcome_of_rejected(votes, 1970, {"SUN"})
    (('vetoed', ('SUN',)), ('failed', ()))
    """
    in_favour = sum(option == VoteOption.YES for option in votes.values())
    if in_favour < required_votes(year):
        return "failed", ()
    against = (state for state, option in votes.items() if option == VoteOption.NO)
    vetoed_by = tuple(sorted(state for state in against if state in permanent))
    return ("vetoed", vetoed_by) if vetoed_by else ("not adopted", ())
