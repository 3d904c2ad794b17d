"""SHACL validation of any RDF with pySHACL.

Core constraints run on rdflib graphs in memory, the queries of SHACL-SPARQL constraints on
Oxigraph through oxrdflib: the results are the same, and the whole record takes minutes instead of
hours. A store is validated in place: look-ups are slower, but there is no second copy in memory.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.namespace import SH
from rdflib.query import Result
from rdflib.util import from_n3

from kg import resources
from kg.errors import InvalidDataError
from kg.pipeline.compiled_shapes import is_target
from kg.pipeline.pyshacl_adaptation import adapted_pyshacl
from kg.rdf.iris import local_name
from kg.rdf.ntriples import plain, text
from kg.rdf.vocabulary import XSD

#: The shapes of events, votes and documents, which are validated in batches.
EVENT_SHAPES: Final = ("voting-event.ttl", "vote.ttl", "document.ttl")
#: The shapes of references between resources that are validated separately.
REFERENCE_SHAPES: Final = ("references.ttl",)
#: The shapes of derived facts, which a build samples.
DERIVED_SHAPES: Final = ("derived.ttl",)
#: The shapes of the whole record, which ``kg.pipeline.whole_record`` applies.
WHOLE_RECORD_SHAPES: Final = ("whole-record.ttl",)
#: The shapes of derived facts and votes, which ``kg.pipeline.recounting`` applies.
RECOUNTED_SHAPES: Final = ("recounted.ttl",)
_PREFIXES = "prefixes.ttl"

# An ill-formed literal is a finding; rdflib would also print a traceback.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A validation result; terms are in N-Triples, shapes and components are local names."""

    severity: str
    shape: str
    component: str
    focus: str
    value: str
    path: str
    message: str

    @property
    def is_violation(self) -> bool:
        """Whether the finding stops a build."""
        return self.severity == "Violation"


def shape_files() -> list[str]:
    """Return the names of all shapes files."""
    return list(resources.texts("shapes", ".ttl"))


def record_shapes() -> tuple[str, ...]:
    """Return the shapes of records: all other files."""
    others = (
        *(*EVENT_SHAPES, *REFERENCE_SHAPES, *DERIVED_SHAPES),
        *(*WHOLE_RECORD_SHAPES, *RECOUNTED_SHAPES),
    )
    return tuple(name for name in shape_files() if name not in others)


def validate(
    ntriples: str,
    shapes: Iterable[str],
    without: Collection[str] = (),
    nodes: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[Finding]:
    """Validate N-Triples against the shapes of some files; findings are sorted.

    ``without`` lists shapes that are known to have no finding and are skipped; ``nodes`` has focus
    nodes, in N-Triples, by the shapes that are validated on these nodes only.
    """
    graph: Graph
    if without:
        # Loading takes longer than a few shapes: only the triples that they ask for become terms.
        store = ox.Store()
        store.load(ntriples.encode(), format=ox.RdfFormat.N_TRIPLES)
        graph = _StoreGraph(store)
    else:
        graph = _DataGraph()
        graph.load(ntriples)
    shapes_used = _without_targets(tuple(shapes), frozenset({*without, *nodes}))
    return _findings(graph, _with_target_nodes(shapes_used, nodes))


def validate_store(store: ox.Store, shapes: Iterable[str]) -> list[Finding]:
    """Validate the default graph of a store against the shapes of some files; sorted findings."""
    return _findings(_StoreGraph(store), shapes_graph(tuple(shapes)))


def stop_on_violation(findings: list[Finding]) -> None:
    """Stop a build whose facts violate a constraint.

    Raises:
        InvalidDataError: if a finding is a violation; the message lists all of them.
    """
    violations = [finding for finding in findings if finding.is_violation]
    if violations:
        raise InvalidDataError(
            f"{len(violations)} SHACL violations; nothing is released\n" + listing(violations)
        )


def listing(findings: list[Finding], max_listed: int = 50) -> str:
    """Return findings as text, limited to the first ones."""
    lines = [
        f"{finding.severity}: {finding.message}\n  at {finding.focus}"
        + (f"\n  value {finding.value}" if finding.value else "")
        + (f"\n  path {finding.path}" if finding.path else "")
        + f"\n  shape {finding.shape}"
        for finding in findings[:max_listed]
    ]
    if len(findings) > max_listed:
        lines.append(f"and {len(findings) - max_listed} more")
    return "\n".join(lines)


class _DataGraph(Graph):
    """A graph in memory whose SPARQL queries are executed by Oxigraph."""

    def __init__(self) -> None:
        super().__init__()
        self._queried = Graph(store="Oxigraph")

    def load(self, ntriples: str) -> None:
        _add(self, ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES))
        self._queried.parse(data=ntriples, format="ox-nt")

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Result:
        return self._queried.query(query_object, *args, **kwargs)


