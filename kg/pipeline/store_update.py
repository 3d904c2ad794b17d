"""A store made from that of an earlier release, by removing and adding only what differs."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.rdf.vocabulary import REPORT_GRAPH
from kg.release.fact_table import FactTable
from kg.release.release import Release

#: Subjects compared at a time; some ten facts each are in memory.
_COMPARED_SUBJECTS: Final = 20_000
_DEFAULT: Final = ox.DefaultGraph()
#: The suffix of the files that RocksDB never changes.
_IMMUTABLE: Final = ".sst"


class Difference(NamedTuple):
    """An earlier release, and at least the subjects of all facts that differ, in N-Triples."""

    earlier: Release
    subjects: frozenset[str]


@dataclass
class UpdatedStore:
    """The store, and the numbers of removed and added facts."""

    store: ox.Store
    removed: int = 0
    added: int = 0


def update(
    path: Path, earlier: Release, facts: FactTable, subjects: Collection[str]
) -> UpdatedStore:
    """Return a store with the given facts, and the ontology and shapes of an earlier release.

    ``subjects`` are, in N-Triples, at least the subjects of all facts that only the earlier release
    or only the table contains.

    Raises:
        ReleaseError: if the store then has another number of facts than the table.
        OSError: if the store cannot be copied or opened.
    """
    _copy(earlier.path / "store", path)
    updated = UpdatedStore(ox.Store(str(path)))
    updated.store.remove_graph(ox.NamedNode(REPORT_GRAPH))
    remaining = iter(sorted(subjects))
    while compared := list(islice(remaining, _COMPARED_SUBJECTS)):
        _update_subjects(updated, facts, compared)
    facts.match(updated.store)
    return updated


def _update_subjects(updated: UpdatedStore, facts: FactTable, subjects: list[str]) -> None:
    # In a store, so that dates and numbers are spelled as in the other one.
    expected = ox.Store()
    expected.bulk_load(facts.about(subjects), ox.RdfFormat.N_TRIPLES)
    after = set(expected)
    before = {
        quad
        for subject in subjects
        for quad in updated.store.quads_for_pattern(
            ox.NamedNode(subject[1:-1]), None, None, _DEFAULT
        )
    }
    for quad in before - after:
        updated.store.remove(quad)
    updated.store.extend(after - before)
    updated.removed += len(before - after)
    updated.added += len(after - before)


def _copy(store: Path, target: Path) -> None:
    """Copy a store that no process writes to; files that never change are linked if possible."""
    target.mkdir()
    for file in store.iterdir():
        if file.suffix == _IMMUTABLE:
            with suppress(OSError):
                (target / file.name).hardlink_to(file)
                continue
        shutil.copyfile(file, target / file.name)
