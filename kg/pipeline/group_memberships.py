"""One membership of each period in a group, from all sources that have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from kg.model.agents import GroupMembership, first_day
from kg.model.discrepancies import Discrepancy

_OPEN: Final = "9999-12-31"


@dataclass(frozen=True, slots=True)
class MergedMemberships:
    """Memberships whose periods do not overlap, and the differences between sources."""

    memberships: list[GroupMembership]
    discrepancies: list[Discrepancy]


def merge(memberships: Iterable[GroupMembership]) -> MergedMemberships:
    """Merge memberships, those of the more trusted source first.

    Of two for one period the first is kept. The other confirms it (its sources are added,
    and a date that it knows more precisely), or differs from it, which is a discrepancy. A
    membership on a listed day gives way to a dated one that includes the day.
    """
    pairs: dict[tuple[str, str], list[GroupMembership]] = {}
    discrepancies: list[Discrepancy] = []
    for membership in memberships:
        known = pairs.setdefault((membership.group, membership.member), [])
        discrepancies += _add(membership, known)
    merged = [membership for known in pairs.values() for membership in known]
    return MergedMemberships(merged, discrepancies)


def _add(new: GroupMembership, known: list[GroupMembership]) -> Iterator[Discrepancy]:
    """Add a membership to those of the same member in the same group."""
    for place, old in enumerate(known):
        if not _overlap(old, new):
            continue
        if not (old.start and new.start):
            dated, listed = (old, new) if old.start else (new, old)
            known[place] = _confirmed(dated, listed)
        elif _agree(old, new):
            known[place] = _confirmed(_more_precise(old, new), new)
        else:
            yield _difference(old, new)
        return
    known.append(new)


def _overlap(first: GroupMembership, second: GroupMembership) -> bool:
    """Return whether two periods have a day in common, as far as the dates are known."""
    (start, until), (other_start, other_until) = _span(first), _span(second)
    return start < other_until and other_start < until


def _span(membership: GroupMembership) -> tuple[str, str]:
    if not membership.start:
        day = first_day(membership.listed_on)
        return day, _day_after(day)
    return first_day(membership.start), (membership.until and first_day(membership.until)) or _OPEN


def _agree(first: GroupMembership, second: GroupMembership) -> bool:
    """Return whether two dated memberships can be the same, each date as precise as it is.

    Wikidata does not say whether an end is the last day or the first one after it.
    """
    starts = _same(first.start, second.start)
    ends = _same(first.until, second.until) or _next_to(first.until, second.until)
    return starts and ends


def _same(first: str, second: str) -> bool:
    """Return whether two dates agree in what both say.

    >>> _same("1973", "1973-01-01"), _same("1973-05", "1973-06"), _same("", "1973")
    (True, False, False)
    """
    if not (first and second):
        return first == second
    return first.startswith(second) or second.startswith(first)


def _next_to(first: str, second: str) -> bool:
    days = sorted((first, second))
    return all(len(day) == len(_OPEN) for day in days) and _day_after(days[0]) == days[1]


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _more_precise(first: GroupMembership, second: GroupMembership) -> GroupMembership:
    """Return the first membership with the dates that the second knows more precisely."""
    until = second.until if len(second.until) > len(first.until) else first.until
    return replace(first, start=max(first.start, second.start, key=len), until=until)


def _confirmed(membership: GroupMembership, other: GroupMembership) -> GroupMembership:
    """Return a membership with the sources of another one that confirms it."""
    return replace(
        membership,
        sources=tuple(dict.fromkeys((*membership.sources, *other.sources))),
        statement=membership.statement or other.statement,
    )


def _difference(old: GroupMembership, new: GroupMembership) -> Discrepancy:
    return Discrepancy(
        key=f"membership-{new.key}-{'-'.join(new.sources)}",
        aspect="membership",
        concerns=(("state", new.member), ("membership", old.key), ("agent", new.group)),
        accepted=_period(old),
        accepted_from=old.sources,
        other=_period(new),
        other_from=new.sources,
        description=f"{new.member}: member of {new.group} {_period(old)}, or {_period(new)}",
    )


def _period(membership: GroupMembership) -> str:
    until = f" until {membership.until}" if membership.until else ""
    return f"from {membership.start}{until}"
