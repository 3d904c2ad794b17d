"""The rank of a vote by its support: "the lowest of five resolutions", "tied the record"."""

from __future__ import annotations

import re
from typing import Final

from kg.check.claims import Claim
from kg.check.parts import Part
from kg.check.roll_calls import Index, RollCall
from kg.model.vote_option import VoteOption

#: The resolutions of one emergency special session form a series.
_SPECIAL: Final = re.compile(r"A/RES/ES-\d+/")
#: Votes with the same title from which they are a series.
_SERIES: Final = 3


def rank_parts(claim: Claim, call: RollCall, index: Index) -> list[Part]:
    """Compare the rank of the votes in favour among the series of a roll call, up to its day."""
    if not claim.rank or VoteOption.YES not in call.counts:
        return []
    earlier = _series(claim, call, index)
    if not earlier:
        return [Part(None, "which votes it is compared with is not certain")]
    own = call.counts[VoteOption.YES]
    choose = min if claim.rank == "lowest" else max
    first = choose(earlier, key=lambda other: other.counts[VoteOption.YES])
    extreme = first.counts[VoteOption.YES]
    reason = f"{own} in favour; {first.name} of {first.date} had {extreme}"
    holds = own <= extreme if claim.rank == "lowest" else own >= extreme
    return [Part(holds, reason)]


def _series(claim: Claim, call: RollCall, index: Index) -> list[RollCall]:
    """Return the earlier votes of a series, none if it is not certain which series is meant."""

    def is_earlier(other: RollCall) -> bool:
        counted = other.is_document and VoteOption.YES in other.counts
        return counted and other is not call and other.date <= call.date

    if claim.rank_of:
        match = _SPECIAL.match(call.name)
        of_session = [o for o in index.calls if match and o.name.startswith(match[0])]
        earlier = list(filter(is_earlier, of_session))
        return earlier if len(earlier) + 1 == claim.rank_of else []
    same = list(filter(is_earlier, index.titled(call.title)))
    return same if len(same) + 1 >= _SERIES else []
