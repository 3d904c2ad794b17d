"""The page ``/wrong-numbers``: which sources printed a wrong number, when, citing whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from kg.limits import PAGE_ROWS
from kg.sparql.saved_queries import library
from kg.web.pages.context import PageContext
from kg.web.pages.queries import Row

#: The saved query of which the page shows the result.
WRONG_NUMBERS: Final = "wrong-numbers"


@dataclass(frozen=True)
class Appearance:
    """A source that printed a wrong number; ``earlier`` is the source that it cites, if known."""

    row: Row
    earlier: Row | None = None


@dataclass
class WrongNumber:
    """A wrong number, or a wrong position of a state, with the sources that printed it in order."""

    event: str
    vote: str
    state: str
    printed: str
    recorded: str
    appearances: list[Appearance] = field(default_factory=list)

    @property
    def first(self) -> Row:
        """The earliest source known here."""
        return self.appearances[0].row


async def wrong_numbers_page(context: PageContext) -> dict[str, object]:
    """Return the template variables of the page.

    Raises:
        KgError: if the engine cannot answer.
    """
    query = library()[WRONG_NUMBERS]
    rows = await context.queries.rows(f"{query.text}\nLIMIT {PAGE_ROWS}")
    numbers = [
        wrong_number(list(group))
        for _, group in groupby(rows, lambda row: (row["event"], row["state"], row["printed"]))
    ]
    votes = {event: list(group) for event, group in groupby(numbers, lambda number: number.event)}
    return {"votes": votes, "numbers": len(numbers), "appearances": len(rows)}


def wrong_number(rows: list[Row]) -> WrongNumber:
    """Return a wrong number from the rows of the sources that print it, in their order."""
    first = rows[0]
    number = WrongNumber(
        first["event"], first["vote"], first["state"], first["printed"], first["recorded"]
    )
    for place, row in enumerate(rows):
        number.appearances.append(Appearance(row, _cited(row["via"], rows[:place])))
    return number


def _cited(via: str, earlier: list[Row]) -> Row | None:
    """Return the last of the earlier sources whose publisher is the outlet that a report cites."""
    name = via.casefold()
    return next(
        (row for row in reversed(earlier) if name and name == row["publisher"].casefold()), None
    )
