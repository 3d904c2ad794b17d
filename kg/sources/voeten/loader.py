"""The source ``voeten``: General Assembly roll calls with absences, from 1946.

The table UNVotes of Voeten, Strezhnev and Bailey (doi:10.7910/DVN/LEJUQZ), from which the package
unvotes was made: 1 yes, 2 abstain, 3 no, 8 absent, 9 not a member. Its roll calls have the numbers
of unvotes. States have the codes of the Correlates of War project.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from kg import resources
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import Topic
from kg.rdf.iris import kebab
from kg.sources.loader import LoadResult
from kg.sources.source_list import read_sources
from kg.sources.unvotes.roll_calls import (
    TOPIC_SCHEME,
    Compilation,
    RollCall,
    add_events,
    description,
)
from kg.sources.unvotes.symbols import DocumentReference, RollCallRow, read_symbols
from kg.sources.unvotes.votes import Choice, Layout, Voter, VoteTable, coded
from kg.sources.voeten.codes import EXPECTED, seats_by_code
from kg.sources.voeten.table import (
    CALL_COLUMNS,
    ISSUES,
    PARTS,
    VoetenFile,
    day,
    first_values,
    printed,
    read,
)

NAME: Final = "voeten"
SOURCE: Final = "voeten-table"
#: The reason why no symbol is official, as printed in the manifest and the audit.
NO_FLAGS: Final = "the table has no flags for amendments and paragraphs"
_OPTIONS: Final = {
    1: VoteOption.YES,
    2: VoteOption.ABSTENTION,
    3: VoteOption.NO,
    8: VoteOption.NON_VOTING,
}
_NOT_A_MEMBER: Final = 9


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load the roll calls from the table, or from the folder that contains it.

    Raises:
        SourceError: if there is no such file, or it is not the table.
    """
    file = read(path)
    loaded = LoadResult(files=[file.path], remarks=[file.remark] if file.remark else [])
    table = _vote_table(file, states)
    compilation = Compilation(NAME, SOURCE, file.path.name, records_non_voting=True)
    calls = _roll_calls(file, compilation, table, loaded)
    references = dict.fromkeys(calls, DocumentReference(reason=NO_FLAGS))
    if all(name in file.columns for name in PARTS):
        references = read_symbols(call.row for call in calls.values())
    loaded.records += [*read_sources(resources.DATA, [SOURCE]), *_topics()]
    loaded.notes["states that were not members (9)"] = table.count("9")
    loaded.notes["absent states (8)"] = table.count("8")
    add_events(loaded, compilation, calls, references, table)
    return loaded


def _topics() -> list[Topic]:
    """Return the issues as topics, as unvotes has them."""
    return [
        Topic(kebab(label), label, TOPIC_SCHEME, notation, SOURCE)
        for label, notation in sorted((label, key) for key, label in ISSUES.items())
    ]


def _vote_table(file: VoetenFile, states: StateRegister) -> VoteTable:
    seats = seats_by_code()
    codes, votes = (file.columns[name].numbers() for name in ("ccode", "vote"))
    voter_of, voters = coded(codes.tolist(), len(codes))
    choice_of, choices = coded(votes.tolist(), len(votes))
    layout = Layout(
        source=NAME,
        file=file.path.name,
        first_row=file.first_row,
        voter=("ccode", EXPECTED),
        vote=("vote", "1 (yes), 2 (abstain), 3 (no), 8 (absent) or 9 (not a member)"),
        calls=file.path.name,
    )
    return VoteTable(
        layout,
        file.columns["rcid"].numbers(),
        (voter_of, [Voter(f"ccode {printed(code)}", seats.get(printed(code))) for code in voters]),
        (choice_of, [Choice(printed(n), _OPTIONS.get(n), n != _NOT_A_MEMBER) for n in choices]),
        states,
    )


def _roll_calls(
    file: VoetenFile, compilation: Compilation, table: VoteTable, loaded: LoadResult
) -> dict[int, RollCall]:
    """Return the roll calls by number, each from its first row; rows without a day are rejected."""
    lost = table.lost()
    rcids, first_rows = np.unique(file.columns["rcid"].numbers(), return_index=True)
    rows = first_rows[~np.isnan(rcids)].tolist()
    values = {name: first_values(file.columns, name, rows) for name in CALL_COLUMNS}
    calls: dict[int, RollCall] = {}
    issues = {key: kebab(label) for key, label in ISSUES.items()}
    for place, row in enumerate(rows):
        value = {name: column[place] for name, column in values.items()}
        rcid, on = int(float(value["rcid"])), day(value["date"])
        if not on or not value["session"].isdecimal():
            column = "session" if on else "date"
            what = "the number of a session" if on else "a day, as 12/31/1946 or 1946-12-31"
            loaded.rejected += table.rejected(
                rcid, "impossible date", column, value[column] or f"no {column}", what
            )
            continue
        calls[rcid] = RollCall(
            row=RollCallRow(
                rcid=rcid,
                session=int(value["session"]),
                unres=value["unres"].strip(),
                amend=value["amend"] == "1",
                para=value["para"] == "1",
                text=f"{value['short']}: {value['descr']}",
                lost=rcid in lost,
            ),
            day=on,
            important=value["importantvote"] == "1",
            description=description(value["short"], value["descr"]),
            topics=tuple(sorted(topic for key, topic in issues.items() if value[key] == "1")),
            number=row + file.first_row,
        )
        loaded.normalized += compilation.controls(
            calls[rcid], short=value["short"], descr=value["descr"]
        )
    return calls
