"""Events in batches: their context, the sample for pySHACL, and the order of findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InvalidDataError
from kg.pipeline.compiled_shapes import queries
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.event_validation import (
    SAMPLED_ONE_IN,
    Batch,
    in_context,
    sample,
    validate_batches,
)
from kg.pipeline.validation import EVENT_SHAPES, validate
from tests.support.event_batches import batch


def batches(number: int) -> list[Batch]:
    return [Batch(start, start + 1, (f"unvotes-{start}",)) for start in range(number)]


@pytest.mark.parametrize("number", [1, 2, SAMPLED_ONE_IN, SAMPLED_ONE_IN + 1, 474])
def test_a_sample_has_one_batch_in_twenty_and_at_least_one(number: int) -> None:
    assert len(sample(batches(number))) in {number // SAMPLED_ONE_IN, number // SAMPLED_ONE_IN + 1}
    assert len(sample(batches(number))) >= 1


def test_the_sample_differs_for_other_events() -> None:
    assert sample(batches(200)) == sample(batches(200))
    assert sample(batches(200)) != sample(batches(199))
    assert not sample([])


def test_the_context_of_a_batch_contains_its_references() -> None:
    context = {"<a:state>": "<a:state> <a:p> <a:o> .\n", "<a:other>": "<a:other> <a:p> <a:o> .\n"}
    text = "<a:vote> <a:by> <a:state> .\n"
    assert in_context(text, context) == text + context["<a:state>"]


def test_a_finding_missed_by_a_form_in_the_sample_stops_the_build(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = next(
        text
        for text in (batch(seed, faults=2) for seed in range(100))
        if any(finding.shape == "event-all-votes" for finding in validate(text, EVENT_SHAPES))
    )
    for digest in list(queries.FORMS):
        monkeypatch.setitem(queries.FORMS, digest, lambda *_: True)
    validator = CompiledValidator(EVENT_SHAPES)
    with pytest.raises(InvalidDataError, match="votes, but the event has"):
        validator.validate(broken, sampled=validator.names)


def test_findings_of_batches_are_those_of_pyshacl_in_order(tmp_path: Path) -> None:
    texts = [batch(seed, faults=seed % 3) for seed in range(6)]
    path, parts = tmp_path / "events.nt", []
    with path.open("wb") as stream:
        for number, text in enumerate(texts):
            start = stream.tell()
            stream.write(text.encode())
            parts.append(Batch(start, stream.tell(), (str(number),)))
    results = list(validate_batches(path, parts, {}, workers=1))
    assert [part for part, _ in results] == parts
    assert [findings for _, findings in results] == [validate(text, EVENT_SHAPES) for text in texts]
    assert any(findings for _, findings in results)
