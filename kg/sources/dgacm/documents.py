"""A resolution or draft as one file of the source gives it, before any name is resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName

#: The kinds of files, as counted in the manifest.
FileKind = Literal["XML of the Assembly", "XML of the Council", "extract"]


@dataclass(frozen=True, slots=True)
class PrintedAgendaItem:
    """An agenda item; the Council numbers none, and the extract has no symbol of the agenda."""

    title: str
    number: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class PrintedSubject:
    """A subject heading of the library, and its IRI in the UNBIS Thesaurus where given."""

    label: str
    iri: str = ""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A resolution or a draft that was not adopted; every text as printed, empty where absent.

    ``file`` is the path in the repository and ``line`` the line of an extract, 1 in other files.
    ``method`` and ``outcome`` are the source's words on the vote, ``record`` names the record of
    the meeting or the paper that records a written vote. ``names`` are the names of states by
    option, ``counts`` the printed totals. ``sponsors`` and ``additional_sponsors`` are texts, each
    of which may list several. ``report`` is the symbol of the committee's report.
    """

    kind: FileKind
    file: str
    line: int
    body: BodyName
    symbol: str
    language: str = ""
    date: str = ""
    title: str = ""
    record: str = ""
    meeting: str = ""
    committee: str = ""
    draft: str = ""
    draft_date: str = ""
    report: str = ""
    agenda: tuple[PrintedAgendaItem, ...] = ()
    method: str = ""
    outcome: str = ""
    names: Mapping[VoteOption, tuple[str, ...]] = field(default_factory=dict)
    counts: Mapping[VoteOption, str] = field(default_factory=dict)
    sponsors: tuple[str, ...] = ()
    additional_sponsors: tuple[str, ...] = ()
    subjects: tuple[PrintedSubject, ...] = ()
    sdgs: tuple[str, ...] = ()

    @property
    def fullness(self) -> int:
        """How much the file contains: of two files of one document, the fuller one is read."""
        texts = (self.title, self.record, self.committee, self.draft, self.report, self.method)
        lists = (
            *self.names.values(), self.sponsors, self.additional_sponsors, self.subjects,
            self.agenda,
        )  # fmt: skip
        return sum(map(len, lists)) + sum(map(bool, texts))
