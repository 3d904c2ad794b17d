"""From sources to a release: load, merge, write triples, validate, store, switch."""

from __future__ import annotations

import csv
import hashlib
import json
import platform
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import kg
from kg import iris, release, resources, validation
from kg.describe import describe
from kg.errors import InvalidDataError, ReleaseError, SourceError, TooManyRefusedError
from kg.export import FORMATS, export
from kg.merge import compare_reports, merge_events
from kg.records import (
    Discrepancy,
    MergedEvent,
    Record,
    RefusedRow,
    ReportedTally,
    ReportedVote,
    State,
)
from kg.release import Release
from kg.sources.base import Loaded
from kg.sources.choice import Chosen, choose
from kg.sources.states import read_states
from kg.states import StateRegister
from kg.triples.writer import Writer
from kg.validation import EVENT_SHAPES, REFERENCE_SHAPES, BatchValidator, Finding
from kg.vocabulary import (
    BASE,
    ONTOLOGY_GRAPH,
    ORG,
    OWL,
    RDF,
    RDFS,
    REPORT_GRAPH,
    SHAPES_GRAPH,
    SKOS,
    UNV,
)

#: Events that are validated together; more make batches slower than they save.
BATCH_EVENTS: Final = 20
_TITLE: Final = "How states vote at the United Nations, what they say and what they propose"


@dataclass
class _Facts:
    """What has been written so far, and what is needed to check and describe it."""

    writer: Writer = field(default_factory=Writer)
    counts: Counter[str] = field(default_factory=Counter)
    ranges: list[tuple[int, int]] = field(default_factory=list)
    discrepancies: list[Discrepancy] = field(default_factory=list)
    told: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


def build(
    chosen: list[Chosen],
    data: Path,
    max_refused: int,
    console: Console,
    *,
    dumps: bool = False,
) -> Release:
    """Build a release from sources, with its dumps if wanted, and make it the one in force.

    Raises:
        KgError: if anything stands in the way; the earlier release then stays in force.
    """
    started = datetime.now(UTC)
    try:
        with release.building(data) as folder:
            return _build(chosen, data, folder, max_refused, console, started, dumps=dumps)
    except OSError as error:
        raise ReleaseError(
            f"the release could not be written: {error}; the earlier release stays in force"
        ) from error


def ensure_release(data: Path, console: Console) -> None:
    """Build a release of the embedded sources if a data folder has none yet.

    Raises:
        KgError: if the build fails or the release in force is damaged.
    """
    if release.current(data) is None:
        console.print(f"No release in {data} yet: building the embedded one.", highlight=False)
        build(choose((), data), data, 0, console, dumps=True)


