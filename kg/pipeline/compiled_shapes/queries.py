"""Compiled forms of the SPARQL constraints of events and derived facts, each bound to its query.

A form is selected by the digest of the query, so a changed query loses its form and is left to
pySHACL until a new form has been written and compared: ``tests/pipeline/compiled_shapes`` lists the
constraints without a form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Final

from kg.model.votes import NOT_ADOPTED
from kg.pipeline.compiled_shapes import circumstances, symbols
from kg.pipeline.compiled_shapes.components import integer, lexical_form
from kg.pipeline.compiled_shapes.triples import Triples
from kg.rdf.ntriples import plain, typed
from kg.rdf.vocabulary import DCTERMS, OPTION_TERMS, ORG, RDF, UNV, XSD

#: Whether the query has no solution for a focus node.
Form = Callable[[Triples, str], bool]


_STATE_PROPERTIES: Final = tuple(f"<{terms.state_property}>" for terms in OPTION_TERMS.values())
_COUNT_PROPERTIES: Final = tuple(f"<{terms.count_property}>" for terms in OPTION_TERMS.values())
_PROPERTY_OF_OPTION: Final = {
    f"<{terms.individual}>": f"<{terms.state_property}>" for terms in OPTION_TERMS.values()
}
_EVENT: Final = f"<{UNV.event}>"
_BODY: Final = f"<{UNV.body}>"
_CAST_BY: Final = f"<{UNV.castBy}>"
_OPTION: Final = f"<{UNV.option}>"
_NON_VOTING_COUNT: Final = f"<{UNV.nonVotingCount}>"
#: The property that the agreement query uses for an unknown option.
_OTHERWISE: Final = f"<{UNV.nonVoting}>"
_ZERO: Final = typed(0, XSD.integer)
_VETOED: Final = frozenset((plain("vetoed"),))
_FAILED: Final = frozenset((plain("failed"),))
_NOT_ADOPTED: Final = frozenset(map(plain, NOT_ADOPTED))


def digest(query: str) -> str:
    """Return the digest of a query, ignoring white space."""
    return hashlib.sha256(" ".join(query.split()).encode()).hexdigest()[:16]


def _votes(triples: Triples, event: str) -> Sequence[str]:
    return triples.by_value(_EVENT).get(event, ())


def _states(triples: Triples, event: str) -> Iterator[tuple[str, str]]:
    """Yield the votes of an event with the states that cast them."""
    states = triples.by_subject(_CAST_BY)
    for vote in _votes(triples, event):
        for state in states.get(vote, ()):
            yield vote, state


def _counted(count_property: str, state_property: str, without_count: Sequence[int] = ()) -> Form:
    """Return the form of a query that compares a count with the number of listed states."""
    count_property, state_property = f"<{count_property}>", f"<{state_property}>"

    def form(triples: Triples, event: str) -> bool:
        listed = len(triples.values(event, state_property))
        counts = map(integer, triples.values(event, count_property))
        return all(count == listed for count in list(counts) or without_count)

    return form


def _totals(triples: Triples, event: str) -> Iterator[int]:
    """Yield the sums of the counts of an event, for each combination of one value per kind.

    Yields nothing if a required count is missing or not an integer, where the query has no solution
    either.
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


def _in_council(triples: Triples, event: str) -> bool:
    return f"<{UNV.SecurityCouncil}>" in triples.values(event, _BODY)


def _years(triples: Triples, event: str) -> list[int]:
    years = map(integer, triples.values(event, f"<{UNV.year}>"))
    return [year for year in years if year is not None]


def _had_enough_votes(triples: Triples, event: str) -> bool:
    """Return whether a draft in the Council had the votes in favour required for a decision.

    Returns False without a year or count, where neither query has a solution.
    """
    counts = map(integer, triples.values(event, f"<{UNV.yesCount}>"))
    in_favour = [count for count in counts if count is not None]
    years = _years(triples, event)
    return any(count >= (7 if year < 1966 else 9) for count in in_favour for year in years)


def _council_rejected(triples: Triples, event: str, outcomes: frozenset[str]) -> bool:
    """Return whether the Council did not adopt a draft that had enough votes in favour.

    ``outcomes`` are the literals of the outcomes that count as such.
    """
    return (
        _in_council(triples, event)
        and not outcomes.isdisjoint(triples.values(event, f"<{UNV.outcome}>"))
        and _had_enough_votes(triples, event)
    )


def _permanent_against(triples: Triples, event: str, outcomes: frozenset[str]) -> set[str]:
    """Return the permanent members of the Council that voted against a vetoed draft."""
    if not _council_rejected(triples, event, outcomes):
        return set()
    permanent = triples.by_value(f"<{UNV.permanentMemberOf}>").get(f"<{UNV.SecurityCouncil}>", ())
    return {
        state
        for state in triples.values(event, f"<{UNV.against}>")
        if any(seat in permanent for seat in triples.values(state, f"<{UNV.seat}>"))
    }


