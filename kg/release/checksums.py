"""Sizes and SHA-256 checksums of files, and the files of a folder without following links."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

#: The number of bytes read at once to compute a checksum.
_BLOCK_BYTES: Final = 1 << 20
_PART: Final = "[A-Za-z0-9_][A-Za-z0-9._-]*"
#: The path of a file below the folder of a release: it leads nowhere else, on any system.
FileName = Annotated[str, StringConstraints(pattern=rf"^{_PART}(/{_PART})*$", max_length=200)]


class FileEntry(BaseModel):
    """The size and the SHA-256 of a file."""

    model_config = ConfigDict(frozen=True)

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class FoundFile(NamedTuple):
    """Anything in a folder that is not a folder; ``size`` is None if it is no regular file."""

    name: str
    size: int | None


def sha256(*files: Path) -> str:
    """Return the SHA-256 of the contents of files, in hexadecimal."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
    return digest.hexdigest()


def sha256_of_texts(texts: Iterable[str]) -> str:
    """Return the SHA-256 of texts and where each begins, in hexadecimal."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{len(text)} {text}".encode())
    return digest.hexdigest()


def files_below(folder: Path) -> Iterator[FoundFile]:
    """Yield what a folder and its subfolders contain, in order; links are not followed."""
    for directory, folders, names in os.walk(folder):
        folders.sort()
        place = Path(directory)
        # A link to a folder is listed among the folders, but os.walk does not enter it.
        links = [name for name in folders if (place / name).is_symlink()]
        for name in sorted([*names, *links]):
            status = (place / name).lstat()
            size = status.st_size if stat.S_ISREG(status.st_mode) else None
            yield FoundFile((place / name).relative_to(folder).as_posix(), size)
