"""Binding a sentence to the roll call that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.check.candidates import Candidate, Context
from kg.check.claims import Claim
from kg.check.evidence import evidence, widened, window
from kg.check.record import Record
from kg.check.roll_calls import Positions, RollCall, stems
from kg.check.state_evidence import compare_earlier, compare_positions
from kg.model.vote_option import VoteOption

#: Candidates whose positions are compared.
_COMPARED: Final = 48
_COMPARED_BY_CONTEXT: Final = 6
#: The evidence that binds a sentence, and its lead over that for any other roll call.
BINDING, LEAD = 3.0, 1.0
#: How much more the words of a sentence say for another vote than for that with its numbers.
_WORDS: Final = 1.5
#: How much less evidence binds to the only roll call with all states of a list.
_LISTED: Final = 1.5
#: States of a list by which roll calls are looked for, and how many may have them.
_LIST_STATES, _LIST_CALLS = 3, 40
#: The evidence that binds where neither a date nor a name does.
UNPLACED: Final = 4.5


@dataclass(frozen=True, slots=True)
class Binding:
    """The best candidates of a sentence, best first, with the positions of the states in them."""

    candidates: tuple[Candidate, ...]
    positions: dict[str, Positions]

    @property
    def best(self) -> Candidate | None:
        """The roll call that the sentence is about, or None where that is not certain."""
        if not self.candidates:
            return None
        first = self.candidates[0]
        is_placed = first.named or first.is_placed
        if not is_placed and first.score < UNPLACED - (_LISTED if self._is_only_list else 0):
            return None
        if first.support < BINDING or not (first.score >= first.support / 3 or self._is_certain):
            return None
        if self._is_other_topic:
            return None
        return first if self.lead >= LEAD or self._all_named_differ else None

    @property
    def _is_other_topic(self) -> bool:
        """Whether one number or state alone fits, and the words are those of a vote that day."""
        first = self.candidates[0]
        is_single = len(first.agreeing) + first.states_agreeing == 1
        return (is_single and not first.named) and any(
            other.words >= first.words + _WORDS and other.call.date == first.call.date
            for other in self.candidates[1:]
        )

    @property
    def _is_only_list(self) -> bool:
        """Whether the best candidate alone has all states of a list."""
        return [c for c in self.candidates if c.has_list] == [self.candidates[0]]

    @property
    def _is_certain(self) -> bool:
        """Whether the best candidate is meant in spite of what differs: by its name and day."""
        first = self.candidates[0]
        most_agree = first.states_agreeing >= max(4, 2 * first.states_differing)
        return first.dated and (first.named or (most_agree and first.score > 0))

    @property
    def _all_named_differ(self) -> bool:
        """Whether a number names several roll calls, which all differ: 3151 A to G."""
        named = [candidate for candidate in self.candidates if candidate.named]
        return (
            len(named) > 1
            and named[0] is self.candidates[0]
            and all(c.dated and len(c.differing) > 1 and not c.agreeing for c in named)
        )

    @property
    def lead(self) -> float:
        """The lead of the best candidate over the next one."""
        if len(self.candidates) < 2:
            return self.candidates[0].score if self.candidates else 0.0
        return self.candidates[0].score - self.candidates[1].score


async def bind(claim: Claim, text: str, context: Context, record: Record) -> Binding:
    """Return the candidates for a sentence with their evidence."""
    words = stems(text)
    context_words = stems(context.text) - words
    found = _candidates(claim, words | context_words, context, record)
    listed = await _listed(claim, record)
    found = list({call.iri: call for call in (*found, *listed)}.values())
    candidates = [
        evidence(call, claim, words, context_words, context, record.index) for call in found
    ]
    candidates.sort(key=lambda c: (-c.score, c.call.date, c.call.iri))
    lists = {call.iri for call in listed}
    candidates = [
        candidate
        for place, candidate in enumerate(candidates)
        if place < _COMPARED or candidate.call.iri in lists
    ]
    positions: dict[str, Positions] = {}
    if claim.positions or any(earlier.positions for earlier in context.claims):
        # Candidates of whose states the sentence says nothing need them only against each other.
        compared = candidates if claim.positions else candidates[:_COMPARED_BY_CONTEXT]
        positions = await record.positions([c.call.iri for c in compared])
        for candidate in compared:
            states = positions[candidate.call.iri]
            compare_positions(candidate, claim, states)
            compare_earlier(candidate, context, states)
            candidate.has_list = candidate.call.iri in lists
        candidates.sort(key=lambda c: (-c.score, c.call.date, c.call.iri))
    return Binding(tuple(candidates), positions)


async def _listed(claim: Claim, record: Record) -> list[RollCall]:
    """Return the few roll calls in which all states of a list have a position but in favour."""
    found: list[RollCall] = []
    for position in claim.positions:
        keys = [min(mention.keys) for mention in position.states if len(mention.keys) == 1]
        if position.option is VoteOption.YES or len(keys) < _LIST_STATES:
            continue
        events = await record.with_positions(position.option, keys, _LIST_CALLS)
        calls = [record.index.by_iri[event] for event in events if event in record.index.by_iri]
        stated = claim.count(position.option)
        size = stated if stated is not None else len(position.states)
        exact = [call for call in calls if call.counts.get(position.option) == size]
        found += exact or (calls if len(calls) < _LIST_CALLS else [])
    return found


def _candidates(
    claim: Claim, words: frozenset[str], context: Context, record: Record
) -> list[RollCall]:
    """Return the roll calls that a sentence may be about."""
    index = record.index
    found: dict[str, RollCall] = {}
    claims = (claim, *context.claims)
    for stated in claims:
        for symbol in stated.symbols:
            found.update((call.iri, call) for call in index.with_symbol(symbol))
        for number in (*stated.numbers, *stated.misprints):
            found.update((call.iri, call) for call in index.numbered(number))
    for span in (span for stated in claims for span in stated.dates):
        if span.precision != "year":
            found.update((call.iri, call) for call in index.between(*widened(span)))
    if context.date:
        found.update((call.iri, call) for call in index.between(*window(context.date)))
    found.update((iri, index.by_iri[iri]) for iri in context.bound if iri in index.by_iri)
    spans, last = claim.dates, context.date

    def is_possible(call: RollCall) -> bool:
        if not (call.counts or (claim.is_without_vote and call.is_without_vote)):
            return False
        return not last or call.date[: len(last)] <= last[: len(call.date)]

    def is_dated(call: RollCall) -> bool:
        return is_possible(call) and (not spans or any(span.covers(call.date) for span in spans))

    found.update((call.iri, call) for call in index.about(words, 5.0, is_dated))
    exact = {c.option: c.value for c in claim.counts if not c.is_round and not c.also}
    earlier = {c.option: c.value for stated in context.claims for c in stated.counts if not c.also}
    found.update((call.iri, call) for call in index.with_counts({**earlier, **exact}))
    return [call for call in found.values() if is_possible(call)]
