"""The evidence of states and their positions that a sentence is about a roll call."""

from __future__ import annotations

from functools import lru_cache

from kg.check.candidates import Candidate, Context
from kg.check.claims import Claim
from kg.check.mentions import register_of_states
from kg.check.roll_calls import Positions
from kg.model.vote_option import VoteOption


def recorded_key(
    states: Positions, keys: frozenset[str], option: VoteOption | None = None
) -> str | None:
    """Return the key under which a roll call has a state with a name, or another of its seat.

    Of several states with the name, one with the position ``option`` is preferred.
    """
    found = sorted(keys & states.keys(), key=lambda key: (states[key] is not option, key))
    if found:
        return found[0]
    return min(_on_same_seats(keys) & states.keys(), default=None)


@lru_cache(maxsize=1024)
def _on_same_seats(keys: frozenset[str]) -> frozenset[str]:
    """Return the keys of all that ever held the seats of some states."""
    register = register_of_states()
    seats = {register[key].seat for key in keys if key in register}
    return frozenset(key for key in register if register[key].seat in seats)


def option_of(
    states: Positions, keys: frozenset[str], option: VoteOption | None = None
) -> VoteOption | None:
    """Return the position of the state with a name, or of another entity of its seat."""
    key = recorded_key(states, keys, option)
    return None if key is None else states[key]


def compare_positions(candidate: Candidate, claim: Claim, states: Positions) -> None:
    """Count the states whose position agrees with the record."""
    if not states:
        return
    support = penalty = 0.0
    for position in claim.positions:
        for mention in position.states:
            recorded = option_of(states, mention.keys, position.option)
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
                recorded = option_of(states, mention.keys, position.option)
                if recorded is not None:
                    score += 0.3 if recorded is position.option else -0.3
    if score > 0:
        candidate.support += min(score, 1.5)
    else:
        candidate.penalty += min(-score, 1.5)
