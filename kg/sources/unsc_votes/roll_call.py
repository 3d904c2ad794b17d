"""A roll call of ``unsc-votes``, read from a row of the table, or the fault of the row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.sources import RejectionReason
from kg.model.vote_option import VoteOption
from kg.model.votes import Outcome
from kg.sources.days import is_day
from kg.sources.tables.text import altered_date
from kg.sources.unsc_votes import table
from kg.sources.unsc_votes.members import OPTIONS, UNKNOWN, MemberColumns
from kg.sources.unsc_votes.subject import Subject, read_subject
from kg.sources.unsc_votes.table import TableRow

_OUTCOMES: Final[dict[str, Outcome]] = {
    "adopted": "adopted",
    "vetoed": "vetoed",
    "lack of maj.": "failed",
}


@dataclass(frozen=True, slots=True)
class RollCall:
    """A usable row.

    ``number`` is the source's own, ``text`` what it was on as recorded. ``votes`` are by the key of
    the state, without the ``unknown`` ones, which are counted. ``misplaced`` are the column of a
    vote and the key of the state that cast it, where the column is that of another state.
    ``printed`` are the totals printed as numbers, ``vetoes`` is the printed number of vetoes.
    """

    number: str
    line: int
    text: str
    subject: Subject
    outcome: Outcome
    date: str
    title: str
    votes: Mapping[str, VoteOption]
    unknown: int
    misplaced: tuple[str, str] | None
    printed: Mapping[VoteOption, int]
    vetoes: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be used: the reason, the column, the value and the expected value."""

    problem: RejectionReason
    column: str
    value: str
    expected: str
    record: str = ""


def read_roll_call(row: TableRow, columns: MemberColumns, width: int) -> RollCall | Fault:
    """Return the roll call of a row, or its fault; ``width`` is the number of columns."""
    if row.malformed:
        return Fault("broken line", "", row.malformed, f"{width} values, one for each column")
    values, number = row.values, row.values[table.NUMBER]
    if not re.fullmatch(r"[1-9]\d*", number, re.ASCII):
        expected = "the number of a vote"
        return Fault("no number of a record", table.NUMBER, number or "no number", expected)
    subject, outcome = read_subject(values[table.SYMBOL]), _OUTCOMES.get(values[table.OUTCOME])
    if outcome is None:
        expected = f"one of {', '.join(_OUTCOMES)}"
        value = values[table.OUTCOME]
        return Fault("unknown outcome", table.OUTCOME, value, expected, number)
    if subject is None or bool(subject.resolution) != (outcome == "adopted"):
        expected = (
            "the symbol of a resolution (S/RES/...) if adopted, otherwise that of a draft or of a "
            "meeting (S/PV...), or 'Oral amendment'"
        )
        value = values[table.SYMBOL]
        return Fault("no symbol of a document", table.SYMBOL, value, expected, number)
    if not is_day(values[table.DATE]):
        value = values[table.DATE] or "no date"
        altered = altered_date(value)
        expected = "an ISO date since 24 October 1945" + (f" ({altered})" if altered else "")
        return Fault("impossible date", table.DATE, value, expected, number)
    voters = columns.voters(row.entries, values[table.DATE])
    if isinstance(voters, str):
        expected = "the column of a member of the Security Council on that day"
        return Fault("unknown state", "", voters, expected, number)
    votes = _votes(row, voters.states)
    if isinstance(votes, Fault):
        return votes
    return RollCall(
        number=number,
        line=row.line,
        text=values[table.SYMBOL],
        subject=subject,
        outcome=outcome,
        date=values[table.DATE],
        title=values[table.TITLE],
        votes=votes,
        unknown=len(row.entries) - len(votes),
        misplaced=voters.misplaced,
        printed={
            option: int(values[column])
            for column, option in zip(table.TOTALS, VoteOption, strict=True)
            if values[column].isdecimal()
        },
        vetoes=values[table.VETOES],
    )


def _votes(row: TableRow, states: Mapping[str, str]) -> dict[str, VoteOption] | Fault:
    """Return the known votes by state, or the first fault among the entries."""
    number, votes = row.values[table.NUMBER], dict[str, VoteOption]()
    for column, entry in row.entries.items():
        state = states[column]
        if entry != UNKNOWN and entry not in OPTIONS:
            expected = f"{', '.join(OPTIONS)} or {UNKNOWN}"
            return Fault("unknown vote", column, f"{column}: {entry}", expected, number)
        if state in votes:
            expected = f"one vote of {state}"
            return Fault("two votes of one state", column, f"{column}: {entry}", expected, number)
        if entry != UNKNOWN:
            votes[state] = OPTIONS[entry]
    return votes
