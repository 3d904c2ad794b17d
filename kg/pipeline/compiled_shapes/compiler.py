"""Compiling the shapes of a shapes graph into conditions on triples; others are left to pySHACL.

Every statement about a shape is either part of its compiled form or known not to be a constraint.
Any other statement prevents the compilation of the shape, so no constraint can be lost.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from kg.pipeline.compiled_shapes import queries, record_queries
from kg.pipeline.compiled_shapes.components import COMPONENTS, Condition, NotCompiledError, term
from kg.pipeline.compiled_shapes.queries import Form, digest
from kg.pipeline.compiled_shapes.triples import Triples
from kg.rdf.iris import local_name

#: Returns the distinct value nodes of a path from a focus node.
Path = Callable[[Triples, str], Sequence[str]]
#: Returns the focus nodes of a target declaration.
Target = Callable[[Triples], Iterable[str]]

_TARGETS: Final[dict[Node, Callable[[str], Target]]] = {
    SH.targetClass: lambda class_: lambda triples: triples.instances(class_),
    SH.targetSubjectsOf: lambda predicate: lambda triples: triples.by_subject(predicate).keys(),
    SH.targetObjectsOf: lambda predicate: lambda triples: triples.by_value(predicate).keys(),
}
#: Properties of a shape other than its constraints.
_NO_CONSTRAINTS: Final = {
    *_TARGETS,
    *(SH.path, SH.severity, SH.message, SH.name, SH.description, SH.order, SH.group),
}
_TYPES: Final = {SH.NodeShape, SH.PropertyShape}
#: The forms of SPARQL constraints, by the digest of the query.
_FORMS: Final = ChainMap(queries.FORMS, record_queries.FORMS)
#: The properties that a SPARQL constraint may have.
_PARTS_OF_QUERY: Final = {SH.select, SH.message, SH.prefixes}


@dataclass(frozen=True, order=True, slots=True)
class Suspect:
    """A focus node that may violate a shape; the node is in N-Triples, the shape a local name."""

    shape: str
    focus: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """A compiled shape; its property shapes have their own names."""

    name: str
    path: Path | None
    conditions: tuple[Condition, ...]
    forms: tuple[Form, ...]
    properties: tuple[_Shape, ...]

    def suspects(self, triples: Triples, focus: str) -> Iterator[Suspect]:
        """Yield a suspect for this shape and for each property shape that may not conform."""
        if not self._conforms(triples, focus):
            yield Suspect(self.name, focus)
        for shape in self.properties:
            yield from shape.suspects(triples, focus)

    def names(self) -> Iterator[str]:
        """Yield its name and those of its property shapes."""
        yield self.name
        for shape in self.properties:
            yield from shape.names()

    def conforms(self, triples: Triples, focus: str) -> bool:
        """Return whether a node certainly conforms."""
        return next(self.suspects(triples, focus), None) is None

    def _conforms(self, triples: Triples, focus: str) -> bool:
        values = (focus,) if self.path is None else self.path(triples, focus)
        for condition in self.conditions:
            if not condition(triples, focus, values):
                return False
        return all(form(triples, focus) for form in self.forms)


@dataclass(frozen=True, slots=True)
class _Targeted:
    """A compiled shape with its targets."""

    shape: _Shape
    targets: tuple[Target, ...]

    def focus_nodes(self, triples: Triples) -> set[str]:
        """Return the targets of the shape among the nodes of triples, in N-Triples."""
        return {focus for target in self.targets for focus in target(triples)}

    def suspects(self, triples: Triples) -> Iterator[Suspect]:
        """Yield the nodes that may not conform."""
        for focus in self.focus_nodes(triples):
            yield from self.shape.suspects(triples, focus)


@dataclass(frozen=True, slots=True)
class CompiledShapes:
    """The shapes of a graph that have targets, by their local name."""

    shapes: Mapping[str, _Targeted]
    #: The reason why a shape has no compiled form.
    not_compiled: Mapping[str, str]

    @property
    def names(self) -> frozenset[str]:
        """The names of the compiled shapes and of their property shapes."""
        return frozenset(name for item in self.shapes.values() for name in item.shape.names())

    def suspects(self, triples: Triples) -> dict[str, list[Suspect]]:
        """Return the nodes that may have findings, by the shape whose target they are."""
        suspects = {name: list(item.suspects(triples)) for name, item in self.shapes.items()}
        return {name: of_shape for name, of_shape in suspects.items() if of_shape}


def compile_shapes(graph: Graph) -> CompiledShapes:
    """Compile the shapes of a graph that have targets, where possible."""
    shapes: dict[str, _Targeted] = {}
    not_compiled: dict[str, str] = {}
    for node in sorted(_with_targets(graph), key=str):
        name = local_name(str(node))
        try:
            shapes[name] = _Targeted(_shape(graph, node), tuple(_targets(graph, node)))
        except NotCompiledError as error:
            not_compiled[name] = str(error)
    return CompiledShapes(shapes, not_compiled)


def is_target(predicate: Node) -> bool:
    """Return whether a property declares targets of any kind."""
    return str(predicate).startswith(str(SH.target))


def _with_targets(graph: Graph) -> set[Node]:
    # A shape that is also a class has its instances as targets.
    declared = {node for node, predicate in graph.subject_predicates() if is_target(predicate)}
    return declared | set(graph.subjects(RDF.type, RDFS.Class))


def _targets(graph: Graph, node: Node) -> Iterator[Target]:
    for predicate, target in _TARGETS.items():
        for value in graph.objects(node, predicate):
            yield target(term(value))


def _shape(graph: Graph, node: Node) -> _Shape:
    """Compile a shape.

    Raises:
        NotCompiledError: if any statement about it has no compiled form.
    """
    path = graph.value(node, SH.path)
    conditions: list[Condition] = []
    forms: list[Form] = []
    properties: list[_Shape] = []
    for predicate, value in graph.predicate_objects(node):
        if predicate in _NO_CONSTRAINTS or (predicate == RDF.type and value in _TYPES):
            continue
        if predicate in COMPONENTS:
            conditions.append(COMPONENTS[predicate](graph, value))
        elif predicate == SH["or"]:
            conditions.append(_or(graph, value))
        elif predicate == SH.closed and value == Literal(True) and path is None:
            conditions.append(_closed(graph, node))
        elif predicate == SH.ignoredProperties:
            # A parameter of sh:closed.
            continue
        elif predicate == SH.property and path is None:
            properties.append(_shape(graph, value))
        elif predicate == SH.sparql and path is None:
            forms.append(_form(graph, value))
        else:
            raise NotCompiledError(f"{predicate.n3()} {value.n3()}")
    return _Shape(
        name=local_name(str(node)),
        path=None if path is None else _path(graph, path),
        conditions=tuple(conditions),
        forms=tuple(forms),
        properties=tuple(properties),
    )


def _path(graph: Graph, node: Node) -> Path:
    """Compile a path: a property, its inverse, or alternatives or a sequence of such steps."""
    if isinstance(node, URIRef):
        predicate = term(node)
        return lambda triples, focus: triples.values(focus, predicate)
    if (inverse := graph.value(node, SH.inversePath)) is not None:
        predicate = term(inverse)
        return lambda triples, focus: triples.by_value(predicate).get(focus, ())
    if (alternatives := graph.value(node, SH.alternativePath)) is not None:
        paths = [_path(graph, path) for path in Collection(graph, alternatives)]
        return lambda triples, focus: tuple(
            dict.fromkeys(value for path in paths for value in path(triples, focus))
        )
    if graph.value(node, RDF.first) is None:
        raise NotCompiledError("a path of another kind")
    steps = [_path(graph, step) for step in Collection(graph, node)]

    def sequence(triples: Triples, focus: str) -> Sequence[str]:
        reached: Iterable[str] = (focus,)
        for step in steps:
            reached = dict.fromkeys(value for node in reached for value in step(triples, node))
        return tuple(reached)

    return sequence


def _or(graph: Graph, alternatives: Node) -> Condition:
    shapes = [_shape(graph, node) for node in Collection(graph, alternatives)]
    return lambda triples, _, values: all(
        any(shape.conforms(triples, value) for shape in shapes) for value in values
    )


def _closed(graph: Graph, node: Node) -> Condition:
    ignored = graph.value(node, SH.ignoredProperties)
    properties = [] if ignored is None else list(Collection(graph, ignored))
    paths = (graph.value(shape, SH.path) for shape in graph.objects(node, SH.property))
    properties += (path for path in paths if isinstance(path, URIRef))
    known = frozenset(map(term, properties))
    return lambda triples, focus, _: focus not in triples.with_other_properties(known)


def _form(graph: Graph, constraint: Node) -> Form:
    (query,) = graph.objects(constraint, SH.select)
    unknown = set(graph.predicates(constraint)) - _PARTS_OF_QUERY
    if unknown or digest(str(query)) not in _FORMS:
        raise NotCompiledError(f"the query {digest(str(query))}")
    return _FORMS[digest(str(query))]
