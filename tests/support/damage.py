"""Damage to copies of releases."""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.release import manifest
from kg.release.release import Release, set_current


def copied(release: Release, folder: Path) -> Release:
    """Return a copy of a release in a folder."""
    copy = Release(folder / release.name)
    shutil.copytree(release.path, copy.path)
    return copy


def renamed(release: Release, data: Path, name: str) -> Release:
    """Return a copy of a release with another name, the current one of a new data folder."""
    copy = Release(data / "releases" / name)
    shutil.copytree(release.path, copy.path)
    manifest.write(copy.manifest_file, release.manifest().model_copy(update={"name": name}))
    set_current(data, copy)
    return copy


def files_of(release: Release) -> list[str]:
    """Return the files of a release that are not empty, by their paths below its folder."""
    files = (path for path in release.path.rglob("*") if path.is_file() and path.stat().st_size)
    return sorted(path.relative_to(release.path).as_posix() for path in files)


def flip(path: Path) -> None:
    """Change one bit in the middle of a file, once more to restore it."""
    with path.open("r+b") as stream:
        middle = path.stat().st_size // 2
        stream.seek(middle)
        (byte,) = stream.read(1)
        stream.seek(middle)
        stream.write(bytes([byte ^ 4]))
