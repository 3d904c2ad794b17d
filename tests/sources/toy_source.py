"""A source as described in CONTRIBUTING: a module with a load function."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kg.model.sources import Source
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, VotingEvent
from kg.sources import csv_table
from kg.sources.loader import LoadResult

SOURCE: Final = "toy"
FILE: Final = "toy.csv"


def load(folder: Path, states: StateRegister) -> LoadResult:
    """Load one roll call per row, in the order of their keys."""
    result = LoadResult(records=[Source(SOURCE, "A toy", redistributable=True)])
    events = []
    for row in csv_table.read(folder / FILE, "key symbol date in_favour against"):
        votes = dict.fromkeys(row.keys("in_favour"), VoteOption.YES)
        votes |= dict.fromkeys(row.keys("against"), VoteOption.NO)
        assert all(state in states for state in votes)
        result.rows["read"] += len(votes)
        document = Document(row["symbol"], "GeneralAssembly", row["date"], "68")
        events.append(
            VotingEvent(
                key=row["key"],
                source=SOURCE,
                body="GeneralAssembly",
                date=row["date"],
                session="68",
                votes=votes,
                records_non_voting=False,
                decides=document,
                vote_on="document",
            )
        )
    result.events = sorted(events, key=lambda event: event.key)
    return result
