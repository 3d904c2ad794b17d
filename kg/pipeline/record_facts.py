"""The stage of a build that writes and validates all facts except events and derived facts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.model.agents import Agent
from kg.model.discrepancies import Discrepancy
from kg.pipeline import event_facts, membership, validation
from kg.pipeline.compiled_validation import MAX_SAMPLED_NODES, CompiledValidator
from kg.pipeline.conformity import NO_CONFORMITY, Conformity
from kg.pipeline.drafts import merge_drafts
from kg.pipeline.event_facts import EventFacts
from kg.pipeline.event_validation import Batch
from kg.pipeline.loading import LoadedSources
from kg.pipeline.validation import Finding
from kg.progress import ProgressReporter
from kg.rdf.record_mapper import RecordMapper


@dataclass(frozen=True)
class RecordFacts:
    """The file of the records, all discrepancies, and the findings of SHACL so far."""

    path: Path
    discrepancies: list[Discrepancy]
    findings: list[Finding]
    #: How many shapes of records pySHACL applied in any case, and how many there are.
    shapes: tuple[int, int]
    #: The batches of events in which SHACL has findings.
    batches_with_findings: frozenset[Batch]


def write(
    sources: LoadedSources,
    events: EventFacts,
    path: Path,
    mapper: RecordMapper,
    progress: ProgressReporter,
    earlier: Conformity = NO_CONFORMITY,
) -> RecordFacts:
    """Write the records, validate the events with them, and write the discrepancies.

    Events are validated here because votes outside membership are discrepancies, and the shapes
    compare them with the memberships among the records. ``earlier`` is what an earlier build with
    the same shapes found.

    Raises:
        InvalidDataError: if events or records violate a constraint.
    """
    loaded = [record for record in sources.records if isinstance(record, Discrepancy)]
    others = [record for record in sources.records if not isinstance(record, Discrepancy)]
    # Statements name agents too, but know only their names; memberships know only their keys.
    others.sort(key=lambda record: not isinstance(record, Agent))
    drafts, of_drafts = merge_drafts([*sources.drafts, *events.drafts], events.documents)
    lines = [line for record in (*others, *events.tallies) for line in mapper.record(record)]
    lines += [line for draft in drafts for line in mapper.draft(draft)]
    lines += mapper.shared()
    of_events = event_facts.validate(events, lines, progress, earlier)
    discrepancies = [
        *loaded,
        *events.discrepancies,
        *of_drafts,
        *membership.discrepancies(of_events, events, sources.states),
    ]
    lines += [line for discrepancy in discrepancies for line in mapper.record(discrepancy)]
    findings = [finding for _, finding in of_events]
    text, validator = "".join(lines), CompiledValidator(validation.record_shapes())
    sampled = validator.sample(text)
    findings += validator.validate(text, sampled)
    validation.stop_on_violation(findings)
    path.write_text(text, encoding="utf-8")
    shapes = len(sampled), len(validator.names)
    with_findings = frozenset(batch for batch, _ in of_events)
    return RecordFacts(path, discrepancies, findings, shapes, with_findings)


def validation_method(facts: RecordFacts) -> str:
    """Return a sentence on how pySHACL validated the records."""
    sampled, shapes = facts.shapes
    return (
        f"pySHACL validated up to {MAX_SAMPLED_NODES:,} records against each of a sample of "
        f"{sampled} of {shapes} shapes, and all against those whose compiled forms suspected a "
        "violation."
    )
