"""SHACL validation of a store with any RDF, of any size, as used by ``kg validate``.

pySHACL validates records and references in the store. Events with their votes and documents, and
derived facts, are too many for that: they are validated in batches on all cores, as in a build,
first by compiled forms of their shapes. pySHACL validates each batch of a small store; in a large
store, it validates a sample and whatever the compiled forms suspect.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib.namespace import SH

from kg.errors import FileError
from kg.pipeline import recounting, validation, whole_record
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.event_facts import BATCH_EVENTS
from kg.pipeline.event_validation import (
    CONTEXT_PREDICATES,
    SAMPLED_ONE_IN,
    event_context,
    in_context,
)
from kg.pipeline.validation import (
    DERIVED_SHAPES,
    EVENT_SHAPES,
    REFERENCE_SHAPES,
    Finding,
    shapes_graph,
)
from kg.progress import ProgressReporter
from kg.rdf.vocabulary import RDF, UNV
from kg.release.store import solutions

#: The number of resources outside events that are validated together; in smaller batches, their
#: context (all states, for agreement) would take longer than the resources.
BATCH_NODES: Final = 1000
#: Up to this number of batches, pySHACL validates all of them, in this process.
JUDGED_BATCHES: Final = 25

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_BATCH_SHAPES: Final = (*EVENT_SHAPES, *DERIVED_SHAPES)
_DEFAULT: Final = ox.DefaultGraph()
_TYPE: Final = ox.NamedNode(RDF.type)
_SUBCLASS: Final = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
_EVENT: Final = ox.NamedNode(UNV.event)
_DECISIONS: Final = (ox.NamedNode(UNV.decides), ox.NamedNode(UNV.decidedBy))


@dataclass(frozen=True, slots=True)
class StoreFindings:
    """The findings in a store, and the number of batches, in total and validated as a whole."""

    findings: list[Finding]
    batches: int
    judged: int

    @property
    def method(self) -> str:
        """A description of what pySHACL validated."""
        if self.judged == self.batches:
            return "pySHACL validated all data against all shapes."
        return (
            f"pySHACL validated records, references, and a sample of {self.judged:,} of "
            f"{self.batches:,} batches of events and derived facts against all shapes, and all "
            "other batches only against shapes whose compiled forms suspected a violation."
        )


def validate(folder: Path, progress: ProgressReporter) -> StoreFindings:
    """Validate the default graph of the store in a folder, which no process may write to.

    Raises:
        FileError: if a literal is too long to be validated.
    """
    store = ox.Store.read_only(str(folder))
    with progress.step("group", "Grouping related resources"):
        groups = _groups(store)
        grouped = set(chain.from_iterable(groups))
        batches, context = list(_batches(store, groups, grouped)), _context(store, grouped)
    # In a large store, one batch in this many.
    step = 1 if len(batches) <= JUDGED_BATCHES else SAMPLED_ONE_IN
    judged = [number % step == 0 for number in range(len(batches))]
    findings: set[Finding] = set()
    text = "Validating batches of events and derived facts"
    with progress.counted("validate", text, len(batches)) as advance:
        if len(batches) <= JUDGED_BATCHES:
            validator = _BatchValidator(store, context)
            results: Iterator[list[Finding]] = map(validator.findings, batches, judged)
        else:
            results = _on_all_cores(folder, context, batches, judged)
        for of_batch in results:
            findings.update(of_batch)
            advance(1)
    with progress.step("validate", "Validating records and references"):
        shapes = (*validation.record_shapes(), *REFERENCE_SHAPES)
        findings.update(validation.validate_store(store, shapes))
    with progress.step("whole", "Looking for identifiers of several resources"):
        findings.update(whole_record.validate(store))
    with progress.step("recount", "Recounting the votes"):
        findings.update(recounting.validate(store, recounting.suspects(store)))
    return StoreFindings(sorted(findings), len(batches), sum(judged))


# Grouping


def _batches(
    store: ox.Store, groups: list[list[_Term]], grouped: set[_Term]
) -> Iterator[tuple[_Term, ...]]:
    """Yield groups of resources to validate together, without the votes of events."""
    remaining = iter(groups)
    while batch := tuple(islice(remaining, BATCH_EVENTS)):
        yield tuple(chain.from_iterable(batch))
    others = _others(store, grouped)
    while nodes := tuple(islice(others, BATCH_NODES)):
        yield nodes


def _groups(store: ox.Store) -> list[list[_Term]]:
    """Return events with votes or decided documents, grouped with their documents and events.

    Two events are linked by a common document or vote, which is an error that must be reported.
    """
    groups = _DisjointSets()
    for row in solutions(store, f"SELECT DISTINCT ?event {{ ?vote {_EVENT} ?event }}"):
        groups.add(row[0])
    of_several = f"?vote {_EVENT} ?event, ?other FILTER (STR(?event) < STR(?other))"
    for row in solutions(store, f"SELECT ?event ?other {{ {of_several} }}"):
        groups.join(row[0], row[1])
    for predicate in _DECISIONS:
        for quad in store.quads_for_pattern(None, predicate, None, _DEFAULT):
            groups.join(quad.subject, quad.object)
    for node in groups.nodes():
        for quad in _quads(store, node, _EVENT):
            groups.join(node, quad.object)
    return groups.sets()


def _others(store: ox.Store, grouped: set[_Term]) -> Iterator[_Term]:
    """Yield all other resources that the shapes target, some several times."""
    classes, predicates = _targets(store)
    of_class = f"?node {_TYPE} ?class FILTER (?class IN ({', '.join(sorted(classes))}))"
    for pattern in (
        *(f"?node {_TYPE} {class_}" for class_ in sorted(classes)),
        *(
            f"?node {predicate} ?value FILTER NOT EXISTS {{ {of_class} }}"
            for predicate in sorted(predicates)
        ),
    ):
        query = f"SELECT ?node {{ {pattern} FILTER NOT EXISTS {{ ?node {_EVENT} ?event }} }}"
        for row in solutions(store, query):
            if row[0] not in grouped:
                yield row[0]


def _targets(store: ox.Store) -> tuple[set[str], set[str]]:
    """Return the target classes of the shapes, and the properties that declare targets.

    The subject of a property is validated together with its values, which may be the targets.
    """
    shapes = shapes_graph(_BATCH_SHAPES)
    properties = (SH.targetSubjectsOf, SH.targetObjectsOf)
    predicates = {value.n3() for term in properties for value in shapes.objects(None, term)}
    return {
        str(subclass)
        for class_ in shapes.objects(None, SH.targetClass)
        for subclass in _subclasses(store, ox.NamedNode(str(class_)))
    }, predicates - {str(_EVENT)}


def _subclasses(store: ox.Store, class_: _Term) -> set[_Term]:
    """Return a class with all its subclasses in the store."""
    classes, open_classes = {class_}, [class_]
    while open_classes:
        quads = store.quads_for_pattern(None, _SUBCLASS, open_classes.pop(), _DEFAULT)
        new = {quad.subject for quad in quads} - classes
        classes |= new
        open_classes += new
    return classes


def _context(store: ox.Store, grouped: set[_Term]) -> dict[str, str]:
    """Return the context that batches need, by the term to which they refer."""
    return event_context(
        _line(quad) for quad in _context_quads(store) if quad.subject not in grouped
    )


def _context_quads(store: ox.Store) -> Iterator[ox.Quad]:
    """Yield the triples that may be context.

    Target classes are excluded: a resource is validated in its own batch.
    """
    for predicate in sorted(CONTEXT_PREDICATES - {str(_TYPE)}):
        node = ox.NamedNode(predicate[1:-1])
        yield from store.quads_for_pattern(None, node, None, _DEFAULT)
    targets, _ = _targets(store)
    for (class_,) in solutions(store, f"SELECT DISTINCT ?class {{ ?node {_TYPE} ?class }}"):
        if str(class_) not in targets:
            yield from store.quads_for_pattern(None, _TYPE, class_, _DEFAULT)


class _DisjointSets:
    """Disjoint sets of resources; joining two resources joins their sets."""

    def __init__(self) -> None:
        self._parents: dict[_Term, _Term] = {}

    def add(self, node: _Term) -> None:
        self._parents.setdefault(node, node)

    def join(self, node: _Term, other: _Term) -> None:
        self.add(node)
        self.add(other)
        self._parents[self._root(node)] = self._root(other)

    def nodes(self) -> list[_Term]:
        return list(self._parents)

    def sets(self) -> list[list[_Term]]:
        sets: dict[_Term, list[_Term]] = {}
        for node in self._parents:
            sets.setdefault(self._root(node), []).append(node)
        return list(sets.values())

    def _root(self, node: _Term) -> _Term:
        root = node
        while (parent := self._parents[root]) != root:
            # Path halving keeps the paths short.
            self._parents[root] = self._parents[parent]
            root = parent
        return root


# Validating a batch


class _BatchValidator:
    """Validates batches of resources in a store."""

    def __init__(self, store: ox.Store, context: Mapping[str, str]) -> None:
        self._store = store
        self._context = context
        self._validator = CompiledValidator(_BATCH_SHAPES)
        # With subclasses, resources have more types than stated: all batches need them.
        hierarchy = self._store.quads_for_pattern(None, _SUBCLASS, None, _DEFAULT)
        self._hierarchy = "".join(map(_line, hierarchy))

    def findings(self, nodes: tuple[_Term, ...], judged: bool) -> list[Finding]:
        """Return the findings of a batch; with ``judged``, pySHACL validates all of it.

        Raises:
            FileError: if a literal is too long to be validated.
        """
        lines = dict.fromkeys(map(_line, self._statements(nodes)))
        ntriples = self._hierarchy + in_context("".join(lines), self._context)
        try:
            return self._validator.validate(ntriples, self._validator.names if judged else ())
        except MemoryError as error:
            subject, predicate, _ = max(lines, key=len).split(" ", 2)
            raise FileError(
                f"{subject} {predicate}: expected a shorter value; this one is too long to be "
                "validated"
            ) from error

    def _statements(self, nodes: tuple[_Term, ...]) -> Iterator[ox.Quad]:
        """Yield the statements about resources and their votes."""
        for node in nodes:
            yield from _quads(self._store, node)
            for quad in self._store.quads_for_pattern(None, _EVENT, node, _DEFAULT):
                yield from _quads(self._store, quad.subject)


def _on_all_cores(
    folder: Path,
    context: Mapping[str, str],
    batches: list[tuple[_Term, ...]],
    judged: list[bool],
) -> Iterator[list[Finding]]:
    """Yield the findings of each batch of the store in a folder."""
    with ProcessPoolExecutor(
        os.cpu_count(),
        # Threads of the caller (progress bars) must not be forked.
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(folder, context),
    ) as pool:
        yield from pool.map(_findings_in_worker, batches, judged, chunksize=4)


_validator: _BatchValidator | None = None


def _start_worker(folder: Path, context: Mapping[str, str]) -> None:
    global _validator  # noqa: PLW0603 - set once, when a worker starts
    _validator = _BatchValidator(ox.Store.read_only(str(folder)), context)
    # As in kg.pipeline.event_validation: collecting once for each batch takes less time.
    gc.disable()
    gc.freeze()


def _findings_in_worker(nodes: tuple[_Term, ...], judged: bool) -> list[Finding]:
    assert _validator is not None
    findings = _validator.findings(nodes, judged)
    gc.collect()
    return findings


# Looking up


def _quads(
    store: ox.Store, subject: _Term, predicate: ox.NamedNode | None = None
) -> Iterator[ox.Quad]:
    """Return the triples of a subject, which may be a literal and have none."""
    if isinstance(subject, ox.Literal):
        return iter(())
    return store.quads_for_pattern(subject, predicate, None, _DEFAULT)


def _line(quad: ox.Quad) -> str:
    return f"{quad.triple} .\n"
