"""Reading an extract of the repositories: JSON Lines, one object for each resolution.

The extract has the same data as the XML, without IRIs of subjects and without the agenda's symbol.
The keys of the two bodies differ; an extract of the Council has the draft in ``draft_resolution``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final

from kg.errors import SourceError
from kg.model.vote_option import VoteOption
from kg.sources.dgacm.days import day
from kg.sources.dgacm.documents import ParsedDocument, PrintedAgendaItem, PrintedSubject

_OPTIONS: Final = {
    "MS_in_favour": VoteOption.YES,
    "MS_against": VoteOption.NO,
    "MS_abstaining": VoteOption.ABSTENTION,
}
#: The keys that every object must have.
_REQUIRED: Final = ("symbol", "adoption_date", *_OPTIONS)
#: The labels of the vocabularies of headings; other labels are symbols of agendas.
_VOCABULARIES: Final = frozenset(("DHLAUTH", "UNBIS Thesaurus"))
_AGENDA: Final = re.compile(r"A/[^ ]*\d")
_NOT_AVAILABLE: Final = "N.A."
_BEHALF: Final = re.compile(r", (on behalf of [^()]*)$", re.IGNORECASE)
_REPORT: Final = re.compile(r"(?P<report>A/\S+?), para")

Fields = dict[str, object]


def read(stream: BinaryIO, file: str) -> Iterator[ParsedDocument]:
    """Yield the documents of an extract; ``file`` is its path in the repository.

    Raises:
        SourceError: if a line is not an object with the expected keys.
    """
    for line, content in enumerate(stream, start=1):
        if content.strip():
            yield _document(_fields(content, file, line), file, line)


def _fields(content: bytes, file: str, line: int) -> Fields:
    where = f"{file}, line {line}"
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where}: not a JSON object in UTF-8 ({error})") from error
    if not isinstance(fields, dict):
        raise SourceError(f"{where}: expected a JSON object, found {type(fields).__name__}")
    missing = [key for key in _REQUIRED if key not in fields]
    if missing:
        raise SourceError(
            f"{where}: no key {', '.join(missing)}; expected an object for each resolution, as in "
            "data_extract of the repositories"
        )
    return fields


def _document(fields: Fields, file: str, line: int) -> ParsedDocument:
    symbol = _text(fields, "symbol")
    is_council = symbol.startswith("S/")
    return ParsedDocument(
        kind="extract",
        file=file,
        line=line,
        body="SecurityCouncil" if is_council else "GeneralAssembly",
        symbol=symbol,
        language="eng",
        date=day(_text(fields, "adoption_date")),
        title=_text(fields, "title") or _text(fields, "resolution_title"),
        record=_text(fields, "outcome_letter" if is_council else "pv"),
        meeting=_text(fields, "adoption_meeting"),
        committee=_text(fields, "committee"),
        draft=_draft(fields),
        draft_date=_text(fields, "draft_resolution_date"),
        report=_report(fields),
        agenda=_agenda(fields),
        method=_text(fields, "voting_type") or _text(fields, "adoption_type"),
        outcome="adopted",
        names={o: names for key, o in _OPTIONS.items() if (names := _texts(fields, key))},
        counts={
            option: count
            for key, option in _OPTIONS.items()
            if (count := _text(fields, f"{key}_count"))
        },
        sponsors=_sponsors(fields, "sponsors"),
        additional_sponsors=_sponsors(fields, "additional_sponsors"),
        subjects=_subjects(fields),
        sdgs=_texts(fields, "SDGs"),
    )


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    text = " ".join(str(value).split()) if isinstance(value, str | int) else ""
    return "" if text == _NOT_AVAILABLE else text


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    value = fields.get(key)
    texts = value if isinstance(value, list) else []
    texts = [" ".join(text.split()) for text in texts if isinstance(text, str)]
    return tuple(sys.intern(text) for text in texts if text)


def _sponsors(fields: Fields, key: str) -> tuple[str, ...]:
    """Return the sponsors of a list; "on behalf of ..." is put in parentheses, as in the XML."""
    return tuple(_BEHALF.sub(r" (\1)", text) for text in _texts(fields, key))


def _draft(fields: Fields) -> str:
    """Return the symbol of the draft; of a draft of a committee only the report is given."""
    draft = _text(fields, "draft_resolution")
    document = _text(fields, "originating_document")
    return draft or ("" if _REPORT.search(document) else document)


def _report(fields: Fields) -> str:
    match = _REPORT.search(_text(fields, "originating_document"))
    return match["report"] if match else ""


def _agenda(fields: Fields) -> tuple[PrintedAgendaItem, ...]:
    title, number = _text(fields, "agenda_item_name"), _text(fields, "agenda_item")
    documents = (vocabulary for _, vocabulary in _pairs(fields) if _AGENDA.match(vocabulary))
    if not title:
        return ()
    return (PrintedAgendaItem(title, number, next(documents, "")),)


def _subjects(fields: Fields) -> tuple[PrintedSubject, ...]:
    labels = (label for label, vocabulary in _pairs(fields) if vocabulary in _VOCABULARIES)
    return tuple(PrintedSubject(label) for label in dict.fromkeys(labels))


def _pairs(fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield the headings with the labels of their vocabularies."""
    value = fields.get("subjects")
    for pair in value if isinstance(value, list) else []:
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) for p in pair):
            label, vocabulary = pair
            if label := " ".join(label.split()):
                yield label, vocabulary
