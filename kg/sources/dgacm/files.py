"""The files of the source: in a folder, in clones or archives of the repositories in it, or a zip.

Only English files are read: the other languages have the same votes, and a copy of the text.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, cast

from kg.errors import SourceError
from kg.limits import DOCUMENT_FILE_BYTES
from kg.sources.bounds import check_archive
from kg.sources.loader import FileShape

_LANGUAGES: Final = frozenset(("Arabic", "Chinese", "French", "German", "Russian", "Spanish"))
#: The folder of the extracts in both repositories.
_EXTRACTS: Final = "data_extract"
EXPECTED: Final = (
    "expected clones or zips of the repositories UNxml/GAresolutions and UNxml/SCresolutions, a "
    "folder that contains them, or their folder data_extract (run: kg fetch dgacm)"
)


def recognizes(shape: FileShape) -> bool:
    """Return whether a folder or archive has documents of the source, or a file is one of them."""
    names = [PurePosixPath(name) for name in shape.names]
    if "xl/workbook.xml" in shape.names or "[Content_Types].xml" in shape.names:
        return False
    return any(_is_xml(name) or _is_extract(name) for name in names)


def containers(path: Path) -> list[Path]:
    """Return the files that are read as a whole: the zips of a folder, or the file itself."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.glob("*.zip") if file.is_file())


def open_files(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """Yield each English XML file and extract, open, with its path in the folder or archive.

    The order is that of the paths. Other files are passed over, and so are zips inside the
    repositories (session 74).

    Raises:
        SourceError: if the path does not exist, a zip is unusable, or a file is too large.
    """
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder; {EXPECTED}")
    if path.is_file():
        yield from _open_file(path, PurePosixPath(path.name), is_named=True)
        return
    for file in sorted(path.rglob("*")):
        name = PurePosixPath(file.relative_to(path).as_posix())
        if file.is_file() and not any(part.startswith(".") for part in name.parts):
            yield from _open_file(file, name, is_named=file.parent == path)


def _open_file(
    file: Path, name: PurePosixPath, *, is_named: bool
) -> Iterator[tuple[str, BinaryIO]]:
    """Yield a file if it is of the source; ``is_named`` is set in the folder the user named."""
    if is_named and file.suffix == ".zip":
        yield from _open_zip(file)
    elif _is_xml(name) or _is_extract(name) or (is_named and file.suffix == ".json"):
        _check_size(str(name), file.stat().st_size)
        with file.open("rb") as stream:
            yield str(name), stream


def _open_zip(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(path, archive)
            for member in sorted(archive.infolist(), key=lambda member: member.filename):
                name = PurePosixPath(member.filename)
                if not member.is_dir() and (_is_xml(name) or _is_extract(name)):
                    _check_size(f"{path.name}, {name}", member.file_size)
                    with closing(archive.open(member)) as stream:
                        yield str(name), cast("BinaryIO", stream)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SourceError(f"{path}: not a complete zip archive ({error})") from error


def _is_xml(name: PurePosixPath) -> bool:
    return name.suffix == ".xml" and not _LANGUAGES.intersection(name.parts)


def _is_extract(name: PurePosixPath) -> bool:
    return name.suffix == ".json" and name.parent.name == _EXTRACTS


def _check_size(name: str, size: int) -> None:
    if size > DOCUMENT_FILE_BYTES:
        raise SourceError(
            f"{name}: {size} bytes; expected a file of at most {DOCUMENT_FILE_BYTES} bytes"
        )
