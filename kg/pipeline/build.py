"""The build of a release: its stages in order, each in its own module."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
from rich.console import Console

from kg.engine.columnar.build import update_columns, write_columns
from kg.engine.columnar.earlier import has_columns
from kg.errors import ReleaseError
from kg.pipeline import (
    build_cache,
    comparison,
    derived_facts,
    event_facts,
    filling,
    loading,
    manifest,
    record_facts,
    recounting,
    references,
    validation,
    validation_report,
    whole_record,
)
from kg.pipeline.blocks import of_records, subjects
from kg.pipeline.conformity import NO_CONFORMITY
from kg.pipeline.derived_facts import DerivedFacts
from kg.pipeline.event_facts import EventFacts
from kg.pipeline.incremental import IncrementalBuild
from kg.pipeline.manifest import BuildResults
from kg.pipeline.record_facts import RecordFacts
from kg.pipeline.store_update import Difference
from kg.pipeline.validation import Finding
from kg.progress import ProgressReporter
from kg.rdf.record_mapper import RecordMapper
from kg.rdf.vocabulary import REPORT_GRAPH
from kg.release import integrity, release, search_index
from kg.release.checksums import sha256
from kg.release.export import FORMATS, export
from kg.release.fact_table import FactTable, fact_table
from kg.release.history import ReleaseIdentity
from kg.release.release import Release
from kg.release.store import add_facts, individuals
from kg.release.void import DESCRIPTION_FILE, add_description
from kg.sources.selection import SourceSelection


@dataclass(frozen=True)
class BuildOptions:
    """The limits of a build, and the optional parts of a release that it writes."""

    max_refused: int = 0
    dumps: bool = False
    #: Without columns, Oxigraph answers all queries.
    columns: bool = True
    #: Only what differs from the last incremental build is validated and loaded.
    incremental: bool = False


def build(
    selections: list[SourceSelection],
    data: Path,
    max_refused: int,
    console: Console,
    *,
    dumps: bool = False,
    columns: bool = True,
    incremental: bool = False,
) -> Release:
    """Build a release from sources, with dumps if requested, and activate it.

    Without ``columns``, Oxigraph answers all queries. An ``incremental`` build validates and loads
    only what differs from the last incremental build of the data folder.

    Raises:
        KgError: if the build fails; the previous release then remains current.
    """
    options = BuildOptions(max_refused, dumps, columns, incremental)
    progress = ProgressReporter(console)
    try:
        with release.build_directory(data) as folder:
            name = _write_release(selections, data, folder, options, progress)
            built = release.activate(data, folder, name)
            if incremental:
                build_cache.activate(data, folder)
            return built
    except OSError as error:
        raise ReleaseError(
            f"the release could not be written: {error}; the previous release remains current"
        ) from error
    finally:
        gc.unfreeze()


def _write_release(
    selections: list[SourceSelection],
    data: Path,
    folder: Path,
    options: BuildOptions,
    progress: ProgressReporter,
) -> str:
    """Write all files of a release for a data folder into a folder, and return its name."""
    started = datetime.now(UTC)
    incremental = (
        IncrementalBuild.start(selections, data, folder, progress) if options.incremental else None
    )
    earlier = incremental.earlier if incremental else None
    sources = loading.load(selections, progress, incremental.sources if incremental else None)
    mapper = RecordMapper()
    events = event_facts.write(sources, folder / "events.nt", mapper, progress)
    sources.check_rejected(options.max_refused)
    validated = earlier.conformity if earlier else NO_CONFORMITY
    records = record_facts.write(
        sources, events, folder / "records.nt", mapper, progress, validated
    )
    _exempt_from_collection()
    derived = derived_facts.write(events.matrices, folder, progress)
    entries = manifest.entries(sources, events)
    files = (events.path, records.path, *derived.files)

    blocks = [*events.blocks, *of_records(records.path), *derived.blocks]
    digest = sha256(*files)
    name = f"{started:%Y%m%dT%H%M%S.%f}Z-{digest[:8]}"
    columns: Future[None] | None = None
    # Oxigraph and DuckDB release the global interpreter lock while they work.
    with fact_table(folder) as facts, ThreadPoolExecutor(max_workers=1) as background:
        with progress.step("tabulate", "Tabulating the facts"):
            facts.read(files)
        # Derived facts consist of the IRIs of states and events, and of numbers.
        store, difference = filling.fill(
            folder / "store", files, blocks, facts, earlier, progress, valid=derived.files
        )
        with progress.step("describe", "Checking, describing and indexing the store"):
            identity = ReleaseIdentity(name, manifest.created(started))
            facts.add(add_facts(store, individuals(store)))
            description = add_description(store, facts, identity, entries)
            (folder / DESCRIPTION_FILE).write_text(description, encoding="utf-8")
            if options.columns:
                columns = background.submit(
                    _write_columns, facts, folder, name, difference, description
                )
            findings = [*records.findings, *_findings(store, derived)]
            validation.stop_on_violation(findings)
            _add_report(store, folder, findings, _method(events, records, derived))
            search_index.write(store, folder / search_index.FILE)
            triples = len(store)
            store.flush()
        with progress.step("columns", "Writing the columns of the analytical engine"):
            if columns:
                columns.result()
        if incremental:
            incremental.keep(name, blocks, events, records, progress)
        for file in files:
            file.unlink()
    changes = comparison.write(data, store, folder, name, progress, difference)
    del store
    results = BuildResults(sources, entries, events, records, derived, findings, changes)
    manifest.write(Release(folder), name, started, digest, triples, results, progress)
    if options.dumps:
        with progress.step("dump", "Writing the dumps"):
            export(Release(folder), Release(folder).dumps, FORMATS)
    with progress.step("seal", "Computing checksums"):
        integrity.seal(Release(folder))
    return name


def _exempt_from_collection() -> None:
    """Keep the garbage collector from visiting what has been read, until the end of the build.

    The derivation makes a million objects, and the store returns terms as new ones. With all that
    has been read in memory, the collections that these cause would take longer than all else that
    is done with them.
    """
    gc.collect()
    gc.freeze()


def _write_columns(
    facts: FactTable,
    folder: Path,
    name: str,
    difference: Difference | None,
    description: str,
) -> None:
    """Write the columns, from those of the release from which the store was made, if any."""
    if difference and has_columns(difference.earlier.path):
        changed = difference.subjects | subjects(description.encode())
        update_columns(facts, folder, name, difference.earlier.path, changed)
    else:
        write_columns(facts, folder, name)


def _findings(store: ox.Store, derived: DerivedFacts) -> Iterator[Finding]:
    """Yield the findings in a store, beside those on single records and events."""
    yield from references.validate(store)
    yield from derived_facts.validate(store, derived.sample)
    yield from whole_record.validate(store)
    yield from recounting.validate(store, derived.sample)


def _method(events: EventFacts, records: RecordFacts, derived: DerivedFacts) -> str:
    """Return a description of how a release was validated."""
    methods = (
        record_facts.validation_method(records),
        "References were validated in the same way.",
        event_facts.validation_method(events),
        derived_facts.validation_method(derived),
    )
    return " ".join(filter(None, methods))


def _add_report(store: ox.Store, folder: Path, findings: list[Finding], method: str) -> None:
    """Add the SHACL report in its own graph, which is not in the columns."""
    report = validation_report.report(findings, method, REPORT_GRAPH)
    store.bulk_load(report, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(REPORT_GRAPH))
    (folder / "report.nt").write_text(report, encoding="utf-8")
