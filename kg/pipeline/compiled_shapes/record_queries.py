"""Compiled forms of the SPARQL constraints of records, like those of events in ``queries``.

Where a query compares dates, a form compares days only: their texts are in their order. Records
with other dates are left to pySHACL.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain, product
from typing import Final

from rdflib.namespace import XSD

from kg.pipeline.compiled_shapes.components import is_literal_of, lexical_form
from kg.pipeline.compiled_shapes.queries import Form
from kg.pipeline.compiled_shapes.triples import Triples
from kg.rdf.ntriples import typed
from kg.rdf.vocabulary import DCTERMS, ORG, RDF, UNV

_ADMITTED: Final = f"<{UNV.admitted}>"
_FROM: Final = f"<{UNV.term('from')}>"
_UNTIL: Final = f"<{UNV.until}>"
_MEMBER: Final = f"<{ORG.member}>"
_MEMBER_UNTIL: Final = f"<{UNV.memberUntil}>"
_GROUP: Final = f"<{UNV.group}>"
_GROUP_MEMBER: Final = f"<{UNV.groupMember}>"
_CERTAIN_FROM: Final = f"<{UNV.certainFrom}>"
_CERTAIN_UNTIL: Final = f"<{UNV.certainUntil}>"
_DATE: Final = f"<{DCTERMS.date}>"
#: The dates that a record may have.
_DATES: Final = (
    *(_DATE, _ADMITTED, _MEMBER_UNTIL, _FROM, _UNTIL),
    *(
        f"<{UNV.term(name)}>"
        for name in ("fromAsPrinted", "untilAsPrinted", "listedOn", "retrieved")
    ),
)
_FIRST_YEAR: Final = "1945"
_TRUE: Final = typed("true", str(XSD.boolean))
_is_day: Final = is_literal_of(XSD.date)


def _requires(predicate: str, *required: str) -> Form:
    """Return the form of a query for values of a property without those of other properties."""
    predicate, others = f"<{predicate}>", [f"<{other}>" for other in required]
    return lambda triples, this: (
        not triples.values(this, predicate) or all(triples.values(this, other) for other in others)
    )


def _different_values(triples: Triples, discrepancy: str) -> bool:
    accepted = triples.values(discrepancy, f"<{UNV.acceptedValue}>")
    return set(accepted).isdisjoint(triples.values(discrepancy, f"<{UNV.otherValue}>"))


def _positions(triples: Triples, proposal: str) -> bool:
    points = triples.values(proposal, f"<{UNV.hasPoint}>")
    positions = [p for point in points for p in triples.values(point, f"<{UNV.position}>")]
    return len(positions) == len(set(positions))


def _periods(triples: Triples, this: str) -> bool:
    """Return whether dates are of the time of the United Nations, and past unless expected."""
    now = datetime.now(UTC).isoformat()
    is_expected = _TRUE in triples.values(this, f"<{UNV.expected}>")
    is_suspension = bool(triples.values(this, f"<{UNV.suspends}>"))
    for predicate in _DATES:
        may_be_later = is_expected or (predicate == _UNTIL and is_suspension)
        for text in map(lexical_form, triples.values(this, predicate)):
            if text < _FIRST_YEAR or (text > now[: len(text)] and not may_be_later):
                return False
    return True


def _other_predecessor(triples: Triples, state: str) -> bool:
    return state not in triples.values(state, f"<{UNV.predecessor}>")


def _days(triples: Triples, predicate: str, *subjects: str) -> list[str] | None:
    """Return the values of a property of some subjects, None if one is not a day."""
    values = [*chain.from_iterable(triples.values(subject, predicate) for subject in subjects)]
    return values if all(map(_is_day, values)) else None


def _memberships(triples: Triples, state: str) -> tuple[str, ...]:
    return tuple(triples.by_value(_MEMBER).get(state, ()))


def _admission(triples: Triples, state: str) -> bool:
    """Return whether the first membership of a state begins with its admission."""
    periods = _memberships(triples, state)
    admitted = _days(triples, _ADMITTED, state)
    starts = _days(triples, _FROM, *periods)
    if admitted is None or starts is None:
        return False
    memberships = triples.by_value(f"<{RDF.type}>").get(f"<{ORG.Membership}>", ())
    of_memberships = {
        start
        for period in periods
        if period in memberships
        for start in triples.values(period, _FROM)
    }
    return all(day in of_memberships and day <= min(starts) for day in admitted)


def _end(triples: Triples, state: str) -> bool:
    """Return whether the last membership of a state ends with its membership, if that ended."""
    periods = _memberships(triples, state)
    ended = _days(triples, _MEMBER_UNTIL, state)
    starts = _days(triples, _FROM, *periods)
    ends = _days(triples, _UNTIL, *periods)
    if ended is None or starts is None or ends is None:
        return False
    return (
        all(day in ends for day in ended)
        and all(
            any(end <= day for end in triples.values(period, _UNTIL))
            for day in ended
            for period in periods
            if triples.values(period, _FROM)
        )
        and all(end in ended or any(start >= end for start in starts) for end in ends)
    )


def _order(triples: Triples, this: str) -> bool:
    starts, ends = _days(triples, _FROM, this), _days(triples, _UNTIL, this)
    if starts is None or ends is None:
        return False
    return all(start < end for start, end in product(starts, ends))


def _overlap(triples: Triples, membership: str) -> bool:
    """Return whether a membership has ended before a later one of the same state begins."""
    others = [
        other
        for state in triples.values(membership, _MEMBER)
        for other in _memberships(triples, state)
        if other != membership
    ]
    return _ended_before(triples, membership, others, _FROM, _UNTIL)


def _group_overlap(triples: Triples, membership: str) -> bool:
    """Return whether a membership of a group has ended before a later one of it begins."""
    groups = set(triples.values(membership, _GROUP))
    others = [
        other
        for member in triples.values(membership, _GROUP_MEMBER)
        for other in triples.by_value(_GROUP_MEMBER).get(member, ())
        if other != membership and groups.intersection(triples.values(other, _GROUP))
    ]
    return _ended_before(triples, membership, others, _CERTAIN_FROM, _CERTAIN_UNTIL)


def _ended_before(
    triples: Triples, membership: str, others: Sequence[str], start: str, end: str
) -> bool:
    """Return whether a membership has ended before any of others that begins no earlier."""
    starts, ends = _days(triples, start, membership), _days(triples, end, membership)
    later = _days(triples, start, *others)
    if starts is None or ends is None or later is None:
        return False
    return all(
        other < first or any(last <= other for last in ends)
        for first, other in product(starts, later)
    )


def _stated_by_member(triples: Triples, statement: str) -> bool:
    dates = [lexical_form(date) for date in triples.values(statement, _DATE)]
    states = triples.values(statement, f"<{UNV.madeBy}>")
    return all(_was_member(triples, state, date) for state, date in product(states, dates))


def _was_member(triples: Triples, state: str, date: str) -> bool:
    """Return whether a state had been admitted and was still a member; others are not compared."""
    admitted, ended = (
        [lexical_form(value) for value in triples.values(state, predicate)]
        for predicate in (_ADMITTED, _MEMBER_UNTIL)
    )
    first_day = f"{date}-01-01"[:10]
    return not admitted or (
        all(day[: len(date)] <= date for day in admitted) and all(first_day < day for day in ended)
    )


#: Forms by the digest of the query.
FORMS: Final[dict[str, Form]] = {
    "4e7c4e54d5667c6b": _requires(UNV.urged, UNV.about),
    "fd6a0ef4a2647a4c": _different_values,
    "daad2726753ab97f": _requires(DCTERMS.subject, UNV.codedBy, UNV.codingRule),
    "8d18e924c947f587": _positions,
    "d49fc1f44f09c804": _periods,
    "fde06ece3936fe53": _other_predecessor,
    "4e008b73871813cc": _admission,
    "7d257cf3aa9f891e": _end,
    "1429c6e6b157b4aa": _order,
    "bdfaeae1bc210798": _overlap,
    "5fcfda3f46fdbf75": _group_overlap,
    "cdde5ab14f0d663b": _requires(UNV.stance, UNV.towards),
    "bd93e955f83f9713": _requires(UNV.stance, UNV.codedBy, UNV.codingRule),
    "7ea8249f6f098cab": _stated_by_member,
}
