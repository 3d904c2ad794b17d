"""Validating many mutants together, and the findings for each."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import pyoxigraph as ox

from kg.pipeline import whole_record
from kg.pipeline.compiled_shapes import Suspect, read
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.event_validation import in_context
from kg.pipeline.validation import (
    DERIVED_SHAPES,
    EVENT_SHAPES,
    REFERENCE_SHAPES,
    Finding,
    record_shapes,
    validate,
)
from kg.rdf.vocabulary import UNV
from tests.support.mutation.facts import TYPE, Facts, Triple, iri, ntriples
from tests.support.mutation.making import UNCHANGED, Mutant

#: Batches as large as memory allows: together, mutants take less time than separately.
_EVENT_BATCH, _RECORD_BATCH = 400, 1500
_OF_EVENTS: Final = tuple(map(iri, (UNV.VotingEvent, UNV.Vote, UNV.Document)))
_EVENT_AND_DERIVED: Final = (*EVENT_SHAPES, *DERIVED_SHAPES)


@dataclass
class Outcome:
    """The findings of the shapes for a mutant."""

    mutant: Mutant
    findings: list[Finding] = field(default_factory=list)

    @property
    def killed(self) -> bool:
        """Whether the mutant was found, by its constraint if it has one."""
        constraint = self.mutant.constraint
        if constraint is None:
            return bool(self.findings)
        return any(
            (finding.shape, finding.component) == (constraint.shape, constraint.name)
            for finding in self.findings
        )


def outcomes(
    facts: Facts, made: Iterable[Mutant], *, by_pyshacl_alone: bool = False
) -> list[Outcome]:
    """Validate mutants, many together, and return the findings for each.

    As in a build, pySHACL validates the nodes that compiled shapes suspect. If it validates all of
    them ``by_pyshacl_alone``, the mutants take three times as long, and its findings are compared
    with what is suspected.

    Raises:
        AssertionError: if the compiled shapes miss something that pySHACL finds.
    """
    asked: list[Outcome] = []
    of_events: list[Outcome] = []
    others: list[Outcome] = []
    for outcome in map(Outcome, made):
        if outcome.mutant.asked:
            asked.append(outcome)
        else:
            (of_events if _is_of_events(facts, outcome.mutant) else others).append(outcome)
    judge = _by_pyshacl if by_pyshacl_alone else _where_suspected
    with _without_garbage_collection():
        for outcome in asked:
            outcome.findings += _in_store(outcome.mutant)
        validator = CompiledValidator((*_EVENT_AND_DERIVED, *REFERENCE_SHAPES))
        for batch in _batches(of_events, _EVENT_BATCH):
            _attribute(batch, judge(_with_events(facts, batch), validator))
        # The shapes of records also cover documents.
        left = [each for each in of_events if not each.killed and each.mutant.kind != UNCHANGED]
        validator = CompiledValidator((*record_shapes(), *REFERENCE_SHAPES, *DERIVED_SHAPES))
        for batch in _batches([*left, *others], _RECORD_BATCH):
            _attribute(batch, judge(_with_context(facts, batch), validator))
    return [*asked, *of_events, *others]


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Disable garbage collection: the graphs of pySHACL are many small objects that stay alive."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _in_store(mutant: Mutant) -> list[Finding]:
    """Run the queries of the shapes on a store that contains only a mutant."""
    store = ox.Store()
    store.load(ntriples(mutant.site.triples), ox.RdfFormat.N_TRIPLES)
    return whole_record.validate(store, mutant.asked)


def _is_of_events(facts: Facts, mutant: Mutant) -> bool:
    """Return whether a build validates the mutant in the stream of events."""
    site = mutant.site
    types = {value for _, predicate, value in site.triples if predicate == TYPE}
    return bool({*types, *facts.values(facts.whole(site.thing), TYPE)} & set(_OF_EVENTS))


def _batches(outcomes: list[Outcome], size: int) -> Iterator[list[Outcome]]:
    """Yield mutants together; those that compiled forms cannot read, which exclude a batch, apart.

    ``outcomes`` is sorted.
    """
    outcomes.sort(key=lambda outcome: _is_unreadable(outcome.mutant))
    for _, alike in groupby(outcomes, lambda outcome: _is_unreadable(outcome.mutant)):
        several = list(alike)
        for start in range(0, len(several), size):
            yield several[start : start + size]


def _is_unreadable(mutant: Mutant) -> bool:
    return read(ntriples(mutant.site.triples)) is None


def _together(batch: Iterable[Outcome]) -> list[Triple]:
    return list(dict.fromkeys(
        triple for outcome in batch for triple in outcome.mutant.site.triples
    ))  # fmt: skip


def _with_events(facts: Facts, batch: Iterable[Outcome]) -> str:
    """Return events as a build validates them, with references to them and derived facts."""
    triples = _together(batch)
    subjects = {subject for subject, _, _ in triples}
    types = [
        (value, TYPE, type_)
        for value in {value for _, _, value in triples if value.startswith("<")} - subjects
        for type_ in facts.values(value, TYPE)
        if type_ in _OF_EVENTS
    ]
    return in_context(ntriples([*triples, *types]), facts.event_context)


def _with_context(facts: Facts, batch: Iterable[Outcome]) -> str:
    """Return records with what their shapes need of the resources that they refer to."""
    triples = _together(batch)
    return ntriples(sorted({*triples, *facts.context(triples)}))


def _where_suspected(text: str, validator: CompiledValidator) -> list[Finding]:
    """Return the findings of pySHACL in the nodes that the compiled forms suspect."""
    readable = read(text)
    if readable is None:
        return validate(text, validator.shapes)
    suspects = validator.compiled.suspects(readable)
    nodes = {name: {suspect.focus for suspect in few} for name, few in suspects.items()}
    return validate(text, validator.shapes, validator.names - suspects.keys(), nodes)


def _by_pyshacl(text: str, validator: CompiledValidator) -> list[Finding]:
    """Return the findings of pySHACL, which the compiled forms must suspect."""
    findings = validate(text, validator.shapes)
    readable = read(text)
    if readable is not None:
        suspects = validator.compiled.suspects(readable)
        suspected = {suspect for of_shape in suspects.values() for suspect in of_shape}
        expected = {
            Suspect(finding.shape, finding.focus)
            for finding in findings
            if finding.shape in validator.names
        }
        assert expected <= suspected, expected - suspected
    return findings


def _attribute(batch: Iterable[Outcome], findings: list[Finding]) -> None:
    """Assign each finding to the mutants that it concerns."""
    at: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in batch:
        for focus in outcome.mutant.site.foci:
            at[focus].append(outcome)
    for finding in findings:
        for outcome in at[finding.focus]:
            outcome.findings.append(finding)
