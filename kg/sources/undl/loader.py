"""The sources ``undl-ga`` and ``undl-sc``: the voting tables of the UN Digital Library.

One row for each vote of a state on an adopted resolution or decision; non-voting is recorded. Rows
may be in any order. The library's data dictionaries, published with the files, define the columns;
docs/explanation/sources.md explains the normalisation rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

from kg import resources
from kg.model.state_register import StateRegister
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName, Document, VotingEvent
from kg.sources.editions import find_edition
from kg.sources.loader import FileShape, LoadResult, RemoteFile
from kg.sources.source_list import read_sources
from kg.sources.tables.faults import first_fault
from kg.sources.tables.text import CONTROL, has_controls, normalized
from kg.sources.undl import events, parts
from kg.sources.undl.agenda import items_of, items_of_event
from kg.sources.undl.delegations import DelegationResolver
from kg.sources.undl.events import Fault, RecordedEvent
from kg.sources.undl.row_log import RowLog
from kg.sources.undl.rows import (
    FIRST_EDITION,
    FIRST_EDITION_VOTES,
    REQUIRED,
    PackedTable,
    read_table,
)
from kg.sources.undl.texts import follow_text, read_adoptions
from kg.sources.undl.topics import topic_key, topics_of
from kg.sources.undl.unanimous import read_unanimous

_SITE: Final = "https://digitallibrary.un.org/record"
#: A known edition of each file; the library replaces them a few times a year.
REMOTE_GA: Final = RemoteFile(
    "2026_02_06_ga_voting.csv",
    f"{_SITE}/4060887/files/2026_02_06_ga_voting.csv",
    pattern="*ga_voting*.csv",
    page=f"{_SITE}/4060887",
    named="YYYY_MM_DD_ga_voting.csv",
)
REMOTE_SC: Final = RemoteFile(
    "2025_11_25_sc_voting.csv",
    f"{_SITE}/4055387/files/2025_11_25_sc_voting.csv",
    pattern="*sc_voting*.csv",
    page=f"{_SITE}/4055387",
    named="YYYY_MM_DD_sc_voting.csv",
)

# Rules, as printed in the list of normalised rows.
LETTER: Final = "a lower-case or padded vote code is normalised to upper case"
CODE: Final = "a lower-case or padded state code is normalised to upper case"
REPEATED: Final = "an identical second vote of a state in a record is not counted"
NOT_TAKEN: Final = "no vote was taken: the library then records Y or X for each member"
SILENT: Final = "a record with X for every member is an adoption without a vote"
UNANIMOUS: Final = "X for every member is read as in favour where the adoption was unanimous"


@dataclass(frozen=True)
class _Body:
    """The differences between the two tables."""

    source: str
    body: BodyName
    remote: RemoteFile


_ASSEMBLY: Final = _Body("undl-ga", "GeneralAssembly", REMOTE_GA)
_COUNCIL: Final = _Body("undl-sc", "SecurityCouncil", REMOTE_SC)


def load_ga(path: Path, states: StateRegister) -> LoadResult:
    """Load the General Assembly's table from its file or the folder that contains it.

    Raises:
        SourceError: if there is no such file, or it is not the table it should be.
    """
    return _load(_ASSEMBLY, path, states)


def load_sc(path: Path, states: StateRegister) -> LoadResult:
    """Load the Security Council's table from its file or the folder that contains it.

    Raises:
        SourceError: if there is no such file, or it is not the table it should be.
    """
    return _load(_COUNCIL, path, states)


def recognizes_ga(shape: FileShape) -> bool:
    """Return whether a file or folder is the General Assembly's table."""
    return _recognizes(shape, REMOTE_GA) and not _is_of_council(shape)


def recognizes_sc(shape: FileShape) -> bool:
    """Return whether a file or folder is the Security Council's table."""
    return _recognizes(shape, REMOTE_SC) and (not shape.columns or _is_of_council(shape))


def _recognizes(shape: FileShape, remote: RemoteFile) -> bool:
    if shape.path.is_dir():
        return bool(remote.editions(shape.path))
    return {FIRST_EDITION.get(name, name) for name in shape.columns}.issuperset(REQUIRED)


