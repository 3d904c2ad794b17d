"""Which source a file is of: by its columns, its tables or its members, even if it is damaged."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from kg.errors import SourceError
from kg.sources.loader import FileShape, RegisteredSource
from kg.sources.r_data import read_columns_of_tables
from kg.sources.registry import SOURCES
from kg.sources.tables.faults import SEPARATORS
from kg.sources.tables.file import open_text
from kg.sources.tables.text import normalized

#: bytes: how much of a text is read for its header.
_START_BYTES: Final = 2**16
#: files: how many of a folder are looked at; the repositories of ``dgacm`` have some thousand.
_MAX_FILES: Final = 100_000
#: The number of columns of an unknown table that the message lists.
_LISTED_COLUMNS: Final = 12
_R_DATA: Final = re.compile(r"\.(?:rda|rdata)", re.IGNORECASE)
_SEPARATOR_LINE: Final = re.compile(r"\"?sep=.?\"?\s*", re.IGNORECASE)
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def recognize(path: Path) -> list[RegisteredSource]:
    """Return the sources that recognise a file or folder, at least one.

    Raises:
        SourceError: if it cannot be read, or none does; the message says what it is.
    """
    shape = _shape(path)
    sources = [s for s in SOURCES.values() if s.recognizes is not None and s.recognizes(shape)]
    if sources:
        return sources
    if path.is_file() and not shape.tables:
        with open_text(path):
            pass
    raise _unknown(shape)


def _unknown(shape: FileShape) -> SourceError:
    found = "no table was found"
    if columns := ", ".join(sorted(shape.columns)[:_LISTED_COLUMNS]):
        found = f"the columns of its first line are {columns}"
    if tables := ", ".join(shape.tables):
        found = f"R data with {tables}"
    names = ", ".join(name for name, source in SOURCES.items() if source.recognizes)
    return SourceError(
        f"{shape.path}: not recognised as a file of a source ({found}); pass --as NAME, one of "
        f"{names}, to see what its loader expects"
    )


def _shape(path: Path) -> FileShape:
    if path.is_dir():
        files = islice(path.rglob("*"), _MAX_FILES)
        return FileShape(path, names=frozenset(f.relative_to(path).as_posix() for f in files))
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return FileShape(path, names=frozenset(archive.namelist()))
        if _R_DATA.fullmatch(path.suffix):
            return FileShape(path, tables=read_columns_of_tables(path))
        return FileShape(path, columns=_columns(_start(path)), names=frozenset((path.name,)))
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from error
    except SourceError:
        return FileShape(path)


def _start(path: Path) -> str:
    """Return the first characters of a text in any encoding, compressed or not."""
    with path.open("rb") as stream:
        start = stream.read(_START_BYTES)
    if start.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as content:
                start = content.read(_START_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return ""
    if start.startswith(_UTF_16):
        return start.decode("utf-16", errors="replace")
    return start.decode("utf-8-sig", errors="replace")


def _columns(text: str) -> frozenset[str]:
    """Return the names in the first line, whatever separates them."""
    lines = [line for line in text.splitlines()[:2] if not _SEPARATOR_LINE.fullmatch(line)]
    rows = _rows(lines[0], SEPARATORS) if lines else iter(())
    return max((frozenset(map(normalized, row)) for row in rows), key=len, default=frozenset())


def _rows(line: str, separators: Collection[str]) -> Iterator[list[str]]:
    for separator in separators:
        try:
            yield from csv.reader([line], delimiter=separator)
        except csv.Error:
            continue
