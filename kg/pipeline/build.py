"""From sources to a release: load, merge, write triples, validate, store, switch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rich.console import Console

from kg.engine.columnar.build import write_columns
from kg.errors import InvalidDataError, ReleaseError, SourceError, TooManyRefusedError
from kg.model.discrepancies import Discrepancy, ReportedTally, ReportedVote
from kg.model.records import Record
from kg.model.sources import NormalizedRow, RejectedRow
from kg.model.states import State
from kg.model.votes import MergedEvent, Topic, VoteOutcome, VotingEvent
from kg.pipeline import derived_facts, manifest, validation
from kg.pipeline.derivation import Positions
from kg.pipeline.matching import match
from kg.pipeline.merging import compare_reports, merge_events
from kg.pipeline.validation import (
    EVENT_SHAPES,
    REFERENCE_SHAPES,
    BatchValidator,
    Finding,
    event_context,
)
from kg.progress import Steps
from kg.rdf import iris
from kg.rdf.record_mapper import RecordMapper
from kg.rdf.vocabulary import BASE, REPORT_GRAPH, UNV
from kg.release import release, search_index
from kg.release.export import FORMATS, export
from kg.release.manifest import REPLACED_DAYS, Manifest
from kg.release.manifest import write as write_manifest
from kg.release.release import Release
from kg.release.store import filled_store
from kg.release.void import describe
from kg.sources.loader import LoadResult
from kg.sources.registry import precedence
from kg.sources.selection import SourceSelection, read_state_register

#: Events that are validated together; more make batches slower than they save.
BATCH_EVENTS: Final = 20
_TITLE: Final = "How states vote at the United Nations, what they say and what they propose"


@dataclass
class _Facts:
    """What has been written so far, and what is needed to check and describe it."""

    positions: Positions
    writer: RecordMapper = field(default_factory=RecordMapper)
    counts: Counter[str] = field(default_factory=Counter)
    ranges: list[tuple[int, int]] = field(default_factory=list)
    discrepancies: list[Discrepancy] = field(default_factory=list)
    tallies: list[ReportedTally] = field(default_factory=list)
    #: By source: what became of its votes.
    vote_outcomes: dict[str, Counter[VoteOutcome]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    told: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


def build(
    chosen: list[SourceSelection],
    data: Path,
    max_refused: int,
    console: Console,
    *,
    dumps: bool = False,
    columns: bool = True,
) -> Release:
    """Build a release from sources, with its dumps if wanted, and make it the one in force.

    Without ``columns`` Oxigraph answers all queries to it.

    Raises:
        KgError: if anything stands in the way; the earlier release then stays in force.
    """
    started = datetime.now(UTC)
    try:
        with release.building(data) as folder:
            steps = Steps(console)
            wanted = {"dumps": dumps, "columns": columns}
            return _build(chosen, data, folder, max_refused, steps, started, **wanted)
    except OSError as error:
        raise ReleaseError(
            f"the release could not be written: {error}; the earlier release stays in force"
        ) from error


def _build(
    chosen: list[SourceSelection],
    data: Path,
    folder: Path,
    max_refused: int,
    steps: Steps,
    started: datetime,
    *,
    dumps: bool,
    columns: bool,
) -> Release:
    loaded = _load(chosen, steps)
    records = _once(record for one in loaded.values() for record in one.records)
    facts = _Facts(Positions(record.key for record in records if isinstance(record, State)))
    facts.discrepancies += [record for record in records if isinstance(record, Discrepancy)]
    events_file, records_file = folder / "events.nt", folder / "records.nt"
    _write_events(chosen, loaded, records, facts, events_file, steps)
    refused = [row for one in loaded.values() for row in one.rejected]
    if len(refused) > max_refused:
        raise TooManyRefusedError(manifest.refusals(refused, max_refused))

    told = [record for record in records if not isinstance(record, Discrepancy)] + facts.tallies
    lines = [line for record in told for line in facts.writer.record(record)]
    lines += facts.writer.shared()
    findings = _validate_events(events_file, facts, event_context(lines), steps)
    facts.discrepancies += _membership_discrepancies(findings, records, facts)
    lines += [line for one in facts.discrepancies for line in facts.writer.record(one)]
    findings += validation.validate("".join(lines), validation.record_shapes())
    _stop_on_violation(findings)
    records_file.write_text("".join(lines), encoding="utf-8")
    derived = derived_facts.write(facts.positions, folder, steps)
    facts.counts.update(derived.counts)
    written = (events_file, records_file, *derived.files)

    with steps.step("load", "Loading the store"):
        store = filled_store(folder / "store", written)
    with steps.step("describe", "Checking, describing and indexing what was loaded"):
        findings += validation.validate(_references(store), REFERENCE_SHAPES)
        findings += derived_facts.validate(store, derived.sample)
        _stop_on_violation(findings)
        report = validation.report(findings)
        store.bulk_load(report, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(REPORT_GRAPH))
        (folder / "report.nt").write_text(report, encoding="utf-8")
        redistributable = all(one.source.terms.redistributable for one in chosen)
        _describe(store, folder, redistributable=redistributable)
        triples = len(store)
    with steps.step("compact", "Compacting the store"):
        store.optimize()
        store.flush()
    digest = manifest.digest(*written)
    for file in written:
        file.unlink()
    name = f"{started:%Y%m%dT%H%M%S.%f}Z-{digest[:8]}"
    if columns:
        _write_columns(store, folder, name, steps)
    ruled = [row for one in loaded.values() for row in one.normalized]
    manifest.write_rows(RejectedRow, refused, folder / "refused.csv")
    manifest.write_rows(NormalizedRow, ruled, folder / "readings.csv")
    released = Manifest(
        name=name,
        created=started.isoformat(timespec="seconds"),
        base_iri=BASE,
        software=manifest.software(),
        facts_sha256=digest,
        sources=tuple(
            manifest.source(one, loaded[one.source.name], facts.vote_outcomes[one.source.name])
            for one in chosen
        ),
        counts={**dict(sorted(facts.counts.items())), "triples": triples},
        discrepancies=Counter(one.aspect for one in facts.discrepancies),
        warnings=Counter(finding.shape for finding in findings),
        refused=len(refused),
        read_by_rule=len(ruled),
        seconds={kind: round(taken, 1) for kind, taken in steps.seconds.items()},
    )
    write_manifest(Release(folder).manifest_file, released)
    del store
    if dumps:
        with steps.step("dump", "Writing the dumps"):
            export(Release(folder), Release(folder).dumps, FORMATS)
    return release.publish(data, folder, name)


def _write_columns(store: ox.Store, folder: Path, name: str, steps: Steps) -> None:
    with steps.step("columns", "Writing the columns of the analytical engine"):
        write_columns(store, folder, name)


def _load(chosen: list[SourceSelection], steps: Steps) -> dict[str, LoadResult]:
    register = read_state_register(chosen)
    loaded = {}
    for one in chosen:
        with steps.step("read", f"Reading {one.source.name}: {one.source.title}"):
            loaded[one.source.name] = one.load(register)
        steps.say(f"Read {one.source.name}: {one.source.title}")
    return loaded


def _once(records: Iterable[Record]) -> list[Record]:
    """Return records without those that several sources bring along, such as a shared Source.

    Of a topic that two sources spell differently the spelling of the first one is kept.
    """
    kept: dict[tuple[type, str], Record] = {}
    for record in records:
        earlier = kept.setdefault((type(record), record.key), record)
        if earlier != record and not isinstance(record, Topic):
            raise SourceError(
                f"two different records of one {type(record).__name__.lower()}: {record.key}"
            )
    return list(kept.values())


def _write_events(
    chosen: list[SourceSelection],
    loaded: dict[str, LoadResult],
    records: list[Record],
    facts: _Facts,
    path: Path,
    steps: Steps,
) -> None:
    """Write the merged events, noting what differs between sources, reports and the record."""
    streams = _matched(chosen, loaded, facts, steps)
    tallies: dict[str, list[ReportedTally]] = defaultdict(list)
    votes: dict[str, list[ReportedVote]] = defaultdict(list)
    for record in records:
        if isinstance(record, ReportedTally):
            tallies[record.event].append(record)
        elif isinstance(record, ReportedVote):
            votes[record.event].append(record)
    with steps.counted("merge", "Merging events") as advance, path.open("wb") as stream:
        for merged in merge_events(streams, precedence()):
            key = merged.event.key
            facts.discrepancies += merged.discrepancies
            facts.tallies += merged.tallies
            told = [*tallies[key], *merged.tallies]
            facts.discrepancies += compare_reports(merged, told, votes[key])
            start = stream.tell()
            stream.write("".join(facts.writer.event(merged)).encode())
            if facts.counts["events"] % BATCH_EVENTS == 0:
                facts.ranges.append((start, start))
            facts.ranges[-1] = (facts.ranges[-1][0], stream.tell())
            facts.told[key] = (merged.event.name, merged.sources)
            facts.positions.add(merged)
            _count(merged, facts.counts)
            for name, outcomes in merged.vote_outcomes.items():
                facts.vote_outcomes[name].update(outcomes)
            advance(1)


def _matched(
    chosen: list[SourceSelection], loaded: dict[str, LoadResult], facts: _Facts, steps: Steps
) -> dict[str, list[VotingEvent]]:
    """Return the events of each source, those that are one roll call under one key."""
    streams = {}
    for name, one in loaded.items():
        with steps.step("read", f"Reading the events of {name}"):
            streams[name] = list(one.events)
    for selection in chosen:
        name, anchor = selection.source.name, streams.get(selection.source.matched_with)
        if not (anchor and streams[name]):
            continue
        with steps.step("match", "Matching roll calls by month and votes"):
            found = match(anchor, streams[name])
        streams[name] = found.events
        facts.discrepancies += found.discrepancies
        facts.counts["events matched by symbol"] += found.by_symbol
        facts.counts["events matched by month and votes"] += found.by_votes
    return streams


def _count(merged: MergedEvent, counts: Counter[str]) -> None:
    event = merged.event
    counts["events"] += 1
    counts["votes"] += len(event.votes)
    counts["resolutions"] += event.decides is not None
    counts["events in several sources"] += len(merged.recorded_by) > 1
    counts[REPLACED_DAYS] += merged.day_refined
    counts[f"dates known to the {event.date_precision}"] += 1


def _validate_events(
    path: Path, facts: _Facts, context: dict[str, str], steps: Steps
) -> list[Finding]:
    findings: list[Finding] = []
    batches = len(facts.ranges)
    with steps.counted("validate", "Validating batches of events with SHACL", batches) as advance:
        for found in BatchValidator(context, EVENT_SHAPES).run(path, facts.ranges):
            findings += found
            advance(1)
    return findings


def _membership_discrepancies(
    findings: list[Finding], records: list[Record], facts: _Facts
) -> list[Discrepancy]:
    """Return a discrepancy for each vote that SHACL found outside membership."""
    states = {record.key: record for record in records if isinstance(record, State)}
    found = []
    for finding in findings:
        if finding.shape != "event-membership":
            continue
        vote = (iris.parse(finding.value.strip("<>")) or ("", ""))[1]
        event, _, key = vote.partition("/")
        state = states[key]
        name, sources = facts.told[event]
        periods = "; ".join(
            f"from {p.start}" + (f" until {p.until}" if p.until else "") for p in state.memberships
        )
        found.append(
            Discrepancy(
                key=f"{event}-membership-{key}",
                aspect="membership",
                concerns=(("event", event), ("vote", vote), ("state", key)),
                accepted=f"member {periods}",
                accepted_from=tuple(dict.fromkeys(s for p in state.memberships for s in p.sources)),
                other="recorded with a vote in this event",
                other_from=sources,
                description=f"{name}: {state.name} is recorded with a vote while not a member",
            )
        )
    return found


def _describe(store: ox.Store, folder: Path, *, redistributable: bool) -> None:
    """Add the description of what a store holds, and write that and the search index beside it."""
    description = "".join(describe(store, _TITLE, redistributable))
    store.bulk_load(description, ox.RdfFormat.N_TRIPLES)
    (folder / "description.nt").write_text(description, encoding="utf-8")
    search_index.write(store, folder / search_index.FILE)


def _references(store: ox.Store) -> str:
    """Return what refers to things that are validated apart, with what these are compared by.

    That is the type of both ends, the counts of reported tallies and of their events, and how a
    state voted whose vote is reported or that spoke about what was voted on.
    """
    triples = store.query(
        f"""
        PREFIX unv: <{UNV.iri}>
        CONSTRUCT {{
          ?one ?refers ?other ; a ?type ; ?counts ?figure ; ?tells ?told .
          ?other a ?otherType ; ?otherCounts ?record .
          ?event unv:decides ?decided ; ?position ?state
        }} WHERE {{
          {{
            VALUES ?refers {{
              unv:relatesTo unv:reports unv:about unv:towards unv:concerns unv:reportsOn
              unv:hasParagraph unv:oneText unv:otherText
            }}
            ?one ?refers ?other ; a ?type .
            OPTIONAL {{ ?other a ?otherType }}
            OPTIONAL {{
              ?one a unv:ReportedTally ; ?counts ?figure .
              ?other ?otherCounts ?record
              VALUES (?counts ?otherCounts) {{
                (unv:yesCount unv:yesCount) (unv:noCount unv:noCount)
                (unv:abstentionCount unv:abstentionCount) (unv:nonVotingCount unv:nonVotingCount)
              }}
            }}
          }} UNION {{
            ?one a unv:ReportedVote ; unv:reports ?event ; unv:castBy ?state ; ?tells ?told .
            VALUES ?tells {{ unv:castBy unv:option }}
            VALUES ?position {{ unv:inFavour unv:against unv:abstaining unv:nonVoting }}
            ?event ?position ?state .
          }} UNION {{
            ?one a unv:Statement ; unv:towards ?decided ; unv:madeBy ?state ; ?tells ?told .
            VALUES ?tells {{ unv:madeBy unv:stance }}
            ?event unv:decides ?decided .
            VALUES ?position {{ unv:inFavour unv:against }}
            ?event ?position ?state .
          }}
        }}
        """
    )
    assert isinstance(triples, ox.QueryTriples)
    return "".join(f"{triple} .\n" for triple in triples)


def _stop_on_violation(findings: list[Finding]) -> None:
    violations = [finding for finding in findings if finding.is_violation]
    if violations:
        raise InvalidDataError(
            f"{len(violations)} SHACL violations; nothing is released\n"
            + validation.listing(violations)
        )
