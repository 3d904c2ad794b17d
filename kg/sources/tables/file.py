"""Opening the file of a table: what it is by its first bytes, and its text, within bounds.

People pass files that only look like the table: a workbook, a zip, a saved web page. Each is named
by its signature (https://www.iana.org/assignments/media-types, "Magic number(s)").
"""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from kg.errors import SourceError
from kg.limits import TABLE_BYTES
from kg.sources.bounds import expands_too_much, max_expanded

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP: Final = b"\x1f\x8b"
_START_BYTES: Final = 4096
#: The number of members of an archive that a message names.
_NAMED_MEMBERS: Final = 3

AS_DOWNLOADED: Final = "pass the file as downloaded, without opening it in a spreadsheet"
SAVE_AS_CSV: Final = "save the sheet as 'CSV UTF-8 (Comma delimited)'"
_SIGNATURES: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"an Excel workbook (.xls); {SAVE_AS_CSV}"),
    (_GZIP, "compressed twice with gzip; uncompress it once"),
    (b"BZh", "compressed with bzip2; uncompress it, or compress it with gzip"),
    (b"\xfd7zXZ\x00", "compressed with xz; uncompress it, or compress it with gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard; uncompress it, or compress it with gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and pass the table in it"),
    (b"Rar!", "a RAR archive; unpack it and pass the table in it"),
    (b"PAR1", "a Parquet file; export it as CSV"),
    (b"SQLite format 3\0", "an SQLite database; export the table as CSV"),
    (b"RDX2\n", "an R data file; this source is a CSV table"),
    (b"RDX3\n", "an R data file; this source is a CSV table"),
    (b"%PDF", "a PDF document; download the CSV file"),
    (b"version https://git-lfs", "a pointer of Git LFS; run git lfs pull in the repository"),
)
#: UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


@contextmanager
def open_text(path: Path) -> Iterator[io.TextIOWrapper]:
    """Open a table in UTF-8, uncompressed or gzipped, whatever its file name.

    Raises:
        SourceError: if the file cannot be read, is something else, or is too large; also while it
            is read. The message says what the file is and what to do.
    """
    with open_bytes(path) as stream:
        start = stream.peek(_START_BYTES)[:_START_BYTES]
        if problem := _not_text(path, start):
            raise SourceError(f"{path}: {problem}")
        yield io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")


@contextmanager
def open_bytes(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file, uncompressed if it is compressed with gzip.

    Raises:
        SourceError: if the file cannot be read, is truncated or is too large; also while it is
            read.
    """
    try:
        with path.open("rb") as file:
            compressed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            if compressed:
                size = path.stat().st_size
                with gzip.open(file) as content:
                    yield io.BufferedReader(_Bounded(path, cast("BinaryIO", content), size))
            else:
                yield io.BufferedReader(_Bounded(path, file, 0))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{path}: not a complete gzip file ({error})") from error
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise SourceError(f"{path}: a folder; expected a file") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from error


class _Bounded(io.RawIOBase):
    """A stream that raises when it has more bytes than a table; see ``kg.limits``."""

    def __init__(self, path: Path, stream: BinaryIO, compressed: int) -> None:
        self._path = path
        self._stream = stream
        self._compressed = compressed
        self._size = 0

    def readable(self) -> bool:
        """See ``io.RawIOBase``."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """See ``io.RawIOBase``.

        Raises:
            SourceError: if there are more bytes.
        """
        view = memoryview(buffer).cast("B")
        content = self._stream.read(len(view))
        self._size += len(content)
        if self._size > TABLE_BYTES:
            raise SourceError(f"{self._path}: more than {TABLE_BYTES:,} bytes; expected a table")
        if self._compressed and self._size > max_expanded(self._compressed):
            raise expands_too_much(self._path, self._compressed)
        view[: len(content)] = content
        return len(content)


def _not_text(path: Path, start: bytes) -> str:
    """Return what a file is and what to do, empty if it may be a table in UTF-8."""
    if not start:
        return "an empty file (0 bytes); download it again"
    for mark, name in _MARKS:
        if start.startswith(mark):
            return _other_encoding(name)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path)
    for signature, problem in _SIGNATURES:
        if start.startswith(signature):
            return problem
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        return "only white space; download it again"
    if text.startswith(b"<"):
        return (
            "a web page (HTML or XML) saved instead of the table; download the file itself, in a "
            "browser"
        )
    if text.startswith((b"{", b"[")):
        return "JSON; expected a CSV table"
    if start[1::2].count(0) > len(start) // 4 or start[::2].count(0) > len(start) // 4:
        return _other_encoding("UTF-16 without a byte order mark")
    return ""


def _other_encoding(name: str) -> str:
    return (
        f"text in {name} (Excel's 'Unicode Text'); expected UTF-8: {SAVE_AS_CSV}, or "
        f"{AS_DOWNLOADED}"
    )


def _archive(path: Path) -> str:
    """Describe a zip archive, which may be a spreadsheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [member.filename for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        return "an incomplete zip archive; download it again"
    if "[Content_Types].xml" in names:
        return f"an Office document, such as an Excel workbook (.xlsx); {SAVE_AS_CSV}"
    if "mimetype" in names:
        return f"an OpenDocument file, such as a spreadsheet (.ods); {SAVE_AS_CSV}"
    named = ", ".join(names[:_NAMED_MEMBERS]) or "no file"
    more = f" and {len(names) - _NAMED_MEMBERS} more" if len(names) > _NAMED_MEMBERS else ""
    return f"a zip archive of {named}{more}; unpack it and pass the table in it"
