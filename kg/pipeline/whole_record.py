"""Constraints on the whole record, as queries of a store.

They are SHACL-SPARQL constraints like all others (``shapes/whole-record.ttl``), but a batch does
not contain the data that they compare. pySHACL would run the query for each focus node; here a
store answers it once for all instances of the target class, or for given ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import pyoxigraph as ox
from rdflib import Graph
from rdflib.namespace import SH
from rdflib.term import Node

from kg.pipeline.pyshacl_adaptation import filled
from kg.pipeline.validation import WHOLE_RECORD_SHAPES, Finding, shapes_graph
from kg.rdf.iris import local_name

_WHERE: Final = re.compile(r"\bWHERE\s*\{")
_COMPONENT: Final = "SPARQLConstraintComponent"


@dataclass(frozen=True, slots=True)
class _Constraint:
    """The query of a shape with its prefixes, and the meaning of its solutions."""

    shape: str
    severity: str
    target_class: str
    message: str
    query: str

    def findings(self, store: ox.Store, focus_nodes: Collection[str] | None) -> Iterator[Finding]:
        """Yield a finding for each solution, for all focus nodes or for some IRIs."""
        solutions = store.query(self._of_targets(focus_nodes))
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            terms = {name: term for name in names if (term := solution[name]) is not None}
            yield Finding(
                severity=self.severity,
                shape=self.shape,
                component=_COMPONENT,
                focus=str(terms["this"]),
                value=str(terms.get("value", terms["this"])),
                path="",
                message=filled(self.message, {name: term.value for name, term in terms.items()}),
            )

    def _of_targets(self, focus_nodes: Collection[str] | None) -> str:
        """Return the query with a pattern for its focus nodes, which pySHACL would bind."""
        pattern = f"?this a <{self.target_class}> . "
        if focus_nodes is not None:
            pattern = f"VALUES ?this {{ {' '.join(f'<{iri}>' for iri in focus_nodes)} }} {pattern}"
        return _WHERE.sub(lambda match: f"{match[0]} {pattern}", self.query, count=1)


def validate(
    store: ox.Store,
    shapes: tuple[str, ...] = WHOLE_RECORD_SHAPES,
    focus_nodes: Collection[str] | None = None,
) -> list[Finding]:
    """Return the findings of the queries of some shapes files in a store, sorted.

    ``focus_nodes`` are IRIs of instances of the target classes; the default is all instances.
    """
    return sorted(
        {
            finding
            for constraint in _constraints(shapes)
            for finding in constraint.findings(store, focus_nodes)
        }
    )


@cache
def _constraints(shapes: tuple[str, ...]) -> tuple[_Constraint, ...]:
    graph = shapes_graph(shapes)
    return tuple(
        _constraint(graph, shape, constraint)
        for shape, constraint in sorted(graph.subject_objects(SH.sparql))
    )


def _constraint(graph: Graph, shape: Node, constraint: Node) -> _Constraint:
    declarations = graph.objects(graph.value(constraint, SH.prefixes), SH.declare)
    prefixes = "".join(
        f"PREFIX {graph.value(node, SH.prefix)}: <{graph.value(node, SH.namespace)}>\n"
        for node in declarations
    )
    return _Constraint(
        shape=local_name(str(shape)),
        severity=local_name(str(graph.value(shape, SH.severity) or SH.Violation)),
        target_class=str(graph.value(shape, SH.targetClass)),
        message=str(graph.value(constraint, SH.message)),
        query=prefixes + str(graph.value(constraint, SH.select)),
    )
