"""The source ``reports``: tallies and votes as the press and press releases told them."""

from __future__ import annotations

from pathlib import Path

from kg.records import ReportedTally, ReportedVote
from kg.sources import tables
from kg.sources.base import Loaded
from kg.sources.describe import describe
from kg.states import StateRegister
from kg.symbols import slug
from kg.vocabulary import OPTION_CODES, OptionCode

FILES = ("reports.csv", "reported_votes.csv", "sources.csv")
_COUNT_COLUMNS: dict[OptionCode, str] = {"Y": "yes", "N": "no", "A": "abstain", "X": "non_voting"}


def load(folder: Path, states: StateRegister) -> Loaded:
    """Load the reported tallies and votes.

    Raises:
        SourceError: if a table or a value in it is unusable.
    """
    tallies = [
        ReportedTally(
            key=f"{row['source']}-{slug(row['event'])}",
            event=slug(row["event"]),
            counts=_counts(row),
            source=row["source"],
            quote=row["quote"],
            note=row["note"],
        )
        for row in tables.read(
            folder / "reports.csv", "event yes no abstain non_voting quote source note"
        )
    ]
    votes = []
    for row in tables.read(folder / "reported_votes.csv", "event state option quote source note"):
        option = next((code for code in OPTION_CODES if code == row["option"]), None)
        if option is None:
            raise row.fail("option", "Y, N, A or X")
        if row["state"] not in states:
            raise row.fail("state", "the key of a state")
        votes.append(
            ReportedVote(
                key=f"{row['source']}-{slug(row['event'])}-{row['state']}",
                event=slug(row["event"]),
                state=row["state"],
                option=option,
                source=row["source"],
                quote=row["quote"],
                note=row["note"],
            )
        )
    used = {tally.source for tally in tallies} | {vote.source for vote in votes}
    return Loaded([*describe(folder, used), *tallies, *votes])


def _counts(row: tables.Row) -> dict[OptionCode, int]:
    counts: dict[OptionCode, int] = {}
    for option, column in _COUNT_COLUMNS.items():
        if row[column]:
            if not row[column].isdecimal():
                raise row.fail(column, "a whole number or empty")
            counts[option] = int(row[column])
    if not counts:
        raise row.fail("yes", "a figure: a report without any says nothing")
    return counts
