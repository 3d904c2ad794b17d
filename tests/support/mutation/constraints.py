"""The constraints of the shapes graph, each with the resources at which it can be broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from kg.rdf.iris import local_name
from tests.support.mutation.facts import Facts, iri

#: Properties of a shape that are not constraints, and additional parameters of constraints.
_NO_CONSTRAINTS: Final = {
    RDF.type,
    *(SH.path, SH.property, SH.severity, SH.message, SH.name, SH.description, SH.order, SH.group),
    *(
        SH.targetClass,
        SH.targetSubjectsOf,
        SH.targetObjectsOf,
        SH.ignoredProperties,
        SH.deactivated,
    ),
}
_TARGETS: Final = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)


@dataclass(frozen=True)
class Target:
    """A target of a shape; the term is a class or property, in N-Triples."""

    kind: URIRef
    term: str

    def things(self, facts: Facts, predicates: tuple[str, ...]) -> list[str]:
        """Return resources that can be changed, if possible those with one of the properties."""
        if self.kind != SH.targetClass:
            return facts.subjects(self.term)
        things = facts.instances(self.term)
        having = [
            thing for thing in things if any(facts.values(thing, path) for path in predicates)
        ]
        if having or not predicates:
            return having or things
        return [
            subject
            for predicate in predicates
            for subject in facts.subjects(predicate)
            if facts.is_a(subject, self.term)
        ] or things


@dataclass(frozen=True)
class Constraint:
    """A component of a shape with its parameter, for one of the targets of the shape."""

    #: The source shape of the findings.
    node: Node
    #: As in ``sh:minCount``, without the prefix.
    component: str
    parameter: Node
    target: Target
    #: The properties of the path, if it is one property or an alternative of several.
    predicates: tuple[str, ...]
    graph: Graph

    @property
    def shape(self) -> str:
        """The local name of the shape."""
        return local_name(str(self.node))

    @property
    def name(self) -> str:
        """The name of the component in a report."""
        special = {"sparql": "SPARQL", "nodeKind": "NodeKind"}
        first = special.get(self.component, self.component[0].upper() + self.component[1:])
        return f"{first}ConstraintComponent"

    @property
    def items(self) -> list[Node]:
        """The members of a parameter that is a list."""
        return list(Collection(self.graph, self.parameter))


def constraints(graph: Graph) -> list[Constraint]:
    """Return all constraints of a shapes graph, in order."""
    found = [
        constraint
        for node in set(graph.subjects())
        if isinstance(node, URIRef)
        for kind in _TARGETS
        for term in graph.objects(node, kind)
        for constraint in _of_shape(graph, node, Target(kind, iri(str(term))))
    ]
    return sorted(found, key=lambda each: (each.shape, each.component, each.target.term))


def _of_shape(graph: Graph, shape: Node, target: Target) -> Iterator[Constraint]:
    path = graph.value(shape, SH.path)
    # A shape that targets objects is about the values of the target property.
    is_value = path is None and target.kind == SH.targetObjectsOf
    predicates = (target.term,) if is_value else tuple(_predicates(graph, path))
    for predicate, parameter in graph.predicate_objects(shape):
        if predicate == SH.property:
            yield from _of_shape(graph, parameter, target)
        elif predicate not in _NO_CONSTRAINTS | set(_TARGETS):
            component = local_name(str(predicate))
            yield Constraint(shape, component, parameter, target, predicates, graph)


def _predicates(graph: Graph, path: Node | None) -> Iterator[str]:
    if isinstance(path, URIRef):
        yield iri(str(path))
    elif isinstance(path, BNode):
        for alternatives in graph.objects(path, SH.alternativePath):
            for item in Collection(graph, alternatives):
                yield from _predicates(graph, item)
