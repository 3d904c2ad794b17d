"""The stage of a build that writes the manifest and the accompanying lists of rows."""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import kg
from kg.model.sources import NormalizedRow, RejectedRow, SourceRecord, by_record
from kg.model.votes import VoteOutcome
from kg.pipeline.derived_facts import DerivedFacts
from kg.pipeline.event_facts import EventFacts
from kg.pipeline.loading import LoadedSource, LoadedSources
from kg.pipeline.record_facts import RecordFacts
from kg.pipeline.validation import Finding
from kg.progress import ProgressReporter
from kg.rdf.vocabulary import BASE
from kg.release import manifest, row_lists
from kg.release.checksums import sha256
from kg.release.coverage import Coverage
from kg.release.manifest import ChangeCounts, Manifest, SourceEntry
from kg.release.release import Release


@dataclass(frozen=True)
class BuildResults:
    """The results of the stages of a build."""

    sources: LoadedSources
    entries: tuple[SourceEntry, ...]
    events: EventFacts
    records: RecordFacts
    derived: DerivedFacts
    findings: list[Finding]
    changes: ChangeCounts | None


def write(
    release: Release,
    name: str,
    started: datetime,
    facts_sha256: str,
    triples: int,
    results: BuildResults,
    progress: ProgressReporter,
) -> None:
    """Write the manifest of a release, and the accompanying lists of rows and records."""
    sources, counts = results.sources, {**results.events.counts, **results.derived.counts}
    rejected, normalized = sources.rejected_rows(), sources.normalized_rows()
    row_lists.write(RejectedRow, rejected, release.path / row_lists.REJECTED_FILE)
    row_lists.write(NormalizedRow, normalized, release.path / row_lists.NORMALIZED_FILE)
    row_lists.write(SourceRecord, results.events.records, release.path / row_lists.RECORDS_FILE)
    content = Manifest(
        name=name,
        format=manifest.FORMAT,
        created=created(started),
        base_iri=BASE,
        software=_software(),
        facts_sha256=facts_sha256,
        sources=results.entries,
        counts={**dict(sorted(counts.items())), "triples": triples},
        discrepancies=Counter(item.aspect for item in results.records.discrepancies),
        warnings=Counter(finding.shape for finding in results.findings),
        refused=len(rejected),
        refused_records=len(by_record(rejected)),
        read_by_rule=len(normalized),
        changes=results.changes,
        seconds={kind: round(seconds, 1) for kind, seconds in progress.seconds.items()},
    )
    manifest.write(release.manifest_file, content)


def created(started: datetime) -> str:
    """Return the time of a build as an xsd:dateTime."""
    return started.isoformat(timespec="seconds")


def entries(sources: LoadedSources, events: EventFacts) -> tuple[SourceEntry, ...]:
    """Return the entries of the sources, whose events have been merged."""
    return tuple(
        _entry(source, events.outcomes[source.name], events.coverage[source.name])
        for source in sources.sources
    )


def _entry(
    source: LoadedSource, outcomes: Counter[VoteOutcome], coverage: tuple[Coverage, ...]
) -> SourceEntry:
    entry, result = source.selection.source, source.result
    files = result.files or [source.selection.places[0] / name for name in entry.files]
    return SourceEntry(
        name=entry.name,
        title=entry.title,
        publisher=entry.publisher,
        licence=entry.terms.licence,
        redistributable=entry.terms.redistributable,
        embedded=source.selection.embedded,
        files={file.name: sha256(file) for file in files},
        rows=result.rows["read"],
        loaded=outcomes["loaded"],
        merged=outcomes["merged"],
        discrepant=outcomes["discrepant"],
        repeated=result.rows["repeated"],
        without_vote=result.rows["without a vote"],
        read_by_rule=len(result.normalized),
        refused=len(result.rejected),
        notes=dict(sorted(result.notes.items())),
        coverage=coverage,
    )


def _software() -> dict[str, str]:
    """Return the versions of the software that makes a release."""
    packages = ("pyoxigraph", "pyshacl", "rdflib")
    return {
        "un-votes-kg": kg.__version__,
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }
