"""The source ``verbatim``: official verbatim records of meetings, as PDF in English.

The United Nations publishes the record of each meeting of the General Assembly and of the Security
Council at https://documents.un.org. docs/explanation/sources.md explains the rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kg import resources
from kg.errors import SourceError
from kg.model.documents import AgendaItem
from kg.model.state_register import StateRegister
from kg.sources.loader import LoadResult, RemoteFile
from kg.sources.source_list import read_sources
from kg.sources.verbatim.events import SOURCE, EventMaker, agenda_items
from kg.sources.verbatim.reader import read_file
from kg.sources.verbatim.speeches import SpeechMaker

#: Each record is downloaded by hand.
REMOTE: Final = RemoteFile(
    name="record.pdf",
    url="",
    pattern="*.pdf",
    page="https://documents.un.org",
    named="A-79-PV.29.pdf, one for each meeting",
)


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load the records in a folder, or one record.

    Raises:
        SourceError: if there is no record, one cannot be read, or two are of one meeting.
    """
    files = _files(path)
    loaded = LoadResult(records=[*read_sources(resources.DATA, [SOURCE])], files=files)
    maker, speeches = EventMaker(states), SpeechMaker(states)
    meetings: dict[str, Path] = {}
    items: dict[str, AgendaItem] = {}
    for file in files:
        record = read_file(file)
        if meetings.setdefault(record.symbol, file) != file:
            raise SourceError(f"{file}: {record.symbol} is also in {meetings[record.symbol]}")
        decided = maker.add(record, file.name)
        loaded.records += [speeches.meeting(record), *speeches.speeches(record, decided)]
        for part in (*record.decisions, *record.speeches):
            for item in agenda_items(record, part.agenda_items):
                items.setdefault(item.key, item)
        loaded.notes["speeches"] += len(record.speeches)
        loaded.notes["records of meetings"] += 1
        loaded.notes["adoptions without the number of a document"] += sum(
            not adoption.adopted for adoption in record.adoptions
        )
    result = maker.result
    loaded.records += items.values()
    loaded.events = sorted(result.events, key=lambda event: event.key)
    loaded.corrections += result.corrections
    loaded.rejected += result.rejected
    loaded.normalized += result.normalized
    loaded.rows.update(maker.rows)
    return loaded


def _files(path: Path) -> list[Path]:
    """Return the file itself, or the PDF files of a folder.

    Raises:
        SourceError: if there is none.
    """
    if path.is_file():
        return [path]
    files = sorted(file for file in path.glob("*.pdf") if file.is_file())
    if not files:
        raise SourceError(
            f"{path}: no verbatim record; expected PDF files (*.pdf) from {REMOTE.page}"
        )
    return files
