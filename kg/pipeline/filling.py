"""The stage of a build that fills the store of a release: from its files, or by differences.

An incremental build compares the blocks of its facts with those of the earlier build. Facts differ
only about subjects of the blocks that one of them lacks: the store of the earlier release is copied
and these facts are replaced. Where this is not certain to give the same store, it is loaded.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.errors import ReleaseError
from kg.pipeline import store_update
from kg.pipeline.blocks import Block, subjects
from kg.pipeline.build_cache import BuildCache, UnusableCacheError
from kg.pipeline.store_update import Difference
from kg.progress import ProgressReporter
from kg.release.fact_table import FactTable
from kg.release.store import filled_store, individuals
from kg.release.void import DESCRIPTION_FILE

#: The share of the bytes of all facts up to which a store is updated: comparing a fact takes
#: longer than loading it.
MAX_CHANGED_SHARE: Final = 0.2


class FilledStore(NamedTuple):
    """A store, and how it differs from that of the earlier release if it was made from it."""

    store: ox.Store
    difference: Difference | None = None


def fill(
    path: Path,
    files: Sequence[Path],
    blocks: Sequence[Block],
    facts: FactTable,
    earlier: BuildCache | None,
    progress: ProgressReporter,
    *,
    valid: Sequence[Path] = (),
) -> FilledStore:
    """Return a new store with the facts of files, which the table already has.

    All IRIs in ``valid`` files are known to be valid.
    """
    if earlier:
        try:
            return _updated(path, blocks, facts, earlier, progress)
        except (UnusableCacheError, ReleaseError, OSError) as error:
            progress.message(f"Loading all facts: {error}")
            shutil.rmtree(path, ignore_errors=True)
    with progress.step("load", "Loading the store"):
        store = filled_store(path, files, valid)
    with progress.step("compact", "Compacting the store"):
        # Before it is read: the checks read much of it, several times as fast.
        store.optimize()
    return FilledStore(store)


def _updated(
    path: Path,
    blocks: Sequence[Block],
    facts: FactTable,
    earlier: BuildCache,
    progress: ProgressReporter,
) -> FilledStore:
    with progress.step("update", f"Updating the store of the release {earlier.release.name}"):
        changed = _changed_subjects(blocks, earlier)
        # What a build adds to the facts of its files, about the dataset and individuals.
        description = earlier.release.text(DESCRIPTION_FILE)
        added = individuals(earlier.release.open_store())
        changed |= subjects((description + added).encode())
        if any(not subject.startswith("<") for subject in changed):
            raise UnusableCacheError("blank nodes of two builds cannot be compared")
        updated = store_update.update(path, earlier.release, facts, changed)
    progress.message(
        f"Updated the store of the release {earlier.release.name}: {updated.removed:,} facts "
        f"removed, with its description, and {updated.added:,} added"
    )
    return FilledStore(updated.store, Difference(earlier.release, frozenset(changed)))


def _changed_subjects(blocks: Sequence[Block], earlier: BuildCache) -> set[str]:
    """Return the subjects of the blocks that only one of the builds has.

    Raises:
        UnusableCacheError: if too much has changed.
    """
    total = sum(block.end - block.start for block in blocks)
    unseen, changed, size = set(earlier.blocks), set[str](), 0
    for block in blocks:
        if block.digest in earlier.blocks:
            unseen.discard(block.digest)
            continue
        size += block.end - block.start
        _check_size(size, total)
        changed |= subjects(block.lines)
    for digest in unseen:
        lines = earlier.lines(digest)
        size += len(lines)
        _check_size(size, 2 * total)
        changed |= subjects(lines)
    return changed


def _check_size(changed: int, total: int) -> None:
    if changed > MAX_CHANGED_SHARE * total:
        raise UnusableCacheError(
            f"more than {MAX_CHANGED_SHARE:.0%} of them differ from those of the earlier build"
        )
