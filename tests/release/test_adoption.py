"""Adopting releases: what is refused, what is replaced, and what remains."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.release import integrity
from kg.release.adoption import adopt
from kg.release.release import Release, build_directory, current, require_current
from tests.support.damage import copied, flip


@pytest.fixture
def given(small: Path, tmp_path: Path) -> Release:
    """A copy of a release, to be adopted."""
    return copied(require_current(small), tmp_path / "given")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "x").symlink_to("/etc/passwd"), "x: a link or special file"),
        (lambda folder: (folder / "store" / "x").symlink_to("/"), "store/x: a link or special"),
        (lambda folder: os.mkfifo(folder / "x"), "x: a link or special file"),
        (lambda folder: (folder / "x").touch(), "x: not listed in the manifest"),
        (lambda folder: flip(folder / "search.sqlite"), "search.sqlite: its SHA-256 is not that"),
        (lambda folder: folder.rename(folder.with_name(".hidden")), "cannot be the name of a"),
        (lambda folder: folder.rename(folder.with_name("a b")), "cannot be the name of a release"),
        (lambda folder: folder.rename(folder.with_name("other")), "it is of release "),
    ],
)
def test_a_release_that_is_not_as_it_was_built_is_refused(
    given: Release, tmp_path: Path, change: Callable[[Path], object], message: str
) -> None:
    change(given.path)
    (folder,) = given.path.parent.iterdir()
    with pytest.raises(ReleaseError, match=re.escape(message)):
        adopt(tmp_path / "data", folder)
    assert current(tmp_path / "data") is None
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_symlink()]


def test_a_damaged_release_is_replaced_by_an_intact_copy(given: Release, tmp_path: Path) -> None:
    data = tmp_path / "data"
    adopted = adopt(data, given.path)
    flip(adopted.path / "search.sqlite")
    with pytest.raises(ReleaseError, match="is damaged"):
        adopt(data, adopted.path)
    assert require_current(data) == adopted
    assert list(integrity.damaged_files(adopt(data, given.path))) == []
    assert [path.name for path in (data / "releases").iterdir()] == [given.name]


def test_an_interrupted_repair_leaves_the_current_release_in_place(
    given: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    adopted = adopt(data, given.path)
    flip(adopted.path / "search.sqlite")
    replaced: list[Path] = []

    def replace(path: Path, target: Path) -> Path:
        if len(replaced) == 3:
            raise OSError(28, "No space left on device")
        replaced.append(path)
        os.replace(path, target)  # noqa: PTH105 - Path.replace is what this stands for
        return target

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(ReleaseError, match="No space left on device"):
        adopt(data, given.path)
    monkeypatch.undo()
    assert require_current(data) == adopted
    assert [file.name for file in integrity.damaged_files(adopted)] == ["search.sqlite"]


def test_returning_to_a_release_does_not_disturb_a_running_build(
    given: Release, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    adopted = adopt(data, given.path)
    for name in ("20200101T000000Z-a", "20200102T000000Z-b"):
        shutil.copytree(adopted.path, adopted.path.with_name(name))
    with build_directory(data) as folder:
        adopt(data, adopted.path)
        assert folder.is_dir()


def test_a_link_to_a_release_is_that_release(given: Release, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(given.path)
    assert adopt(tmp_path / "data", tmp_path / "latest").name == given.name
