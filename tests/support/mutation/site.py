"""Where a mutant is made: a copy of a thing, with what is copied with it, that can be changed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from kg.rdf import iris
from kg.rdf.ntriples import plain, text, typed
from kg.rdf.vocabulary import BASE, XSD
from tests.support.mutation.facts import TYPE, Facts, Triple, iri


@dataclass
class Site:
    """A copy of a thing, with what is copied with it, under IRIs with a number of its own."""

    facts: Facts
    #: The thing in the facts.
    thing: str
    number: int
    chance: random.Random
    triples: list[Triple] = field(default_factory=list)
    #: Values that stand in no other site; shapes that target values have them as their focus.
    values_of_its_own: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._copy(self.facts.copied_together(self.thing, self.chance))

    def _copy(self, things: dict[str, list[Triple]]) -> None:
        names = {thing: self._renamed(thing) for thing in (*things, self.thing)}
        self.triples += [
            (names[subject], predicate, names.get(value, value))
            for subject, stated in things.items()
            for _, predicate, value in stated
        ]

    def _renamed(self, thing: str) -> str:
        # Shapes compare how the IRI of a document ends with its symbol.
        return thing.replace(f"<{BASE}id/", f"<{BASE}mutant/{self.number}/id/")

    def copy(self, thing: str) -> str:
        """Copy another thing with what is copied with it, and return the copy."""
        self._copy(self.facts.copied_together(thing, self.chance))
        return self._renamed(thing)

    @property
    def focus(self) -> str:
        """The copy of the thing."""
        return self._renamed(self.thing)

    @property
    def foci(self) -> set[str]:
        """The terms at which a finding is about this site."""
        return {subject for subject, _, _ in self.triples} | {self.focus} | self.values_of_its_own

    def values(self, predicate: str, subject: str = "") -> list[str]:
        """Return the values of a property, of the focus unless another subject is named."""
        of = subject or self.focus
        return [triple[2] for triple in self.triples if triple[:2] == (of, predicate)]

    def subjects(self, predicate: str, value: str = "") -> list[str]:
        """Return the subjects of a property that has the focus, or another thing, as its value."""
        of = value or self.focus
        return [triple[0] for triple in self.triples if triple[1:] == (predicate, of)]

    def of_class(self, class_: str) -> list[str]:
        """Return the copied things of a class."""
        return self.subjects(TYPE, iri(class_))

    def drop(self, predicate: str, value: str = "", subject: str = "") -> bool:
        """Drop a value of a property, or all of them; return whether there was any."""
        of = subject or self.focus
        kept = [
            triple
            for triple in self.triples
            if triple[:2] != (of, predicate) or (value and triple[2] != value)
        ]
        changed = len(kept) < len(self.triples)
        self.triples = kept
        return changed

    def add(self, predicate: str, value: str, subject: str = "") -> bool:
        """Add a value of a property; return whether it was not there."""
        triple = (subject or self.focus, predicate, value)
        if triple in self.triples:
            return False
        self.triples.append(triple)
        return True

    def replace(self, predicate: str, new: str, subject: str = "") -> bool:
        """Put a value in the place of one of a property; return whether there was another."""
        values = self.values(predicate, subject)
        if not values or new in values:
            return False
        self.drop(predicate, self.chance.choice(values), subject)
        return self.add(predicate, new, subject)

    def remove(self, thing: str) -> bool:
        """Remove all that is stated of a thing."""
        kept = [triple for triple in self.triples if triple[0] != thing]
        changed = len(kept) < len(self.triples)
        self.triples = kept
        return changed

    def refer(self) -> bool:
        """Copy a thing that refers to the focus, so that it refers to the copy."""
        if any(value == self.focus for _, _, value in self.triples):
            return True
        referring = [
            subject for subject, _, _ in self.facts.referring(self.thing) if subject != self.thing
        ]
        if not referring:
            return False
        self._copy(self.facts.copied_together(self.chance.choice(referring), self.chance))
        return True

    def unknown(self) -> str:
        """Return the IRI of a thing that is not described."""
        return self.own(iri(iris.thing("unknown", str(self.number))))

    def plain(self, value: str = "") -> str:
        """Return a plain string."""
        return self.own(plain(value or f"mutant {self.number}"))

    def text(self, language: str = "en", value: str = "") -> str:
        """Return a text with a language tag."""
        return self.own(text(value or f"mutant {self.number}", language))

    def typed(self, value: object, datatype: str) -> str:
        """Return a literal of a datatype."""
        return self.own(typed(value, datatype))

    def integer(self, value: int) -> str:
        """Return an integer."""
        return self.typed(value, XSD.integer)

    def own(self, value: str) -> str:
        """Return a value that stands in no other site."""
        self.values_of_its_own.add(value)
        return value
