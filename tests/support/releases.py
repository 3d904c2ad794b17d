"""Building, sharing and querying releases in tests."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox
import pytest
from filelock import FileLock
from rich.console import Console

from kg.model.state_register import StateRegister
from kg.model.votes import VotingEvent
from kg.pipeline.build import build
from kg.rdf.vocabulary import BASE, PREFIXES
from kg.release import integrity, manifest
from kg.release.manifest import Manifest
from kg.release.release import Release, require_current
from kg.sources.loader import LoadResult, RegisteredSource
from kg.sources.selection import SourceSelection, select_sources

QUIET = Console(quiet=True)


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that is created by one of several workers and shared by all."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            unfinished = folder.with_name(f"{name}-in-the-making")
            make(unfinished)
            unfinished.rename(folder)
    return folder


@dataclass(frozen=True)
class Real:
    """The result of loading real files: the events, and the rest of the result."""

    events: list[VotingEvent]
    loaded: LoadResult

    @classmethod
    def load(cls, source: RegisteredSource, place: Path, states: StateRegister) -> Real:
        loaded = source.load(place, states)
        events = list(loaded.events)
        return cls(events, replace(loaded, events=events))

    def selection(self, selection: SourceSelection) -> SourceSelection:
        """Return a selection of its source that loads these records."""
        return replace(selection, source=replace(selection.source, load=lambda *_: self.loaded))


def make_release(
    data: Path,
    *sources: str,
    max_refused: int = 0,
    columns: bool = False,
    incremental: bool = False,
    records: Mapping[str, Real] = MappingProxyType({}),
) -> Release:
    """Build a release of the named sources, without names of the embedded ones.

    Sources whose records are given are not read again.
    """
    selections = [
        records[name].selection(selected) if (name := selected.source.name) in records else selected
        for selected in select_sources(sources, data)
    ]
    return build(selections, data, max_refused, QUIET, columns=columns, incremental=incremental)


def with_dumps(data: Path, dump: Path, copy: Path) -> Path:
    """Return a copy of a data folder whose release has the dumps of another folder."""
    shutil.copytree(data, copy)
    release = require_current(copy)
    shutil.copytree(dump, release.dumps)
    integrity.seal(release, "dumps/")
    return copy


def copy_without_dumps(data: Path, copy: Path) -> None:
    """Copy a data folder whose release has dumps as if it had been built without them."""
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("dumps"))
    integrity.seal(require_current(copy), "dumps/")


def store_copy(data: Path, folder: Path) -> ox.Store:
    """Return a copy of a store in a new folder, to change: copying triples takes longer."""
    shutil.copytree(require_current(data).path / "store", folder)
    return ox.Store(str(folder))


def ask(data: Path, query: str) -> list[list[str]]:
    """Return the solutions of a query on a release as texts; our prefixes are declared."""
    answer = require_current(data).open_store().query(query, prefixes=PREFIXES)
    assert isinstance(answer, ox.QuerySolutions)
    return [[getattr(term, "value", "") for term in row] for row in answer]


def with_manifest(
    release: Release, folder: Path, source: str = "ukraine", **changed: object
) -> Release:
    """Return a copy of a release with a changed entry for a source in its manifest."""
    copy = Release(folder / release.name)
    shutil.copytree(release.path, copy.path)
    content = json.loads(copy.manifest_file.read_text(encoding="utf-8"))
    (entry,) = (entry for entry in content["sources"] if entry["name"] == source)
    entry.update(changed)
    manifest.write(copy.manifest_file, Manifest.model_validate(content))
    return copy


def count(store: ox.Store, pattern: str) -> int:
    rows = store.query(
        f"PREFIX unv: <{BASE}ontology#> SELECT (COUNT(*) AS ?n) {{ {pattern} }}",
    )
    assert isinstance(rows, ox.QuerySolutions)
    (row,) = rows
    return int(row["n"].value)
