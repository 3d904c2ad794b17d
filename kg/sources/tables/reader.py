"""The rows of a CSV table, from a file as people have it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kg.errors import SourceError
from kg.limits import TABLE_LINE_CHARACTERS
from kg.sources.tables import faults
from kg.sources.tables.faults import SEPARATORS
from kg.sources.tables.file import open_text
from kg.sources.tables.text import normalized

_SEPARATOR_LINE: Final = re.compile(r"\"?sep=(.?)\"?\s*", re.IGNORECASE)
_SAME_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@contextmanager
def open_table(
    path: Path,
    required: Collection[str],
    table: str,
    *,
    separators: str = ",",
    other_names: Mapping[str, str] = _SAME_NAMES,
) -> Iterator[TableReader]:
    """Open a CSV table in UTF-8, uncompressed or gzipped, whatever its file name.

    ``table`` describes it to people. ``separators`` are those in which it is published; the one of
    the header is used. ``other_names`` are the names of columns in other editions, with the usual
    name of each.

    Raises:
        SourceError: if the file is no such table; also while it is read.
    """
    with open_text(path) as stream:
        reader = TableReader(path, stream, separators, other_names)
        reader.read_header(required, table)
        yield reader


class TableReader:
    """The rows of a table, each with its line in the file.

    ``header`` are the usual names of the columns, ``recorded`` the names in the file by these.
    """

    def __init__(
        self, path: Path, stream: io.TextIOBase, separators: str, other_names: Mapping[str, str]
    ) -> None:
        self.path = path
        self.header: list[str] = []
        self.recorded: dict[str, str] = {}
        self._stream = stream
        self._separators = separators
        self._separator = separators[0]
        self._other_names = other_names
        self._rows: Iterator[tuple[int, list[str]]] = iter(())

    def read_header(self, required: Collection[str], table: str) -> None:
        """Read the first line, which must have some columns.

        Raises:
            SourceError: if it is not the header of the table.
        """
        lines = self._lines()
        first = next(lines, "")
        expected = " or ".join(SEPARATORS[separator] for separator in self._separators)
        if match := _SEPARATOR_LINE.fullmatch(first):
            raise faults.separator_line(self.path, first, match[1], table, expected)
        fitting = [s for s in SEPARATORS if set(self._names(first, s)).issuperset(required)]
        accepted = [separator for separator in fitting if separator in self._separators]
        if fitting and not accepted:
            raise faults.other_separator(self.path, first, fitting[0], expected)
        self._separator = (*accepted, self._separators[0])[0]

        def all_lines() -> Iterator[str]:
            yield first
            yield from lines

        self._rows = self._read(all_lines())
        _, recorded = next(self._rows, (1, []))
        recorded = list(map(normalized, recorded))
        while recorded and not recorded[-1]:
            recorded.pop()
        self.header = [self._other_names.get(name, name) for name in recorded]
        faults.check_header(self.path, self.header, required, table)
        self.recorded = dict(zip(self.header, recorded, strict=True))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that has a value, with its first line, counted from 1.

        Empty values beyond the last column, which spreadsheets add, are removed. A row may have
        another number of values than there are columns.
        """
        width = len(self.header)
        for line, values in self._rows:
            if len(values) > width and not any(map(str.strip, values[width:])):
                del values[width:]
            # The first value is rarely empty: most rows are not looked at twice.
            if values and (values[0] or any(map(str.strip, values))):
                yield line, values

    def _read(self, lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield every row with its first line: a quoted value may span lines."""
        reader = csv.reader(lines, strict=True, delimiter=self._separator)
        line = 1
        try:
            for values in reader:
                this, line = line, reader.line_num + 1
                yield this, values
        except csv.Error as error:
            separator = self._separator
            raise faults.unbalanced(self.path, line, self.header, separator, error) from error

    def _lines(self) -> Iterator[str]:
        """Yield the lines of the file, of bounded length."""
        read = self._stream.readline
        number = 0
        try:
            while line := read(TABLE_LINE_CHARACTERS):
                number += 1
                if len(line) == TABLE_LINE_CHARACTERS:
                    raise SourceError(
                        f"{self.path}: line {number} has {TABLE_LINE_CHARACTERS:,} characters or "
                        "more; expected a table with one row in each line"
                    )
                yield line
        except UnicodeDecodeError as error:
            raise faults.not_utf8(self.path, error) from error

    def _names(self, line: str, separator: str) -> list[str]:
        """Return the usual names of the columns in a header, as far as it can be read."""
        try:
            names = map(normalized, next(csv.reader([line], delimiter=separator), []))
        except csv.Error:
            return []
        return [self._other_names.get(name, name) for name in names]
