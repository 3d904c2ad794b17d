"""Judging what a sentence states of several votes by all roll calls of the record."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from kg.check.claims import Claim
from kg.check.mentions import register_of_states
from kg.check.parts import Part
from kg.check.roll_calls import Index, RollCall, stems
from kg.model.vote_option import VoteOption
from kg.rdf.iris import state as state_iri

#: How far a count of vetoes may be from that of the record: drafts are counted in several ways.
_TOLERANCE: Final = 0.1


def compare_vetoes(claim: Claim, index: Index, day: str) -> tuple[Part, str] | None:
    """Compare a count of vetoes up to a day with the record; return the query for it too.

    None where it is not certain what is counted.
    """
    total = claim.veto_total
    if total is None or total.since is None or len(claim.vetoed_by) != 1:
        return None
    keys = claim.vetoed_by[0].keys
    register = register_of_states()
    seats = {register[key].seat for key in keys}
    states = sorted(key for key in register if register[key].seat in seats)
    first, last = f"{total.since:04}", day or "9999"
    recorded = sum(
        first <= call.date[: len(last)] <= last and bool(call.vetoed_by & set(states))
        for call in index.calls
    )
    values = " ".join(str(ox.NamedNode(state_iri(key))) for key in states)
    query = (
        f"SELECT (COUNT(DISTINCT ?event) AS ?vetoes) {{ VALUES ?state {{ {values} }} "
        "?event unv:vetoedBy ?state ; unv:date ?day "
        f'FILTER (STR(?day) >= "{first}" && STR(?day) <= "{last}") }}'
    )
    reason = f"{total.number} vetoes; the record has {recorded}"
    if recorded == total.number:
        return Part(True, reason), query
    is_less = not total.is_latest and total.number < recorded * (1 - _TOLERANCE) - 1
    return Part(False if is_less else None, reason, is_certain=is_less), query


def compare_history(claim: Claim, call: RollCall, index: Index) -> list[Part]:
    """Compare what a sentence states of votes before a roll call."""
    return [
        *_first(claim, call, index),
        *_by_year(claim, call, index),
        *_occasion(claim, call, index),
    ]


def _occasion(claim: Claim, call: RollCall, index: Index) -> list[Part]:
    """Compare which time a text was voted on with the votes of its title up to it."""
    same = [o for o in index.titled(call.title) if o.is_document and o.date <= call.date]
    if not claim.occasion or not call.is_document or call.body != "GeneralAssembly":
        return []
    reason = f"the record has {len(same)} votes with this title up to {call.date}"
    return [Part(True if len(same) == claim.occasion else None, reason)]


def _first(claim: Claim, call: RollCall, index: Index) -> list[Part]:
    first = claim.first_in_years
    topic = stems(first.topic) if first else frozenset()
    if first is None or not topic or len(call.date) < len("1946-01-01"):
        return []
    start = f"{int(call.date[:4]) - first.years:04}{call.date[4:]}"
    for other in reversed(index.between(start, call.date)):
        is_earlier = other.date < call.date and other.body == call.body and other.is_document
        if is_earlier and other.is_adopted and topic <= other.words | stems(other.agenda):
            return [Part(False, f"{other.name} of {other.date} is on {first.topic} too")]
    return [Part(None, f"which texts are on {first.topic} is not certain")]


def _by_year(claim: Claim, call: RollCall, index: Index) -> list[Part]:
    parts = []
    for number, year in claim.by_year:
        same = [
            other
            for other in index.titled(call.title)
            if other.date.startswith(str(year)) and other.is_document
        ]
        if len(same) != 1 or VoteOption.YES not in same[0].counts:
            parts.append(Part(None, f"which vote of {year} is meant is not certain"))
            continue
        recorded = same[0].counts[VoteOption.YES]
        reason = f"{number} in favour in {year}; {same[0].name} had {recorded}"
        parts.append(Part(recorded == number, reason))
    return parts
