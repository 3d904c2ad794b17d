"""The integrity of a release: its checksums are written by its build and verified here.

The manifest lists every other file of the release. Its own checksum is in ``manifest.sha256``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.progress import Advance
from kg.release import manifest
from kg.release.checksums import FileEntry, files_below, sha256
from kg.release.damage import DamagedFile, DamagedReleaseError
from kg.release.release import Release

_OWN_FILES: Final = frozenset({manifest.FILE, manifest.CHECKSUM_FILE})


def seal(release: Release, below: str = "") -> None:
    """Record the checksums of the files of a release in its manifest.

    These are all files of a finished release, or those whose path begins with ``below``, which were
    added or replaced later; the checksums of the others remain.
    """
    content = release.manifest()
    files = {name: entry for name, entry in content.files.items() if not name.startswith(below)}
    for file in files_below(release.path):
        is_own = file.name in _OWN_FILES
        if file.size is not None and not is_own and file.name.startswith(below):
            path = release.path / file.name
            files[file.name] = FileEntry(bytes=file.size, sha256=sha256(path))
    ordered = dict(sorted(files.items()))
    manifest.write(release.manifest_file, content.model_copy(update={"files": ordered}))


def damaged_files(
    release: Release, *, hashed_bytes: int | None = None, advance: Advance = lambda _: None
) -> Iterator[DamagedFile]:
    """Yield the files of a release that are not as its build wrote them.

    With ``hashed_bytes``, only the sizes of larger files are compared. ``advance`` is called with
    the size of each file once it has been read. Of a release of an earlier version, which has no
    checksums, only the manifest is examined; of one with links, nothing else.
    """
    found = {file.name: file.size for file in files_below(release.path)}
    if special := [name for name, size in found.items() if size is None]:
        # Reading a link may lead anywhere, and reading a pipe may never end.
        for name in special:
            yield DamagedFile(name, "a link or special file, expected a regular file")
        return
    try:
        content = release.manifest()
    except DamagedReleaseError as error:
        yield from error.files
        return
    if content.format < manifest.FORMAT:
        return
    sizes = {name: size for name, size in found.items() if size is not None}
    for name in sorted({*content.files, *sizes} - _OWN_FILES):
        expected = content.files.get(name)
        if reason := _fault(release.path / name, sizes.get(name), expected, hashed_bytes):
            yield DamagedFile(name, reason)
        advance(expected.bytes if expected else 0)


def require_intact(release: Release, *, hashed_bytes: int | None = None) -> None:
    """Verify the files of a release, as ``damaged_files`` does.

    Raises:
        DamagedReleaseError: if any is missing, damaged or not listed, with all of these.
    """
    damage = list(damaged_files(release, hashed_bytes=hashed_bytes))
    if damage:
        raise DamagedReleaseError(release.name, damage)


def _fault(
    path: Path, size: int | None, expected: FileEntry | None, hashed_bytes: int | None
) -> str:
    """Return what is wrong with a file of a size, None if it is missing; empty if nothing is."""
    if size is None:
        return "missing"
    if expected is None:
        return "not listed in the manifest"
    if size != expected.bytes:
        return f"{size:,} bytes, expected {expected.bytes:,}"
    if hashed_bytes is not None and size > hashed_bytes:
        return ""
    try:
        is_equal = sha256(path) == expected.sha256
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if is_equal else "its SHA-256 is not that in the manifest"
