"""Reading the table of ``unsc-votes``: one row for each roll call, one column for each member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.sources.tables.reader import open_table
from kg.sources.tables.text import has_controls, normalized

NUMBER: Final = "Vote in the DB"
SYMBOL: Final = "UN classification"
OUTCOME: Final = "Vote outcome"
DATE: Final = "Date"
TITLE: Final = "Official full title"
VETOES: Final = "(of which veto)"
#: The printed totals, in the order Y, N, A, X.
TOTALS: Final = ("Yes", "No", "Abstentions", "Non-Voting")
#: Columns that are read; all columns after the last of these in the file belong to members.
_REQUIRED: Final = (NUMBER, SYMBOL, OUTCOME, DATE, TITLE, *TOTALS, VETOES)
_TABLE: Final = (
    "the table 'UNSC votes since 1946' with one row for each roll call of the Security Council"
)
#: Columns of the roll call that are not read.
_UNUSED: Final = (
    "Vote outcome typology-Observable", "Resolution number", "Title-Observable", "Total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableRow:
    """A roll call: its line, its values by column, and the entry of each member with one.

    White space in values is normalised. ``malformed`` is the text of a line with a wrong number of
    values, and empty otherwise. ``controls`` are recorded values with control characters.
    """

    line: int
    values: dict[str, str]
    entries: dict[str, str]
    malformed: str = ""
    controls: Mapping[str, str] = field(default_factory=dict)


def read(path: Path) -> tuple[int, list[TableRow]]:
    """Return the number of columns and the rows of the table, CSV in UTF-8, plain or gzipped.

    Raises:
        SourceError: if the file is not such a table, lacks a column, or is truncated.
    """
    with open_table(path, _REQUIRED, _TABLE) as table:
        return len(table.header), [_row(line, table.header, values) for line, values in table]


def _row(line: int, header: list[str], values: list[str]) -> TableRow:
    if len(values) != len(header):
        return TableRow(line, {}, {}, malformed=",".join(values)[:200])
    recorded = dict(zip(header, values, strict=True))
    row = {name: normalized(value) for name, value in recorded.items()}
    known = {*_REQUIRED, *_UNUSED}
    entries = {name: entry for name, entry in row.items() if entry and name not in known}
    controls = {name: value for name, value in recorded.items() if has_controls(value)}
    return TableRow(line, {name: row[name] for name in _REQUIRED}, entries, controls=controls)
