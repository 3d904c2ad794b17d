"""The stage of a build that merges the events of all sources, writes and validates them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from kg.model.discrepancies import Discrepancy, ReportedTally, ReportedVote
from kg.model.documents import Draft
from kg.model.records import Record
from kg.model.sources import NormalizedRow, SourceRecord
from kg.model.state_register import StateRegister
from kg.model.symbol_spelling import document_key, document_kind
from kg.model.symbols import slug
from kg.model.votes import MergedEvent, VoteOutcome, VotingEvent
from kg.pipeline import chronology, council_outcomes, meeting_dates
from kg.pipeline.blocks import Block
from kg.pipeline.conformity import NO_CONFORMITY, Conformity, still_conforming
from kg.pipeline.coverage import coverage
from kg.pipeline.derivation import VoteMatrices
from kg.pipeline.differences import compare_reports
from kg.pipeline.drafts import drafts_of
from kg.pipeline.event_validation import Batch, event_context, sample, validate_batches
from kg.pipeline.loading import LoadedSource, LoadedSources
from kg.pipeline.matching import match
from kg.pipeline.merging import merge_events
from kg.pipeline.shared_numbers import Numbered
from kg.pipeline.shared_numbers import match as match_numbers
from kg.pipeline.source_records import source_records
from kg.pipeline.validation import Finding
from kg.pipeline.vote_remarks import VoteRemarks
from kg.progress import ProgressReporter
from kg.rdf.record_mapper import RecordMapper
from kg.release.coverage import Coverage
from kg.release.manifest import ADOPTED_WITHOUT_VOTE, REPLACED_DAYS, SAMPLED_EVENTS
from kg.sources.registry import precedence

#: Events validated together; larger batches cost more time than they save.
BATCH_EVENTS: Final = 20


@dataclass
class EventFacts:
    """The file of the events, and the data about them that later stages need."""

    path: Path
    matrices: VoteMatrices
    batches: list[Batch] = field(default_factory=list)
    #: A block for each event.
    blocks: list[Block] = field(default_factory=list)
    #: The lines about each term that the shapes of events need, known from their validation on.
    context: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    discrepancies: list[Discrepancy] = field(default_factory=list)
    #: The totals that sources print.
    tallies: list[ReportedTally] = field(default_factory=list)
    #: The outcomes of votes, by name of the source.
    outcomes: dict[str, Counter[VoteOutcome]] = field(default_factory=lambda: defaultdict(Counter))
    #: The drafts of the events, one record for each source that names a draft.
    drafts: list[Draft] = field(default_factory=list)
    #: The keys of the documents that events decide.
    documents: set[str] = field(default_factory=set)
    #: The name of each event by its key.
    names: dict[str, str] = field(default_factory=dict)
    #: The sources of votes by states that were not members, by the keys of event and state.
    outside_sources: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    #: The records of events in each source.
    records: list[SourceRecord] = field(default_factory=list)
    #: The periods that each source covers, by its name.
    coverage: dict[str, tuple[Coverage, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reports:
    """The reports on each event, by its key."""

    tallies: dict[str, list[ReportedTally]]
    votes: dict[str, list[ReportedVote]]


def write(
    sources: LoadedSources, path: Path, mapper: RecordMapper, progress: ProgressReporter
) -> EventFacts:
    """Write the merged events; note differences between sources, reports and the record."""
    facts = EventFacts(path, VoteMatrices(sources.states))
    streams = _matched_events(sources, facts, progress)
    reports = _reports(sources.records)
    remarks = VoteRemarks(sources.suspensions, sources.corrections)
    with progress.counted("merge", "Merging events") as advance, path.open("wb") as stream:
        for event in merge_events(streams, precedence(), sources.register):
            merged = remarks.annotate(council_outcomes.settle(event, sources.register))
            start = stream.tell()
            stream.write("".join(mapper.event(merged)).encode())
            _add_to_batch(facts.batches, merged.event.key, start, stream.tell())
            facts.blocks.append(Block(path, start, stream.tell()))
            _note(merged, facts, reports, sources.register)
            for name, outcomes in merged.vote_outcomes.items():
                facts.outcomes[name].update(outcomes)
            advance(1)
    return facts


def validate(
    facts: EventFacts,
    lines: Iterable[str],
    progress: ProgressReporter,
    earlier: Conformity = NO_CONFORMITY,
) -> list[tuple[Batch, Finding]]:
    """Validate the events with SHACL and return each finding with its batch.

    ``lines`` are the N-Triples lines of the records that events refer to, ``earlier`` is what an
    earlier build with the same shapes found.
    """
    text, total = "Validating batches of events with SHACL", len(facts.batches)
    facts.context = event_context(lines)
    conforming = still_conforming(earlier, facts.names, facts.blocks, facts.context)
    results = validate_batches(facts.path, facts.batches, facts.context, conforming=conforming)
    findings: list[tuple[Batch, Finding]] = []
    with progress.counted("validate", text, total) as advance:
        for batch, of_batch in results:
            findings += ((batch, finding) for finding in of_batch)
            advance(1)
    for batch in sample(facts.batches):
        facts.counts[SAMPLED_EVENTS] += len(batch.events)
    return findings


def validation_method(facts: EventFacts) -> str:
    """Return a sentence on which events pySHACL validated; empty if there are none."""
    if not facts.batches:
        return ""
    return (
        f"Of {facts.counts['events']:,} events it validated a sample of "
        f"{facts.counts[SAMPLED_EVENTS]:,} against all shapes, and the others only against shapes "
        "whose compiled forms suspected a violation."
    )


def _matched_events(
    sources: LoadedSources, facts: EventFacts, progress: ProgressReporter
) -> dict[str, list[VotingEvent]]:
    """Return the events by source; records of the same roll call have the same key."""
    streams: dict[str, list[VotingEvent]] = {}
    for source in sources.sources:
        with progress.step("read", f"Reading the events of {source.name}"):
            streams[source.name] = list(source.result.events)
    _settle_dates(sources, streams, facts)
    for source in sources.sources:
        streams[source.name] = _matched(source, streams, facts, progress)
    facts.records = [
        record for name, events in streams.items() for record in source_records(name, events)
    ]
    facts.coverage = {
        source.name: coverage(streams[source.name], selected=source.selection.source.selective)
        for source in sources.sources
    }
    return _without_unknown_relations(streams)


def _matched(
    source: LoadedSource,
    streams: Mapping[str, list[VotingEvent]],
    facts: EventFacts,
    progress: ProgressReporter,
) -> list[VotingEvent]:
    """Return the events of a source with the keys of the roll calls of the sources before it."""
    registered, events = source.selection.source, streams[source.name]
    numbered = Numbered(rest=events)
    if others := streams.get(registered.numbered_as):
        numbered = match_numbers(source.name, events, others)
        facts.counts["events matched by number"] += len(numbered.events)
        source.result.rows["repeated"] += numbered.repeated
    matched = numbered.rest
    anchors = _anchors(registered.matched_with, streams)
    anchors = [anchor for anchor in anchors if anchor.key not in numbered.events]
    if anchors and matched:
        with progress.step("match", "Matching roll calls by month and votes"):
            matches = match(anchors, matched)
        matched = matches.events
        facts.discrepancies += matches.discrepancies
        facts.counts["events matched by symbol"] += matches.by_symbol
        facts.counts["events matched by month and votes"] += matches.by_votes
        source.result.rows["repeated"] += matches.repeated
    return sorted([*numbered.events.values(), *matched], key=lambda event: event.key)


def _anchors(names: Iterable[str], streams: Mapping[str, list[VotingEvent]]) -> list[VotingEvent]:
    """Return the events with which those of another source are matched, in the order of their keys.

    Each is the record of the first of the sources that has it.
    """
    anchors: dict[str, VotingEvent] = {}
    for name in names:
        for event in streams.get(name, ()):
            anchors.setdefault(event.key, event)
    return [anchors[key] for key in sorted(anchors)]


def _settle_dates(
    sources: LoadedSources, streams: dict[str, list[VotingEvent]], facts: EventFacts
) -> None:
    """Settle dates and meetings that contradict others of a source, and note the changes."""
    for source in sources.sources:
        others = meeting_dates.by_key(
            events for name, events in streams.items() if name != source.name
        )
        dates = meeting_dates.settle(streams[source.name], others, sources.register)
        order = chronology.settle(dates.events)
        streams[source.name] = order.events
        facts.discrepancies += order.discrepancies
        facts.discrepancies += meeting_dates.contradictions(order.events)
        source.result.normalized += (
            NormalizedRow(
                source=source.name,
                file=correction.event.source_file,
                row=correction.event.source_row,
                column=correction.aspect,
                value=correction.recorded,
                read_as=correction.read_as,
                rule=correction.rule,
                record=correction.event.source_record,
            )
            for correction in (*dates.corrections, *order.corrections)
        )


def _without_unknown_relations(
    streams: dict[str, list[VotingEvent]],
) -> dict[str, list[VotingEvent]]:
    """Return the events without relations to resolutions and drafts that no source contains."""
    documents = {
        slug(symbol)
        for events in streams.values()
        for event in events
        for symbol in (*event.drafts, *((event.decides.symbol,) if event.decides else ()))
    }
    return {
        name: [
            replace(event, relates_to="")
            if event.relates_to and slug(event.relates_to) not in documents
            else event
            for event in events
        ]
        for name, events in streams.items()
    }


def _reports(records: Iterable[Record]) -> _Reports:
    reports = _Reports(defaultdict(list), defaultdict(list))
    for record in records:
        if isinstance(record, ReportedTally):
            reports.tallies[record.event].append(record)
        elif isinstance(record, ReportedVote):
            reports.votes[record.event].append(record)
    return reports


def _add_to_batch(batches: list[Batch], key: str, start: int, end: int) -> None:
    if not batches or len(batches[-1].events) == BATCH_EVENTS:
        batches.append(Batch(start, end, (key,)))
    else:
        last = batches[-1]
        batches[-1] = Batch(last.start, end, (*last.events, key))


def _note(merged: MergedEvent, facts: EventFacts, reports: _Reports, states: StateRegister) -> None:
    """Collect the data on an event that later stages need."""
    event = merged.event
    tallies = [*reports.tallies[event.key], *merged.tallies]
    facts.discrepancies += merged.discrepancies
    facts.discrepancies += compare_reports(merged, tallies, reports.votes[event.key], states)
    facts.tallies += merged.tallies
    facts.names[event.key] = event.name
    facts.drafts += drafts_of(merged)
    for state in event.votes.keys() - states.members(event.date):
        facts.outside_sources[event.key, state] = merged.vote_sources[state]
    facts.matrices.add(merged)
    counts = facts.counts
    counts["events"] += 1
    counts["votes"] += len(event.votes)
    counts["votes inferred"] += len(event.inferred)
    counts[ADOPTED_WITHOUT_VOTE] += event.without_vote
    counts["events that may be the same as another"] += bool(event.possibly_same_as)
    if event.decides:
        facts.documents.add(document_key(event.decides.symbol))
        counts[f"{document_kind(event.decides.symbol)}s"] += 1
    counts["events in several sources"] += len(merged.recorded_by) > 1
    counts[REPLACED_DAYS] += merged.day_refined
    counts[f"dates known to the {'day' if event.day else 'month'}"] += 1
