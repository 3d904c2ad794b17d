"""What a sentence states of a recorded vote, in a structured form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kg.check.comparisons import FirstInYears, VetoTotal
from kg.check.dates import DateSpan
from kg.check.mentions import Mention
from kg.check.shares import Share
from kg.model.vote_option import VoteOption

Body = Literal["GeneralAssembly", "SecurityCouncil"]
Outcome = Literal["adopted", "rejected", ""]


@dataclass(frozen=True, slots=True)
class CountClaim:
    """A number of states with a position.

    ``is_certain`` if the grammar leaves no other reading; ``is_round`` for "some 140";
    ``also`` are other positions that it includes: "65 voted no or abstained"; ``has_partners`` if
    it may leave some states out: "six joined Russia".
    """

    option: VoteOption
    value: int
    is_certain: bool = True
    is_round: bool = False
    also: tuple[VoteOption, ...] = ()
    has_partners: bool = False

    @property
    def options(self) -> tuple[VoteOption, ...]:
        """All positions that the number counts together."""
        return (self.option, *self.also)

    @property
    def label(self) -> str:
        """The positions in words."""
        return " or ".join(option.label for option in self.options)


@dataclass(frozen=True, slots=True)
class PositionClaim:
    """States that are said to have taken a position; ``is_complete`` if no others did.

    ``word`` is the word that names the position.
    """

    option: VoteOption
    states: tuple[Mention, ...]
    word: str
    is_certain: bool = True
    is_complete: bool = False


@dataclass(slots=True)
class Claim:
    """What a sentence states, as far as the grammar reads it.

    ``symbols`` are spellings of documents, ``numbers`` those of resolutions without their body.
    ``obstacle`` is the reason for which nothing that differs is a contradiction: the sentence is
    about a committee, an amendment or a paragraph. ``is_elsewhere`` if it names another body that
    votes, such as a parliament, and none of the United Nations. ``rank`` is that of its support
    among ``rank_of`` votes, 0 if it does not say of how many. ``by_year`` are the votes in favour
    in other years, each with its year. ``margin`` is the lead of the votes in favour over those
    against, ``occasion`` which time such a text was voted on, both 0 if not stated. ``misprints``
    are numbers that no resolution has.
    """

    counts: list[CountClaim] = field(default_factory=list)
    positions: list[PositionClaim] = field(default_factory=list)
    vetoed_by: tuple[Mention, ...] = ()
    is_unanimous: bool = False
    is_without_vote: bool = False
    outcome: Outcome = ""
    members: int = 0
    dates: list[DateSpan] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    body: Body | None = None
    obstacle: str = ""
    is_elsewhere: bool = False
    rank: Literal["lowest", "highest", ""] = ""
    rank_of: int = 0
    veto_total: VetoTotal | None = None
    first_in_years: FirstInYears | None = None
    by_year: list[tuple[int, int]] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    margin: int = 0
    occasion: int = 0
    misprints: list[str] = field(default_factory=list)

    @property
    def is_checkable(self) -> bool:
        """Whether it states something that a roll call can decide."""
        return bool(
            self.counts
            or self.positions
            or self.vetoed_by
            or self.is_unanimous
            or self.is_without_vote
            or self.rank
            or self.veto_total
            or self.first_in_years
            or self.by_year
            or self.shares
            or self.margin
            or self.misprints
            or ((self.symbols or self.numbers) and self.outcome and self.exact_day)
        )

    @property
    def exact_day(self) -> str:
        """The day that the sentence names, empty if there is none or several."""
        days = {span.first for span in self.dates if span.precision == "day"}
        return days.pop() if len(days) == 1 else ""

    def count(self, option: VoteOption) -> int | None:
        """Return the number stated of a position, or None."""
        return next((c.value for c in self.counts if c.option == option and not c.also), None)

    def as_json(self) -> dict[str, object]:
        """Return what is stated as a JSON object, without what is not."""
        names = {
            VoteOption.YES: "inFavour",
            VoteOption.NO: "against",
            VoteOption.ABSTENTION: "abstaining",
            VoteOption.NON_VOTING: "nonVoting",
        }
        lists: dict[str, list[str]] = {}
        for position in self.positions:
            keys = ["|".join(sorted(mention.keys)) for mention in position.states]
            lists.setdefault(names[position.option], []).extend(keys)
        stated: dict[str, object] = {
            "counts": {
                "+".join(names[option] for option in count.options): count.value
                for count in self.counts
            },
            "positions": lists,
            "vetoedBy": ["|".join(sorted(mention.keys)) for mention in self.vetoed_by],
            "unanimous": self.is_unanimous,
            "withoutVote": self.is_without_vote,
            "outcome": self.outcome,
            "members": self.members,
            "dates": [f"{span.first}/{span.last}" for span in self.dates],
            "symbols": [*self.symbols, *self.numbers],
            "body": self.body or "",
            "rank": self.rank,
            "vetoes": self.veto_total.number if self.veto_total else 0,
            "firstInYears": self.first_in_years.years if self.first_in_years else 0,
            "byYear": {str(year): number for number, year in self.by_year},
            "shares": [str(share) for share in self.shares],
            "margin": self.margin,
            "occasion": self.occasion,
        }
        return {name: value for name, value in stated.items() if value}
