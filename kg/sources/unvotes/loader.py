"""The source ``unvotes``: General Assembly roll calls 1946 to January 2020.

The three tables of the R package unvotes (MIT), made from the data of Voeten, Strezhnev and
Bailey (doi:10.7910/DVN/LEJUQZ). Documentation: R/data.R in https://github.com/dgrtwo/unvotes.
Only yes, no and abstain are recorded; a state without a row may have been absent or not a member.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kg import resources
from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import Topic
from kg.rdf.iris import kebab
from kg.sources.loader import LoadResult, RemoteFile
from kg.sources.source_list import read_sources
from kg.sources.tables.columns import Table
from kg.sources.unvotes.countries import CountryResolver
from kg.sources.unvotes.files import FILES, TableFile, Tables, read_tables
from kg.sources.unvotes.roll_calls import (
    TOPIC_SCHEME,
    TOPIC_SCHEME_TITLE,
    Compilation,
    RollCall,
    add_events,
    description,
)
from kg.sources.unvotes.symbols import RollCallRow, read_symbols
from kg.sources.unvotes.votes import Choice, Layout, Voter, VoteTable, coded

SOURCE: Final = "unvotes-package"
__all__ = ["FILES", "REMOTE", "SOURCE", "load"]
_COMMIT = (
    "https://raw.githubusercontent.com/dgrtwo/unvotes/7eb7034314ff79c49c9e0785fcd9d216fa04cf14"
)
REMOTE = (
    RemoteFile(
        "un_votes.rda",
        f"{_COMMIT}/data/un_votes.rda",
        "cf814a48bc536e8f87f8e027942ac515fe6aae9d63cd71dd88ed718b14887e87",
    ),
    RemoteFile(
        "un_roll_calls.rda",
        f"{_COMMIT}/data/un_roll_calls.rda",
        "ff2070ae600cfd32176c6d149637306b9b677d6b910f48bec59a15357d673b4b",
    ),
    RemoteFile(
        "un_roll_call_issues.rda",
        f"{_COMMIT}/data/un_roll_call_issues.rda",
        "eec1b509ebce692c242b842837d5d861b52b65b2868a7c66f573d4a87d2eb0be",
    ),
)

_VOTES: Final = {
    "yes": VoteOption.YES,
    "no": VoteOption.NO,
    "abstain": VoteOption.ABSTENTION,
}
_EPOCH = date(1970, 1, 1).toordinal()
_SECONDS_PER_DAY: Final = 86_400
#: Larger numbers are seconds; as days they would be beyond the year 4700.
_MAX_DAYS: Final = 1_000_000


def load(folder: Path, states: StateRegister) -> LoadResult:
    """Load the roll calls from the folder that contains the three files.

    Raises:
        SourceError: if a table is missing, corrupt or lacks a column, or a roll call number is
            used twice.
    """
    tables = read_tables(folder)
    loaded = LoadResult(
        files=[tables.votes.path, tables.calls.path, tables.issues.path],
        remarks=list(tables.remarks),
    )
    topics, topics_of = _topics(tables.issues.columns)
    table = _vote_table(tables, states)
    roll_calls = _roll_calls(tables.calls, topics_of, table.lost(), loaded)
    loaded.records += [*read_sources(resources.DATA, [SOURCE]), *topics]
    references = read_symbols(call.row for call in roll_calls.values())
    add_events(loaded, _compilation(tables.calls), roll_calls, references, table)
    return loaded


def _compilation(calls: TableFile) -> Compilation:
    return Compilation("unvotes", SOURCE, calls.path.name, records_non_voting=False)


def _vote_table(tables: Tables, states: StateRegister) -> VoteTable:
    frame = tables.votes.columns
    resolver = CountryResolver(states)
    pairs = zip(frame["country"].texts(), frame["country_code"].texts(), strict=True)
    voter_of, countries = coded(pairs, len(frame["country"]))
    choice_of, words = coded(frame["vote"].texts(), len(frame["vote"]))
    layout = Layout(
        source="unvotes",
        file=tables.votes.path.name,
        first_row=tables.votes.first_row,
        voter=("country", "a country of unvotes"),
        vote=("vote", "yes, no or abstain"),
        calls=tables.calls.path.name,
    )
    voters = [
        Voter(name if resolver.seats(name, code) else f"{name} ({code or 'no code'})",
              resolver.seats(name, code))
        for name, code in countries
    ]  # fmt: skip
    choices = [Choice(word, _VOTES.get(word)) for word in words]
    numbers = frame["rcid"].numbers()
    return VoteTable(layout, numbers, (voter_of, voters), (choice_of, choices), states)


def _days(column: NDArray[np.float64]) -> list[float]:
    """Return dates as days since 1970; the editions of 2016 and 2017 may have seconds."""
    known = column[~np.isnan(column)]
    in_seconds = len(known) > 0 and float(np.abs(known).max()) > _MAX_DAYS
    days: list[float] = (column / _SECONDS_PER_DAY if in_seconds else column).tolist()
    return days


def _roll_calls(
    table: TableFile, topics_of: dict[int, list[str]], lost: frozenset[int], loaded: LoadResult
) -> dict[int, RollCall]:
    calls: dict[int, RollCall] = {}
    compilation = _compilation(table)
    frame, path = table.columns, table.path
    numbers = {
        name: frame[name].numbers().tolist()
        for name in ("rcid", "session", "importantvote", "amend", "para")
    }
    numbers["date"] = _days(frame["date"].numbers())
    texts = (frame[name].texts() for name in ("unres", "short", "descr"))
    for index, (unres, short, descr) in enumerate(zip(*texts, strict=True)):
        value = {name: column[index] for name, column in numbers.items()}
        try:
            rcid, session = int(value["rcid"]), int(value["session"])
            day = date.fromordinal(_EPOCH + int(value["date"])).isoformat()
        except (ValueError, OverflowError) as error:
            raise SourceError(
                f"{path}, row {index + table.first_row}: expected numbers in rcid, session and "
                f"date (days since 1970-01-01), found {value['rcid']!r}, {value['session']!r}, "
                f"{value['date']!r}"
            ) from error
        if rcid in calls:
            raise SourceError(
                f"{path}, row {index + table.first_row}: rcid {rcid} also occurs in an earlier row"
            )
        row = RollCallRow(
            rcid=rcid,
            session=session,
            unres=unres.strip(),
            amend=value["amend"] == 1,
            para=value["para"] == 1,
            text=f"{short}: {descr}",
            lost=rcid in lost,
        )
        calls[rcid] = RollCall(
            row=row,
            day=day,
            important=value["importantvote"] == 1,
            description=description(short, descr),
            topics=tuple(sorted(topics_of.get(rcid, ()))),
            number=index + table.first_row,
        )
        loaded.normalized += compilation.controls(calls[rcid], short=short, descr=descr)
    return calls


def _topics(frame: Table) -> tuple[list[Topic], dict[int, list[str]]]:
    topics: dict[str, Topic] = {}
    topics_of: dict[int, list[str]] = {}
    for rcid, notation, label in zip(
        frame["rcid"].numbers().tolist(),
        frame["short_name"].texts(),
        frame["issue"].texts(),
        strict=True,
    ):
        key = kebab(label)
        topic = Topic(key, label, TOPIC_SCHEME, notation, SOURCE, TOPIC_SCHEME_TITLE)
        topics.setdefault(key, topic)
        topics_of.setdefault(int(rcid), []).append(key)
    return sorted(topics.values(), key=lambda topic: topic.key), topics_of
