"""How a vote went beside its numbers: vetoes, unanimity, no vote, and its rank."""

from __future__ import annotations

import re
from typing import Final

from kg.check import vocabulary as words
from kg.check.claims import Claim
from kg.check.comparisons import first_in_years, occasion, veto_total
from kg.check.elements import groups
from kg.check.mentions import Mention
from kg.check.numerals import numbers

_RANK: Final = {
    "lowest": re.compile(
        r"\b(?:the )?(?:lowest|least)\b|\bno other\b[^.]{0,60}\b(?:so little|so few|less|fewer)\b",
        re.IGNORECASE,
    ),
    "highest": re.compile(
        r"\b(?:tied|equall?ed|matched|set|reached) the (?:all-time )?record|\bhighest\b|"
        r"\bmost support\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
_RANK_OF: Final = re.compile(
    r"\b(?:of|among) (?:the |all )?(?P<number>\w+)\b[^.;]{0,30}\b(?:resolutions|texts|votes)\b",
    re.IGNORECASE,
)
_NEARLY: Final = re.compile(r"\b(?:close to|near(?:ly)?|almost|one of|among)\b", re.IGNORECASE)


def read_manner(claim: Claim, text: str, named: list[Mention]) -> None:
    """Add vetoes, unanimity, adoption without a vote and ranks to a claim."""
    hypothetical = words.HYPOTHETICAL.search(text)
    for veto in words.VETO.finditer(text):
        unreal = words.UNREAL_BEFORE.search(text[: veto.start()])
        if not claim.vetoed_by and not unreal and not words.UNREAL_AFTER.match(text, veto.end()):
            claim.vetoed_by = _vetoing(text, veto, named)
    claim.first_in_years = first_in_years(text)
    claim.veto_total = veto_total(text)
    claim.occasion = occasion(text)
    for attribute, pattern in (
        ("is_unanimous", words.UNANIMOUS),
        ("is_without_vote", words.WITHOUT_VOTE),
    ):
        match = pattern.search(text)
        if match and not hypothetical and not words.NEGATION.search(text[: match.start()]):
            setattr(claim, attribute, True)
    for rank, pattern in _RANK.items():
        match = pattern.search(text)
        if match and not _NEARLY.search(text[max(0, match.start() - 20) : match.start()]):
            claim.rank = "lowest" if rank == "lowest" else "highest"
            of = _RANK_OF.search(text)
            claim.rank_of = numbers(of["number"])[0].value if of and numbers(of["number"]) else 0


def _vetoing(text: str, veto: re.Match[str], named: list[Mention]) -> tuple[Mention, ...]:
    """Return the states that a sentence says to have vetoed: the list before the verb, or after."""
    after = re.compile(r"(?:ed|ada|ado|o)?[\s,]+(?:by|de|por|from|of)\s+(?:the\s+)?", re.IGNORECASE)
    lists = groups(text, [Mention(m.start, m.end, m.keys) for m in named], [], objects=True)
    for group in lists:
        if group.start >= veto.end() and (
            after.fullmatch(text, veto.end(), group.start)
            or re.fullmatch(r"[\s,]+(?:by|de|por)\s+(?:the\s+)?", text[veto.end() : group.start])
        ):
            return group.states
    before = [group for group in lists if group.end <= veto.start()]
    if before:
        gap = text[before[-1].end : veto.start()]
        if len(gap.split()) <= 6 and not re.search(r"[.;:]|\b(?:abst|favou?r|draft|text)", gap):
            return before[-1].states
    return ()
