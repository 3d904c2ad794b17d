"""The source ``unvotes``: General Assembly roll calls 1946 to January 2020.

The three ``.rda`` files of the R package unvotes (MIT), made from the data of Voeten, Strezhnev
and Bailey (doi:10.7910/DVN/LEJUQZ). Documentation: R/data.R in https://github.com/dgrtwo/unvotes.
Only yes, no and abstain are recorded; a state without a row may have been absent or not a member.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kg import resources
from kg.errors import SourceError
from kg.model.sources import NormalizedRow, RejectedRow, RejectionReason
from kg.model.state_register import StateRegister
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, Topic, VotingEvent
from kg.rdf.iris import kebab
from kg.sources import csv_table
from kg.sources.loader import LoadResult, RemoteFile
from kg.sources.r_data import Table, read_table
from kg.sources.source_list import read_sources
from kg.sources.unvotes.symbols import (
    NOT_ADOPTED,
    DocumentReference,
    RollCallRow,
    read_symbols,
    session_key,
)

SOURCE: Final = "unvotes-package"
TOPIC_SCHEME: Final = "unvotes-issues"
FILES = ("un_votes.rda", "un_roll_calls.rda", "un_roll_call_issues.rda")
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


@dataclass(frozen=True, slots=True)
class _RollCall:
    row: RollCallRow
    day: str
    important: bool
    description: str
    topics: tuple[str, ...]
    #: Its row in un_roll_calls.rda, counted from 1.
    number: int


def load(folder: Path, states: StateRegister) -> LoadResult:
    """Load the roll calls from the folder that contains the three files.

    Raises:
        SourceError: if a file is missing, corrupt or lacks a column, or a roll call number is
            used twice.
    """
    loaded = LoadResult()
    issues = _read(folder, "un_roll_call_issues", "rcid short_name issue")
    calls = _read(
        folder, "un_roll_calls", "rcid session importantvote date unres amend para short descr"
    )
    topics, topics_of = _topics(issues)
    table = _VoteTable(_read(folder, "un_votes", "rcid country country_code vote"), states)
    roll_calls = _roll_calls(calls, topics_of, folder / "un_roll_calls.rda", table.lost())
    references = read_symbols(call.row for call in roll_calls.values())
    for reference in references.values():
        key = "symbols made official" if reference.decides else f"symbols kept: {reference.reason}"
        loaded.notes[key] += 1
    loaded.normalized += [
        _not_adopted(roll_calls[rcid])
        for rcid, reference in references.items()
        if reference.reason == NOT_ADOPTED
    ]
    loaded.records += [*read_sources(resources.DATA, [SOURCE]), *topics]
    loaded.rows["read"] = len(table)
    loaded.rejected += table.without_roll_call(set(roll_calls))
    loaded.events = _events(loaded, roll_calls, references, table)
    return loaded


def _events(
    loaded: LoadResult,
    roll_calls: dict[int, _RollCall],
    references: dict[int, DocumentReference],
    table: _VoteTable,
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
        votes = table.votes(rcid, day, loaded.rejected)
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
            source_file="un_roll_calls.rda",
            source_row=call.number,
        )


class _VoteTable:
    """The packed rows of ``un_votes``, ordered by roll call."""

    def __init__(self, frame: Table, states: StateRegister) -> None:
        self._states = states
        self._seats = {
            (row["country"], row["country_code"]): row.keys("seats")
            for row in csv_table.read(
                resources.DATA / "unvotes_countries.csv", "country country_code seats"
            )
        }
        numbers = np.nan_to_num(frame["rcid"].numbers(), nan=-1.0).astype(np.int64)
        self._country, self._countries = _coded(
            frame["country"].texts(), frame["country_code"].texts()
        )
        self._word, self._words = _coded(frame["vote"].texts())
        # Stable, so that rows of a roll call keep their order and messages give the right rows.
        self._order = np.argsort(numbers, kind="stable")
        self._numbers = numbers[self._order]

    def __len__(self) -> int:
        return len(self._order)

    def lost(self) -> frozenset[int]:
        """Return the roll calls in which more states voted against than in favour."""
        sign = {"yes": 1, "no": -1}
        signs = np.array([sign.get(word, 0) for (word,) in self._words], dtype=np.int64)
        numbers, place = np.unique(self._numbers, return_inverse=True)
        majority = np.zeros(len(numbers), dtype=np.int64)
        np.add.at(majority, place, signs[self._word[self._order]])
        return frozenset(int(number) for number in numbers[majority < 0])

    def without_roll_call(self, rcids: set[int]) -> list[RejectedRow]:
        """Return the rows without a roll call, as rejected rows."""
        present = np.unique(self._numbers)
        strangers = [int(number) for number in present if int(number) not in rcids]
        return [
            _rejected(
                number,
                int(row),
                "unknown roll call",
                str(number),
                "the rcid of a row in un_roll_calls.rda",
            )
            for number in strangers
            for row in self._rows(number)
        ]

    def fitting_day(self, rcid: int, day: str) -> str:
        """Return the day of the month of ``day`` on which most voting states were members."""
        voters = {self._seats.get(self._countries[self._country[int(i)]]) for i in self._rows(rcid)}
        return self._states.fitting_day([seats for seats in voters if seats], day)

    def votes(self, rcid: int, day: str, rejected: list[RejectedRow]) -> dict[str, VoteOption]:
        """Return the votes of a roll call by state, adding unusable rows to ``rejected``."""
        votes: dict[str, VoteOption] = {}
        first_row: dict[str, int] = {}
        conflicting: set[str] = set()
        for index in self._rows(rcid):
            row = int(index)
            country, code = self._countries[self._country[row]]
            word = self._words[self._word[row]][0]
            option = _VOTES.get(word)
            seats = self._seats.get((country, code))
            if seats is None:
                rejected.append(
                    _rejected(
                        rcid,
                        row,
                        "unknown state",
                        f"{country} ({code or 'no code'})",
                        "a country of unvotes",
                    )
                )
                continue
            if option is None:
                rejected.append(
                    _rejected(
                        rcid,
                        row,
                        "unknown vote",
                        f"{word or 'no vote'} ({country})",
                        "yes, no or abstain",
                    )
                )
                continue
            state = self._states.on_seat(seats, day)
            if votes.setdefault(state, option) != option:
                conflicting.add(state)
                expected = (
                    f"one vote of {state} in roll call {rcid}; row {first_row[state] + 1} "
                    "differs, so neither is used"
                )
                rejected.append(
                    _rejected(rcid, row, "two votes of one state", f"{word} ({country})", expected)
                )
            first_row.setdefault(state, row)
        for state in conflicting:
            rejected.append(
                _rejected(
                    rcid,
                    first_row[state],
                    "two votes of one state",
                    f"{votes.pop(state)} ({state})",
                    f"one vote of {state} in roll call {rcid}; a later row differs, so "
                    "neither is used",
                )
            )
        return votes

    def _rows(self, rcid: int) -> Iterable[Any]:
        start, stop = np.searchsorted(self._numbers, [rcid, rcid + 1])
        rows: Iterable[Any] = self._order[start:stop]
        return rows


def _rejected(
    rcid: int, row: int, problem: RejectionReason, value: str, expected: str
) -> RejectedRow:
    return RejectedRow("unvotes", "un_votes.rda", row + 1, problem, value, expected, str(rcid))


def _not_adopted(call: _RollCall) -> NormalizedRow:
    return NormalizedRow(
        source="unvotes",
        file="un_roll_calls.rda",
        row=call.number,
        column="unres",
        value=call.row.unres,
        read_as="",
        rule=NOT_ADOPTED,
        record=str(call.row.rcid),
    )


def _read(folder: Path, table: str, columns: str) -> Table:
    """Return a table of an .rda file, which must have some columns."""
    path = folder / f"{table}.rda"
    if not folder.is_dir():
        raise SourceError(
            f"{folder}: no such folder; expected a folder that contains {', '.join(FILES)} "
            "(run: kg fetch unvotes)"
        )
    if not path.is_file():
        raise SourceError(f"{path}: no such file (run: kg fetch unvotes)")
    frame = read_table(path, table)
    missing = [name for name in columns.split() if name not in frame]
    if missing:
        raise SourceError(f"{path}: {table} has no column {', '.join(missing)}")
    return frame


def _coded(*columns: list[str]) -> tuple[NDArray[np.int32], list[tuple[str, ...]]]:
    """Return columns as one array of indices and the list of the indexed values."""
    numbers: dict[tuple[str, ...], int] = {}
    codes = np.fromiter(
        (numbers.setdefault(values, len(numbers)) for values in zip(*columns, strict=True)),
        dtype=np.int32,
        count=len(columns[0]),
    )
    return codes, list(numbers)


def _roll_calls(
    frame: Table, topics_of: dict[int, list[str]], path: Path, lost: frozenset[int]
) -> dict[int, _RollCall]:
    calls: dict[int, _RollCall] = {}
    numbers = {
        name: frame[name].numbers().tolist()
        for name in ("rcid", "session", "importantvote", "date", "amend", "para")
    }
    texts = (frame[name].texts() for name in ("unres", "short", "descr"))
    for index, (unres, short, descr) in enumerate(zip(*texts, strict=True)):
        value = {name: column[index] for name, column in numbers.items()}
        try:
            rcid, session = int(value["rcid"]), int(value["session"])
            day = date.fromordinal(_EPOCH + int(value["date"])).isoformat()
        except (ValueError, OverflowError) as error:
            raise SourceError(
                f"{path}, row {index + 1}: expected numbers in rcid, session and date "
                f"(days since 1970-01-01), found {value['rcid']!r}, {value['session']!r}, "
                f"{value['date']!r}"
            ) from error
        if rcid in calls:
            raise SourceError(f"{path}, row {index + 1}: rcid {rcid} also occurs in an earlier row")
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
            number=index + 1,
        )
    return calls


def _clean(text: str) -> str:
    """Return a text without the escape characters left by an earlier conversion."""
    text = re.sub(r'\\+"+$', "", text)
    return re.sub(r"\s+", " ", re.sub(r'\\+"*', '"', text)).strip()


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
