"""Reading CSV tables by column name, with errors that give file, line and column."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO, cast

from kg.errors import SourceError

_GZIP: Final = b"\x1f\x8b"


@contextmanager
def open_table(path: Path) -> Iterator[TextIO]:
    """Open a CSV table in UTF-8, uncompressed or gzipped, whatever its file name.

    Raises:
        SourceError: if the file cannot be read, is truncated, or is not CSV in UTF-8; also while
            the table is read.
    """
    try:
        with path.open("rb") as stream:
            compressed = stream.read(len(_GZIP)) == _GZIP
        opened = gzip.open if compressed else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as text:
            yield cast(TextIO, text)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{path}: not a complete gzip file ({error})") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: not a CSV table in UTF-8 ({error})") from error


def check_header(path: Path, header: list[str], required: Collection[str], table: str) -> None:
    """Check that a table has the required columns, and each column once; ``table`` describes it.

    Raises:
        SourceError: if it does not.
    """
    if missing := [name for name in required if name not in header]:
        raise SourceError(f"{path}: no column {', '.join(missing)}; expected {table}")
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise SourceError(f"{path}: duplicate column {', '.join(twice)}")


class Row:
    """One row of a table: values by column name, and its location."""

    def __init__(self, path: Path, line: int, values: dict[str, str]) -> None:
        self.path = path
        self.line = line
        self._values = values

    def __getitem__(self, column: str) -> str:
        return self._values[column]

    def keys(self, column: str) -> tuple[str, ...]:
        """Return the keys in a column of space-separated keys."""
        return tuple(self._values[column].split())

    def fail(self, column: str, expected: str) -> SourceError:
        """Return the error to raise for an unusable value."""
        return SourceError(
            f"{self.path.name}, line {self.line}, column {column}: "
            f"{self._values[column]!r} is not {expected}"
        )


def read(path: Path, columns: str) -> Iterator[Row]:
    """Yield the rows of a CSV file that must have at least the given columns.

    Raises:
        SourceError: if the file is missing, is not UTF-8 or CSV, or lacks a column.
    """
    wanted = columns.split()
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                raise SourceError(f"{path}: no column {', '.join(missing)}")
            for values in reader:
                if None in values or None in values.values():
                    raise SourceError(
                        f"{path}, line {reader.line_num}: expected {len(reader.fieldnames or ())} "
                        "values, one for each column"
                    )
                yield Row(path, reader.line_num, {name: values[name] for name in wanted})
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path}: not a CSV table in UTF-8 ({error})") from error
