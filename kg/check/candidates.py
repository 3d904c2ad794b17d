"""A roll call that a sentence may be about, and what surrounds the sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.check.claims import Claim
from kg.check.roll_calls import RollCall


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a sentence: claims and text of sentences before it, the title, the day.

    ``bound`` are the roll calls of sentences before it, the nearest first.
    """

    claims: tuple[Claim, ...] = ()
    text: str = ""
    date: str = ""
    bound: tuple[str, ...] = ()


@dataclass(slots=True)
class Candidate:
    """A roll call with the evidence that a sentence is about it.

    ``support`` counts what speaks for it, apart from what differs; ``score`` with it.
    ``agreeing`` and ``differing`` are parts of the claim, ``named`` whether its symbol is named.
    """

    call: RollCall
    support: float = 0.0
    penalty: float = 0.0
    agreeing: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    named: bool = False
    dated: bool = False
    topical: bool = False
    #: Whether sentences before it, or the day of the article, speak for it.
    in_context: bool = False
    #: Whether its year is named.
    in_year: bool = False
    #: The evidence of the words of the sentence itself.
    words: float = 0.0
    #: Whether all states of a list have their position in it, and in few others.
    has_list: bool = False
    #: How many states have the position that the sentence states, and how many another.
    states_agreeing: int = 0
    states_differing: int = 0
    #: How many numbers of sentences before it agree.
    context_agreeing: int = 0

    @property
    def is_placed(self) -> bool:
        """Whether dates speak for it; a year only together with its topic."""
        return self.dated or self.in_context or (self.in_year and self.topical)

    @property
    def score(self) -> float:
        """The evidence for it less the evidence against it."""
        return self.support - self.penalty
