"""The facts from which mutants are made: those of a release, and the invented valid graph.

The valid graph has an example for every shape, so that every constraint has a mutant, whatever the
release contains.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Final

import pyoxigraph as ox
from rdflib.namespace import SH

from kg.pipeline.event_validation import event_context
from kg.pipeline.validation import record_shapes, shapes_graph
from kg.rdf.ntriples import typed
from kg.rdf.vocabulary import (
    BASE,
    DATASET,
    DCTERMS,
    OPTION_TERMS,
    ORG,
    PROV,
    RDF,
    SKOS,
    UNV,
    XSD,
)  # fmt: skip
from tests.support.paths import ROOT

Triple = tuple[str, str, str]

VALID_GRAPH: Final = ROOT / "tests" / "shapes" / "valid.ttl"
#: Maximum number of resources of a class, or subjects of a property, to consider.
_LOOKED_AT: Final = 400
#: Votes to copy per option; an event with up to fifteen votes, as in the Council, is copied whole.
_COPIED_VOTES: Final = {UNV.Yes: 5, UNV.No: 2, UNV.Abstention: 2, UNV.NonVoting: 2}
_WHOLE_VOTE: Final = 15


def iri(term: str) -> str:
    """Return an IRI as a term in N-Triples."""
    return f"<{term}>"


TYPE: Final = iri(RDF.type)
EVENT, CAST_BY, OPTION = iri(UNV.event), iri(UNV.castBy), iri(UNV.option)
DECIDES, MEMBER, HAS_POINT = iri(UNV.decides), iri(ORG.member), iri(UNV.hasPoint)
#: Classes whose resources are needed with all their properties as context of other resources.
_WHOLE_IN_CONTEXT: Final = {*map(iri, (UNV.VotingEvent, UNV.Session, PROV.Activity))}
#: The property from a part to the whole with which it is copied, by class of the part.
_WHOLES: Final = {
    UNV.Vote: EVENT,
    UNV.Document: iri(UNV.decidedBy),
    ORG.Membership: MEMBER,
}
#: Part of the description, which is no record.
_RIGHTS_OF_DATASET: Final = iri(f"{DATASET}/rights")
POSITIONS: Final = {terms.individual: iri(terms.state_property) for terms in OPTION_TERMS.values()}
COUNTS: Final = {terms.individual: iri(terms.count_property) for terms in OPTION_TERMS.values()}


class Facts:
    """Facts of a release and of the valid graph, looked up by subject, value or class."""

    def __init__(self, release: ox.Store) -> None:
        self._invented = ox.Store()
        self._invented.load(path=str(VALID_GRAPH))
        self._stores = (release, self._invented)
        self._about: dict[str, list[Triple]] = {}
        self._subjects: dict[tuple[str, str | None], list[str]] = {}

    def properties(self, class_: str) -> dict[str, list[str]]:
        """Return the properties of resources of a class with their values, in the valid graph.

        That graph has all properties, so that mutants do not depend on the content of the release.
        """
        properties: dict[str, list[str]] = {}
        for thing, _, _ in _read(self._invented, None, TYPE, class_):
            for _, predicate, value in _read(self._invented, thing, None, None):
                properties.setdefault(predicate, []).append(value)
        return {predicate: sorted(set(values)) for predicate, values in sorted(properties.items())}

    def about(self, subject: str) -> list[Triple]:
        """Return the triples about a resource."""
        if subject not in self._about:
            self._about[subject] = sorted(set(self._triples(subject=subject)))
        return self._about[subject]

    def values(self, subject: str, predicate: str) -> list[str]:
        """Return the values of a property of a resource."""
        return [value for _, other, value in self.about(subject) if other == predicate]

    def is_a(self, thing: str, class_: str) -> bool:
        """Return whether a resource has a class; both in N-Triples."""
        return (thing, TYPE, class_) in self.about(thing)

    def subjects(self, predicate: str, value: str | None = None) -> list[str]:
        """Return subjects of a property, with a value if one is given, up to a maximum."""
        if (predicate, value) not in self._subjects:
            self._subjects[predicate, value] = sorted({
                subject
                for store in self._stores
                for subject, _, _ in islice(_read(store, None, predicate, value), _LOOKED_AT)
            })  # fmt: skip
        return self._subjects[predicate, value]

    def referring(self, thing: str) -> list[Triple]:
        """Return triples whose object is a resource, up to a maximum."""
        return sorted({
            triple
            for store in self._stores
            for triple in islice(_read(store, None, None, thing), _LOOKED_AT)
        })  # fmt: skip

    def instances(self, class_: str) -> list[str]:
        """Return resources of a class among the records, up to a maximum."""
        return [
            thing
            for thing in self.subjects(TYPE, class_)
            if thing.startswith(f"<{BASE}") and thing != _RIGHTS_OF_DATASET
        ]

    def _triples(self, subject: str) -> Iterator[Triple]:
        for store in self._stores:
            yield from _read(store, subject, None, None)

    @cached_property
    def event_context(self) -> dict[str, str]:
        """The context with which a build validates events, by the term that events refer to."""
        graph = shapes_graph(record_shapes())
        classes = sorted({iri(str(class_)) for class_ in graph.objects(None, SH.targetClass)})
        return event_context(
            _line(triple)
            for class_ in classes
            for store in self._stores
            for thing, _, _ in _read(store, None, TYPE, class_)
            for triple in self.about(thing)
        )

    def events_of(self, year: str) -> list[str]:
        """Return the events of the release in a year, given as a literal."""
        return self._events_by_year.get(year, [])

    @cached_property
    def _events_by_year(self) -> dict[str, list[str]]:
        release, _ = self._stores
        events: dict[str, list[str]] = {}
        for event, _, _ in _read(release, None, TYPE, iri(UNV.VotingEvent)):
            for _, _, year in _read(release, event, iri(UNV.year), None):
                events.setdefault(year, []).append(event)
        return events

    def whole(self, thing: str) -> str:
        """Return the whole with which a part is copied, such as the event of a vote."""
        for class_, leads in _WHOLES.items():
            if self.is_a(thing, iri(class_)) and (wholes := self.values(thing, leads)):
                return wholes[0]
        return thing

    def copied_together(self, thing: str, chance: random.Random) -> dict[str, list[Triple]]:
        """Return a resource and those copied with it, each with its triples."""
        whole = self.whole(thing)
        subjects = [whole]
        if self.is_a(whole, iri(UNV.State)):
            subjects += self.subjects(MEMBER, whole)
        elif self.is_a(whole, iri(UNV.Proposal)):
            subjects += self.values(whole, HAS_POINT)
        elif self.is_a(whole, iri(UNV.VotingEvent)):
            documents = self.values(whole, DECIDES)
            votes = self.subjects(EVENT, whole)
            return self._cut(whole, documents, votes, thing, chance)
        return {subject: self.about(subject) for subject in subjects}

    def _cut(
        self, event: str, documents: list[str], votes: list[str], kept: str, chance: random.Random
    ) -> dict[str, list[Triple]]:
        """Return an event with some of its votes and new counts: a tenth of the work."""
        of_option: dict[str, list[str]] = {}
        for vote in chance.sample(votes, len(votes)):
            of_option.setdefault(self.values(vote, OPTION)[0], []).append(vote)
        if len(votes) > _WHOLE_VOTE:
            of_option = {
                option: sorted(some, key=lambda vote: vote != kept)[: _COPIED_VOTES[option[1:-1]]]
                for option, some in of_option.items()
            }
        cast = {
            (POSITIONS[option[1:-1]], self.values(vote, CAST_BY)[0])
            for option, some in of_option.items()
            for vote in some
        }
        counts = {
            count: typed(len(of_option.get(iri(option), ())), XSD.integer)
            for option, count in COUNTS.items()
        }
        margin = len(of_option.get(iri(UNV.Yes), ())) - len(of_option.get(iri(UNV.No), ()))
        counts[iri(UNV.margin)] = typed(margin, XSD.integer)
        stated = [
            (subject, predicate, counts.get(predicate, value))
            for subject, predicate, value in self.about(event)
            if predicate not in POSITIONS.values() or (predicate, value) in cast
        ]
        others = [*documents, *(vote for some in of_option.values() for vote in some)]
        return {event: stated, **{other: self.about(other) for other in others}}

    def context(self, triples: Iterable[Triple]) -> set[Triple]:
        """Return the triples that record shapes need about the resources referred to."""
        triples = list(triples)
        subjects = {subject for subject, _, _ in triples}
        context: set[Triple] = set()
        for thing in {value for _, _, value in triples} - subjects:
            if not thing.startswith(f"<{BASE}"):
                continue
            types = {value for _, predicate, value in self.about(thing) if predicate == TYPE}
            if types & _WHOLE_IN_CONTEXT:
                context.update(self.about(thing))
            elif iri(UNV.Document) in types:
                context.update(self._named(thing))
                for event in self.values(thing, iri(UNV.decidedBy)):
                    context.update(self.about(event))
            elif iri(UNV.State) in types:
                context.update(self.about(thing))
                for membership in self.subjects(MEMBER, thing):
                    context.update(self.about(membership))
            else:
                context.update(self._named(thing))
        return context

    def _named(self, thing: str) -> list[Triple]:
        """Return the types and names of a resource."""
        names = {TYPE, iri(SKOS.prefLabel), iri(DCTERMS.title), iri(UNV.decidedBy)}
        return [triple for triple in self.about(thing) if triple[1] in names]


def ntriples(triples: Iterable[Triple]) -> str:
    """Return triples as N-Triples."""
    return "".join(map(_line, triples))


def _line(triple: Triple) -> str:
    return f"{' '.join(triple)} .\n"


def _read(
    store: ox.Store, subject: str | None, predicate: str | None, value: str | None
) -> Iterator[Triple]:
    quads = store.quads_for_pattern(
        None if subject is None else ox.NamedNode(subject[1:-1]),
        None if predicate is None else ox.NamedNode(predicate[1:-1]),
        None if value is None else ox.NamedNode(value[1:-1]),
        ox.DefaultGraph(),
    )
    return ((str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads)
