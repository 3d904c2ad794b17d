"""The source ``unvotes``: General Assembly roll calls 1946 to January 2020.

The three tables of the R package unvotes (MIT), made from the data of Voeten, Strezhnev and
Bailey (doi:10.7910/DVN/LEJUQZ). Documentation: R/data.R in https://github.com/dgrtwo/unvotes.
Only yes, no and abstain are recorded; a state without a row may have been absent or not a member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kg import resources
from kg.errors import SourceError
from kg.model.sources import NormalizedRow
from kg.model.state_register import StateRegister
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, Topic, VotingEvent
from kg.rdf.iris import kebab
from kg.sources.loader import LoadResult, RemoteFile
from kg.sources.source_list import read_sources
from kg.sources.tables.columns import Table
from kg.sources.tables.text import CONTROL, has_controls, normalized, visible
from kg.sources.unvotes.countries import CountryResolver
from kg.sources.unvotes.files import FILES, TableFile, Tables, read_tables
from kg.sources.unvotes.symbols import (
    NOT_ADOPTED,
    DocumentReference,
    RollCallRow,
    read_symbols,
    session_key,
)
from kg.sources.unvotes.votes import Choice, Layout, Voter, VoteTable, coded

SOURCE: Final = "unvotes-package"
TOPIC_SCHEME: Final = "unvotes-issues"
__all__ = ["FILES", "REMOTE", "SOURCE", "TOPIC_SCHEME", "load"]
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

#: Up to this session, only year and month of the dates are reliable (docs/explanation/sources.md).
LAST_MONTH_SESSION: Final = 57
_VOTES: Final = {
    "yes": VoteOption.YES,
    "no": VoteOption.NO,
    "abstain": VoteOption.ABSTENTION,
}
_EPOCH = date(1970, 1, 1).toordinal()
_SECONDS_PER_DAY: Final = 86_400
#: Larger numbers are seconds; as days they would be beyond the year 4700.
_MAX_DAYS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class _RollCall:
    row: RollCallRow
    day: str
    important: bool
    description: str
    topics: tuple[str, ...]
    #: Its row in the file.
    number: int


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
    references = read_symbols(call.row for call in roll_calls.values())
    for reference in references.values():
        key = "symbols made official" if reference.decides else f"symbols kept: {reference.reason}"
        loaded.notes[key] += 1
    loaded.normalized += [
        _normalized(
            tables.calls, roll_calls[rcid], "unres", roll_calls[rcid].row.unres, "", NOT_ADOPTED
        )
        for rcid, reference in references.items()
        if reference.reason == NOT_ADOPTED
    ]
    loaded.records += [*read_sources(resources.DATA, [SOURCE]), *topics]
    loaded.rows["read"] = len(table)
    loaded.rejected += table.without_roll_call(set(roll_calls))
    loaded.events = _events(loaded, roll_calls, references, table, tables.calls.path.name)
    return loaded


def _events(
    loaded: LoadResult,
    roll_calls: dict[int, _RollCall],
    references: dict[int, DocumentReference],
    table: VoteTable,
    file: str,
) -> Iterator[VotingEvent]:
    keys = {
        rcid: slug(references[rcid].decides) if references[rcid].decides else f"unvotes-{rcid}"
        for rcid in roll_calls
    }
    for rcid in sorted(keys, key=keys.__getitem__):
        call, reference = roll_calls[rcid], references[rcid]
        knows_day = call.row.session > LAST_MONTH_SESSION
        known_date = call.day if knows_day else call.day[:7]
        day = call.day if knows_day else table.fitting_day(rcid, call.day)
        votes = table.votes(rcid, day, loaded)
        loaded.notes[f"dates known to the {'day' if knows_day else 'month'}"] += 1
        session = session_key(call.row)
        decides = None
        if reference.decides:
            decides = Document(
                reference.decides,
                "GeneralAssembly",
                known_date,
                session,
                topics=call.topics,
            )
        yield VotingEvent(
            key=keys[rcid],
            source=SOURCE,
            body="GeneralAssembly",
            date=known_date,
            printed_date=call.day,
            session=session,
            votes=votes,
            records_non_voting=False,
            decides=decides,
            relates_to=reference.relates_to,
            vote_on=reference.vote_on,
            source_symbol=call.row.unres,
            source_number=f"rcid {rcid}",
            description=call.description,
            topics=call.topics,
            important=call.important,
            source_record=str(rcid),
            source_file=file,
            source_row=call.number,
        )


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


def _normalized(
    table: TableFile, call: _RollCall, column: str, value: str, read_as: str, rule: str
) -> NormalizedRow:
    return NormalizedRow(
        source="unvotes",
        file=table.path.name,
        row=call.number,
        column=column,
        value=value,
        read_as=read_as,
        rule=rule,
        record=str(call.row.rcid),
    )


def _days(column: NDArray[np.float64]) -> list[float]:
    """Return dates as days since 1970; the editions of 2016 and 2017 may have seconds."""
    known = column[~np.isnan(column)]
    in_seconds = len(known) > 0 and float(np.abs(known).max()) > _MAX_DAYS
    days: list[float] = (column / _SECONDS_PER_DAY if in_seconds else column).tolist()
    return days


def _roll_calls(
    table: TableFile, topics_of: dict[int, list[str]], lost: frozenset[int], loaded: LoadResult
) -> dict[int, _RollCall]:
    calls: dict[int, _RollCall] = {}
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
        parts = [text for text in (_clean(short), _clean(descr)) if text]
        if len(parts) == 2 and parts[1].startswith(parts[0]):
            del parts[0]
        calls[rcid] = _RollCall(
            row=row,
            day=day,
            important=value["importantvote"] == 1,
            description=": ".join(parts),
            topics=tuple(sorted(topics_of.get(rcid, ()))),
            number=index + table.first_row,
        )
        loaded.normalized += (
            _normalized(table, calls[rcid], name, visible(text), normalized(text), CONTROL)
            for name, text in (("short", short), ("descr", descr))
            if has_controls(text)
        )
    return calls


def _clean(text: str) -> str:
    """Return a text without the escape characters left by an earlier conversion."""
    text = re.sub(r'\\+"+$', "", text)
    return normalized(re.sub(r'\\+"*', '"', text))


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
        topics.setdefault(key, Topic(key, label, TOPIC_SCHEME, notation, SOURCE))
        topics_of.setdefault(int(rcid), []).append(key)
    return sorted(topics.values(), key=lambda topic: topic.key), topics_of
