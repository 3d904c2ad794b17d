"""The site of a mutant: a copy of a resource and its related resources that can be changed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from kg.rdf import iris
from kg.rdf.ntriples import plain, text, typed
from kg.rdf.vocabulary import BASE, XSD
from tests.support.mutation.facts import TYPE, Facts, Triple, iri


@dataclass
class Site:
    """A copy of a resource and its related resources, under IRIs with the number of the site."""

    facts: Facts
    #: The original resource in the facts.
    thing: str
    number: int
    chance: random.Random
    triples: list[Triple] = field(default_factory=list)
    #: Values that occur in no other site; for shapes that target values they are the focus nodes.
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
        # The end of the IRI is kept, since shapes compare that of a document with its symbol.
        return thing.replace(f"<{BASE}id/", f"<{BASE}mutant/{self.number}/id/")

    def copy(self, thing: str) -> str:
        """Copy another resource with its related resources, and return the copy."""
        self._copy(self.facts.copied_together(thing, self.chance))
        return self._renamed(thing)

    @property
    def focus(self) -> str:
        """The copy of the resource."""
        return self._renamed(self.thing)

    @property
    def foci(self) -> set[str]:
        """The focus nodes of findings that belong to this site."""
        return {subject for subject, _, _ in self.triples} | {self.focus} | self.values_of_its_own

    def values(self, predicate: str, subject: str = "") -> list[str]:
        """Return the values of a property, of the focus unless another subject is named."""
        of = subject or self.focus
        return [triple[2] for triple in self.triples if triple[:2] == (of, predicate)]

    def subjects(self, predicate: str, value: str = "") -> list[str]:
        """Return the subjects of a property whose value is the focus or another resource."""
        of = value or self.focus
        return [triple[0] for triple in self.triples if triple[1:] == (predicate, of)]

    def of_class(self, class_: str) -> list[str]:
        """Return the copied resources of a class."""
        return self.subjects(TYPE, iri(class_))

    def drop(self, predicate: str, value: str = "", subject: str = "") -> bool:
        """Remove a value of a property, or all values; return whether there was any."""
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
        """Add a value of a property; return whether it was new."""
        triple = (subject or self.focus, predicate, value)
        if triple in self.triples:
            return False
        self.triples.append(triple)
        return True

    def replace(self, predicate: str, new: str, subject: str = "") -> bool:
        """Replace one of the values of a property; return whether that was possible."""
        values = self.values(predicate, subject)
        if not values or new in values:
            return False
        self.drop(predicate, self.chance.choice(values), subject)
        return self.add(predicate, new, subject)

    def remove(self, thing: str) -> bool:
        """Remove all triples about a resource."""
        kept = [triple for triple in self.triples if triple[0] != thing]
        changed = len(kept) < len(self.triples)
        self.triples = kept
        return changed

    def refer(self) -> bool:
        """Copy a resource that refers to the original, so that it refers to the copy."""
        if any(value == self.focus for _, _, value in self.triples):
            return True
        # The description of the data set refers to resources too, but no shape validates it.
        referring = [
            subject
            for subject, _, _ in self.facts.referring(self.thing)
            if subject != self.thing and subject.startswith(f"<{BASE}id/")
        ]
        if not referring:
            return False
        self._copy(self.facts.copied_together(self.chance.choice(referring), self.chance))
        return True

    def unknown(self) -> str:
        """Return the IRI of a resource without a description."""
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
        """Register a value as one that occurs in no other site, and return it."""
        self.values_of_its_own.add(value)
        return value
