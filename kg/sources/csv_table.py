"""Reading small CSV tables by column name, with errors that give file, line and column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.errors import SourceError
from kg.model.sources import RejectedRow, RejectionReason
from kg.sources.tables.reader import open_table


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

    def rejected(
        self, source: str, column: str, problem: RejectionReason, expected: str, record: str = ""
    ) -> RejectedRow:
        """Return the row as one that a source cannot use because of a value."""
        return RejectedRow(
            source, self.path.name, self.line, problem, self._values[column], expected, record,
            column,
        )  # fmt: skip


def read(path: Path, columns: str) -> Iterator[Row]:
    """Yield the rows of a CSV file that must have at least the given columns.

    Raises:
        SourceError: if the file is missing, is not UTF-8 or CSV, or lacks a column.
    """
    wanted = columns.split()
    with open_table(path, wanted, f"a table with the columns {', '.join(wanted)}") as table:
        width = len(table.header)
        places = {name: table.header.index(name) for name in wanted}
        for line, values in table:
            if len(values) != width:
                raise SourceError(
                    f"{path}, line {line}: expected {width} values, one for each column"
                )
            yield Row(path, line, {name: values[place] for name, place in places.items()})