def _veto(triples: Triples, event: str) -> bool:
    vetoed_by = triples.values(event, f"<{UNV.vetoedBy}>")
    return not vetoed_by or _permanent_against(triples, event, _VETOED).issuperset(vetoed_by)


def _veto_stated(triples: Triples, event: str) -> bool:
    against = _permanent_against(triples, event, _NOT_ADOPTED)
    return against.issubset(triples.values(event, f"<{UNV.vetoedBy}>"))


def _vetoed(triples: Triples, event: str) -> bool:
    outcomes = triples.values(event, f"<{UNV.outcome}>")
    return _VETOED.isdisjoint(outcomes) or bool(triples.values(event, f"<{UNV.vetoedBy}>"))


def _failed(triples: Triples, event: str) -> bool:
    return not _council_rejected(triples, event, _FAILED)


def _council_members(triples: Triples, event: str) -> bool:
    if not _in_council(triples, event):
        return True
    votes = len(_votes(triples, event))
    return all(votes <= (11 if year < 1966 else 15) for year in _years(triples, event))


def _answered(predicate: str, inverse: str) -> Form:
    """Return the form of a query for values of a property without its inverse."""
    predicate, inverse = f"<{predicate}>", f"<{inverse}>"
    return lambda triples, this: all(
        this in triples.values(value, inverse) for value in triples.values(this, predicate)
    )


def _typed_votes(triples: Triples, event: str) -> bool:
    known = triples.by_subject(f"<{RDF.type}>")
    return all(f"<{UNV.Vote}>" in known.get(vote, ()) for vote in _votes(triples, event))


def _margin(triples: Triples, event: str) -> bool:
    figures = (UNV.margin, UNV.yesCount, UNV.noCount)
    choices = product(*(map(integer, triples.values(event, f"<{figure}>")) for figure in figures))
    return all(
        margin is not None and yes is not None and no is not None and margin == yes - no
        for margin, yes, no in choices
    )


def _margin_of_vote(triples: Triples, event: str) -> bool:
    return not triples.values(event, f"<{UNV.margin}>") or all(
        triples.values(event, f"<{count}>") for count in (UNV.yesCount, UNV.noCount)
    )


def _membership(triples: Triples, event: str) -> bool:
    months = triples.values(event, f"<{UNV.month}>")
    dates = triples.values(event, f"<{UNV.date}>") or months
    return not months or all(_were_members(triples, event, lexical_form(date)) for date in dates)


def _were_members(triples: Triples, event: str, date: str) -> bool:
    """Return whether each state that voted has a membership period that covers a date.

    A month is covered if any of its days is.
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


#: Forms by the digest of the query.
FORMS: Final[dict[str, Form]] = {
    "a1df61677056fd86": _adopted_without_vote,
    "abe11d00f53986d5": _veto,
    "2ed826cf5d9bd99f": _veto_stated,
    "528c18fefaa4cad5": _failed,
    "0e614495193a1f39": _vetoed,
    "e37b09f11af97773": _council_members,
    "d0bf617dd8a40d28": _counted(UNV.yesCount, UNV.inFavour),
    "451818dbe0c95bbb": _counted(UNV.noCount, UNV.against),
    "395ba719f54bc8cc": _counted(UNV.abstentionCount, UNV.abstaining),
    "eba0824c409d850c": _counted(UNV.nonVotingCount, UNV.nonVoting, without_count=(0,)),
    "2e7d6fa8729b7f09": _all_votes,
    "88c7799791a1aa9d": _agreement,
    "5d2baa933bbf05a5": _vote_parts,
    "f6177b16ff45d9c2": _typed_votes,
    "f69fd99b0c539e57": _one_vote,
    "b3f2814b919c7b71": _one_seat,
    "82be620a21193d34": _answered(UNV.decides, UNV.decidedBy),
    "8e70743ae6de47c0": _answered(UNV.decidedBy, UNV.decides),
    "b6a88f3bb910b9dc": _membership,
    "e02fde8b57f5541a": circumstances.same_body(UNV.decides),
    "d63a410141709017": circumstances.same_session(UNV.decides),
    "b5c88fe8f73f6653": circumstances.document_date,
    "594299e9eee850c3": circumstances.same_body(UNV.session),
    "0c569eb6acf9f759": circumstances.same_body(UNV.meeting),
    "1abda5809fc12e60": circumstances.same_session(UNV.meeting),
    "394c94d8ca0b5471": circumstances.dates,
    "68c17f8baea5774f": circumstances.period(UNV.date, UNV.month),
    "8649fd5032ba37a4": symbols.body,
    "ea87cf44b36547a3": symbols.kind,
    "09e7bed3c3fa3318": symbols.session,
    "9bfc43aa474a4fdb": symbols.iri,
    "87f23edf0dfad295": circumstances.period(DCTERMS.date),
    "8d2e052f41aae348": _margin,
    "9a61797050a083cd": _margin_of_vote,
}
