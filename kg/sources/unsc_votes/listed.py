"""What other sources add on single roll calls of ``unsc-votes``: ``kg/data/unsc_votes_listed.csv``.

Rows that list a roll call a second time, the resolution to which a vote on a part relates, and the
day of a vote that was taken after midnight, in a meeting that began the day before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.votes import VoteOn
from kg.resources import DATA
from kg.sources import csv_table

FILE: Final = "unsc_votes_listed.csv"
_PARTS: Final[dict[str, VoteOn | None]] = {
    "": None, "amendment": "amendment", "paragraph": "paragraph",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListedVote:
    """What is known of a roll call: empty fields add nothing; ``source`` is the key of a source.

    ``symbol`` is the text of the source's row, which must have it; ``repeats`` is the number of the
    row whose roll call it repeats; ``other_date`` is the calendar day of the vote.
    """

    symbol: str
    repeats: str
    relates_to: str
    vote_on: VoteOn | None
    other_date: str
    source: str


def read_listed() -> Mapping[str, ListedVote]:
    """Return the listed roll calls by their number in the source.

    Raises:
        SourceError: if the table is unusable.
    """
    listed: dict[str, ListedVote] = {}
    columns = "vote symbol repeats relates_to vote_on other_date source"
    for row in csv_table.read(DATA / FILE, columns):
        if row["vote_on"] not in _PARTS:
            raise row.fail("vote_on", "amendment, paragraph or empty")
        listed[row["vote"]] = ListedVote(
            row["symbol"],
            row["repeats"],
            row["relates_to"],
            _PARTS[row["vote_on"]],
            row["other_date"],
            row["source"],
        )
    return listed
