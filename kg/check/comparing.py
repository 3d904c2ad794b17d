"""The parts of a sentence compared with a roll call."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from kg.check.claims import Claim, CountClaim, PositionClaim
from kg.check.dates import days_apart
from kg.check.history import compare_history
from kg.check.mentions import Mention, register_of_states
from kg.check.parts import Difference, Part
from kg.check.ranks import rank_parts
from kg.check.roll_calls import Index, Positions, RollCall
from kg.check.state_evidence import recorded_key
from kg.model.vote_option import VOTES_CAST, VoteOption

#: States that a number may leave out, because they are named: "six joined Russia and Belarus".
_PARTNERS: Final = 3
_STAYED_AWAY: Final = frozenset((VoteOption.ABSTENTION, VoteOption.NON_VOTING))


def compare(claim: Claim, call: RollCall, states: Positions, index: Index) -> list[Part]:
    """Return the parts of a sentence compared with a roll call."""
    parts = [*_counts(claim, call), *_members(claim, call), *_proportions(claim, call)]
    for position in claim.positions:
        parts += _positions(position, call, states)
    parts += _veto(claim, call)
    parts += _manner(claim, call)
    parts += _day(claim, call)
    parts += _misprints(claim, call, index)
    parts += rank_parts(claim, call, index)
    parts += compare_history(claim, call, index)
    return parts


def _counts(claim: Claim, call: RollCall) -> list[Part]:
    parts = []
    for count in claim.counts:
        recorded = call.count(count.options)
        label = count.label
        if recorded is None:
            parts.append(Part(None, f"the record has no number of states {label}"))
        elif recorded == count.value:
            parts.append(Part(True, f"the record has {recorded} {label}"))
        elif count.is_round:
            near = abs(recorded - count.value) <= max(2, recorded // 20)
            reason = f"{count.value} {label} is a round number; the record has {recorded}"
            parts.append(Part(True if near else None, reason))
        else:
            reason = f"{count.value} {label}; the record has {recorded}"
            difference = None
            if not count.also:
                difference = Difference(count.option, str(recorded), str(count.value))
            parts.append(
                _left_out(claim, count, recorded)
                or Part(False, reason, count.is_certain, difference)
            )
    return parts


def _left_out(claim: Claim, count: CountClaim, recorded: int) -> Part | None:
    """Return the part for a number that leaves out states named beside it, None for another one."""
    if not (count.has_partners and 0 < recorded - count.value <= _PARTNERS):
        return None
    named = sum(len(p.states) for p in claim.positions if p.option is count.option)
    reason = f"{count.value} {count.label} beside others; the record has {recorded}"
    if named in (count.value, recorded):
        return Part(None, reason)  # The list has those that joined others.
    return Part(named == recorded - count.value, reason, is_certain=False)


def _members(claim: Claim, call: RollCall) -> list[Part]:
    """Compare the number of members of the body on the day of the vote."""
    if not claim.members or len(call.date) < len("1946-01-01"):
        return []
    register = register_of_states()
    council = call.body == "SecurityCouncil"
    members = len(register.council(call.date) if council else register.members(call.date))
    return [Part(True, f"{members} members that day")] if members == claim.members else []


def _proportions(claim: Claim, call: RollCall) -> list[Part]:
    """Compare shares, of the votes cast or of all members, and the lead of those in favour."""
    parts = []
    for share in claim.shares:
        number = call.counts.get(share.option)
        wholes = [call.count(options) for options in (VoteOption, VOTES_CAST, VOTES_CAST[:2])]
        if number is not None:
            holds = any(share.holds(Fraction(number, whole)) for whole in wholes if whole)
            reason = f"{share} in the text; the record has {call.tally()}"
            parts.append(Part(holds, reason, is_certain=False))
    in_favour, against = call.counts.get(VoteOption.YES), call.counts.get(VoteOption.NO)
    if claim.margin and in_favour is not None and against is not None:
        lead = in_favour - against
        reason = f"a margin of {claim.margin}; the record has one of {lead}"
        parts.append(Part(lead == claim.margin, reason, is_certain=False))
    return parts


def _positions(position: PositionClaim, call: RollCall, states: Positions) -> list[Part]:
    agreeing: dict[str, str] = {}
    parts: list[Part] = []
    for mention in position.states:
        name = _name(mention)
        key = recorded_key(states, mention.keys, position.option)
        if key is None:
            missing = position.option is VoteOption.NON_VOTING and bool(states)
            parts.append(
                _outside_council(position, mention, call)
                or Part(True if missing else None, f"the record has no position of {name}")
            )
        elif states[key] is position.option:
            agreeing[key] = name
        else:
            parts.append(_differing(position, mention, key, states))
    if agreeing:
        away = position.option is VoteOption.NON_VOTING
        reason = f"{', '.join(agreeing.values())}: {position.option.label} in the record"
        not_voting = frozenset(agreeing if away else ())
        parts.append(Part(True, reason, not_voting=not_voting, weight=len(agreeing)))
    recorded = call.counts.get(position.option)
    if position.is_complete and recorded is not None and len(agreeing) == len(position.states):
        if recorded == len(agreeing):
            parts.append(Part(True, f"no others were {position.option.label}"))
        elif recorded > len(agreeing):
            reason = f"{recorded} were {position.option.label} in the record, not only these"
            parts.append(Part(False, reason, position.is_certain))
    return parts


def _outside_council(position: PositionClaim, mention: Mention, call: RollCall) -> Part | None:
    """Return the difference that a state was no member of the Security Council, None if it was."""
    council = register_of_states().council(call.date)
    if call.body != "SecurityCouncil" or not council or position.option is VoteOption.NON_VOTING:
        return None
    if recorded_key(dict.fromkeys(council, VoteOption.YES), mention.keys):
        return None
    reason = f"{_name(mention)} was no member of the Security Council that day"
    return Part(False, reason, position.is_certain and len(position.states) > 1)


def _differing(position: PositionClaim, mention: Mention, key: str, states: Positions) -> Part:
    recorded = states[key]
    reason = (
        f"{_name(mention)}: {position.option.label} in the text, {recorded.label} in the record"
    )
    difference = Difference(position.option, recorded.label, position.option.label, key)
    is_absence = position.word.lower().startswith("absen")
    if {position.option, recorded} == _STAYED_AWAY and not is_absence:
        reason = f"{reason}; not voting is not abstaining"
        return Part(False, reason, is_certain=False, difference=difference)
    # Of two states with the name, the other one may be meant.
    is_one = len(mention.keys & states.keys()) < 2
    agrees = False if position.is_certain and is_one else None
    return Part(agrees, reason, is_certain=position.is_certain, difference=difference)


def _name(mention: Mention) -> str:
    register = register_of_states()
    return " or ".join(register[key].name for key in sorted(mention.keys))


def _veto(claim: Claim, call: RollCall) -> list[Part]:
    if not claim.vetoed_by:
        return []
    if not call.vetoed_by:
        return [Part(False, "the record has no veto in this roll call", is_certain=False)]
    parts = []
    for mention in claim.vetoed_by:
        if mention.keys & call.vetoed_by:
            parts.append(Part(True, f"vetoed by {_name(mention)} in the record"))
        else:
            vetoing = ", ".join(sorted(call.vetoed_by))
            reason = f"vetoed by {_name(mention)} in the text, by {vetoing} in the record"
            parts.append(Part(None, reason, is_certain=False))
    return parts


def _manner(claim: Claim, call: RollCall) -> list[Part]:
    """Compare unanimity, and adoption without a vote."""
    parts = []
    if claim.is_without_vote:
        if call.is_without_vote:
            parts.append(Part(True, "adopted without a vote"))
        elif call.counts:
            parts.append(Part(False, f"a recorded vote: {call.tally()}", is_certain=False))
    if claim.is_unanimous and call.counts:
        against = call.counts.get(VoteOption.NO, 0)
        others = sum(call.counts.get(option, 0) for option in _STAYED_AWAY)
        if against:
            parts.append(Part(False, f"unanimous in the text, {against} against in the record"))
        elif others:
            reason = f"unanimous in the text; nobody was against, {others} did not vote in favour"
            parts.append(Part(False, f"{reason}: a question of wording", is_certain=False))
        else:
            parts.append(Part(True, "all were in favour"))
    return parts


def _misprints(claim: Claim, call: RollCall, index: Index) -> list[Part]:
    """Return a difference for each number that no resolution has, and that lost its slash."""
    return [
        Part(False, f"no resolution has the number {number.replace('/', '')}; {number} is meant")
        for number in claim.misprints
        if call in index.numbered(number)
    ]


def _day(claim: Claim, call: RollCall) -> list[Part]:
    """Compare the day of the vote, where the sentence is about the adoption."""
    if not claim.outcome or len(call.date) < len("1946-01-01"):
        return []
    days = {span.first: span for span in claim.dates if span.precision in ("day", "weekday")}
    if len(days) != 1:
        return []
    span = next(iter(days.values()))
    if span.covers(call.date):
        return [Part(True, f"the day of the record is {call.date}")]
    apart = min(days_apart(span.first, call.date), days_apart(span.last, call.date))
    if apart <= 1:
        reason = f"the record has {call.date}: a meeting may pass midnight, and time zones differ"
        return [Part(False, reason, is_certain=False, is_day=True)]
    certain = span.precision == "day" and bool(claim.symbols or claim.numbers)
    reason = f"{span.first} in the text, {call.date} in the record"
    return [Part(False if certain else None, reason, certain, is_day=True)]
