"""The evidence that a sentence is about a roll call: names, dates, numbers, positions, topic."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from kg.check.candidates import Candidate, Context
from kg.check.claims import Claim
from kg.check.dates import DateSpan, days_apart
from kg.check.mentions import Mention
from kg.check.roll_calls import Index, RollCall
from kg.model.vote_option import VOTES_CAST, VoteOption

#: Days before an article in which a vote is taken for the one that it is about.
_WINDOW_DAYS: Final = 14
#: Days between two votes of which a sentence that names a day does not mean the other one.
_FAR_DAYS: Final = 60
_DAYS: Final = ("day", "weekday")


def evidence(
    call: RollCall,
    claim: Claim,
    words: frozenset[str],
    context_words: frozenset[str],
    context: Context,
    index: Index,
) -> Candidate:
    """Return a roll call with the evidence that a sentence is about it, without the states."""
    candidate = Candidate(call)
    _compare_names(candidate, claim, context, index)
    _compare_dates(candidate, claim, context)
    _compare_counts(candidate, claim, context, index)
    shared = index.weight(words & call.words)
    nearby = index.weight(context_words & call.words)
    candidate.words = min(shared / 4, 3.0)
    topic = candidate.words + min(nearby / 8, 1.5)
    candidate.topical = topic >= 1.0
    candidate.support += topic
    body = claim.body or next((c.body for c in context.claims if c.body), None)
    for stated, share in ((claim, 1.0), *((earlier, 0.6) for earlier in context.claims)):
        if stated.vetoed_by:
            body = body or "SecurityCouncil"
            _compare_vetoes(candidate, stated.vetoed_by, share)
            is_only = not claim.dates and _is_only_veto(call, context, index)
            candidate.support += 2.5 * share if is_only and candidate.call.vetoed_by else 0.0
    if body:
        if body == call.body:
            candidate.support += 0.5
        else:
            candidate.penalty += 3.0
    if claim.members:
        council = claim.members in (11, 15)
        if council != (call.body == "SecurityCouncil"):
            candidate.penalty += 3.0
    if not call.is_document:
        candidate.penalty += 1.0
    if not claim.dates and not candidate.named and not candidate.in_context:
        candidate.penalty += 3.0 if _is_old(call, context) else 0.0
    if call.iri in context.bound and (not claim.dates or candidate.in_year):
        candidate.support += 2.0 if call.iri == context.bound[0] else 1.0
    return candidate


def _compare_vetoes(candidate: Candidate, vetoing: tuple[Mention, ...], share: float) -> None:
    """Count each state that is said to have vetoed."""
    for mention in vetoing:
        if mention.keys & candidate.call.vetoed_by:
            candidate.support += 1.3 * share
        else:
            candidate.penalty += 2.0 * share
    if len(candidate.call.vetoed_by) > len(vetoing):
        candidate.penalty += 0.5 * share


def _is_only_veto(call: RollCall, context: Context, index: Index) -> bool:
    """Return whether its veto is the only one in the weeks before the article."""
    if not context.date or not call.vetoed_by:
        return False
    first, last = window(context.date)
    vetoed = [other for other in index.between(first, last) if other.vetoed_by]
    return vetoed == [call]


def _is_old(call: RollCall, context: Context) -> bool:
    """Return whether a vote is much older than an article that does not say when it was."""
    if not context.date:
        return False
    first, _ = window(context.date)
    return call.date < first[: len(call.date)]


def _compare_names(candidate: Candidate, claim: Claim, context: Context, index: Index) -> None:
    """Count symbols and numbers of resolutions; another symbol in the sentence speaks against."""
    iri = candidate.call.iri

    def names(stated: Claim) -> bool:
        return any(
            call.iri == iri for symbol in stated.symbols for call in index.with_symbol(symbol)
        ) or any(
            call.iri == iri
            for number in (*stated.numbers, *stated.misprints)
            for call in index.numbered(number)
        )

    if names(claim):
        candidate.support += 5.0
        candidate.named = True
    elif claim.symbols or claim.numbers:
        candidate.penalty += 2.0
    elif any(names(earlier) for earlier in context.claims):
        candidate.support += 2.0
        candidate.in_context = True


def _compare_dates(candidate: Candidate, claim: Claim, context: Context) -> None:
    """Count the dates that the sentence, the sentences before it and the article imply."""
    day = candidate.call.date
    spans = claim.dates
    exact = claim.exact_day
    if spans and exact and candidate.named and exact[4:] == day[4:]:
        # The day and month agree: the year may be wrong.
        candidate.support += 1.5
        return
    if spans:
        best = max((_date_support(span, day) for span in spans), default=0.0)
        if best > 0:
            candidate.support += best
            candidate.dated = best >= 2.0
            candidate.in_year = True
        else:
            is_far = all(span.precision in _DAYS for span in spans) and not candidate.named
            candidate.penalty += 4.0 if is_far and _is_far(spans, day) else 2.5
        return
    earlier = [span for stated in context.claims for span in stated.dates]
    if earlier:
        best = max(_date_support(span, day) for span in earlier)
        candidate.support += best * 0.6
        candidate.in_context |= best >= 2.0
        if best == 0 and all(span.precision in _DAYS for span in earlier):
            candidate.penalty += 1.0
    if context.date and day <= context.date[: len(day)]:
        try:
            distance = (date.fromisoformat(context.date) - date.fromisoformat(day)).days
        except ValueError:
            return
        near = ((2, 2.5), (5, 2.0), (10, 1.0), (14, 0.5))
        candidate.support += next((value for limit, value in near if distance <= limit), 0.0)
        candidate.in_context |= distance <= _WINDOW_DAYS


def _is_far(spans: list[DateSpan], day: str) -> bool:
    """Return whether a day is months from all days of a sentence."""
    return all(days_apart(span.last, day) > _FAR_DAYS for span in spans)


def _date_support(span: DateSpan, day: str) -> float:
    if span.covers(day):
        if len(day) < len(span.first) and span.precision in ("day", "weekday"):
            return 1.5  # the record has only the month
        return {"day": 3.0, "weekday": 2.5, "month": 2.0, "year": 1.0}[span.precision]
    first, last = widened(span)
    # A vote after midnight, or news from another time zone.
    near = span.precision in ("day", "weekday") and first <= day <= last
    return 1.0 if near else 0.0


def _compare_counts(candidate: Candidate, claim: Claim, context: Context, index: Index) -> None:
    """Count the numbers that agree with the record, of the sentence and of those before it."""
    for count in claim.counts:
        recorded = candidate.call.count(count.options)
        name = f"count {count.label}"
        if recorded is None:
            continue
        if recorded == count.value:
            candidate.agreeing.append(name)
            candidate.support += _rarity(count.value)
        elif count.is_round and abs(recorded - count.value) <= max(3, recorded // 10):
            candidate.agreeing.append(f"{name} (round)")
            candidate.support += 0.5
        else:
            candidate.differing.append(name)
            candidate.penalty += 2.0 if count.is_certain else 0.7
    totals: dict[VoteOption, int] = {
        c.option: c.value for c in claim.counts if c.option in VOTES_CAST and not c.also
    }
    if len(totals) == len(VOTES_CAST) and index.is_only(candidate.call, totals):
        candidate.support += 1.5
    stated = {count.options for count in claim.counts}
    for earlier in context.claims:
        for count in earlier.counts:
            recorded = candidate.call.count(count.options)
            if count.options in stated or recorded is None:
                continue
            agrees = recorded == count.value
            candidate.context_agreeing += agrees
            candidate.support += 0.7 * _rarity(count.value) if agrees else 0.0
            candidate.penalty += 0.0 if agrees else 0.5


def _rarity(value: int) -> float:
    """Return how much an equal number proves: small ones are frequent."""
    return 2.0 if value > 20 else 1.2 if value > 5 else 0.7


def widened(span: DateSpan) -> tuple[str, str]:
    """Return a day with the days beside it: a meeting may pass midnight."""
    if span.precision not in ("day", "weekday"):
        return span.first, span.last
    one = timedelta(days=1)
    first, last = date.fromisoformat(span.first), date.fromisoformat(span.last)
    return (first - one).isoformat(), (last + one).isoformat()


def window(day: str) -> tuple[str, str]:
    """Return the days before an article in which the votes were that it is about."""
    try:
        last = date.fromisoformat(day)
    except ValueError:
        return f"{day}-01-01"[:10], f"{day}-12-31"[:10]
    return (last - timedelta(days=_WINDOW_DAYS)).isoformat(), day
