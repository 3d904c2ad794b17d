"""Facts that supplement the record of votes: suspensions and corrections of votes."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path
from typing import Final, get_args

from kg.model.states import Period, Suspension, SuspensionGround
from kg.model.symbol_spelling import document_key
from kg.model.vote_option import VoteOption
from kg.model.votes import RecordPlace, VoteCorrection
from kg.sources import csv_table

SUSPENSIONS_FILE: Final = "suspensions.csv"
CORRECTIONS_FILE: Final = "vote_corrections.csv"
_CORRECTION_COLUMNS: Final = "event state intended source record page paragraph"
_NUMBER: Final = re.compile(r"[1-9]\d{0,2}")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_GROUNDS: Final[dict[str, SuspensionGround]] = {
    ground: ground for ground in get_args(SuspensionGround)
}


def read_suspensions(folder: Path, states: Container[str]) -> list[Suspension]:
    """Return the suspensions in a folder; ``states`` are the existing keys.

    Raises:
        SourceError: if the table is unusable; a suspension must have both days.
    """
    suspensions = []
    for row in csv_table.read(folder / SUSPENSIONS_FILE, "state from until ground note source"):
        if row["state"] not in states:
            raise row.fail("state", "the key of a state")
        if row["ground"] not in _GROUNDS:
            raise row.fail("ground", f"one of {', '.join(_GROUNDS)}")
        for column in ("from", "until"):
            if not _DAY.fullmatch(row[column]):
                raise row.fail(column, "an ISO date")
        if row["until"] <= row["from"]:
            raise row.fail("until", "later than the first day")
        if not row.keys("source"):
            raise row.fail("source", "the key of a source")
        period = Period(row["from"], row["until"], row.keys("source"), row["note"])
        suspensions.append(Suspension(row["state"], _GROUNDS[row["ground"]], period))
    return suspensions


def read_corrections(folder: Path, states: Container[str]) -> list[VoteCorrection]:
    """Return the corrections of votes in a folder; ``states`` are the existing keys.

    Raises:
        SourceError: if the table is unusable.
    """
    corrections = []
    for row in csv_table.read(folder / CORRECTIONS_FILE, _CORRECTION_COLUMNS):
        intended = VoteOption.from_code(row["intended"])
        if row["state"] not in states:
            raise row.fail("state", "the key of a state")
        if intended is None:
            raise row.fail("intended", "Y, N, A or X")
        if not row["source"]:
            raise row.fail("source", "the key of a source")
        corrections.append(
            VoteCorrection(
                document_key(row["event"]), row["state"], intended, row["source"], _place(row)
            )
        )
    return corrections


def _place(row: csv_table.Row) -> RecordPlace | None:
    """Return the place in a verbatim record, None for another source."""
    if not row["record"]:
        return None
    for column in ("page", "paragraph"):
        if not _NUMBER.fullmatch(row[column]):
            raise row.fail(column, "a number from 1")
    return RecordPlace(row["record"], int(row["page"]), int(row["paragraph"]), row["source"])
