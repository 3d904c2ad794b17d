"""Releases: immutable directories, and the pointer to the one that is served.

Layout of a data folder::

    current                  the name of the current release, replaced atomically
    releases/<name>/         store/ (Oxigraph), manifest.json, report.nt (of SHACL),
                             description.nt (VoID and more), search.sqlite, refused.csv,
                             readings.csv and records.csv (normalised rows and source records),
                             columns.duckdb and columns.json (the facts in columns),
                             changes.csv and changes.nt.gz (since the previous release, if any),
                             and dumps/ if requested
    releases/.building-…/    a running build, or the remains of a killed one
    build.lock               locked while a build is running
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from filelock import FileLock, Timeout

from kg.errors import ReleaseError
from kg.limits import RELEASES_KEPT

if TYPE_CHECKING:
    from kg.release.manifest import Manifest

_BUILDING = ".building-"


@dataclass(frozen=True)
class Release:
    """One release on disk."""

    path: Path

    @property
    def name(self) -> str:
        """The name, unique within its data folder."""
        return self.path.name

    @property
    def data(self) -> Path:
        """The data folder that contains it."""
        return self.path.parent.parent

    @property
    def year(self) -> int:
        """The year of the build, with which its name begins."""
        return int(self.name[:4])

    @property
    def dumps(self) -> Path:
        """The folder of its dumps, which exists only if dumps were written."""
        return self.path / "dumps"

    @property
    def manifest_file(self) -> Path:
        """The path of the manifest."""
        return self.path / "manifest.json"

    def manifest(self) -> Manifest:
        """Return the manifest.

        Raises:
            ReleaseError: if it cannot be read.
        """
        # Imported here: worker processes open releases but need neither manifest nor pydantic.
        from kg.release import manifest  # noqa: PLC0415

        return manifest.read(self.manifest_file)

    def open_store(self) -> ox.Store:
        """Open the store for reading.

        Raises:
            ReleaseError: if the store cannot be opened.
        """
        try:
            return ox.Store.read_only(str(self.path / "store"))
        except OSError as error:
            raise ReleaseError(f"release {self.path} is damaged: {error}") from error


def current(data: Path) -> Release | None:
    """Return the current release of a data folder, or None if there is none yet.

    Raises:
        ReleaseError: if the pointer refers to a missing release.
    """
    try:
        name = (data / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    path = data / "releases" / name
    if not name or not Release(path).manifest_file.is_file():
        raise ReleaseError(f"{data / 'current'} refers to release {name!r}, which does not exist")
    return Release(path)


def require_current(data: Path) -> Release:
    """Return the current release.

    Raises:
        ReleaseError: if there is none.
    """
    release = current(data)
    if release is None:
        raise ReleaseError(f"no release in {data}; run kg build first")
    return release


def kept(data: Path) -> list[Release]:
    """Return the releases of a data folder, the latest first."""
    folders = sorted((data / "releases").iterdir(), reverse=True)
    releases = [Release(path) for path in folders if not path.name.startswith(_BUILDING)]
    return [release for release in releases if release.manifest_file.is_file()]


class ReleasePointer:
    """The pointer of a data folder to its current release, read again only when it has changed."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = data / "current"
        self._stamp: tuple[int, int] | None = None
        self._release: Release | None = None

    def current(self) -> Release:
        """Return the current release.

        Raises:
            ReleaseError: if there is none.
        """
        try:
            stat = self._file.stat()
        except OSError:
            return require_current(self._data)
        stamp = (stat.st_ino, stat.st_mtime_ns)
        if self._release is None or stamp != self._stamp:
            # The status from before reading, so that a switch in between is noticed next time.
            self._release, self._stamp = require_current(self._data), stamp
        return self._release


@contextmanager
def build_directory(data: Path) -> Iterator[Path]:
    """Provide an empty directory for building a release, and remove it if it is left over.

    Raises:
        ReleaseError: if another build is running in this data folder.
    """
    releases = data / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data / "build.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ReleaseError(f"another build is running in {data}") from error
    try:
        # We hold the lock, so any such directory was left by a killed build.
        for leftover in releases.glob(f"{_BUILDING}*"):
            shutil.rmtree(leftover)
        path = releases / f"{_BUILDING}{os.getpid()}"
        path.mkdir()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
    finally:
        lock.release()


def activate(data: Path, built: Path, name: str) -> Release:
    """Make a finished build the current release, and remove the oldest ones."""
    release = Release(data / "releases" / name)
    built.rename(release.path)
    _set_current(data, release)
    return release


def adopt(data: Path, source: Path) -> Release:
    """Activate a release that was built elsewhere, or an earlier one, in a data folder.

    ``source`` is the directory of a release, or a data folder with a current release. The copy is
    activated only if its number of triples equals that in its manifest.

    Raises:
        ReleaseError: if there is no complete release, or a build is running in the data folder.
    """
    original = Release(source.resolve())
    if not original.manifest_file.is_file():
        original = require_current(source)
    release = Release(data / "releases" / original.name)
    if release.path.exists():
        _check_whole(release)
        _set_current(data, release)
        return release
    with build_directory(data) as path:
        copy = Release(path / original.name)
        try:
            shutil.copytree(original.path, copy.path)
        except (OSError, shutil.Error) as error:
            raise ReleaseError(f"{original.path} cannot be copied: {error}") from error
        _check_whole(copy)
        return activate(data, copy.path, original.name)


def _check_whole(release: Release) -> None:
    expected = release.manifest().count("triples")
    try:
        actual = len(release.open_store())
    except OSError as error:
        raise ReleaseError(f"release {release.path} is damaged: {error}") from error
    if actual != expected:
        raise ReleaseError(
            f"release {release.path} is incomplete: its manifest lists {expected} triples, its "
            f"store contains {actual}"
        )


def _set_current(data: Path, release: Release) -> None:
    """Point to a release, and remove the oldest others."""
    pointer = data / "current.new"
    with pointer.open("w", encoding="utf-8") as stream:
        stream.write(release.name + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    pointer.replace(data / "current")
    others = sorted(p for p in release.path.parent.iterdir() if p.is_dir() and p != release.path)
    for old in others[: -(RELEASES_KEPT - 1)]:
        shutil.rmtree(old, ignore_errors=True)
