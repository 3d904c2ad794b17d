"""The source ``estimated-ideal-points``: ideal points that ``kg ideal-points`` estimated.

The file names the votes that the estimates are based on by their SHA-256, which is part of the key
of the source: estimates from other votes are another source.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, cast

from kg.errors import SourceError
from kg.model.ideal_points import IDEAL_POINT_MODELS, IdealPoint, IdealPointModel
from kg.model.sources import RejectedRow, RejectionReason, Source
from kg.model.state_register import StateRegister
from kg.sources import csv_table
from kg.sources.csv_table import Row
from kg.sources.editions import find_edition
from kg.sources.loader import FileShape, LoadResult, RemoteFile

NAME: Final = "estimated-ideal-points"
COLUMNS: Final = ("state", "year", "model", "estimate", "lower", "upper", "votes", "votes_sha256")
#: Written by ``kg ideal-points``: there is nothing to download.
REMOTE: Final = RemoteFile(
    name="estimated-ideal-points.csv",
    url="",
    pattern="estimated-ideal-points*.csv",
    page="",
    named="estimated-ideal-points.csv, as written by kg ideal-points",
)
_FORMS: Final = {
    "year": (re.compile(r"(19|20)\d\d"), "a year, as in 1946"),
    "model": (re.compile("|".join(IDEAL_POINT_MODELS)), " or ".join(IDEAL_POINT_MODELS)),
    **dict.fromkeys(
        ("estimate", "lower", "upper"), (re.compile(r"-?\d+(\.\d+)?"), "a decimal number")
    ),
    "votes": (re.compile(r"\d+"), "a number of votes"),
}


def source_key(checksum: str) -> str:
    """Return the key of the source of estimates from votes with a SHA-256 in hexadecimal."""
    return f"{NAME}-{checksum[:12]}"


def recognizes(shape: FileShape) -> bool:
    """Return whether a file is such a table, by its columns, or a folder contains one."""
    if shape.path.is_dir():
        return bool(REMOTE.editions(shape.path))
    return shape.columns.issuperset(COLUMNS)


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load the estimates from the file, or from the only one in a folder.

    Raises:
        SourceError: if the file is missing, is not the table, or mixes estimates from other votes.
    """
    file, remark = find_edition(path, REMOTE)
    loaded = LoadResult(files=[file], remarks=[remark] if remark else [])
    checksum = ""
    seen: set[tuple[str, str, str]] = set()
    for row in csv_table.read(file, " ".join(COLUMNS)):
        if not checksum:
            checksum = _checksum(row)
            loaded.records.append(_source(checksum))
        if row["votes_sha256"] != checksum:
            raise row.fail("votes_sha256", f"{checksum}, as in the first row")
        problem = _problem(row, states, seen)
        if problem is not None:
            loaded.rejected.append(problem)
            continue
        loaded.records.append(_point(row, checksum))
        loaded.notes[f"estimates from {row['model']}"] += 1
    if not checksum:
        raise SourceError(f"{file}: no estimates; expected at least one row")
    return loaded


def _checksum(row: Row) -> str:
    if not re.fullmatch("[0-9a-f]{64}", row["votes_sha256"]):
        raise row.fail("votes_sha256", "a SHA-256 in hexadecimal")
    return row["votes_sha256"]


def _source(checksum: str) -> Source:
    return Source(
        key=source_key(checksum),
        title="Ideal points of states, estimated from the votes of this record",
        publisher="UN Votes Knowledge Graph",
        licence="CC0-1.0",
        redistributable=True,
        note=f"Written by kg ideal-points; the SHA-256 of the votes is {checksum}.",
    )


def _problem(
    row: Row, states: StateRegister, seen: set[tuple[str, str, str]]
) -> RejectedRow | None:
    """Return why a row cannot be used, None if it can."""
    if row["state"] not in states:
        return _rejected(row, "state", "the key of a state")
    for column, (form, expected) in _FORMS.items():
        if not form.fullmatch(row[column]):
            return _rejected(row, column, expected)
    key = (row["state"], row["year"], row["model"])
    if key in seen:
        return _rejected(row, "year", "one row for each state, year and model")
    seen.add(key)
    return None


def _point(row: Row, checksum: str) -> IdealPoint:
    return IdealPoint(
        state=row["state"],
        year=int(row["year"]),
        model=cast(IdealPointModel, row["model"]),
        estimate=row["estimate"],
        lower=row["lower"],
        upper=row["upper"],
        votes=int(row["votes"]),
        source=source_key(checksum),
    )


def _rejected(row: Row, column: str, expected: str) -> RejectedRow:
    problem: RejectionReason = "unknown state" if column == "state" else "unusable number"
    return row.rejected(NAME, column, problem, expected)