class _StoreGraph(Graph):
    """The default graph of a store, with the interface that pySHACL needs."""

    def __init__(self, store: ox.Store) -> None:
        super().__init__()
        self._stored = store
        self._queried = Graph(OxigraphStore(store=store), DATASET_DEFAULT_GRAPH_ID)

    def triples(self, triple: Any) -> Generator[Any, None, None]:
        subject, predicate, value = map(_stored_term, triple)
        # A literal can be a focus node, but not a subject.
        if not isinstance(subject, ox.Literal):
            default = ox.DefaultGraph()
            for quad in self._stored.quads_for_pattern(subject, predicate, value, default):
                yield _term(quad.subject), _term(quad.predicate), _term(quad.object)

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Result:
        return self._queried.query(query_object, *args, **kwargs)


class _Literal(Literal):
    """A literal that is not less than one it cannot be compared with, as SHACL defines it.

    Comparing those of rdflib can raise an error, at which pySHACL stops.
    https://www.w3.org/TR/shacl/#LessThanConstraintComponent
    """

    def __lt__(self, other: object) -> bool:
        return super().__lt__(other) is True

    def __le__(self, other: object) -> bool:
        return super().__le__(other) is True


@lru_cache(maxsize=1 << 16)
def _iri(value: str) -> URIRef:
    return URIRef(value)


def _term(term: Any) -> URIRef | BNode | Literal:
    """Return a pyoxigraph term as an rdflib term; plain literals remain plain."""
    if isinstance(term, ox.NamedNode):
        return _iri(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return _Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    return _Literal(term.value, datatype=None if datatype == XSD.string else _iri(datatype))


def _from_ntriples(node: str) -> Any:
    """Return an IRI or literal in N-Triples as an rdflib term."""
    return _iri(node[1:-1]) if node.startswith("<") else from_n3(node)


def _stored_term(term: Any) -> Any:
    """Return an rdflib term as a pyoxigraph term."""
    if isinstance(term, Literal):
        datatype = ox.NamedNode(term.datatype) if term.datatype else None
        return ox.Literal(term, language=term.language, datatype=datatype)
    if term is None:
        return None
    return ox.BlankNode(term) if isinstance(term, BNode) else ox.NamedNode(term)


@cache
def shapes_graph(names: tuple[str, ...]) -> Graph:
    """Return the graph of the shapes of some files, which must not be changed."""
    texts = resources.texts("shapes", ".ttl")
    graph = Graph()
    for name in dict.fromkeys((*names, _PREFIXES)):
        _add(graph, ox.parse(texts[name], ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    return graph


def _add(graph: Graph, quads: Iterable[ox.Quad]) -> None:
    """Add triples to a graph; parsing with Oxigraph takes half as long as with rdflib."""
    for quad in quads:
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))


@lru_cache(maxsize=16)
def _without_targets(names: tuple[str, ...], without: frozenset[str]) -> Graph:
    """Return a graph of shapes without the targets of some shapes, given by name."""
    if not without:
        return shapes_graph(names)
    graph = Graph()
    for subject, predicate, value in shapes_graph(names):
        if not (is_target(predicate) and local_name(str(subject)) in without):
            graph.add((subject, predicate, value))
    return graph


def _with_target_nodes(shapes: Graph, nodes: Mapping[str, Collection[str]]) -> Graph:
    """Return a graph of shapes with the nodes, by name of a shape, as their targets."""
    if not nodes:
        return shapes
    graph = Graph()
    for triple in shapes:
        graph.add(triple)
    for shape in set(shapes.subjects()):
        for node in nodes.get(local_name(str(shape)), ()) if isinstance(shape, URIRef) else ():
            graph.add((shape, SH.targetNode, _from_ntriples(node)))
    return graph


def _findings(graph: Graph, shapes: Graph) -> list[Finding]:
    _, report, _ = adapted_pyshacl().validate(graph, shacl_graph=shapes, inplace=True)
    assert isinstance(report, Graph)
    return sorted(
        Finding(
            severity=_local_name(report.value(result, SH.resultSeverity)),
            shape=_local_name(report.value(result, SH.sourceShape)),
            component=_local_name(report.value(result, SH.sourceConstraintComponent)),
            focus=_ntriples(report.value(result, SH.focusNode)),
            value=_ntriples(report.value(result, SH.value)),
            path=_property(report.value(result, SH.resultPath)),
            message=str(report.value(result, SH.resultMessage) or ""),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


def _local_name(term: Any) -> str:
    return local_name(str(term)) if isinstance(term, URIRef) else ""


def _property(path: Any) -> str:
    """Return a path that is a property, otherwise nothing: other paths are in the shape."""
    return _ntriples(path) if isinstance(path, URIRef) else ""


def _ntriples(term: Any) -> str:
    """Return a term in N-Triples; rdflib would write long texts in Turtle syntax."""
    if not isinstance(term, Literal):
        return "" if term is None else str(term.n3())
    if term.language:
        return text(str(term), term.language)
    datatype = f"^^<{term.datatype}>" if term.datatype else ""
    return plain(str(term)) + datatype
