"""Bounds on compressed files, which a small file could exceed by gigabytes; see ``kg.limits``."""

from __future__ import annotations

import zipfile
from pathlib import Path

from kg.errors import SourceError
from kg.limits import EXPANSION_RATIO, EXPANSION_UNCHECKED_BYTES


def max_expanded(compressed: int) -> int:
    """Return how many bytes the content of a compressed file may have."""
    return max(EXPANSION_UNCHECKED_BYTES, EXPANSION_RATIO * compressed)


def expands_too_much(path: Path, compressed: int) -> SourceError:
    """Return the error for a file whose content is larger than ``max_expanded``."""
    return SourceError(
        f"{path}: its {compressed:,} bytes expand to more than {max_expanded(compressed):,} "
        f"({EXPANSION_RATIO} times as many); expected a compressed source"
    )


def check_archive(path: Path, archive: zipfile.ZipFile) -> None:
    """Check the declared sizes of the members of a zip; ``zipfile`` reads no more than these.

    Raises:
        SourceError: if together they are too large for the archive.
    """
    compressed = path.stat().st_size
    if sum(member.file_size for member in archive.infolist()) > max_expanded(compressed):
        raise expands_too_much(path, compressed)
