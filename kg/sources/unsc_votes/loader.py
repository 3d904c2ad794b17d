"""The source ``unsc-votes``: the database "UNSC votes since 1946" of Sciences Po.

Every vote of the Security Council on a resolution, and on drafts that were vetoed or failed, by
state. Rows are votes, not drafts: several votes on one draft, and votes of which only the meeting
is known, are events with a key of this source. docs/explanation/sources.md explains the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kg import resources
from kg.errors import SourceError
from kg.model.discrepancies import Discrepancy
from kg.model.sources import NormalizedRow, RejectedRow
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import VotingEvent
from kg.sources.loader import FileShape, LoadResult, RemoteFile
from kg.sources.source_list import read_sources
from kg.sources.tables.faults import first_fault
from kg.sources.tables.text import CONTROL, normalized
from kg.sources.unsc_votes import table
from kg.sources.unsc_votes.events import SOURCE, EventMaker, Normalization
from kg.sources.unsc_votes.listed import ListedVote, read_listed
from kg.sources.unsc_votes.members import MemberColumns
from kg.sources.unsc_votes.roll_call import Fault, RollCall, read_roll_call

FILE: Final = "unsc_votes_1946-2025.csv"
_COMMIT: Final = "a7e64be044f60e33fb46e8d6dc228720be9ec9a2"
REMOTE: Final = RemoteFile(
    FILE,
    f"https://raw.githubusercontent.com/AtelierCartographie/bd-unsc/{_COMMIT}/src/lib/data/"
    "Clean%20BD%20pour%20export%20%E2%80%93%20UNSC%20votes%201946-2025.csv",
    "82f67c1392c1599e62fcbcdf81cbebbe266e09e745086d525849bf4b210af16c",
)

# Rules, as printed in the list of normalised rows.
REPEATED: Final = "a roll call in two rows, which another source reports once, is counted once"
MISPLACED: Final = (
    "a vote in the column of a state that was not in the Council is that of the only member "
    "without a vote"
)
VETOES: Final = "a number of vetoes other than that of permanent members against is not used"


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load the table from its file, plain or gzipped, or from the folder that contains it.

    Raises:
        SourceError: if there is no such file, or it is not the table it should be.
    """
    file = find_file(path)
    reader = _Reader(file, states)
    reader.read()
    events = reader.events()
    if not events:
        raise _no_row(file, reader.loaded.rejected)
    loaded = reader.loaded
    loaded.events = events
    used = {key for event in events for key in (event.source, *event.compilations)}
    used.update(key for differing in reader.other_days for key in differing.other_from)
    loaded.records += [*read_sources(resources.DATA, used), *reader.other_days]
    return loaded


def recognizes(shape: FileShape) -> bool:
    """Return whether a file or folder has the table."""
    if shape.path.is_dir():
        return not shape.names.isdisjoint((FILE, f"{FILE}.gz"))
    return shape.columns.issuperset((table.NUMBER, table.SYMBOL, table.OUTCOME))


def _no_row(file: Path, rejected: list[RejectedRow]) -> SourceError:
    if not rejected:
        return SourceError(f"{file}: the table has a header and no rows; download it again")
    return first_fault(file, rejected)


def find_file(path: Path) -> Path:
    """Return the file itself, or the only one of its name in a folder, plain or gzipped.

    Raises:
        SourceError: if there is no such file, or more than one.
    """
    if path.is_file():
        return path
    files = [file for name in (FILE, f"{FILE}.gz") if (file := path / name).is_file()]
    if len(files) != 1:
        names = " and ".join(file.name for file in files) or "neither"
        raise SourceError(f"{path}: expected a folder with {FILE} or {FILE}.gz; found {names}")
    return files[0]


