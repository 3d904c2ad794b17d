"""The stage of a build that compares the new release with the current one."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.errors import ReleaseError
from kg.pipeline.store_update import Difference
from kg.progress import ProgressReporter
from kg.rdf.vocabulary import BASE
from kg.release import change_list, release
from kg.release.change_list import Releases
from kg.release.changes import Comparison
from kg.release.manifest import ChangeCounts


def write(
    data: Path,
    store: ox.Store,
    folder: Path,
    name: str,
    progress: ProgressReporter,
    difference: Difference | None = None,
) -> ChangeCounts | None:
    """Write the changes since the current release into the folder of the new one.

    Returns None if there is nothing to compare with: there is no current release, it is damaged, or
    its resources have another base IRI. None of these stops a build. ``difference`` is how the
    store differs from the release from which it was made, if any.
    """
    try:
        previous = release.current(data)
        if previous is None or previous.manifest().base_iri not in {"", BASE}:
            return None
        with progress.step("compare", f"Reading the release {previous.name}"):
            is_known = difference is not None and difference.earlier.name == previous.name
            changed = difference.subjects if difference and is_known else None
            comparison = Comparison(previous.open_store(), store, changed)
        text = f"Comparing with the release {previous.name}"
        with progress.counted("compare", text, comparison.shared_events) as advance:
            changes = comparison.changes(lambda: advance(1))
    except (ReleaseError, OSError) as error:
        progress.message(f"The changes cannot be determined: {error}")
        return None
    return change_list.write(folder, Releases(previous.name, name), changes)