def _build(
    chosen: list[Chosen],
    data: Path,
    folder: Path,
    max_refused: int,
    console: Console,
    started: datetime,
    *,
    dumps: bool,
) -> Release:
    loaded = _load(chosen, console)
    facts = _Facts()
    records = _once(record for one in loaded.values() for record in one.records)
    events_file, records_file = folder / "events.nt", folder / "records.nt"
    _write_events(loaded.values(), records, facts, events_file, console)
    refused = [row for one in loaded.values() for row in one.refused]
    if len(refused) > max_refused:
        raise TooManyRefusedError(_refusals(refused, max_refused))

    lines = [line for record in records for line in facts.writer.record(record)]
    lines += facts.writer.shared()
    findings = _validate_events(events_file, facts, _context(lines), console)
    facts.discrepancies += _membership_discrepancies(findings, records, facts)
    lines += [line for one in facts.discrepancies for line in facts.writer.record(one)]
    findings += validation.validate("".join(lines), validation.record_shapes())
    _stop_on_violation(findings)
    records_file.write_text("".join(lines), encoding="utf-8")

    with console.status("Loading the store"):
        store = _load_store(folder / "store", events_file, records_file)
        findings += validation.validate(_references(store), REFERENCE_SHAPES)
        _stop_on_violation(findings)
        report = validation.report(findings)
        store.bulk_load(report, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(REPORT_GRAPH))
        (folder / "report.nt").write_text(report, encoding="utf-8")
        redistributable = all(one.loader.redistributable for one in chosen)
        description = "".join(describe(store, _TITLE, redistributable))
        store.bulk_load(description, ox.RdfFormat.N_TRIPLES)
        (folder / "description.nt").write_text(description, encoding="utf-8")
        store.optimize()
        store.flush()
        triples = len(store)
    digest = _digest(events_file, records_file)
    events_file.unlink()
    records_file.unlink()
    name = f"{started:%Y%m%dT%H%M%S.%f}Z-{digest[:8]}"
    _write_refused(refused, folder / "refused.csv")
    _write_manifest(
        folder / "manifest.json",
        {
            "name": name,
            "created": started.isoformat(timespec="seconds"),
            "base_iri": BASE,
            "software": _software(),
            "facts_sha256": digest,
            "sources": [_describe(one, loaded[one.loader.name]) for one in chosen],
            "counts": {**dict(sorted(facts.counts.items())), "triples": triples},
            "discrepancies": Counter(one.aspect for one in facts.discrepancies),
            "warnings": Counter(finding.shape for finding in findings),
            "refused": len(refused),
        },
    )
    del store
    if dumps:
        with console.status("Writing the dumps"):
            built = Release(folder)
            export(built, built.dumps, FORMATS)
    return release.publish(data, folder, name)


def _load(chosen: list[Chosen], console: Console) -> dict[str, Loaded]:
    states_folder = next(c.folder for c in chosen if c.loader.name == "states")
    register = StateRegister(read_states(states_folder))
    loaded = {}
    for one in chosen:
        with console.status(f"Reading {one.loader.name}: {one.loader.title}"):
            loaded[one.loader.name] = one.loader.load(one.folder, register)
        console.print(
            f"Read {one.loader.name}: {one.loader.title}", highlight=False, soft_wrap=True
        )
    return loaded


def _once(records: Iterable[Record]) -> list[Record]:
    """Return records without those that several sources bring along, such as a shared Source."""
    kept: dict[tuple[type, str], Record] = {}
    for record in records:
        earlier = kept.setdefault((type(record), record.key), record)
        if earlier != record:
            raise SourceError(
                f"two different records of one {type(record).__name__.lower()}: {record.key}"
            )
    return list(kept.values())


def _write_events(
    loaded: Iterable[Loaded],
    records: list[Record],
    facts: _Facts,
    path: Path,
    console: Console,
) -> None:
    """Write the merged events, noting what differs between sources, reports and the record."""
    loaded = list(loaded)
    tallies: dict[str, list[ReportedTally]] = defaultdict(list)
    votes: dict[str, list[ReportedVote]] = defaultdict(list)
    for record in records:
        if isinstance(record, ReportedTally):
            tallies[record.event].append(record)
        elif isinstance(record, ReportedVote):
            votes[record.event].append(record)
    with _progress(console) as progress, path.open("wb") as stream:
        task = progress.add_task("Merging events", total=None)
        for merged in merge_events([one.events for one in loaded]):
            key = merged.event.key
            facts.discrepancies += merged.discrepancies
            facts.discrepancies += compare_reports(merged, tallies[key], votes[key])
            start = stream.tell()
            stream.write("".join(facts.writer.event(merged)).encode())
            if facts.counts["events"] % BATCH_EVENTS == 0:
                facts.ranges.append((start, start))
            facts.ranges[-1] = (facts.ranges[-1][0], stream.tell())
            facts.told[key] = (merged.event.name, merged.sources)
            _count(merged, facts.counts)
            progress.advance(task)
        progress.update(task, total=facts.counts["events"])


def _count(merged: MergedEvent, counts: Counter[str]) -> None:
    event = merged.event
    counts["events"] += 1
    counts["votes"] += len(event.votes)
    counts["resolutions"] += event.decides is not None
    counts["events in several sources"] += len(merged.told_by) > 1
    counts[f"dates known to the {event.date_precision}"] += 1


