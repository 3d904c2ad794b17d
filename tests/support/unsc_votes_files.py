"""Small tables in the format of ``unsc-votes``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kg.resources import DATA
from kg.sources import csv_table
from kg.sources.unsc_votes.loader import FILE
from kg.sources.unsc_votes.members import FILE as FILE_OF_COLUMNS
from tests.support.merging import STATES

CHINA, FRANCE, USSR, UK, USA = (
    "CHINA", "FRANCE", "RUSSIAN FEDERATION/USSR", "UNITED KINGDOM", "UNITED STATES",
)  # fmt: skip
_DETAILS: Final = (
    "Vote in the DB", "UN classification", "Vote outcome", "Vote outcome typology-Observable",
    "Resolution number", "Date", "Official full title", "Title-Observable",
    "Yes", "No", "Abstentions", "Non-Voting", "Total", "(of which veto)",
)  # fmt: skip
#: The first column of each seat.
_COLUMNS: Final = {
    row["seat"]: row["column"]
    for row in reversed([*csv_table.read(DATA / FILE_OF_COLUMNS, "column seat")])
}
HEADER: Final = (*_DETAILS, *_COLUMNS.values(), "GERMANY, FEDERAL REPUBLIC OF")
_TOTALS: Final = {"Yes": "Y", "No": "N", "Abstentions": "A", "Non-Voting": "NV"}


def everyone(day: str, entry: str = "Y", **others: str) -> dict[str, str]:
    """Return the entries of all members of a day; ``others`` are entries of CHINA, USSR, ..."""
    columns = {"USSR": USSR, "UK": UK, "USA": USA}
    seats = [STATES[state].seat for state in sorted(STATES.council(day))]
    entries = {_COLUMNS[seat]: entry for seat in seats if seat in _COLUMNS}
    return entries | {columns.get(name, name): other for name, other in others.items()}


def vetoed(number: int, symbol: str, day: str, **changed: str) -> dict[str, str]:
    """Return the row of a vote on a draft that the Soviet Union vetoed."""
    row = {"Vote outcome": "vetoed", "(of which veto)": "1", **everyone(day, USSR="N")}
    return roll_call(number, symbol, day, row | changed)


def roll_call(number: int, symbol: str, day: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return the row of an adopted resolution without votes, unless values differ.

    Totals are counted from the entries unless they are among the values.
    """
    row = {"Vote outcome": "adopted", "(of which veto)": "0", "Official full title": "A title"}
    entries = {name: value for name, value in values.items() if name not in _DETAILS}
    for column, entry in _TOTALS.items():
        row[column] = str(sum(value == entry for value in entries.values()))
    row |= {"Vote in the DB": str(number), "UN classification": symbol, "Date": day}
    return row | dict(values)


def write(folder: Path, *rows: Mapping[str, str], header: tuple[str, ...] = HEADER) -> Path:
    """Write a table into a folder and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path
