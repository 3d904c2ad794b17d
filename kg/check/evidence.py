"""The evidence that a sentence is about a roll call: names, dates, numbers, positions, topic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from kg.check.claims import Claim
from kg.check.dates import DateSpan
from kg.check.mentions import Mention, register_of_states
from kg.check.roll_calls import Index, Positions, RollCall
from kg.model.vote_option import VOTES_CAST, VoteOption

#: Days before an article in which a vote is taken for the one that it is about.
_WINDOW_DAYS: Final = 14


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
            candidate.penalty += 2.5
        return
    earlier = [span for stated in context.claims for span in stated.dates]
    if earlier:
        best = max(_date_support(span, day) for span in earlier)
        candidate.support += best * 0.6
        candidate.in_context |= best >= 2.0
    if context.date and day <= context.date[: len(day)]:
        try:
            distance = (date.fromisoformat(context.date) - date.fromisoformat(day)).days
        except ValueError:
            return
        near = ((2, 2.5), (5, 2.0), (10, 1.0), (14, 0.5))
        candidate.support += next((value for limit, value in near if distance <= limit), 0.0)
        candidate.in_context |= distance <= _WINDOW_DAYS


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
    counts = candidate.call.counts
    for count in claim.counts:
        recorded = sum_of(counts, count.options)
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
            recorded = sum_of(counts, count.options)
            if count.options in stated or recorded is None:
                continue
            agrees = recorded == count.value
            candidate.context_agreeing += agrees
            candidate.support += 0.7 * _rarity(count.value) if agrees else 0.0
            candidate.penalty += 0.0 if agrees else 0.5


def sum_of(counts: dict[VoteOption, int], options: tuple[VoteOption, ...]) -> int | None:
    """Return how many states have one of some positions, None where the record does not say."""
    if any(option not in counts for option in options):
        return None
    return sum(counts[option] for option in options)


def _rarity(value: int) -> float:
    """Return how much an equal number proves: small ones are frequent."""
    return 2.0 if value > 20 else 1.2 if value > 5 else 0.7


def recorded_key(states: Positions, keys: frozenset[str]) -> str | None:
    """Return the key under which a roll call has a state with a name, or another of its seat."""
    for key in sorted(keys):
        if key in states:
            return key
    register = register_of_states()
    seats = {register[key].seat for key in keys if key in register}
    return next((key for key in states if key in register and register[key].seat in seats), None)


def option_of(states: Positions, keys: frozenset[str]) -> VoteOption | None:
    """Return the position of the state with a name, or of another entity of its seat."""
    key = recorded_key(states, keys)
    return None if key is None else states[key]


def compare_positions(candidate: Candidate, claim: Claim, states: Positions) -> None:
    """Count the states whose position agrees with the record."""
    if not states:
        return
    support = penalty = 0.0
    for position in claim.positions:
        for mention in position.states:
            recorded = option_of(states, mention.keys)
            candidate.states_agreeing += recorded is position.option
            candidate.states_differing += recorded not in (position.option, None)
            if recorded is position.option:
                support += 0.25 if recorded is VoteOption.YES else 0.7
            elif recorded is not None:
                penalty += 1.5 if position.is_certain else 0.4
            elif position.option is not VoteOption.NON_VOTING:
                # It took no part, as most states in votes of the Security Council.
                penalty += 0.7
    candidate.support += min(support, 4.0)
    candidate.penalty += min(penalty, 4.0)


def compare_earlier(candidate: Candidate, context: Context, states: Positions) -> None:
    """Count the states of the sentences before."""
    score = 0.0
    for earlier in context.claims:
        for position in earlier.positions:
            for mention in position.states:
                recorded = option_of(states, mention.keys)
                if recorded is not None:
                    score += 0.3 if recorded is position.option else -0.3
    if score > 0:
        candidate.support += min(score, 1.5)
    else:
        candidate.penalty += min(-score, 1.5)


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
