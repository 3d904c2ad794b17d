"""The members of the Security Council: a row of ``council_members.csv`` for each term."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Final

from kg.model.states import CouncilMembership, Period
from kg.sources import csv_table

FILE: Final = "council_members.csv"


def read_council_members(folder: Path, states: Container[str]) -> list[CouncilMembership]:
    """Return the terms in a folder; ``states`` are the existing keys.

    Raises:
        SourceError: if the table is unusable.
    """
    terms = []
    for row in csv_table.read(folder / FILE, "state from until source note"):
        if row["state"] not in states:
            raise row.fail("state", "the key of a state")
        if row["until"] and row["until"] <= row["from"]:
            raise row.fail("until", "later than the first day")
        if not row.keys("source"):
            raise row.fail("source", "the key of a source")
        period = Period(row["from"], row["until"], row.keys("source"), row["note"])
        terms.append(CouncilMembership(row["state"], period))
    return terms
