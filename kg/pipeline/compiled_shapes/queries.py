"""Compiled forms of the SPARQL constraints of event shapes, each bound to the text of its query.

A form is chosen by the digest of the query, so a query that is changed loses its form and is left
to pySHACL until its new form has been written and compared: ``tests/pipeline/compiled_shapes``
lists the constraints that have none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Final

from kg.pipeline.compiled_shapes.components import integer, lexical_form
from kg.pipeline.compiled_shapes.triples import Triples
from kg.rdf.ntriples import plain, typed
from kg.rdf.vocabulary import OPTION_TERMS, ORG, UNV, XSD

#: Whether the query has no solution for a focus node.
Form = Callable[[Triples, str], bool]


_STATE_PROPERTIES: Final = tuple(f"<{terms.state_property}>" for terms in OPTION_TERMS.values())
_COUNT_PROPERTIES: Final = tuple(f"<{terms.count_property}>" for terms in OPTION_TERMS.values())
_PROPERTY_OF_OPTION: Final = {
    f"<{terms.individual}>": f"<{terms.state_property}>" for terms in OPTION_TERMS.values()
}
_EVENT: Final = f"<{UNV.event}>"
_CAST_BY: Final = f"<{UNV.castBy}>"
_OPTION: Final = f"<{UNV.option}>"
_NON_VOTING_COUNT: Final = f"<{UNV.nonVotingCount}>"
#: The property that the query of agreement takes for an option it does not know.
_OTHERWISE: Final = f"<{UNV.nonVoting}>"
_ZERO: Final = typed(0, XSD.integer)


def digest(query: str) -> str:
    """Return the digest of a query, whatever its white space."""
    return hashlib.sha256(" ".join(query.split()).encode()).hexdigest()[:16]


def _votes(triples: Triples, event: str) -> Sequence[str]:
    return triples.by_value(_EVENT).get(event, ())


def _states(triples: Triples, event: str) -> Iterator[tuple[str, str]]:
    """Yield the votes of an event, each with a state that cast it."""
    states = triples.by_subject(_CAST_BY)
    for vote in _votes(triples, event):
        for state in states.get(vote, ()):
            yield vote, state


def _counted(count_property: str, state_property: str, without_count: Sequence[int] = ()) -> Form:
    """Return the form of a query that compares counts with the number of states listed."""
    count_property, state_property = f"<{count_property}>", f"<{state_property}>"

    def form(triples: Triples, event: str) -> bool:
        listed = len(triples.values(event, state_property))
        counts = map(integer, triples.values(event, count_property))
        return all(count == listed for count in list(counts) or without_count)

    return form


def _totals(triples: Triples, event: str) -> Iterator[int]:
    """Yield what the counts of an event add up to, for each choice of one of each kind.

    There is nothing where one that an event must have is missing, or is no integer: nor has the
    query a solution then.
    """
    counts = [
        triples.values(event, count_property)
        or ((_ZERO,) if count_property == _NON_VOTING_COUNT else ())
        for count_property in _COUNT_PROPERTIES
    ]
    for choice in product(*counts):
        numbers = [number for number in map(integer, choice) if number is not None]
        if len(numbers) == len(choice):
            yield sum(numbers)


def _all_votes(triples: Triples, event: str) -> bool:
    votes = len(_votes(triples, event))
    return all(total == votes for total in _totals(triples, event))


def _agreement(triples: Triples, event: str) -> bool:
    listed = {term: frozenset(triples.values(event, term)) for term in _STATE_PROPERTIES}
    options = triples.by_subject(_OPTION)
    matched = sum(
        state in listed[_PROPERTY_OF_OPTION.get(option, _OTHERWISE)]
        for vote, state in _states(triples, event)
        for option in options.get(vote, ())
    )
    return all(total == matched for total in _totals(triples, event))


def _vote_parts(triples: Triples, event: str) -> bool:
    states, options = triples.by_subject(_CAST_BY), triples.by_subject(_OPTION)
    return all(
        len(states.get(vote, ())) == 1 and len(options.get(vote, ())) == 1
        for vote in _votes(triples, event)
    )


def _one_vote(triples: Triples, event: str) -> bool:
    states = [state for _, state in _states(triples, event)]
    return len(states) == len(set(states))


def _one_seat(triples: Triples, event: str) -> bool:
    seats = triples.by_subject(f"<{UNV.seat}>")
    state_of: dict[str, str] = {}
    return all(
        state_of.setdefault(seat, state) == state
        for _, state in _states(triples, event)
        for seat in seats.get(state, ())
    )


def _adopted_without_vote(triples: Triples, event: str) -> bool:
    properties = (*_STATE_PROPERTIES, *_COUNT_PROPERTIES)
    return not _votes(triples, event) and not any(
        triples.values(event, term) for term in properties
    )


def _veto(triples: Triples, event: str) -> bool:
    failed = f"<{UNV.SecurityCouncil}>" in triples.values(event, f"<{UNV.body}>") and plain(
        "not adopted"
    ) in triples.values(event, f"<{UNV.outcome}>")
    against = triples.values(event, f"<{UNV.against}>")
    return all(failed and state in against for state in triples.values(event, f"<{UNV.vetoedBy}>"))


def _answered(predicate: str, inverse: str) -> Form:
    """Return the form of a query for values of a property that lack its inverse."""
    predicate, inverse = f"<{predicate}>", f"<{inverse}>"
    return lambda triples, this: all(
        this in triples.values(value, inverse) for value in triples.values(this, predicate)
    )


def _membership(triples: Triples, event: str) -> bool:
    months = triples.values(event, f"<{UNV.month}>")
    dates = triples.values(event, f"<{UNV.date}>") or months
    return not months or all(_were_members(triples, event, lexical_form(date)) for date in dates)


def _were_members(triples: Triples, event: str, date: str) -> bool:
    """Return whether each state that voted has a period of membership that covers a date.

    Of a month, it is a period that covers any of its days.
    """
    first_day = (date + "-01")[:10]
    periods = triples.by_value(f"<{ORG.member}>")
    starts = triples.by_subject(f"<{UNV.term('from')}>")
    ends = triples.by_subject(f"<{UNV.until}>")

    def covers(period: str) -> bool:
        until = ends.get(period, ())
        return any(
            lexical_form(start)[: len(date)] <= date for start in starts.get(period, ())
        ) and (not until or any(lexical_form(end) > first_day for end in until))

    return all(any(map(covers, periods.get(state, ()))) for _, state in _states(triples, event))


#: By the digest of the query.
FORMS: Final[dict[str, Form]] = {
    "b18780b5ac7d1c7a": _adopted_without_vote,
    "caa888dacdcc2643": _veto,
    "d0bf617dd8a40d28": _counted(UNV.yesCount, UNV.inFavour),
    "451818dbe0c95bbb": _counted(UNV.noCount, UNV.against),
    "395ba719f54bc8cc": _counted(UNV.abstentionCount, UNV.abstaining),
    "eba0824c409d850c": _counted(UNV.nonVotingCount, UNV.nonVoting, without_count=(0,)),
    "2e7d6fa8729b7f09": _all_votes,
    "88c7799791a1aa9d": _agreement,
    "e80db3e04e7f6ddc": _vote_parts,
    "f69fd99b0c539e57": _one_vote,
    "5ff76d6d80293251": _one_seat,
    "59f1e7ec73a15b2b": _answered(UNV.decides, UNV.decidedBy),
    "b59477baeac2542f": _membership,
    "92969ceb40386030": _answered(UNV.decidedBy, UNV.decides),
}
