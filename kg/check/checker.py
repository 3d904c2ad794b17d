"""Checking an article, or single sentences, against a release."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kg.check.binding import BINDING, Binding, bind
from kg.check.candidates import Candidate, Context
from kg.check.claims import Claim
from kg.check.findings import Finding, Verdict
from kg.check.grammar import parse
from kg.check.history import compare_vetoes
from kg.check.judging import MEMBERS, judge
from kg.check.languages import unread_language
from kg.check.record import Record, deciding_query
from kg.check.text import Article, Sentence, sentences, visible
from kg.errors import LimitError

#: Sentences before one that tell which vote it is about, and those at the beginning of an article.
_BEFORE, _LEAD = 3, 2
#: Roll calls of earlier sentences that a sentence may go on about.
_REMEMBERED: Final = 3


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence by itself, with the sentences before it and the day of its article."""

    key: str
    sentence: str
    context: str = ""
    date: str = ""


async def check_sentence(row: SentenceRow, record: Record) -> Finding:
    """Return the finding on a sentence by itself, after the sentences before it."""
    before = list(sentences(row.context))[-_BEFORE:]
    bound: list[str] = []
    for place, earlier in enumerate(before):
        finding = await _check_after(earlier, before[:place], row.date, bound, record)
        bound = [finding.event, *bound] if finding.event else bound
    sentence = Sentence(visible(row.sentence), 0, len(row.sentence))
    return await _check_after(sentence, before, row.date, bound, record)


async def _check_after(
    sentence: Sentence, before: list[Sentence], day: str, bound: list[str], record: Record
) -> Finding:
    texts = [earlier.text for earlier in before]
    context = Context(
        claims=tuple(parse(text, day) for text in reversed(texts)),
        text=" ".join(texts),
        date=day,
        bound=tuple(dict.fromkeys(bound)),
    )
    return await _check(sentence, parse(sentence.text, day, context.text), context, record)


async def check_article(
    article: Article, record: Record, day: str = "", deadline: float = math.inf
) -> list[Finding]:
    """Return the findings on all sentences of an article; ``day`` is that of its publication.

    Raises:
        LimitError: if it takes until ``deadline``, a value of ``time.monotonic``.
    """
    day = day or article.date
    findings: list[Finding] = []
    all_sentences = list(sentences(article.source))
    lead = [article.title, *(sentence.text for sentence in all_sentences[:_LEAD])]
    claims: list[Claim] = []
    bound: list[str] = []
    for place, sentence in enumerate(all_sentences):
        if time.monotonic() > deadline:
            raise LimitError(
                f"the check was ended after {place:,} of {len(all_sentences):,} sentences; check "
                "the article in parts"
            )
        before = all_sentences[max(0, place - _BEFORE) : place]
        claim = parse(sentence.text, day, " ".join(earlier.text for earlier in before))
        texts = dict.fromkeys([*lead, *(earlier.text for earlier in before)])
        context = Context(
            claims=tuple(reversed(claims[-_BEFORE:])),
            text=" ".join(texts),
            date=day,
            bound=tuple(bound[:_REMEMBERED]),
        )
        finding = await _check(sentence, claim, context, record)
        findings.append(finding)
        claims.append(claim)
        if finding.event:
            bound = list(dict.fromkeys([finding.event, *bound]))
    return findings


async def _check(sentence: Sentence, claim: Claim, context: Context, record: Record) -> Finding:
    if language := unread_language(sentence.text):
        reason = f"the rules of the check read English, French and Spanish, not {language}"
        return Finding(sentence, "unbound", claim, reason)
    if not claim.is_checkable:
        reason = "states nothing about a recorded vote that the rules of the check can read"
        return Finding(sentence, "unbound", claim, reason)
    if _is_elsewhere(claim):
        return Finding(sentence, "unbound", claim, "another body has votes of its own")
    if claim.veto_total:
        return _veto_count(sentence, claim, record, context.date)
    binding = await bind(claim, sentence.text, context, record)
    if binding.best is None or _goes_on_elsewhere(claim, context, binding.best):
        reason = _why_unbound(binding, claim, context, record)
        exact = [count for count in claim.counts if count.is_certain and not count.is_round]
        # Numbers of a vote of known days that no roll call of the record has.
        is_absent = len(exact) > 1 and (claim.dates or context.date) and not _fits(claim, binding)
        return Finding(sentence, "undecidable" if is_absent else "unbound", claim, reason)
    call = binding.best.call
    judgement = judge(claim, binding, record.index, await record.remarks(call.iri))
    return Finding(
        sentence,
        judgement.verdict,
        claim,
        judgement.reason,
        call.iri,
        call.name,
        call.date,
        call.tally(),
        deciding_query(call.iri),
        judgement.differences,
    )


def _is_elsewhere(claim: Claim) -> bool:
    """Return whether a sentence is about a vote in another body."""
    if claim.symbols or claim.numbers or claim.body:
        return False
    return claim.is_elsewhere or any(count.value > MEMBERS for count in claim.counts)


def _goes_on_elsewhere(claim: Claim, context: Context, best: Candidate) -> bool:
    """Return whether a sentence goes on about a vote in another body that is named before it."""
    is_after = bool(context.claims) and context.claims[0].is_elsewhere
    is_named = claim.body or claim.symbols or claim.numbers
    return is_after and not is_named and len(best.agreeing) < 2


def _veto_count(sentence: Sentence, claim: Claim, record: Record, day: str) -> Finding:
    """Return the finding on a count of vetoes, which is about no single roll call."""
    compared = compare_vetoes(claim, record.index, day)
    if compared is None:
        return Finding(sentence, "unbound", claim, "which vetoes are counted is not certain")
    part, query = compared
    verdict: Verdict = "undecidable" if part.agrees is None else "contradicts"
    return Finding(sentence, "agrees" if part.agrees else verdict, claim, part.reason, query=query)


def _fits(claim: Claim, binding: Binding) -> bool:
    """Return whether a roll call has all numbers of a sentence."""
    return any(not c.differing and len(c.agreeing) >= len(claim.counts) for c in binding.candidates)


def _why_unbound(binding: Binding, claim: Claim, context: Context, record: Record) -> str:
    """Return why no roll call is certain."""
    last = record.index.last_day
    days = [span.first for span in claim.dates] or [context.date]
    if last and min(days) > last:
        return f"later than the last day of the record, {last}"
    near = [c for c in binding.candidates[:3] if c.score >= BINDING]
    if len(near) > 1:
        names = ", ".join(f"{c.call.name} ({c.call.date})" for c in near)
        return f"several roll calls fit: {names}"
    return "no roll call of the record is certainly meant"


def counts_of(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many sentences have each verdict."""
    counts: dict[str, int] = {"agrees": 0, "contradicts": 0, "undecidable": 0, "unbound": 0}
    for finding in findings:
        counts[finding.verdict] += 1
    return counts