def _is_of_council(shape: FileShape) -> bool:
    return not shape.columns.isdisjoint(("permanent_member", "description"))


def _load(which: _Body, path: Path, states: StateRegister) -> LoadResult:
    file, remark = find_edition(path, which.remote)
    table = read_table(file, events.COLUMNS)
    loaded = LoadResult(files=[file])
    loaded.remarks += filter(None, [remark])
    if table.is_first_edition:
        loaded.remarks.append(f"{file.name} has the columns of the library's first edition")
    loaded.rows["read"] = table.read
    reader = _Reader(which, table, loaded, DelegationResolver(states))
    records = reader.records()
    if not records:
        raise first_fault(file, loaded.rejected)
    topics = topics_of(which.source, (record.event for record in records))
    items = items_of(which.source, (record.event for record in records))
    sources = read_sources(resources.DATA, reader.sources(records))
    loaded.records += [*sources, *topics, *items]
    loaded.events = reader.marked(records)
    return loaded


@dataclass(frozen=True)
class _Record:
    """A record of the library and its row numbers, in line order."""

    source: str
    event: RecordedEvent
    rows: list[int]

    @property
    def key(self) -> str:
        event = self.event
        return slug(event.symbol) if event.symbol else f"{self.source}-{event.number}"


@dataclass(frozen=True)
class _Delegation:
    """A recorded delegation, with its code in upper case and its seats where known."""

    recorded: str
    code: str
    name: str
    seats: tuple[str, ...] | None


def _delegation(recorded: str, name: str, delegations: DelegationResolver) -> _Delegation:
    code, name = normalized(recorded).upper(), normalized(name)
    return _Delegation(recorded, code, name, delegations.seats(code, name))


