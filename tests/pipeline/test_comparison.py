"""A build compares the new release with the current one, where possible."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from kg.pipeline import comparison
from kg.progress import ProgressReporter
from kg.rdf import iris
from kg.release import change_list, manifest
from kg.release.manifest import ChangeCounts
from kg.release.release import Release, require_current
from tests.support.changes import corrected_releases


def test_a_release_lists_the_changes_since_the_current_one(corrected: Path) -> None:
    earlier, later = corrected_releases(corrected)
    assert earlier.manifest().changes is None
    assert not (earlier.path / change_list.CSV_FILE).exists()
    changes = later.manifest().changes
    assert changes is not None
    assert changes.since == earlier.name
    assert changes.counts == {
        "event removed": 1,
        "event moved": 1,
        "date changed": 1,
        "symbol changed": 1,
        "vote changed": 1,
    }
    listed = list(change_list.read(later))
    assert [(change.label, change.before, change.after) for change in listed] == [
        ("Vote on A/RES/68/101", "2013-12-05", "2013-10-06"),
        ("Vote on A/RES/68/103", "2013-12-05", ""),
        ("Vote on A/RES/68/109", iris.event("A-RES-68-102"), iris.event("A-RES-68-109")),
        ("Vote on A/RES/68/109", "A/RES/68/102", "A/RES/68/109"),
        ("Vote on A/RES/68/100, IND", "abstaining", "in favour"),
    ]


@pytest.fixture
def served(small: Path, tmp_path: Path) -> Path:
    """A data folder with a current release, to be changed."""
    data = tmp_path / "data"
    shutil.copytree(small, data)
    return data


def compared(data: Path, small: Path, folder: Path) -> tuple[ChangeCounts | None, str]:
    """Compare a release with the current one; return the result and the output."""
    printed = io.StringIO()
    progress = ProgressReporter(Console(file=printed))
    store = require_current(small).open_store()
    return comparison.write(data, store, folder, "new", progress), printed.getvalue()


def test_the_same_facts_have_no_changes(served: Path, small: Path, tmp_path: Path) -> None:
    changes, _ = compared(served, small, tmp_path)
    assert changes == ChangeCounts(since=require_current(served).name)
    assert list(change_list.read(Release(tmp_path))) == []


@pytest.mark.parametrize("part", ["store", "manifest.json"])
def test_a_damaged_current_release_does_not_stop_a_build(
    served: Path, small: Path, tmp_path: Path, part: str
) -> None:
    path = require_current(served).path / part
    path.rename(path.with_name("damaged"))
    changes, printed = compared(served, small, tmp_path)
    assert changes is None
    assert "The changes cannot be determined: " in printed


def test_resources_with_another_base_iri_are_not_compared(
    served: Path, small: Path, tmp_path: Path
) -> None:
    file = require_current(served).manifest_file
    other = manifest.read(file).model_copy(update={"base_iri": "https://votes.example/"})
    manifest.write(file, other)
    assert compared(served, small, tmp_path)[0] is None


def test_a_first_release_is_compared_with_nothing(small: Path, tmp_path: Path) -> None:
    assert compared(tmp_path, small, tmp_path) == (None, "")
