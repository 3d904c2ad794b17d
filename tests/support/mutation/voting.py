"""Consistent changes of the votes of an event: node, direct triple and counts."""

from __future__ import annotations

from kg.rdf.vocabulary import UNV
from tests.support.mutation.facts import (
    CAST_BY,
    COUNTS,
    EVENT,
    OPTION,
    POSITIONS,
    TYPE,
    iri,
)
from tests.support.mutation.site import Site

BODY, SEAT, YEAR, MONTH = iri(UNV.body), iri(UNV.seat), iri(UNV.year), iri(UNV.month)
VETOED_BY = iri(UNV.vetoedBy)
#: Since 1966; for earlier dates, a Council of fifteen is too large as well.
_COUNCIL_MEMBERS = 15


def votes(site: Site) -> list[str]:
    """Return the votes of the copied event."""
    return site.of_class(UNV.Vote)


def is_council_vote(site: Site) -> bool:
    """Return whether the event is a vote of the Security Council."""
    return site.values(BODY) == [iri(UNV.SecurityCouncil)] and len(votes(site)) > 1


def cast(site: Site, state: str, option: str) -> None:
    """Add the vote of a state."""
    vote = iri(f"{votes(site)[0][1:-1]}-{state[1:-1].rpartition('/')[2]}")
    site.add(TYPE, iri(UNV.Vote), vote)
    site.add(EVENT, site.focus, vote)
    site.add(CAST_BY, state, vote)
    site.add(OPTION, iri(option), vote)
    site.add(POSITIONS[option], state)
    _recount(site)


def turn(site: Site, vote: str, option: str) -> None:
    """Change the option of a vote."""
    (state,) = site.values(CAST_BY, vote)
    (before,) = site.values(OPTION, vote)
    site.replace(OPTION, iri(option), vote)
    site.drop(POSITIONS[before[1:-1]], state)
    site.add(POSITIONS[option], state)
    _recount(site)


def more_voters(site: Site, more: int, option: str) -> bool:
    """Add votes until more states vote in the Security Council than it has members."""
    if not is_council_vote(site):
        return False
    facts = site.facts
    voters = {state for vote in votes(site) for state in site.values(CAST_BY, vote)}
    seats = {seat for state in voters for seat in facts.values(state, SEAT)}
    (month,) = site.values(MONTH)
    others = [
        state
        for state in facts.instances(iri(UNV.State))
        if not seats & set(facts.values(state, SEAT))
        and not facts.values(state, iri(UNV.memberUntil))
        and facts.values(state, iri(UNV.admitted))[0][:8] < month[:8]
    ]
    needed = _COUNCIL_MEMBERS + more - len(voters)
    if needed > len(others):
        return False
    for state in site.chance.sample(others, needed):
        cast(site, state, option)
    return True


def veto_of_elected_member(site: Site) -> bool:
    """An elected member votes against a vetoed draft and is recorded as having vetoed it too."""
    elected = [vote for vote in votes(site) if not _is_permanent(site, vote)]
    if not site.values(VETOED_BY) or not elected:
        return False
    elected.sort(key=lambda vote: site.values(OPTION, vote) == [iri(UNV.Yes)])
    vote = elected[0]
    if site.values(OPTION, vote) != [iri(UNV.No)]:
        turn(site, vote, UNV.No)
    return site.add(VETOED_BY, site.values(CAST_BY, vote)[0])


def veto_left_out(site: Site) -> bool:
    """A draft was vetoed, but the event does not state it."""
    return is_council_vote(site) and site.drop(VETOED_BY)


def _is_permanent(site: Site, vote: str) -> bool:
    permanent = iri(UNV.permanentMemberOf)
    return any(
        site.facts.values(seat, permanent)
        for state in site.values(CAST_BY, vote)
        for seat in site.facts.values(state, SEAT)
    )


def _recount(site: Site) -> None:
    for option, count in COUNTS.items():
        if site.values(count):
            site.replace(count, site.integer(len(site.values(POSITIONS[option]))))
    yes, no = (len(site.values(POSITIONS[option])) for option in (UNV.Yes, UNV.No))
    site.replace(iri(UNV.margin), site.integer(yes - no))