class _Reader:
    """Reads the records of one table and notes rejected and normalised rows."""

    def __init__(
        self, which: _Body, table: PackedTable, loaded: LoadResult, delegations: DelegationResolver
    ) -> None:
        self._which = which
        self._table = table
        self._loaded = loaded
        self._log = RowLog(which.source, table, loaded)
        self._delegations = delegations
        self._resolved = [_delegation(*delegation, delegations) for delegation in table.delegations]
        self._adoptions = read_adoptions()
        self._unanimous = read_unanimous()
        self._codes = [self._code(word) for word in table.words]
        self._options = [VoteOption.from_code(code) for code in self._codes]
        for line, value in table.malformed:
            expected = f"{table.width} values, one for each column"
            self._log.reject_line(line, Fault("broken line", "", value, expected))

    def _code(self, word: str) -> str:
        """Return the code of a vote as in the present edition, in upper case."""
        code = normalized(word).upper()
        return FIRST_EDITION_VOTES.get(code, code) if self._table.is_first_edition else code

    def records(self) -> list[_Record]:
        """Return the records in the order of their keys, one per document."""
        table, body = self._table, self._which.body
        faults = [events.unusable(details, body) for details in table.details]
        numbers = [events.control_number(details) for details in table.details]
        ranks = {n: i for i, n in enumerate(sorted({n for n in numbers if n is not None}))}
        usable = [
            -1 if fault or number is None else ranks[number]
            for fault, number in zip(faults, numbers, strict=True)
        ]
        for detail, rows in table.groups([i if f else -1 for i, f in enumerate(faults)]):
            fault = faults[detail]
            assert fault is not None
            for row in rows:
                self._log.reject(row, fault)
        by_key: dict[str, _Record] = {}
        for _, rows in table.groups(usable):
            record = _Record(self._which.source, self._event(rows), rows)
            first = by_key.setdefault(record.key, record)
            if first is not record:
                self._reject_second(record, first)
        return [by_key[key] for key in sorted(by_key)]

    def sources(self, records: list[_Record]) -> set[str]:
        """Return the keys of the sources of some records."""
        return {self._which.source, *chain.from_iterable(map(self._compilations, records))}

    def marked(self, records: list[_Record]) -> Iterator[VotingEvent]:
        """Yield the events of records; parts that repeat the whole text's roll call are marked."""
        rows = {record.key: record.rows[0] for record in records}
        for event in parts.mark_repeated(self._events(records)):
            if event.possibly_same_as:
                value = f"the roll call of {event.possibly_same_as}"
                self._log.normalize(rows[event.key], "resolution", event.name, value, parts.RULE)
            yield event
        self._loaded.rejected.sort(key=lambda row: row.row)
        self._loaded.normalized.sort(key=lambda row: row.row)

    def _events(self, records: list[_Record]) -> Iterator[VotingEvent]:
        """Yield the event of each record with a usable vote or an adoption without a vote."""
        for record in records:
            event = record.event
            votes, cast_as = self._votes(record)
            unanimous_by = self._unanimous_by(record)
            if not votes and not event.without_vote:
                continue
            topics = tuple(sorted({topic_key(label) for label in event.subjects}))
            yield VotingEvent(
                key=record.key,
                source=self._which.source,
                body=self._which.body,
                date=event.date,
                session=event.session,
                votes=votes,
                records_non_voting=not event.without_vote,
                decides=self._document(event, topics),
                vote_on="document",
                source_symbol="" if event.symbol else event.recorded_symbol,
                source_number="" if event.symbol else f"record {event.number}",
                description="" if event.symbol else event.title,
                meeting=event.meeting,
                topics=topics,
                library_record=event.library_record,
                drafts=event.drafts,
                committee_report=event.committee_report,
                agenda=event.agenda,
                agenda_items=tuple(item.key for item in items_of_event(record.source, event)),
                vote_notes=event.notes,
                recorded_in=event.recorded_in,
                cast_as=cast_as,
                compilations=self._compilations(record),
                compiled_from=dict.fromkeys(votes, (unanimous_by,)) if unanimous_by else {},
                printed=event.printed,
                without_vote=event.without_vote,
                outcome="adopted",
                overruled=event.overruled,
                source_record=str(event.number),
                source_file=self._table.path.name,
                source_row=int(self._table.line_of[record.rows[0]]),
            )

    def _document(self, event: RecordedEvent, topics: tuple[str, ...]) -> Document | None:
        """Return the adopted document, None if its symbol is unknown."""
        if not event.symbol:
            return None
        return Document(
            symbol=event.symbol,
            body=self._which.body,
            date=event.date,
            session=event.session,
            title=event.title,
            topics=topics,
            library_record=event.library_record,
            variants=(event.recorded_symbol,) if event.recorded_symbol != event.symbol else (),
        )

    def _event(self, rows: list[int]) -> RecordedEvent:
        """Return the event data of a record, settled where its rows differ."""
        table = self._table
        counts = Counter(int(table.detail_of[row]) for row in rows)
        details = [table.details[detail] for detail in counts]
        settled = events.settle(details, list(counts.values()))
        if len(counts) > 1:
            odd = {d: events.differing(table.details[d], settled) for d in counts}
            for row in rows:
                detail = int(table.detail_of[row])
                for column in odd[detail]:
                    value = table.details[detail][column]
                    self._log.normalize(row, column, value, settled[column], events.DIFFERS)

        def note(column: str, value: str, read_as: str, rule: str) -> None:
            self._log.normalize(rows[0], column, value, read_as, rule)

        for detail in sorted(counts):
            self._log.controls(detail, rows)
        notes = [row_details.get("vote_note", "") for row_details in details]
        event = events.read_event(settled, notes, self._which.body, note)
        key = slug(event.symbol) if event.symbol else ""
        if adoption := self._adoptions.get(key):
            event = follow_text(event, adoption, note)
        if self._is_silent(rows) and key not in self._unanimous:
            return replace(event, without_vote=True, printed={})
        return event

    def _unanimous_by(self, record: _Record) -> str:
        """Return the source of a unanimous adoption where the record has no vote, else nothing."""
        return self._unanimous.get(record.key, "") if self._is_silent(record.rows) else ""

    def _compilations(self, record: _Record) -> tuple[str, ...]:
        """Return the sources of values that replace those of the record."""
        used = (self._unanimous_by(record), record.event.text_source)
        return tuple(dict.fromkeys(filter(None, used)))

    def _is_silent(self, rows: list[int]) -> bool:
        """Return whether every row of a record marks a member as non-voting."""
        options = {self._options[self._table.word_of[row]] for row in rows}
        return options == {VoteOption.NON_VOTING}

    def _reject_second(self, record: _Record, first: _Record) -> None:
        expected = (
            f"one record per document: {first.event.symbol} is in record "
            f"{first.event.number}, the lower control number, which is used"
        )
        for row in record.rows:
            value = f"{record.event.symbol} in record {record.event.number}"
            self._log.reject(
                row, Fault("second record of a document", "resolution", value, expected)
            )

    def _votes(self, record: _Record) -> tuple[dict[str, VoteOption], dict[str, str]]:
        """Return the votes by state, and the recorded names that are not known names."""
        usable: dict[str, list[tuple[int, VoteOption, str]]] = defaultdict(list)
        silent, unanimous = self._is_silent(record.rows), bool(self._unanimous_by(record))
        for row in record.rows:
            if record.event.without_vote:
                self._read_unvoted(row, silent=silent)
            elif read := self._vote(row, record.event.date):
                state, option, name = read
                if unanimous:
                    option = VoteOption.YES
                    self._log.normalize(row, "ms_vote", "X", option.value, UNANIMOUS)
                usable[state].append((row, option, name))
        votes: dict[str, VoteOption] = {}
        cast_as: dict[str, str] = {}
        for state, votes_of_state in usable.items():
            if len({option for _, option, _ in votes_of_state}) > 1:
                self._reject_conflict(state, votes_of_state, record.event.number)
                continue
            votes[state] = votes_of_state[0][1]
            if name := min(self._delegations.cast_as(state, name) for _, _, name in votes_of_state):
                cast_as[state] = name
            for row, option, name in votes_of_state[1:]:
                self._loaded.rows["repeated"] += 1
                self._log.normalize(
                    row, state, f"{option} ({name})", "the vote read before", REPEATED
                )
        return votes, cast_as

    def _vote(self, row: int, day: str) -> tuple[str, VoteOption, str] | None:
        """Return the state, option and recorded name of a row; None if it was rejected."""
        table = self._table
        delegation = self._resolved[table.delegation_of[row]]
        option = self._options[table.word_of[row]]
        word = table.words[table.word_of[row]]
        if delegation.seats is None:
            value = f"{delegation.code or 'no code'} ({delegation.name or 'no name'})"
            expected = self._delegations.expected(delegation.code)
            self._log.reject(row, Fault("unknown state", "ms_code", value, expected))
            return None
        if option is None:
            value = f"{word.strip() or 'no vote'} ({delegation.name or delegation.code})"
            self._log.reject(
                row, Fault("unknown vote", "ms_vote", value, "Y, N, A or X (non-voting)")
            )
            return None
        if word != normalized(word).upper():
            self._log.normalize(row, "ms_vote", word, option.value, LETTER)
        if delegation.code != delegation.recorded:
            self._log.normalize(row, "ms_code", delegation.recorded, delegation.code, CODE)
        recorded_name = table.delegations[table.delegation_of[row]][1]
        if has_controls(recorded_name):
            self._log.normalize(row, "ms_name", recorded_name, delegation.name, CONTROL)
        return self._delegations.state(delegation.seats, day), option, delegation.name

    def _read_unvoted(self, row: int, *, silent: bool) -> None:
        """Count a row of an adoption without a vote, which contains no vote.

        The library marks each member there as in favour, as non-voting, or not at all.
        """
        word = self._codes[self._table.word_of[row]]
        if silent or word in ("Y", "X", ""):
            self._loaded.rows["without a vote"] += 1
            rule = SILENT if silent else NOT_TAKEN
            self._log.normalize(row, "ms_vote", word, "no vote", rule)
        else:
            expected = "Y, X or empty in an adoption without a vote"
            self._log.reject(row, Fault("unknown vote", "ms_vote", word, expected))

    def _reject_conflict(
        self, state: str, conflicting: list[tuple[int, VoteOption, str]], number: int
    ) -> None:
        lines = {row: int(self._table.line_of[row]) for row, _, _ in conflicting}
        for row, option, name in conflicting:
            others = ", ".join(str(line) for other, line in lines.items() if other != row)
            expected = (
                f"one vote of {state} in record {number}; row {others} differs, so none is used"
            )
            value = f"{option} ({name})"
            self._log.reject(row, Fault("two votes of one state", "ms_vote", value, expected))
