"""Totals of a vote that stand together: "141-7-32", "52 to 5", "by 12 votes to one (Cuba)"."""

from __future__ import annotations

import re
from typing import Final

from kg.check.claims import Claim, CountClaim
from kg.check.elements import Group
from kg.check.numerals import Number
from kg.model.vote_option import VoteOption

_TO: Final = re.compile(
    r"\s*[-\u2010-\u2015]\s*|\s*(?:-|\s)(?:to|contre|against|contra)(?:-|\s)\s*|"
    r"\s+(?:votes?|voix|votos)\s+(?:to|contre|against|contra)\s+",
    re.IGNORECASE,
)
_MARGIN: Final = re.compile(
    r"\b(?:margin|marge|margen) (?:of|de)\s+(?:just\s+|only\s+)?$", re.IGNORECASE
)
_DASH: Final = re.compile(r"\s*[-\u2010-\u2015]\s*")


def read_totals(
    claim: Claim, text: str, counted: list[Number]
) -> tuple[list[tuple[Number, VoteOption]], list[Number]]:
    """Add totals such as 141-7-32 and "52 to 5"; return their numbers, and all others."""
    options: list[tuple[Number, VoteOption]] = []
    place = 0
    left: list[Number] = []
    while place < len(counted):
        run = [counted[place]]
        while place + len(run) < len(counted) and len(run) < 4:
            following = counted[place + len(run)]
            pattern = _TO if len(run) == 1 else _DASH
            if not pattern.fullmatch(text, run[-1].end, following.start):
                break
            run.append(following)
        place += len(run)
        if len(run) == 1 and _MARGIN.search(text[: run[0].start]) and not run[0].is_round:
            claim.margin = run[0].value
            continue
        if len(run) == 1 or claim.counts:
            left += run
            continue
        order = list(VoteOption)
        # "Rejected by 12 votes to three": the larger number may be that of the votes against.
        is_reversed = claim.outcome == "rejected" and len(run) == 2 and run[0].value > run[1].value
        if is_reversed:
            order[:2] = VoteOption.NO, VoteOption.YES
        for number, option in zip(run, order, strict=False):
            options.append((number, option))
            claim.counts.append(
                CountClaim(option, number.value, not is_reversed, is_round=number.is_round)
            )
    return options, left


def bracketed(
    text: str, group: Group, options: list[tuple[Number, VoteOption]]
) -> VoteOption | None:
    """Return the position of states in brackets after their number: "12 to one (Cuba)"."""
    for number, option in options:
        gap = text[number.end : group.start]
        if gap.strip().removesuffix("the").strip() == "(":
            return option
    return None
