"""Security Council votes on the war in Ukraine whose sources were compared.

Four votes of 2022 and 2025, part of the source ``ukraine``: two vetoed drafts, two resolutions.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.model.state_register import StateRegister
from kg.model.symbol_spelling import spelling
from kg.model.symbols import slug
from kg.model.vote_option import VOTES_CAST, VoteOption
from kg.model.votes import Document, VotingEvent
from kg.sources import csv_table

SOURCE: Final = "ukraine-council-votes"
FILE: Final = "ukraine_council.csv"
_COLUMNS: Final = {option.label.replace(" ", "_"): option for option in VOTES_CAST}
_LIBRARY_RECORD: Final = "https://digitallibrary.un.org/record/"


def read(folder: Path, states: StateRegister) -> Iterator[VotingEvent]:
    """Yield the votes, each with the sources with which it was compared.

    Raises:
        SourceError: if the table or a value in it is unusable.
    """
    columns = "symbol date outcome meeting vetoed_by description library_record source"
    for row in csv_table.read(folder / FILE, f"{columns} {' '.join(_COLUMNS)}"):
        votes: dict[str, VoteOption] = {}
        for column, option in _COLUMNS.items():
            for state in row.keys(column):
                if state not in states or state in votes:
                    raise row.fail(column, "keys of states, each only once in a row")
                votes[state] = option
        if row["outcome"] not in ("adopted", "vetoed"):
            raise row.fail("outcome", "adopted or vetoed")
        symbol, record = spelling(row["symbol"]), row["library_record"]
        adopted = row["outcome"] == "adopted"
        yield VotingEvent(
            key=slug(symbol),
            source=SOURCE,
            body="SecurityCouncil",
            date=row["date"],
            session="",
            votes=votes,
            # All fifteen members took part in each vote; the table has no column for non-voting.
            records_non_voting=False,
            decides=(Document(symbol, "SecurityCouncil", row["date"], "") if adopted else None),
            vote_on="document",
            meeting=row["meeting"],
            description=row["description"],
            library_record=_LIBRARY_RECORD + record if record else "",
            compilations=row.keys("source"),
            drafts=() if adopted else (symbol,),
            outcome="adopted" if adopted else "vetoed",
            vetoed_by=row.keys("vetoed_by"),
        )
