"""The source ``wikidata-groups``: statements 'member of' (P463) of Wikidata about member states.

Its file is the answer to the saved query ``group-memberships``, which asks Wikidata through the
federation. The dates are those of the qualifiers 'start time' (P580) and 'end time' (P582).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg import resources
from kg.errors import SourceError
from kg.model.agents import Agent, AgentRegister, GroupMembership, first_day
from kg.model.sources import NormalizedRow, RejectionReason, Source
from kg.model.state_register import StateRegister
from kg.sources import csv_table
from kg.sources.agents import read_agents
from kg.sources.csv_table import Row
from kg.sources.editions import find_edition
from kg.sources.loader import FileShape, LoadResult, RemoteFile
from kg.sources.wikidata_groups.dates import WikidataDate, read_date

NAME: Final = "wikidata-groups"
SOURCE: Final = "wikidata-groups"
#: Without an address: the saved query gets it, see docs/explanation/sources.md.
REMOTE: Final = RemoteFile(
    name="wikidata-groups.csv",
    url="",
    pattern="wikidata-groups*.csv",
    page="https://query.wikidata.org/",
    named="wikidata-groups.csv, the answer to the saved query group-memberships",
)
_COLUMNS: Final = "statement item group groupName start startPrecision end endPrecision retrieved"
#: The United Nations, whose members the record has from better sources.
_UNITED_NATIONS: Final = "Q1065"
_ITEM: Final = re.compile(r"(?:https?://www\.wikidata\.org/entity/)?(Q[1-9]\d*)")
_DAY: Final = len("1973-01-01")
NO_MEMBER: Final = "an item of no member state: not used"
NO_NAME: Final = "a group without an English name: not used"
ENDED: Final = "a membership that ended on an unknown date: not used"
REVERSED: Final = "a membership that ended before it began: not used"


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement with the key of its member and the dates as far as they are known."""

    row: Row
    group: str
    member: str
    start: str
    until: str


class _Reader:
    """Reads rows into statements, and collects what cannot be used."""

    def __init__(self, file: Path, states: StateRegister, agents: AgentRegister) -> None:
        self._file = file
        self._agents = agents
        self._members = {states[key].wikidata: key for key in states if states[key].wikidata}
        self._groups = {
            agent.wikidata: agent
            for agent in map(agents.__getitem__, agents)
            if agent.wikidata and "group" in agent.kinds
        }
        self.loaded = LoadResult(files=[file])
        self.retrieved = ""

    def groups(self) -> Iterator[Agent]:
        """Yield the groups of the file that the package does not have, or has without an item."""
        for item, agent in self._groups.items():
            if agent.key not in self._agents or not self._agents[agent.key].wikidata:
                yield Agent(agent.key, agent.name, ("group",), wikidata=item, sources=(SOURCE,))

    def statement(self, row: Row) -> _Statement | None:
        """Return the statement of a row, None if it is not used; that is listed or counted."""
        self._check_retrieved(row)
        member, group = _item(row["item"]), _item(row["group"])
        if not member or not group:
            column = "group" if member else "item"
            self._reject(row, column, "an item of Wikidata, such as Q458")
            return None
        if group == _UNITED_NATIONS:
            self.loaded.notes["memberships of the United Nations, not used"] += 1
            return None
        if member not in self._members:
            self._normalize(row, "item", "", NO_MEMBER)
            return None
        agent = self._group(group, row["groupName"])
        if agent is None:
            self._normalize(row, "groupName", "", NO_NAME)
            return None
        dates = [self._date(row, "start"), self._date(row, "end")]
        if None in dates:
            return None
        start, until = (date.text if date else "" for date in dates)
        if row["end"] and not until:
            self._normalize(row, "end", "", ENDED)
            return None
        if until and start and first_day(until) < first_day(start):
            self._normalize(row, "end", "", REVERSED)
            return None
        return _Statement(row, agent.key, self._members[member], start, until)

    def _check_retrieved(self, row: Row) -> None:
        day = row["retrieved"][:_DAY]
        read = read_date(day, "11")
        if read is None or (self.retrieved and day != self.retrieved):
            expected = (
                f"the day {self.retrieved} as in the other rows" if self.retrieved else "a day"
            )
            raise SourceError(
                f"{self._file}, line {row.line}, column retrieved: {row['retrieved']!r}; "
                f"expected {expected}"
            )
        self.retrieved = day

    def _group(self, item: str, name: str) -> Agent | None:
        """Return the group of an item: a listed one by its item or by its name, or a new one."""
        if item not in self._groups:
            listed = self._agents.named(name) if name else None
            if listed is not None and "group" in listed.kinds and not listed.wikidata:
                self._groups[item] = listed
            elif not name or name == item:
                return None
            else:
                self._groups[item] = Agent(item, name, ("group",), wikidata=item)
        return self._groups[item]

    def _date(self, row: Row, column: str) -> WikidataDate | None:
        """Return a date, an empty one if there is none, and None if the row is unusable."""
        if not row[column]:
            return WikidataDate("")
        date = read_date(row[column], row[f"{column}Precision"])
        if date is None:
            self._reject(row, column, "a date such as 1973-01-01T00:00:00Z")
        elif date.rule:
            self._normalize(row, column, date.text, date.rule)
        return date

    def _reject(self, row: Row, column: str, expected: str) -> None:
        problem: RejectionReason = (
            "impossible date" if column in {"start", "end"} else "unknown state"
        )
        self.loaded.rejected.append(row.rejected(NAME, column, problem, expected, row["statement"]))

    def _normalize(self, row: Row, column: str, read_as: str, rule: str) -> None:
        self.loaded.normalized.append(
            NormalizedRow(
                NAME, self._file.name, row.line, column, row[column], read_as, rule,
                row["statement"],
            )
        )  # fmt: skip


