"""Sources of facts, and the rows of a source that were rejected or normalized."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

#: The number of distinct values of a rejected record that are listed; further ones are counted.
_NAMED_VALUES: Final = 3

RejectionReason = Literal[
    "broken line",
    "no number of a record",
    "no symbol of a document",
    "impossible date",
    "unknown state",
    "unknown sponsor",
    "unknown vote",
    "unknown outcome",
    "unknown roll call",
    "unusable number",
    "two votes of one state",
    "second record of a document",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of facts; unknown values are empty or None."""

    key: str
    title: str
    publisher: str = ""
    date: str = ""
    licence: str = ""
    redistributable: bool | None = None
    retrieved: str = ""
    address: str = ""
    note: str = ""
    derived_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """An unusable row: the reason, the value and the expected value.

    ``record`` is the source's own number of the event, empty where unknown; ``column`` the name of
    the field with the value in the file, empty where the row as a whole is unusable.
    """

    source: str
    file: str
    row: int
    problem: RejectionReason
    value: str
    expected: str
    record: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """The rows of one record of a source that were rejected for one reason."""

    rows: tuple[RejectedRow, ...]

    @property
    def problem(self) -> RejectionReason:
        """The reason."""
        return self.rows[0].problem

    @property
    def where(self) -> str:
        """The file, the record, the rows and the column."""
        first, last = self.rows[0], self.rows[-1]
        column = f", column {first.column}" if first.column else ""
        if len(self.rows) == 1:
            return f"{first.file}, row {first.row}{column}"
        record = f", record {first.record}" if first.record else ""
        rows = f"{len(self.rows)} rows from {first.row} to {last.row}"
        return f"{first.file}{record}, {rows}{column}"

    @property
    def row_numbers(self) -> str:
        """The numbers of all its rows, such as "rows 2 to 4, 7"."""
        runs: list[list[int]] = []
        for row in self.rows:
            if runs and row.row == runs[-1][-1] + 1:
                runs[-1].append(row.row)
            else:
                runs.append([row.row])
        texts = [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
        return ("rows " if len(self.rows) > 1 else "row ") + ", ".join(texts)

    @property
    def value(self) -> str:
        """The first few values of its rows."""
        return _several(row.value for row in self.rows)

    @property
    def expected(self) -> str:
        """The first few expected values of its rows."""
        return _several(row.expected for row in self.rows)


def by_record(rejected: Iterable[RejectedRow]) -> list[RejectedRecord]:
    """Return rejected rows grouped by record and reason, in the order of each group's first row.

    Rows with an unknown record are grouped if they have the same value.
    """
    records: dict[tuple[str, ...], list[RejectedRow]] = {}
    for row in rejected:
        key = (row.source, row.file, row.problem, row.record or f"value {row.value}")
        records.setdefault(key, []).append(row)
    return [
        RejectedRecord(tuple(sorted(rows, key=lambda row: row.row))) for rows in records.values()
    ]


def _several(texts: Iterable[str]) -> str:
    """Return distinct texts joined into one.

    >>> _several("abacd")
    'a; b; c; and 1 more'
    """
    different = list(dict.fromkeys(texts))
    rest = len(different) - _NAMED_VALUES
    return "; ".join(different[:_NAMED_VALUES] + ([f"and {rest} more"] if rest > 0 else []))


@dataclass(frozen=True, slots=True)
class NormalizedRow:
    """A row whose value was normalized: the value as given, as read, and the rule applied.

    ``read_as`` is empty where the value was not used. ``column`` is the source's own name of the
    field, ``record`` its number of the event.
    """

    source: str
    file: str
    row: int
    column: str
    value: str
    read_as: str
    rule: str
    record: str = ""

    @property
    def named_value(self) -> str:
        """The column with its value."""
        return f"{self.column} {self.value!r}"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source's own identification and date of an event, before any correction.

    ``event`` is the key of the event, ``name`` the registered name of the source and ``source`` its
    key, ``record`` the source's own number, empty where it has none, ``row`` its first row in
    ``file``. ``date`` is the printed date, ``known_date`` its reliable part: a day, or a month.
    """

    event: str
    name: str
    source: str
    record: str
    symbol: str
    file: str
    row: int
    date: str
    known_date: str
    session: str
    meeting: str

    @property
    def knows_day(self) -> bool:
        """Whether the source gives a reliable day rather than only a month."""
        return len(self.known_date) == len("1946-01-01")
