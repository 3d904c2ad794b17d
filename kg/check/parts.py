"""A part of a sentence compared with the record."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from kg.model.vote_option import VoteOption


@dataclass(frozen=True, slots=True)
class Difference:
    """A number of states, or the position of a state (``state`` is its key), on both sides."""

    option: VoteOption
    recorded: str
    stated: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence compared with the record.

    ``agrees`` is None where the record does not say; ``is_certain`` if a difference is one of
    fact, not of wording or of how the sentence is read. ``not_voting`` are the keys of states that
    did not vote in the text and in the record; ``is_day`` for the day of the vote.
    """

    agrees: bool | None
    reason: str
    is_certain: bool = True
    difference: Difference | None = None
    not_voting: frozenset[str] = frozenset()
    is_day: bool = False
    #: How many states or numbers it is about.
    weight: int = 1

    def barred(self, suspended: Set[str]) -> bool:
        """Return whether some of its states did not vote because they could not."""
        return bool(self.not_voting & suspended)