def recognizes(shape: FileShape) -> bool:
    """Return whether a file is an answer to the query, by its columns."""
    return shape.columns.issuperset(_COLUMNS.split())


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load the memberships from the file, or from the folder that contains it.

    A membership without a first day is one listed on the day of retrieval. What Wikidata states of
    a state before it was a member is the membership of its predecessor in the seat, if it has one.

    Raises:
        SourceError: if the file is missing or is no answer to the query.
    """
    file, remark = find_edition(path, REMOTE)
    reader = _Reader(file, states, read_agents(resources.DATA))
    rows = csv_table.read(file, _COLUMNS)
    statements = [statement for row in rows if (statement := reader.statement(row))]
    loaded = reader.loaded
    loaded.remarks += [remark] if remark else []
    memberships: dict[str, GroupMembership] = {}
    for statement in statements:
        for membership in _memberships(statement, states, reader.retrieved):
            if memberships.setdefault(membership.key, membership) is membership:
                loaded.notes["memberships"] += 1
            else:
                loaded.notes["repeated statements"] += 1
    loaded.records += [_source(reader.retrieved), *reader.groups(), *memberships.values()]
    return loaded


def _item(text: str) -> str:
    """Return the number of an item, as in "Q458", empty if the text is none."""
    match = _ITEM.fullmatch(text)
    return match[1] if match else ""


def _source(retrieved: str) -> Source:
    return Source(
        key=SOURCE,
        title="Statements 'member of' (P463) of Wikidata about members of the United Nations",
        publisher="Wikidata",
        licence="CC0-1.0",
        redistributable=True,
        retrieved=retrieved,
        address="https://www.wikidata.org/wiki/Property:P463",
    )


def _memberships(
    statement: _Statement, states: StateRegister, retrieved: str
) -> Iterator[GroupMembership]:
    """Yield the membership of a statement, divided where another entity took the seat."""
    address = statement.row["statement"]

    def membership(member: str, start: str, until: str, note: str = "") -> GroupMembership:
        listed = "" if start else retrieved
        return GroupMembership(
            statement.group, member, (SOURCE,), start, until,
            listed_on=listed, note=note, statement=address,
        )  # fmt: skip

    if not statement.start:
        # A membership that has ended, with no known beginning, is not known on any day.
        if not statement.until:
            yield membership(statement.member, "", "")
        return
    start, member = statement.start, statement.member
    for key, ended in _predecessors(states, member):
        if first_day(start) < ended:
            note = f"Wikidata states it of {states[member].name}, which held the seat later."
            if statement.until and first_day(statement.until) <= ended:
                yield membership(key, start, statement.until, note)
                return
            yield membership(key, start, ended, note)
            start = ended
    yield membership(member, start, statement.until)


def _predecessors(states: StateRegister, key: str) -> Iterator[tuple[str, str]]:
    """Yield the states that held the seat before, the earliest first, with the end of each."""
    admitted = states[key].admitted
    earlier = sorted(
        (period.until, other)
        for other in states.holders((states[key].seat,)) - {key}
        for period in states[other].memberships
        if period.until and period.until <= admitted
    )
    for until, other in earlier:
        yield other, until
