"""The table UNVotes in its three forms: R data, CSV, and text separated by tabs."""

from __future__ import annotations

import math
import re
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from kg.sources.days import is_day
from kg.sources.editions import find_edition
from kg.sources.loader import FileShape, RemoteFile
from kg.sources.r_data import find_table
from kg.sources.tables.columns import Table, read_columns

REMOTE: Final = RemoteFile(
    "UNVotes.RData",
    "",
    pattern="UNVotes*.[RrctCT]*[avbAVB]",
    page="https://doi.org/10.7910/DVN/LEJUQZ",
    named="UNVotes.RData, UNVotes.csv or UNVotes.tab",
)
_REQUIRED: Final = ("rcid", "ccode", "session", "vote", "date", "unres")
#: Flags of the six issues, with the notation and label that unvotes gives them.
ISSUES: Final = {
    "me": "Palestinian conflict",
    "nu": "Nuclear weapons and nuclear material",
    "di": "Arms control and disarmament",
    "hr": "Human rights",
    "co": "Colonialism",
    "ec": "Economic development",
}
#: The flags that tell a vote on a document from one on a part of it.
PARTS: Final = ("amend", "para")
#: The columns that describe a roll call, of which some editions lack some.
CALL_COLUMNS: Final = (
    *("rcid", "session", "date", "unres", "importantvote", "short", "descr"), *PARTS, *ISSUES,
)  # fmt: skip
_NUMBERS: Final = ("rcid", "ccode", "session", "vote", "importantvote", *PARTS)
_TABLE: Final = "the table UNVotes, with one row for each roll call and state"
_R_DATA: Final = re.compile(r"\.(?:RData|rda)", re.IGNORECASE)
_UNITED_STATES: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_EPOCH: Final = date(1970, 1, 1).toordinal()


class VoetenFile(NamedTuple):
    """The table, its file, a sentence on the choice of it, and the number of its first row."""

    path: Path
    columns: Table
    remark: str
    first_row: int


def recognizes(shape: FileShape) -> bool:
    """Return whether a file or folder has the table."""
    if shape.path.is_dir():
        return bool(REMOTE.editions(shape.path))
    return any(columns.issuperset(_REQUIRED) for columns in (shape.columns, *shape.tables.values()))


def read(path: Path) -> VoetenFile:
    """Read the table from its file, or from the folder that contains it.

    Raises:
        SourceError: if there is no such file, or it is not the table.
    """
    file, remark = find_edition(path, REMOTE)
    if _R_DATA.fullmatch(file.suffix):
        return VoetenFile(file, find_table(file, _REQUIRED, _TABLE), remark, 1)
    columns = read_columns(
        file, _REQUIRED, _TABLE, optional=CALL_COLUMNS, numbers=_NUMBERS, separators=",\t"
    )
    return VoetenFile(file, columns, remark, 2)


def first_values(table: Table, name: str, rows: list[int]) -> list[str]:
    """Return a column in some rows as text, empty where the value or the column is missing."""
    if name not in table:
        return [""] * len(rows)
    column = table[name]
    if column.has_texts:
        texts = column.texts()
        return [texts[row] for row in rows]
    return [printed(number) for number in column.numbers()[rows].tolist()]


def printed(number: float) -> str:
    """Return a number as text, empty for NaN.

    >>> printed(3.0), printed(float("nan"))
    ('3', '')
    """
    if math.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() else str(number)


def day(text: str) -> str:
    """Return a day in ISO 8601 from the forms of the editions, empty if it is none.

    The edition of 2016 prints month, day and year: its days are those of unvotes.

    >>> day("1/31/1946"), day("2014-03-27"), day("31/1/1946"), day("16156")
    ('1946-01-31', '2014-03-27', '', '2014-03-27')
    """
    if match := _UNITED_STATES.fullmatch(text):
        month, of_month, year = match.groups()
        text = f"{year}-{int(month):02}-{int(of_month):02}"
    elif re.fullmatch(r"-?\d{1,5}(?:\.0)?", text):
        text = date.fromordinal(_EPOCH + int(float(text))).isoformat()
    return text if is_day(text) else ""