def _validate_events(path: Path, facts: _Facts, context: str, console: Console) -> list[Finding]:
    findings: list[Finding] = []
    with _progress(console) as progress:
        task = progress.add_task("Validating events with SHACL", total=facts.counts["events"])
        for found in BatchValidator(context, EVENT_SHAPES).run(path, facts.ranges):
            findings += found
            done = min(facts.counts["events"], progress.tasks[task].completed + BATCH_EVENTS)
            progress.update(task, completed=done)
    return findings


def _context(lines: list[str]) -> str:
    """Return the lines that shapes of events look at beyond the event: types and memberships."""
    wanted = tuple(
        f"<{term}>"
        for term in (
            RDF.type,
            UNV.admitted,
            UNV.memberUntil,
            ORG.member,
            UNV.term("from"),
            UNV.until,
        )
    )
    return "".join(line for line in lines if line.split(" ", 2)[1] in wanted)


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


def _load_store(path: Path, *files: Path) -> ox.Store:
    """Return a new store with the facts in its default graph and what is about them beside."""
    store = ox.Store(str(path))
    for file in files:
        store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES)
    for folder, graph in (("ontology", ONTOLOGY_GRAPH), ("shapes", SHAPES_GRAPH)):
        for text in resources.texts(folder, ".ttl").values():
            store.load(text, ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
    # Facts name these individuals; a query for their labels should not have to know a graph.
    store.update(
        f"""
        INSERT {{ ?individual ?property ?text }} WHERE {{ GRAPH <{ONTOLOGY_GRAPH}> {{
          ?individual a <{OWL.NamedIndividual}> ; ?property ?text .
          FILTER (?property IN (<{RDFS.label}>, <{SKOS.notation}>))
        }} }}
        """
    )
    return store


def _references(store: ox.Store) -> str:
    """Return what refers to things that are validated apart, with the types and counts of these."""
    triples = store.query(
        f"""
        PREFIX unv: <{UNV.iri}>
        CONSTRUCT {{
          ?one ?refers ?other ; a ?type ; ?counts ?figure .
          ?other a ?otherType ; ?otherCounts ?record
        }} WHERE {{
          VALUES ?refers {{ unv:relatesTo unv:reports unv:about unv:concerns }}
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


def _refusals(refused: list[RefusedRow], allowed: int) -> str:
    lines = [
        f"{row.file}, row {row.row}: {row.value}: expected {row.expected}" for row in refused[:50]
    ]
    if len(refused) > len(lines):
        lines.append(f"and {len(refused) - len(lines)} more")
    return "\n".join(
        [
            f"refused rows: {len(refused)}, allowed: {allowed} (--max-refused); "
            "the earlier release stays in force",
            *lines,
        ]
    )


def _write_refused(refused: list[RefusedRow], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("source", "file", "row", "value", "expected"))
        writer.writerows((r.source, r.file, r.row, r.value, r.expected) for r in refused)


def _write_manifest(path: Path, manifest: dict[str, object]) -> None:
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _describe(one: Chosen, loaded: Loaded) -> dict[str, object]:
    files = [one.folder / name for name in one.loader.files]
    return {
        "name": one.loader.name,
        "title": one.loader.title,
        "licence": one.loader.licence,
        "redistributable": one.loader.redistributable,
        "embedded": one.folder == resources.DATA,
        "files": {file.name: _digest(file) for file in files},
        "refused": len(loaded.refused),
        "notes": dict(sorted(loaded.notes.items())),
    }


def _software() -> dict[str, str]:
    packages = ("pyoxigraph", "pyshacl", "rdflib")
    return {
        "un-votes-kg": kg.__version__,
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def _digest(*files: Path) -> str:
    """Return the SHA-256 of the contents of files, in hexadecimal."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )
