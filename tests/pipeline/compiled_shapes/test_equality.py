"""Compiled forms compared with pySHACL: nodes with findings, and only those, are suspects.

``tests.pipeline.test_shapes`` shows it for each constraint.
"""

from __future__ import annotations

from collections import Counter

import pytest

from kg.pipeline.compiled_shapes import Suspect, read
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.validation import (
    EVENT_SHAPES,
    REFERENCE_SHAPES,
    Finding,
    record_shapes,
    validate,
)
from tests.pipeline.shape_cases import changed
from tests.support.event_batches import batch

VALIDATOR = CompiledValidator(EVENT_SHAPES)
OTHERS = CompiledValidator((*record_shapes(), *REFERENCE_SHAPES))
BATCHES, MANY_BATCHES = 50, 10_000


def suspects(ntriples: str, validator: CompiledValidator = VALIDATOR) -> set[Suspect] | None:
    """Return the suspects of the compiled forms; None if they cannot read the triples."""
    triples = read(ntriples)
    if triples is None:
        return None
    by_shape = validator.compiled.suspects(triples)
    return {suspect for of_shape in by_shape.values() for suspect in of_shape}


def expected(findings: list[Finding]) -> set[Suspect]:
    return {Suspect(finding.shape, finding.focus) for finding in findings}


@pytest.mark.parametrize(
    "batches", [BATCHES, pytest.param(MANY_BATCHES, marks=pytest.mark.endurance)]
)
def test_both_find_the_same_in_random_batches(batches: int) -> None:
    shapes: Counter[str] = Counter()
    for seed in range(batches):
        ntriples = batch(seed, faults=seed % 5)
        findings = validate(ntriples, EVENT_SHAPES)
        shapes.update({finding.shape for finding in findings})
        assert VALIDATOR.validate(ntriples) == findings, seed
        suspected = suspects(ntriples)
        assert suspected is not None
        # In a broken event, a form may suspect more: a non-numeric count is not compared.
        assert expected(findings) <= suspected, seed
        assert bool(findings) == bool(suspected), seed
    print(f"\n{batches} batches, {shapes.total()} shapes violated: {dict(shapes)}")
    assert shapes.total() > batches / 2


@pytest.mark.parametrize("validator", [VALIDATOR, OTHERS], ids=["events", "others"])
def test_the_valid_graph_conforms(validator: CompiledValidator) -> None:
    assert suspects(changed(""), validator) == set()
