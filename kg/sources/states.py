"""The source ``states``: past and present members, their seats, names and predecessors.

It includes the terms of members of the Security Council, groups, observers and committees with the
members of groups, suspensions of the vote, and corrections of votes announced by delegations.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import defaultdict
from pathlib import Path
from typing import Final

from kg.errors import SourceError
from kg.model.state_names import StateNames
from kg.model.state_register import StateRegister
from kg.model.states import DatedName, Period, Predecessor, Seat, State
from kg.resources import DATA
from kg.sources import agents, council_members, csv_table, names, vote_remarks
from kg.sources.council_members import read_council_members
from kg.sources.loader import LoadResult
from kg.sources.source_list import read_sources

FILES = (
    "states.csv",
    "memberships.csv",
    "names.csv",
    "predecessors.csv",
    "seats.csv",
    *names.FILES,
    council_members.FILE,
    agents.AGENTS_FILE,
    agents.MEMBERS_FILE,
    vote_remarks.SUSPENSIONS_FILE,
    vote_remarks.CORRECTIONS_FILE,
    "sources.csv",
)
#: The columns of states.csv that correspond to text fields of a state of the same name.
_STATE_COLUMNS: Final = tuple(
    field.name for field in dataclasses.fields(State) if field.type == "str"
)
_PERIOD_COLUMNS: Final = "from until until_as_printed source"
_SEAT_COLUMNS: Final = "key admitted permanent_member_of source"
_SOURCE_COLUMNS: Final = (
    "name_source",
    "codes_source",
    "wikidata_source",
    "group_source",
    "cow_source",
    "eu_source",
)


def read_states(folder: Path) -> list[State]:
    """Return all states of the tables in a folder.

    Raises:
        SourceError: if a table is unusable or a state has no membership.
    """
    memberships: dict[str, list[Period]] = defaultdict(list)
    for row in csv_table.read(folder / "memberships.csv", f"state {_PERIOD_COLUMNS} note"):
        memberships[row["state"]].append(dataclasses.replace(_period(row), note=row["note"]))
    dated_names: dict[str, list[DatedName]] = defaultdict(list)
    for row in csv_table.read(folder / "names.csv", f"state name {_PERIOD_COLUMNS}"):
        dated_names[row["state"]].append(DatedName(row["name"], _period(row)))
    predecessors: dict[str, list[Predecessor]] = defaultdict(list)
    for row in csv_table.read(
        folder / "predecessors.csv", "state predecessor relation date source"
    ):
        predecessors[row["state"]].append(
            Predecessor(row["predecessor"], row["relation"], row["date"], row.keys("source"))
        )
    other_names = names.read_names(folder)
    states = []
    for row in csv_table.read(folder / "states.csv", " ".join((*_STATE_COLUMNS, *_SOURCE_COLUMNS))):
        if row["key"] not in memberships:
            raise row.fail("key", "a state with a row in memberships.csv")
        sources = [key for column in _SOURCE_COLUMNS for key in row.keys(column)]
        named_otherwise = other_names.get(f"state/{row['key']}", ())
        sources += [key for name in named_otherwise for key in name.sources]
        states.append(
            State(
                **{column: row[column] for column in _STATE_COLUMNS},
                sources=tuple(dict.fromkeys(sources)),
                memberships=tuple(sorted(memberships[row["key"]], key=lambda p: p.start)),
                names=tuple(sorted(dated_names[row["key"]], key=lambda n: n.period.start)),
                other_names=named_otherwise,
                predecessors=tuple(predecessors[row["key"]]),
            )
        )
    keys = {state.key for state in states}
    strangers = sorted((memberships.keys() | dated_names.keys() | predecessors.keys()) - keys)
    if strangers:
        raise SourceError(f"{folder / 'states.csv'}: no row for {', '.join(strangers)}")
    return states


def _period(row: csv_table.Row) -> Period:
    until, printed = row["until"], row["until_as_printed"]
    if until and until <= row["from"]:
        raise row.fail("until", "later than the first day")
    if printed and printed >= until:
        raise row.fail("until_as_printed", "a last day, which is before the column until")
    return Period(row["from"], until, row.keys("source"), until_as_printed=printed)


def _read_seats(folder: Path) -> list[Seat]:
    return [_seat(row) for row in csv_table.read(folder / "seats.csv", _SEAT_COLUMNS)]


def _seat(row: csv_table.Row) -> Seat:
    body = row["permanent_member_of"]
    if body not in ("", "SecurityCouncil"):
        raise row.fail("permanent_member_of", "SecurityCouncil, or nothing")
    return Seat(row["key"], row["admitted"], row.keys("source"), body)


def read_register(folder: Path) -> StateRegister:
    """Return the register of the states of the tables in a folder.

    Raises:
        SourceError: if a table is unusable.
    """
    states = read_states(folder)
    terms = read_council_members(folder, {state.key for state in states})
    return StateRegister(states, _read_seats(folder), terms)


@functools.cache
def embedded_names() -> StateNames:
    """Return the states of the package by name, read once.

    Raises:
        SourceError: if a table is unusable.
    """
    return StateNames(read_register(DATA))


def load(folder: Path, _: StateRegister) -> LoadResult:
    """Load the states, their seats, suspensions and corrections, and the sources of all."""
    seats = _read_seats(folder)
    states = read_states(folder)
    keys = {state.key for state in states}
    terms = read_council_members(folder, keys)
    suspensions = vote_remarks.read_suspensions(folder, keys)
    corrections = vote_remarks.read_corrections(folder, keys)
    register = agents.read_agents(folder)
    groups = [register[key] for key in register]
    members = agents.read_group_members(folder, register, keys)
    used = {key for seat in seats for key in seat.sources}
    used.update(key for suspension in suspensions for key in suspension.period.sources)
    used.update(key for term in terms for key in term.period.sources)
    used.update(key for agent in groups for key in agent.sources)
    used.update(key for member in members for key in member.sources)
    used.update(correction.source for correction in corrections)
    for state in states:
        used.update(state.sources)
        used.update(key for period in state.memberships for key in period.sources)
        used.update(key for name in state.names for key in name.period.sources)
        used.update(key for earlier in state.predecessors for key in earlier.sources)
    return LoadResult(
        [*read_sources(folder, used), *seats, *states, *terms, *suspensions, *groups, *members],
        corrections=corrections,
    )
