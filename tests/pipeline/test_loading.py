"""The message of a build that is stopped by too many rejected rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import TooManyRefusedError
from kg.model.sources import RejectedRow
from kg.model.state_register import StateRegister
from kg.pipeline.loading import LISTED_REJECTED_RECORDS, LoadedSource, LoadedSources
from kg.sources.loader import LoadResult
from kg.sources.selection import select_sources


def message(*rejected: RejectedRow) -> list[str]:
    (selection,) = select_sources(["states"], Path())
    source = LoadedSource(selection, LoadResult(rejected=list(rejected)))
    with pytest.raises(TooManyRefusedError) as caught:
        LoadedSources([source], [], StateRegister([])).check_rejected(0)
    return str(caught.value).splitlines()


def row(number: int, record: str) -> RejectedRow:
    return RejectedRow(
        "undl-ga", "ga.csv", number, "no symbol of a document", "none", "A/RES/...", record
    )


def test_the_rows_of_a_record_are_one_line() -> None:
    first, *lines = message(*(row(number, "5") for number in range(2, 195)), row(200, "x"))
    assert first.startswith("refused rows: 194, allowed: 0 (--max-refused counts rows)")
    assert lines == [
        "ga.csv, record 5, 193 rows from 2 to 194: none: expected A/RES/...",
        "ga.csv, row 200: none: expected A/RES/...",
    ]


def test_a_long_list_is_cut() -> None:
    more = 7
    rejected = [
        row(number + half, str(number))
        for number in range(2, 2 * (LISTED_REJECTED_RECORDS + more) + 2, 2)
        for half in (0, 1)
    ]
    lines = message(*rejected)
    assert len(lines) == 1 + LISTED_REJECTED_RECORDS + 1
    assert lines[-1] == f"and {2 * more} rows of {more} more records"
