"""The source ``general-debate``: who spoke in the General Debate, 1946 to 2024.

The table of speakers of the United Nations General Debate Corpus (Jankin, Baturo and Dasandi,
doi:10.7910/DVN/0TJX8Y), one row for each speech: year, session, code, country, name and post.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg import resources
from kg.errors import SourceError
from kg.model.sources import NormalizedRow, RejectedRow, RejectionReason
from kg.model.speeches import DebateSpeech
from kg.model.state_register import StateRegister
from kg.rdf.iris import kebab
from kg.sources.editions import find_edition
from kg.sources.general_debate.speakers import Speaker, SpeakerTable
from kg.sources.general_debate.spreadsheet import SheetRow, read_first_sheet
from kg.sources.loader import FileShape, LoadResult, RemoteFile
from kg.sources.source_list import read_sources

SOURCE: Final = "general-debate-speakers"
NAME: Final = "general-debate"
#: Not under a fixed address: each edition of the data set has files of its own.
REMOTE: Final = RemoteFile(
    name="Speakers_by_session.xlsx",
    url="",
    pattern="Speakers_by_session*.xlsx",
    page="https://doi.org/10.7910/DVN/0TJX8Y",
    named="Speakers_by_session.xlsx",
)
_COLUMNS: Final = ("Year", "Session", "ISO Code", "Country", "Name of Person Speaking", "Post")
#: The year before the first session.
_YEAR_BEFORE: Final = 1945
#: Values in the place of a post that are none.
_NO_POST: Final = frozenset({"missing", "Not indicated", "Spanish"})
NO_POST: Final = "not a post"
NO_HEADING: Final = "a value below no heading: not used"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row without padding, by its columns in the file."""

    row: int
    year: str
    session: str
    code: str
    country: str
    name: str
    post: str


def recognizes(shape: FileShape) -> bool:
    """Return whether a file is a workbook, or a folder contains the one of the source."""
    if shape.path.is_dir():
        return bool(REMOTE.editions(shape.path)) or REMOTE.name in shape.names
    return "xl/workbook.xml" in shape.names


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load the speeches from the workbook, or from the folder that contains it.

    Raises:
        SourceError: if the file is missing, is not a workbook, or lacks a column.
    """
    file, remark = find_edition(path, REMOTE)
    loaded = LoadResult(
        records=[*read_sources(resources.DATA, [SOURCE])],
        files=[file],
        remarks=[remark] if remark else [],
    )
    table = SpeakerTable(states)
    earlier: Counter[tuple[str, str]] = Counter()
    for entry in _entries(file, loaded):
        year = _year(entry)
        speaker = table.speaker(entry.code, entry.country, year) if year else None
        if speaker is None:
            loaded.rejected.append(_rejected(file, entry, known_year=bool(year)))
            continue
        if speaker.rule:
            loaded.normalized.append(_by_rule(file, entry, speaker))
        if speaker.ignored:
            continue
        by = speaker.state or kebab(speaker.agent)
        earlier[entry.session, by] += 1
        number = earlier[entry.session, by]
        if entry.post in _NO_POST:
            loaded.normalized.append(_normalized(file, entry.row, "Post", entry.post, "", NO_POST))
        loaded.records.append(
            DebateSpeech(
                key=f"{NAME}-{entry.session}-{by}" + (f"-{number}" if number > 1 else ""),
                label=_label(states, speaker, year, number),
                session=entry.session,
                year=year,
                source=SOURCE,
                state=speaker.state,
                agent=speaker.agent,
                speaker=entry.name,
                speaker_role="" if entry.post in _NO_POST else entry.post,
            )
        )
        loaded.notes["speeches"] += 1
    return loaded


def _entries(file: Path, loaded: LoadResult) -> list[_Entry]:
    """Return the rows below the headings, and list values outside the columns.

    Raises:
        SourceError: if a column is missing.
    """
    rows = read_first_sheet(file)
    first = next(rows, SheetRow(0, {}))
    headings = {" ".join(text.split()): column for column, text in first.values.items()}
    if missing := [name for name in _COLUMNS if name not in headings]:
        raise SourceError(f"{file}: the first row lacks the columns: {', '.join(missing)}")
    columns = [headings[name] for name in _COLUMNS]
    entries = []
    for row in rows:
        values = {column: " ".join(text.split()) for column, text in row.values.items()}
        for column in sorted(values.keys() - set(headings.values())):
            loaded.normalized.append(
                _normalized(file, row.number, column, values[column], "", NO_HEADING)
            )
        if any(values.get(column) for column in columns):
            entries.append(_Entry(row.number, *(values.get(column, "") for column in columns)))
    return entries


def _year(entry: _Entry) -> int:
    """Return the year of a row, 0 if it is none or contradicts the session."""
    if not (entry.year.isdecimal() and entry.session.isdecimal()):
        return 0
    year = int(entry.year)
    return year if year - int(entry.session) == _YEAR_BEFORE and int(entry.session) > 0 else 0


def _label(states: StateRegister, speaker: Speaker, year: int, number: int) -> str:
    name = states.name_in(speaker.state, f"{year}-09") if speaker.state else speaker.agent
    which = f", speech {number}" if number > 1 else ""
    return f"{name} in the General Debate of {year}{which}"


def _rejected(file: Path, entry: _Entry, *, known_year: bool) -> RejectedRow:
    problem: RejectionReason = "unknown state" if known_year else "unusable number"
    if known_year:
        value = f"{entry.code or 'no code'} ({entry.country or 'no country'}), {entry.year}"
        expected = "the ISO code of a member of that year, or a code in general_debate_codes.csv"
    else:
        value = f"year {entry.year or 'missing'}, session {entry.session or 'missing'}"
        expected = f"a session and its year, which is {_YEAR_BEFORE} plus the session"
    return RejectedRow(NAME, file.name, entry.row, problem, value, expected)


def _by_rule(file: Path, entry: _Entry, speaker: Speaker) -> NormalizedRow:
    value = f"{entry.code} {entry.country}, {entry.year}".strip()
    read_as = speaker.state or speaker.agent
    return _normalized(file, entry.row, "ISO Code", value, read_as, speaker.rule)


def _normalized(
    file: Path, row: int, column: str, value: str, read_as: str, rule: str
) -> NormalizedRow:
    return NormalizedRow(NAME, file.name, row, column, value, read_as, rule)
