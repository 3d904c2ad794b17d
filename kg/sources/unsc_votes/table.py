"""Reading the table of ``unsc-votes``: one row for each roll call, one column for each member."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.sources.csv_table import check_header, open_table

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
    values, and empty otherwise.
    """

    line: int
    values: dict[str, str]
    entries: dict[str, str]
    malformed: str = ""


def read(path: Path) -> tuple[int, list[TableRow]]:
    """Return the number of columns and the rows of the table, CSV in UTF-8, plain or gzipped.

    Raises:
        SourceError: if the file is not such a table, lacks a column, or is truncated.
    """
    with open_table(path) as stream:
        reader = csv.reader(stream, strict=True)
        header = [_normalized(name) for name in next(reader, [])]
        check_header(path, header, _REQUIRED, _TABLE)
        start = reader.line_num + 1
        rows = []
        for values in reader:
            # A quoted value may span lines: a row is identified by its first line.
            line, start = start, reader.line_num + 1
            if values:
                rows.append(_row(line, header, values))
    return len(header), rows


def _row(line: int, header: list[str], values: list[str]) -> TableRow:
    if len(values) != len(header):
        return TableRow(line, {}, {}, malformed=",".join(values)[:200])
    row = dict(zip(header, map(_normalized, values), strict=True))
    known = {*_REQUIRED, *_UNUSED}
    entries = {name: entry for name, entry in row.items() if entry and name not in known}
    return TableRow(line, {name: row[name] for name in _REQUIRED}, entries)


def _normalized(text: str) -> str:
    return " ".join(text.split())
