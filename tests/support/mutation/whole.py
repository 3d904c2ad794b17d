"""Ways to break constraints on the whole record, by the name of the shape.

Two resources share an identifying value, or a derived fact differs from the sum of the votes. Each
mutant is a separate store: the two resources, or the fact with the events of its year.
"""

from __future__ import annotations

from typing import Final

from kg.rdf.vocabulary import DCTERMS, RDFS, SKOS, UNV
from tests.support.mutation.components import Way, parts
from tests.support.mutation.constraints import Constraint
from tests.support.mutation.facts import iri
from tests.support.mutation.queries import MEMBER_UNTIL
from tests.support.mutation.site import Site
from tests.support.mutation.voting import SEAT, YEAR

#: Facts of years with more events are not used, so that there is little to count.
_MOST_EVENTS: Final = 12


def _another(site: Site, constraint: Constraint) -> str:
    """Copy another resource of the same class, and return the copy."""
    others = [
        thing for thing in site.facts.instances(constraint.target.term) if thing != site.thing
    ]
    return site.copy(site.chance.choice(others))


def shared(*predicates: str) -> Way:
    """Return a way that gives two resources the same values of properties."""

    def way(site: Site, constraint: Constraint) -> bool:
        other = _another(site, constraint)
        for predicate in predicates:
            value = (site.values(predicate) or [site.unknown()])[0]
            site.add(predicate, value)
            site.drop(predicate, subject=other)
            site.add(predicate, value, other)
        return True

    return way


def _of_two_members(predicate: str) -> Way:
    """Return a way that gives two present members the same value."""

    def way(site: Site, constraint: Constraint) -> bool:
        other = _another(site, constraint)
        former = site.values(MEMBER_UNTIL) or site.values(MEMBER_UNTIL, other)
        if former or not site.values(predicate):
            return False
        site.drop(predicate, subject=other)
        return site.add(predicate, site.values(predicate)[0], other)

    return way


def _spelling(site: Site, constraint: Constraint) -> bool:
    """The symbol of a document is also a variant spelling of another document's symbol."""
    other = _another(site, constraint)
    return site.add(iri(UNV.symbolVariant), site.values(iri(UNV.symbol))[0], other)


def with_votes(site: Site) -> bool:
    """Add the events of the year of a derived fact, if they are few; return whether they are."""
    events = [event for year in site.values(YEAR) for event in site.facts.events_of(year)]
    if not 0 < len(events) <= _MOST_EVENTS:
        return False
    site.triples += [triple for event in events for triple in site.facts.about(event)]
    return True


def _counted_otherwise(predicate: str, off_by: int) -> Way:
    """Return a way that makes a number differ from the sum of the votes."""

    def way(site: Site, _: Constraint) -> bool:
        numbers = [int(parts(value)[0]) for value in site.values(predicate)] or [0]
        number = max(numbers[0] + off_by, 0)
        if not with_votes(site) or number == numbers[0]:
            return False
        site.drop(predicate)
        return site.add(predicate, site.integer(number))

    return way


def _again(site: Site, _: Constraint) -> bool:
    """A derived fact is stated twice."""
    again = iri(f"{site.focus[1:-1]}-again")
    for subject, predicate, value in list(site.triples):
        if subject == site.focus:
            site.add(predicate, value, again)
    return with_votes(site)


def _off(predicate: str) -> tuple[Way, ...]:
    return tuple(_counted_otherwise(predicate, off_by) for off_by in (1, 100, -1))


#: The ways to break the shapes of whole-record.ttl and recounted.ttl.
WHOLE_WAYS: Final[dict[str, tuple[Way, ...]]] = {
    "unique-symbol": (shared(iri(UNV.symbol)),),
    "unique-meeting-symbol": (shared(iri(UNV.symbol)),),
    "unique-spelling": (_spelling, shared(iri(UNV.symbolVariant))),
    "unique-document-address": (shared(iri(UNV.document)),),
    "unique-library-record": (shared(iri(UNV.libraryRecord)),),
    "unique-event-record": (shared(iri(UNV.libraryRecord)),),
    "unique-former-iri": (shared(iri(DCTERMS.replaces)),),
    "unique-iso3": (_of_two_members(iri(UNV.iso3)),),
    "unique-iso2": (_of_two_members(iri(UNV.iso2)),),
    "unique-m49": (_of_two_members(iri(UNV.m49)),),
    "unique-holder": (_of_two_members(SEAT),),
    "unique-wikidata": (shared(iri(UNV.wikidata)), shared(iri(SKOS.exactMatch))),
    "unique-state-label": (shared(iri(RDFS.label)),),
    "unique-topic-label": (shared(iri(SKOS.prefLabel), iri(SKOS.inScheme)),),
    "unique-topic-notation": (shared(iri(SKOS.notation), iri(SKOS.inScheme)),),
    "tally-counted-in-favour": _off(iri(UNV.timesInFavour)),
    "tally-counted-against": _off(iri(UNV.timesAgainst)),
    "tally-counted-abstaining": _off(iri(UNV.timesAbstaining)),
    "tally-counted-non-voting": _off(iri(UNV.timesNonVoting)),
    "tally-counted-unrecorded": _off(iri(UNV.unrecordedEvents)),
    "agreement-counted-shared": _off(iri(UNV.sharedVotes)),
    "agreement-counted-identical": _off(iri(UNV.identicalVotes)),
    "unique-tally": (_again,),
    "unique-agreement": (_again,),
}
