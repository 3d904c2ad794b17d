"""Archives of repositories: their files never change, but each download is another zip.

The checksums of the files in an archive are recorded beside it, in the format of ``sha256sum``. Git
writes the commit into the comment of the zip (https://git-scm.com/docs/git-archive).
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.errors import FetchError, SourceError
from kg.sources.bounds import check_archive

_SUFFIX: Final = ".sha256"
_BLOCK_BYTES: Final = 2**16
_COMMIT: Final = re.compile(rb"[0-9a-f]{40}")


def verify(path: Path, commit: str) -> None:
    """Check that a file is a complete zip archive, of a commit if its comment names one.

    Raises:
        FetchError: if it is not; the message names the first damaged file, or the other commit.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(path, archive)
            damaged = archive.testzip()
            comment = archive.comment
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise FetchError(f"not a complete zip archive ({error})") from error
    except SourceError as error:
        raise FetchError(str(error)) from error
    if damaged:
        raise FetchError(f"not a complete zip archive ({damaged} is damaged)")
    if _COMMIT.fullmatch(comment) and not comment.startswith(commit.encode()):
        raise FetchError(f"an archive of the commit {comment.decode()}; expected {commit}")


def write_checksums(path: Path) -> None:
    """Record the checksums of the files in an archive."""
    text = "".join(f"{line}\n" for line in _checksums(path))
    path.with_name(f"{path.name}{_SUFFIX}").write_text(text, encoding="utf-8")


def is_verified(path: Path) -> bool:
    """Return whether an archive exists and contains the files whose checksums are recorded."""
    recorded = path.with_name(f"{path.name}{_SUFFIX}")
    if not path.is_file() or not recorded.is_file():
        return False
    try:
        return recorded.read_text(encoding="utf-8").splitlines() == list(_checksums(path))
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return False


def _checksums(path: Path) -> Iterator[str]:
    """Yield a line for each file: its checksum and its path in the repository, in order."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(member.filename for member in archive.infolist() if not member.is_dir())
        # A common first folder is named after the repository and the commit.
        roots = {name.partition("/")[0] for name in names}
        root = f"{roots.pop()}/" if len(roots) == 1 else ""
        for name in names:
            with archive.open(name) as member:
                digest = hashlib.sha256()
                while block := member.read(_BLOCK_BYTES):
                    digest.update(block)
            yield f"{digest.hexdigest()}  {name.removeprefix(root)}"
