"""The source ``ukraine``: 24 roll calls of the General Assembly on Ukraine, 2014 to 2025.

It includes the related votes of the Security Council (``kg.sources.ukraine_council``). The roll
calls were read from the UN Digital Library, that of A/RES/80/223 from the official text, and
compared state by state with other compilations; the column ``agreeing`` counts the compilations
with the same vote, ``sources`` lists them. A roll call without any X does not record non-voting.
"""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

from kg.errors import SourceError
from kg.model.sources import RejectedRow, RejectionReason
from kg.model.state_register import StateRegister
from kg.model.symbol_spelling import spelling
from kg.model.symbols import session_of, slug
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, VotingEvent
from kg.sources import csv_table, ukraine_council
from kg.sources.loader import LoadResult
from kg.sources.source_list import read_sources

SOURCE = "ukraine-roll-calls"
FILES = (
    "ukraine_resolutions.csv",
    "ukraine_roll_calls.csv",
    ukraine_council.FILE,
    "sources.csv",
)
_LIBRARY_RECORD = "https://digitallibrary.un.org/record/"


def load(folder: Path, states: StateRegister) -> LoadResult:
    """Load the resolutions and their roll calls, and the votes of the Security Council.

    Raises:
        SourceError: if a table is unusable or refers to a resolution that the other lacks.
    """
    loaded = LoadResult()
    votes: dict[str, dict[str, VoteOption]] = {}
    agreeing: dict[str, dict[str, int]] = {}
    holders: dict[str, dict[str, tuple[str, ...]]] = {}
    conflicting: set[tuple[str, str]] = set()
    for row in csv_table.read(
        folder / "ukraine_roll_calls.csv", "resolution state vote agreeing sources"
    ):
        symbol, state = spelling(row["resolution"]), row["state"]
        loaded.rows["read"] += 1
        option = VoteOption.from_code(row["vote"])
        if state not in states:
            _reject(loaded, row, "unknown state", state, "the key of a state")
        elif option is None:
            _reject(loaded, row, "unknown vote", row["vote"], "Y, N, A or X")
        elif not row["agreeing"].isdecimal():
            _reject(
                loaded,
                row,
                "unusable number",
                row["agreeing"],
                "the number of agreeing compilations, a whole number",
            )
        elif votes.setdefault(symbol, {}).get(state, option) != option:
            conflicting.add((symbol, state))
            _reject(
                loaded,
                row,
                "two votes of one state",
                f"{symbol} {state} {option}",
                f"one vote per state and event; an earlier row has {votes[symbol][state]}, "
                "so neither is used",
            )
        else:
            votes[symbol][state] = option
            agreeing.setdefault(symbol, {})[state] = int(row["agreeing"])
            holders.setdefault(symbol, {})[state] = row.keys("sources")
    for symbol, state in conflicting:
        del votes[symbol][state]
    events = []
    for row in csv_table.read(
        folder / "ukraine_resolutions.csv", "symbol date title meeting library_record source"
    ):
        symbol = spelling(row["symbol"])
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"]):
            raise row.fail("date", "an ISO date")
        if symbol not in votes:
            raise row.fail("symbol", "a resolution with votes in ukraine_roll_calls.csv")
        record = _LIBRARY_RECORD + row["library_record"] if row["library_record"] else ""
        session = session_of(symbol) or ""
        events.append(
            VotingEvent(
                key=slug(symbol),
                source=SOURCE,
                body="GeneralAssembly",
                date=row["date"],
                session=session,
                votes=votes[symbol],
                records_non_voting=VoteOption.NON_VOTING in votes[symbol].values(),
                decides=Document(symbol, "GeneralAssembly", row["date"], session, row["title"]),
                vote_on="document",
                meeting=row["meeting"],
                library_record=record,
                agreeing=agreeing[symbol],
                compilations=tuple(dict.fromkeys(chain(*holders[symbol].values()))),
                compiled_from=holders[symbol],
            )
        )
    if unnamed := votes.keys() - {event.decides.symbol for event in events if event.decides}:
        names = ", ".join(sorted(unnamed))
        raise SourceError(f"{folder / 'ukraine_resolutions.csv'}: no row for {names}")
    council = list(ukraine_council.read(folder, states))
    loaded.rows["read"] += sum(len(event.votes) for event in council)
    events += council
    loaded.events = sorted(events, key=lambda event: event.key)
    used = {key for event in events for key in (event.source, *event.compilations)}
    loaded.records += read_sources(folder, used)
    return loaded


def _reject(
    loaded: LoadResult, row: csv_table.Row, problem: RejectionReason, value: str, expected: str
) -> None:
    record = row["resolution"]
    loaded.rejected.append(
        RejectedRow("ukraine", row.path.name, row.line, problem, value, expected, record)
    )
