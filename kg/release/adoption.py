"""Adopting a release that was built elsewhere, or returning to an earlier one."""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.errors import ReleaseError
from kg.release import integrity, manifest
from kg.release.checksums import files_below
from kg.release.damage import DamagedFile, DamagedReleaseError
from kg.release.release import (
    Release,
    activate,
    build_directory,
    is_release_name,
    require_current,
    set_current,
)
from kg.sparql.storage_faults import storage_fault


def adopt(data: Path, source: Path) -> Release:
    """Activate a release that was built elsewhere, or an earlier one, in a data folder.

    ``source`` is the directory of a release, or a data folder with a current release. The release
    is activated only if every file has its checksum; no link in it is followed, and nothing that
    its manifest does not list is accepted.

    Raises:
        ReleaseError: if there is no complete release, or a build is running in the data folder.
    """
    original = Release(source.resolve())
    if not original.manifest_file.is_file():
        original = require_current(source)
    if not is_release_name(original.name):
        raise ReleaseError(f"{original.name!a} cannot be the name of a release")
    release = Release(data / "releases" / original.name)
    if original.path == release.path.resolve() or _is_whole(release):
        _require_whole(release, release.name)
        set_current(data, release)
        return release
    # Before anything is copied: a link may lead anywhere.
    integrity.require_intact(original, hashed_bytes=0)
    try:
        with build_directory(data) as path:
            copy = Release(path / original.name)
            shutil.copytree(original.path, copy.path, symlinks=True)
            _require_whole(copy, original.name)
            if not release.path.exists():
                return activate(data, copy.path, original.name)
            _repair(release, copy)
            set_current(data, release)
            return release
    except (OSError, shutil.Error) as error:
        raise ReleaseError(f"release {original.name} cannot be copied: {error}", data) from error


def _is_whole(release: Release) -> bool:
    return release.path.exists() and not any(integrity.damaged_files(release))


def _repair(damaged: Release, copy: Release) -> None:
    """Replace the files of a damaged release by those of an intact copy.

    Each is replaced atomically, as the release may be current: if this is interrupted, the release
    is still there, and no worse than before.
    """
    names = [file.name for file in files_below(copy.path)]
    for name in names:
        (damaged.path / name).parent.mkdir(parents=True, exist_ok=True)
        (copy.path / name).replace(damaged.path / name)
    for file in files_below(damaged.path):
        if file.name not in names:
            (damaged.path / file.name).unlink()


def _require_whole(release: Release, name: str) -> None:
    """Verify a release, and that it is the one of a name.

    Raises:
        DamagedReleaseError: if it is not.
    """
    integrity.require_intact(release)
    content = release.manifest()
    if content.name != name:
        reason = f"it is of release {content.name!a}"
        raise DamagedReleaseError(name, [DamagedFile(manifest.FILE, reason)])
    if content.format < manifest.FORMAT:
        _compare_triples(release, content.count("triples"))


def _compare_triples(release: Release, expected: int) -> None:
    """Compare the number of triples of a release without checksums with that in its manifest."""
    try:
        actual = len(release.open_store())
    except RuntimeError as error:
        damage = [DamagedFile("store", storage_fault(error))]
        raise DamagedReleaseError(release.name, damage) from error
    if actual != expected:
        reason = f"{actual} triples, expected {expected}"
        raise DamagedReleaseError(release.name, [DamagedFile("store", reason)])
