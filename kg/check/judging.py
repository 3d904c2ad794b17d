"""Judging a sentence that is bound to a roll call: each part of it against the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.check.binding import Binding
from kg.check.candidates import Candidate
from kg.check.claims import Claim
from kg.check.comparing import compare
from kg.check.dates import days_apart
from kg.check.explaining import explained
from kg.check.findings import Verdict
from kg.check.parts import Difference
from kg.check.remarks import Remarks
from kg.check.roll_calls import Index, RollCall
from kg.model.vote_option import VOTES_CAST

#: The evidence from which a difference is a contradiction, and its lead over other roll calls.
_CERTAIN_SUPPORT, _CERTAIN_LEAD = 5.0, 2.0
#: The most members that the United Nations have had.
MEMBERS: Final = 193
#: States of a list that are no coincidence.
_LONG_LIST: Final = 8
#: Days around a roll call in which another one may be meant.
_NEIGHBOUR_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason."""

    verdict: Verdict
    reason: str
    differences: tuple[Difference, ...] = ()


def judge(claim: Claim, binding: Binding, index: Index, remarks: Remarks) -> Judgement:
    """Return the verdict on a sentence that is bound to the best candidate of ``binding``.

    ``remarks`` are those on its roll call.
    """
    best = binding.candidates[0]
    states = binding.positions.get(best.call.iri, {})
    parts = explained(compare(claim, best.call, states, index), claim, states, remarks)
    differing = [part for part in parts if part.agrees is False]
    agreeing = [part for part in parts if part.agrees]
    if not differing:
        if agreeing:
            return Judgement("agrees", "; ".join(part.reason for part in agreeing))
        reasons = [part.reason for part in parts] or ["the record does not say this"]
        return Judgement("undecidable", "; ".join(reasons))
    reason = "; ".join(part.reason for part in differing)
    certain = [part for part in differing if part.is_certain]
    doubt = _doubt(
        claim,
        best,
        binding,
        index,
        agreeing=sum(part.weight for part in agreeing),
        differing=len(differing),
    )
    if certain and not doubt:
        differences = tuple(part.difference for part in certain if part.difference)
        return Judgement("contradicts", "; ".join(part.reason for part in certain), differences)
    return Judgement("undecidable", f"{reason} ({doubt})" if doubt else reason)


def _doubt(
    claim: Claim,
    best: Candidate,
    binding: Binding,
    index: Index,
    *,
    agreeing: int,
    differing: int,
) -> str:
    """Return why a difference may not be a contradiction, empty if it is one."""
    if claim.obstacle:
        return claim.obstacle
    if not best.call.is_document:
        return "this roll call is not on a document as a whole"
    is_series = (best.topical and claim.rank) or claim.first_in_years
    is_placed = best.in_context and is_series
    leads = binding.lead >= _CERTAIN_LEAD or _all_differ(claim, binding, index)
    weak = best.support < _CERTAIN_SUPPORT or not leads
    if weak and not (best.named or is_placed):
        return "another roll call may be meant"
    if any(count.value > MEMBERS for count in claim.counts):
        return "more states than the United Nations have: another body may be meant"
    if not (best.named or best.is_placed) and len(claim.counts) < len(VOTES_CAST):
        return "the sentence names neither a day nor a document"
    if not best.has_list and any(
        _may_have_list(claim, candidate, best) for candidate in binding.candidates
    ):
        return "another roll call has all states of the list in this position"
    if agreeing + best.context_agreeing < differing and not (best.named or is_placed):
        return "nothing in the sentence agrees with this roll call: another one may be meant"
    other = _same_counts(claim, best.call, index)
    if other is not None:
        return f"another roll call has these numbers: {other.name} of {other.date}"
    return ""


def _may_have_list(claim: Claim, candidate: Candidate, best: Candidate) -> bool:
    """Return whether another roll call with all states of a list may be meant."""
    is_long = candidate.states_agreeing >= _LONG_LIST
    is_near = days_apart(candidate.call.date, best.call.date) <= _NEIGHBOUR_DAYS
    is_possible = candidate.dated or (not claim.dates and (is_long or is_near))
    return candidate.has_list and is_possible


def _all_differ(claim: Claim, binding: Binding, index: Index) -> bool:
    """Return whether a sentence certainly differs from each roll call that may be meant."""
    best = binding.candidates[0]
    near = [c for c in binding.candidates[1:] if c.score > best.score - _CERTAIN_LEAD]
    return all(
        any(
            part.agrees is False and part.is_certain
            for part in compare(claim, c.call, binding.positions.get(c.call.iri, {}), index)
        )
        for c in near
    )


def _same_counts(claim: Claim, call: RollCall, index: Index) -> RollCall | None:
    """Return another roll call of those weeks with all numbers of a sentence, or None."""
    counts = {c.option: c.value for c in claim.counts if not c.is_round and not c.also}
    if len(counts) < 2:
        return None
    for other in index.with_counts(counts):
        if (
            other is not call
            and other.body == call.body
            and (not claim.dates or any(span.covers(other.date) for span in claim.dates))
            and days_apart(other.date, call.date) <= _NEIGHBOUR_DAYS
            and all(other.counts.get(option) == value for option, value in counts.items())
        ):
            return other
    return None