class _Reader:
    """Reads the roll calls of one file, and notes rejected and normalised rows."""

    def __init__(self, file: Path, states: StateRegister) -> None:
        self._file = file
        self._states = states
        self.loaded = LoadResult(files=[file])
        #: Calendar days of votes that other sources give, as discrepancies.
        self.other_days: list[Discrepancy] = []
        #: The usable roll calls by number.
        self._calls: dict[str, RollCall] = {}

    def read(self) -> None:
        """Read the rows of the file."""
        width, rows = table.read(self._file)
        columns = MemberColumns(self._states)
        resolutions: dict[str, str] = {}
        for row in rows:
            read = read_roll_call(row, columns, width)
            if isinstance(read, RollCall):
                read = self._second(read, resolutions) or read
            if isinstance(read, Fault):
                # A rejected row counts as one.
                self.loaded.rows["read"] += 1
                self._reject(row.line, read)
                continue
            for column, value in row.controls.items():
                note = Normalization(column, value, normalized(value), CONTROL)
                self._note(read, note)
            self.loaded.rows["read"] += len(row.entries)
            self.loaded.rows["without a vote"] += read.unknown
            self._calls[read.number] = read

    def _second(self, call: RollCall, resolutions: dict[str, str]) -> Fault | None:
        """Return the fault of a row whose number or resolution an earlier row has."""
        if call.number in self._calls:
            expected = "a number of its own; an earlier row has it"
            return Fault(
                "second record of a document", table.NUMBER, call.number, expected, call.number
            )
        symbol = call.subject.resolution
        if symbol and (first := resolutions.setdefault(symbol, call.number)) != call.number:
            expected = f"one vote on {symbol}; vote {first} is used"
            return Fault("second record of a document", table.SYMBOL, symbol, expected, call.number)
        return None

    def events(self) -> list[VotingEvent]:
        """Return the events in the order of their keys."""
        calls = sorted(self._calls.values(), key=lambda call: int(call.number))
        listed = {
            number: vote
            for number, vote in read_listed().items()
            if number in self._calls and self._calls[number].text == vote.symbol
        }
        calls = [call for call in calls if not self._is_repeated(call, listed)]
        maker = EventMaker(self._file.name, calls, listed)
        events = [self._event(call, maker, listed) for call in calls]
        self.loaded.normalized.sort(key=lambda row: row.row)
        return sorted(events, key=lambda event: event.key)

    def _is_repeated(self, call: RollCall, listed: Mapping[str, ListedVote]) -> bool:
        """Return whether a listed row has the day and votes of the row that it repeats."""
        vote = listed.get(call.number)
        first = self._calls.get(vote.repeats) if vote else None
        if first is None or (first.date, first.votes) != (call.date, call.votes):
            return False
        self.loaded.rows["repeated"] += len(call.votes)
        value = f"{call.text}: {call.outcome}"
        self._note(call, Normalization(table.SYMBOL, value, f"vote {first.number}", REPEATED))
        return True

    def _event(
        self, call: RollCall, maker: EventMaker, listed: Mapping[str, ListedVote]
    ) -> VotingEvent:
        event, normalizations = maker.event(call)
        for normalization in normalizations:
            self._note(call, normalization)
        if call.misplaced:
            self._note(call, Normalization("member", *call.misplaced, MISPLACED))
        if event.without_vote:
            self.loaded.rows["without a vote"] += len(call.votes)
        against = sum(
            option == VoteOption.NO and state in self._states.permanent_members
            for state, option in call.votes.items()
        )
        if call.outcome == "vetoed" and call.vetoes != str(against):
            self._note(call, Normalization(table.VETOES, call.vetoes, str(against), VETOES))
        vote = listed.get(call.number)
        if vote and vote.other_date:
            self.other_days.append(_other_day(event, vote))
        return event

    def _reject(self, line: int, fault: Fault) -> None:
        self.loaded.rejected.append(
            RejectedRow(
                SOURCE, self._file.name, line, fault.problem, fault.value, fault.expected,
                fault.record, fault.column,
            )
        )  # fmt: skip

    def _note(self, call: RollCall, normalization: Normalization) -> None:
        self.loaded.normalized.append(
            NormalizedRow(
                source=SOURCE,
                file=self._file.name,
                row=call.line,
                column=normalization.column,
                value=normalization.value,
                read_as=normalization.read_as,
                rule=normalization.rule,
                record=call.number,
            )
        )


def _other_day(event: VotingEvent, vote: ListedVote) -> Discrepancy:
    """Return the discrepancy of a vote taken after midnight, dated by the start of its meeting."""
    return Discrepancy(
        key=f"{event.key}-date-{vote.source}",
        aspect="date",
        concerns=(("event", event.key),),
        accepted=event.date,
        accepted_from=(SOURCE,),
        other=vote.other_date,
        other_from=(vote.source,),
        description=(
            f"{event.name}: date {event.date}, on which the meeting began; the vote was taken "
            f"after midnight, on {vote.other_date}"
        ),
    )
