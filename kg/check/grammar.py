"""The grammar: what a sentence states of a recorded vote."""

from __future__ import annotations

import re
from typing import Final

from kg.check import vocabulary as words
from kg.check.claims import Body, Claim, CountClaim, Outcome
from kg.check.comparisons import numbers_by_year
from kg.check.counts_and_lists import read_counts_and_lists
from kg.check.dates import date_places, date_spans
from kg.check.documents import documents, misprinted
from kg.check.manner import read_manner
from kg.check.mentions import mentions
from kg.check.nationalities import with_delegations
from kg.check.numerals import numbers
from kg.check.quantities import counts_states, is_unopposed, nobody
from kg.check.quantities import members as members_stated
from kg.model.vote_option import VoteOption

#: Characters of the longest sentence that is read; longer ones are lists of other things.
SENTENCE_CHARACTERS: Final = 2000
#: "Kenya, which had abstained in the Council, voted for it."
_EARLIER_VOTE: Final = re.compile(r",\s+(?:which|who)\s+had\b[^,;.]*,")
_QUESTION: Final = re.compile(r"\?[\"'\u201d\u2019\u00bb)\s]*$")


def parse(text: str, article_date: str = "", before: str = "") -> Claim:
    """Return what a sentence states after others; nothing for one that is too long."""
    claim = Claim()
    if len(text) > SENTENCE_CHARACTERS:
        return claim
    claim.symbols, claim.numbers, masked = documents(text)
    claim.dates = [
        span
        for span in date_spans(text, article_date)
        if not any(span.start < end and start < span.end for start, end in masked)
    ]
    claim.misprints = misprinted(claim.numbers, text, before)
    masked += date_places(text)
    claim.body = _body(text)
    claim.outcome = _outcome(text)
    claim.obstacle = _obstacle(text)
    claim.is_elsewhere = claim.body is None and _is_elsewhere(text)
    named = with_delegations(text, mentions(text))
    counted = [
        number
        for number in sorted([*numbers(text), *nobody(text)], key=lambda number: number.start)
        if not any(number.start < end and start < number.end for start, end in masked)
        and counts_states(text, number)
    ]
    claim.members, counted = members_stated(text, counted)
    if _QUESTION.search(text):
        return claim
    if not (claim.symbols or words.VOTING.search(text) or words.VOTING.search(before)):
        return claim
    for number, span in numbers_by_year(text, counted, claim.dates):
        claim.by_year.append((number, int(span.first[:4])))
        claim.dates = [other for other in claim.dates if other != span]
    if claim.by_year:
        return claim
    read_counts_and_lists(claim, text, counted, named, before)
    if is_unopposed(text) and claim.count(VoteOption.NO) is None:
        claim.counts.append(CountClaim(VoteOption.NO, 0))
    read_manner(claim, text, named)
    return claim


def _body(text: str) -> Body | None:
    """Return the body that a sentence names, None for none or both."""
    text = _EARLIER_VOTE.sub(",", text)
    council = words.COUNCIL.search(text) and not words.OTHER_COUNCIL.search(text)
    assembly = words.ASSEMBLY.search(text)
    if bool(council) == bool(assembly):
        return None
    return "SecurityCouncil" if council else "GeneralAssembly"


def _is_elsewhere(text: str) -> bool:
    """Return whether a sentence names another body that votes, and not only as one it is about."""
    return any(
        not (
            words.OF_MEMBERSHIP.search(text[: m.start()]) or words.OF_BODY.search(text[: m.start()])
        )
        for m in words.OTHER_BODY.finditer(text)
    )


def _obstacle(text: str) -> str:
    """Return why a sentence may be about another vote than that on a whole text, empty if not."""
    for pattern, why in words.OTHER_VOTE:
        if any(not words.OF_MEMBERSHIP.search(text[: m.start()]) for m in pattern.finditer(text)):
            return why
    return ""


def _outcome(text: str) -> Outcome:
    if words.REJECTED.search(text):
        return "rejected"
    return "adopted" if words.ADOPTED.search(text) else ""
