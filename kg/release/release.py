"""Releases: immutable directories, and the pointer to the one that is served.

Layout of a data folder::

    current                  the name of the current release, replaced atomically
    releases/<name>/         store/ (Oxigraph), manifest.json with the checksums of all files and
                             manifest.sha256 with its own, report.nt (of SHACL),
                             description.nt (VoID and more), search.sqlite, refused.csv,
                             readings.csv and records.csv (normalised rows and source records),
                             columns.duckdb, columns.json and columns.terms (the facts in columns),
                             changes.csv and changes.nt.gz (since the previous release, if any),
                             and dumps/ if requested
    releases/.building-…/    a running build, or the remains of a killed one
    releases/.removing-…/    an old release that is being removed
    build-cache/             what the last incremental build left for the next one
    build.lock               locked while a build is running
    current.lock             locked while the current release is switched
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from filelock import FileLock, Timeout

from kg.errors import ReleaseError
from kg.limits import RELEASES_KEPT
from kg.release.damage import DamagedFile, DamagedReleaseError
from kg.sparql.storage_faults import storage_fault

if TYPE_CHECKING:
    from kg.release.manifest import Manifest

_BUILDING: Final = ".building-"
_REMOVING: Final = ".removing-"


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
            DamagedReleaseError: if it cannot be read.
            ReleaseError: if it has a later format.
        """
        # Imported here: worker processes open releases but need neither manifest nor pydantic.
        from kg.release import manifest  # noqa: PLC0415

        return manifest.read(self.manifest_file)

    def text(self, name: str) -> str:
        """Return the content of a text file.

        Raises:
            DamagedReleaseError: if it cannot be read.
        """
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except OSError as error:
            damage = [DamagedFile(name, error.strerror or "cannot be read")]
            raise DamagedReleaseError(self.name, damage) from error
        except UnicodeDecodeError as error:
            raise DamagedReleaseError(self.name, [DamagedFile(name, str(error))]) from error

    def open_store(self) -> ox.Store:
        """Open the store for reading.

        Raises:
            DamagedReleaseError: if the store cannot be opened.
        """
        try:
            return ox.Store.read_only(str(self.path / "store"))
        except (OSError, RuntimeError) as error:
            # Imported here, since it imports this module.
            from kg.release import integrity  # noqa: PLC0415

            # The checksums name the file; the message sometimes names one that refers to it.
            damage = list(integrity.damaged_files(self))
            damage = damage or [DamagedFile("store", storage_fault(error))]
            raise DamagedReleaseError(self.name, damage) from error


def current(data: Path) -> Release | None:
    """Return the current release of a data folder, or None if there is none yet.

    Raises:
        ReleaseError: if the pointer cannot be read, or refers to a missing release.
    """
    try:
        name = (data / "current").read_bytes().decode(errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReleaseError(f"'current' cannot be read: {error.strerror}", data) from error
    path = data / "releases" / name
    if not is_release_name(name) or not Release(path).manifest_file.is_file():
        raise ReleaseError(f"'current' refers to release {name!r}, which does not exist", data)
    return Release(path)


def is_release_name(name: str) -> bool:
    """Return whether a name can be that of a release; others could lead to another folder."""
    return re.fullmatch(r"\w[\w.-]*", name, re.ASCII) is not None


def require_current(data: Path) -> Release:
    """Return the current release.

    Raises:
        ReleaseError: if there is none.
    """
    release = current(data)
    if release is None:
        raise ReleaseError("there is no release; run kg build first", data)
    return release


def kept(data: Path) -> list[Release]:
    """Return the releases of a data folder, the latest first."""
    folders = sorted((data / "releases").iterdir(), reverse=True)
    releases = [Release(path) for path in folders if is_release_name(path.name)]
    return [release for release in releases if release.manifest_file.is_file()]


class ReleasePointer:
    """The pointer of a data folder to its current release, read again only when it has changed."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = data / "current"
        self._stamp: tuple[int, int] | None = None
        self._release: Release | None = None
        #: Kept, since making a path takes longer than asking for the file.
        self._manifest_file = Path()

    def current(self) -> Release:
        """Return the current release, the same object until the pointer changes.

        Raises:
            ReleaseError: if there is none, or its manifest cannot be used.
        """
        try:
            stat = self._file.stat()
        except OSError:
            return require_current(self._data)
        stamp = (stat.st_ino, stat.st_mtime_ns)
        if self._release is None or stamp != self._stamp:
            release = require_current(self._data)
            release.manifest()
            # The status from before reading, so that a switch in between is noticed next time.
            self._release, self._stamp = release, stamp
            self._manifest_file = release.manifest_file
        elif not self._manifest_file.is_file():
            return require_current(self._data)
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
        raise ReleaseError("another build is running", data) from error
    try:
        # We hold the lock, so any such directory was left by a killed process.
        for leftover in (*releases.glob(f"{_BUILDING}*"), *releases.glob(f"{_REMOVING}*")):
            shutil.rmtree(leftover)
        path = releases / f"{_BUILDING}{os.getpid()}"
        path.mkdir()
        try:
            yield path
        finally:
            for leftover in releases.glob(f"{path.name}*"):
                shutil.rmtree(leftover, ignore_errors=True)
    finally:
        lock.release()


def activate(data: Path, built: Path, name: str) -> Release:
    """Make a finished build the current release, and remove the oldest ones."""
    release = Release(data / "releases" / name)
    _write_to_disk(built)
    built.rename(release.path)
    set_current(data, release)
    return release


def set_current(data: Path, release: Release) -> None:
    """Point to a release of a data folder, and remove the oldest others.

    Raises:
        ReleaseError: if the release has been removed.
    """
    with FileLock(data / "current.lock"):
        if not release.manifest_file.is_file():
            raise ReleaseError(f"release {release.name} has been removed", data)
        pointer = data / "current.new"
        pointer.write_text(release.name + "\n", encoding="utf-8")
        _write_to_disk(pointer)
        pointer.replace(data / "current")
        _write_to_disk(data, recursive=False)
        _remove_oldest(release)


def _remove_oldest(current: Release) -> None:
    """Remove the oldest releases beside the current one; a killed removal leaves no half of one."""
    releases = current.path.parent
    names = sorted(path.name for path in releases.iterdir() if is_release_name(path.name))
    others = [name for name in names if name != current.name]
    for name in others[: -(RELEASES_KEPT - 1)]:
        removed = releases / f"{_REMOVING}{name}"
        (releases / name).rename(removed)
        shutil.rmtree(removed, ignore_errors=True)


def _write_to_disk(path: Path, *, recursive: bool = True) -> None:
    """Have the system write a file, or a folder with all it contains, to the disk."""
    if recursive and path.is_dir():
        for below in path.iterdir():
            _write_to_disk(below)
    if path.is_dir() and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
