"""Generating mutants for every constraint and every kind of corruption."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from kg.pipeline.validation import (
    RECOUNTED_SHAPES,
    WHOLE_RECORD_SHAPES,
    shape_files,
    shapes_graph,
)
from kg.rdf.vocabulary import UNV
from tests.support.mutation.components import WAYS, Way
from tests.support.mutation.constraints import Constraint, constraints
from tests.support.mutation.facts import TYPE, Facts, iri
from tests.support.mutation.kinds import KINDS, SPECIAL, Change, target_classes, without_type
from tests.support.mutation.queries import QUERY_WAYS
from tests.support.mutation.site import Site
from tests.support.mutation.whole import WHOLE_WAYS, with_votes

#: Attempts to make a mutant, and attempts at each resource, before a constraint is considered
#: unbreakable.
_ATTEMPTS, _ROUNDS = 400, 4
UNCHANGED: Final = "no change"
#: The shapes whose queries run on a whole store, by kind of mutant.
_ASKED_OF_A_STORE: Final = {
    "symbol, code, item, address or label of two things": WHOLE_RECORD_SHAPES,
    "tally or agreement other than the votes, or twice": RECOUNTED_SHAPES,
}


@dataclass(frozen=True)
class Mutant:
    """A site with one change, and the constraint that must find it, if there is one."""

    kind: str
    #: The class or shape that was broken, and the property if there is one.
    place: str
    site: Site
    constraint: Constraint | None = None
    #: Shapes files whose queries run on a store with only this site.
    asked: tuple[str, ...] = ()


def mutants(facts: Facts, of_each: int = 2, seed: int = 1) -> list[Mutant]:
    """Return mutants for each constraint and each kind, and copies without a change."""
    return list(_Maker(facts, of_each, seed).all())


@dataclass
class _Maker:
    """Makes mutants, each with its own number."""

    facts: Facts
    of_each: int
    seed: int
    numbers: Iterator[int] = field(default_factory=count)

    def all(self) -> Iterator[Mutant]:
        graph = shapes_graph(tuple(shape_files()))
        for class_ in target_classes(graph):
            yield from self._unchanged(class_)
            yield from self._of_class(class_)
        for constraint in constraints(graph):
            if constraint.shape not in WHOLE_WAYS:
                yield from self._of_constraint(constraint)
        for kind, files in _ASKED_OF_A_STORE.items():
            for constraint in constraints(shapes_graph(files)):
                yield from self._of_whole_record(kind, constraint, files)
        for special in SPECIAL:
            things = self.facts.instances(iri(special.class_))
            changes: list[Callable[[Site], bool]] = list(special.changes)
            place = special.class_.rpartition("#")[2]
            yield from self._made(special.name, place, things, changes)

    def _unchanged(self, class_: str) -> Iterator[Mutant]:
        yield from self._made(UNCHANGED, _name(class_), self.facts.instances(class_), [_nothing])

    def _of_class(self, class_: str) -> Iterator[Mutant]:
        properties = self.facts.properties(class_)
        for type_ in properties.pop(TYPE):
            having = self.facts.instances(type_)
            yield from self._made("missing type", _name(type_), having, [_on(without_type, type_)])
        for kind in KINDS:
            applies = [
                each for each, values in properties.items() if any(map(kind.applies, values))
            ]
            # Each property once; those of a class with few properties more often.
            for turn in range(max(self.of_each, len(applies)) if applies else 0):
                predicate = applies[turn % len(applies)]
                change = kind.changes[turn % len(kind.changes)]
                things = [
                    thing
                    for thing in self.facts.instances(class_)
                    if any(map(kind.applies, self.facts.values(thing, predicate)))
                ]
                place = f"{_name(class_)} {_name(predicate)}"
                yield from self._made(kind.name, place, things, [_on(change, predicate)], number=1)

    def _of_constraint(self, constraint: Constraint) -> Iterator[Mutant]:
        things = constraint.target.things(self.facts, constraint.predicates)
        ways: tuple[Way, ...] = (
            QUERY_WAYS.get(constraint.shape, ())
            if constraint.component == "sparql"
            else PATH_WAYS.get((constraint.shape, constraint.component))
            or WAYS.get(constraint.component, ())
        )
        changes = [_by(way, constraint) for way in ways]
        place = f"{constraint.shape} of {_name(constraint.target.term)}"
        for mutant in self._made(f"sh:{constraint.component}", place, things, changes):
            yield replace(mutant, constraint=constraint)

    def _of_whole_record(
        self, kind: str, constraint: Constraint, files: tuple[str, ...]
    ) -> Iterator[Mutant]:
        things = self.facts.instances(constraint.target.term)
        if files == RECOUNTED_SHAPES:
            unchanged = self._made(UNCHANGED, constraint.shape, things, [with_votes])
            yield from (replace(mutant, asked=files) for mutant in unchanged)
        changes = [_by(way, constraint) for way in WHOLE_WAYS[constraint.shape]]
        for mutant in self._made(kind, constraint.shape, things, changes):
            yield replace(mutant, constraint=constraint, asked=files)

    def _made(
        self,
        kind: str,
        place: str,
        things: list[str],
        changes: list[Callable[[Site], bool]],
        number: int = 0,
    ) -> Iterator[Mutant]:
        """Yield mutants of resources; changes take turns, and impossible ones are skipped."""
        chance = random.Random(f"{self.seed} {kind} {place}")
        wanted, made, turn = number or self.of_each, 0, 0
        order = chance.sample(things, len(things))
        attempts = max(_ATTEMPTS, _ROUNDS * len(things))
        while things and changes and made < wanted and turn < attempts:
            site = Site(self.facts, order[turn % len(order)], next(self.numbers), chance)
            if changes[(made + turn // 4) % len(changes)](site):
                made += 1
                yield Mutant(kind, place, site)
            turn += 1


def _same_sources(site: Site, _: Constraint) -> bool:
    """A vote has a source that its event has too."""
    recorded_by = iri(UNV.recordedBy)
    votes = site.of_class(UNV.Vote)
    of_event = [
        value
        for event in site.of_class(UNV.VotingEvent)
        for value in site.values(recorded_by, event)
    ]
    return bool(votes and of_event) and site.add(
        recorded_by, of_event[0], site.chance.choice(votes)
    )


#: Ways to break constraints whose path is a sequence, by shape and component.
PATH_WAYS: Final[dict[tuple[str, str], tuple[Way, ...]]] = {
    ("recorded-by-others", "disjoint"): (_same_sources,),
}


def _on(change: Change, term: str) -> Callable[[Site], bool]:
    return lambda site: change(site, term)


def _by(way: Way, constraint: Constraint) -> Callable[[Site], bool]:
    return lambda site: way(site, constraint)


def _nothing(_: Site) -> bool:
    return True


def _name(term: str) -> str:
    return term[1:-1].rpartition("/")[2].rpartition("#")[2]
