"""From the paragraphs of a verbatim record to its speeches, votes, adoptions and corrections."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kg.errors import SourceError
from kg.model.vote_option import VoteOption
from kg.sources.verbatim import phrases
from kg.sources.verbatim.groups import OPENING_PARAGRAPHS, spoken_group
from kg.sources.verbatim.heading import Headings, read_meeting
from kg.sources.verbatim.kinds import KindOfSpeech
from kg.sources.verbatim.layout import Paragraph
from kg.sources.verbatim.parsed import (
    ParsedAdoption,
    ParsedCorrection,
    ParsedRecord,
    ParsedSpeech,
    ParsedVote,
    Place,
    Presider,
)

_CALLED_TO_ORDER: Final = "The meeting was called to order"
_ROSE: Final = "The meeting rose at"


def read_record(paragraphs: list[Paragraph], file: str) -> ParsedRecord:
    """Return what a record contains.

    Raises:
        SourceError: if it is no verbatim record in English.
    """
    order = next((n for n, p in enumerate(paragraphs) if p.text.startswith(_CALLED_TO_ORDER)), None)
    if order is None:
        raise SourceError(f"{file}: expected a verbatim record in English: no {_CALLED_TO_ORDER!r}")
    first_page = paragraphs[:order]
    meeting = read_meeting((paragraph.text for paragraph in first_page), file)
    pages = max(paragraph.page for paragraph in paragraphs)
    reader = _Reader(ParsedRecord(*meeting, pages=pages))
    for paragraph in first_page:
        reader.preside(paragraph)
    for paragraph in paragraphs[order + 1 :]:
        reader.add(paragraph)
    return reader.end()


class _Reader:
    """Reads the paragraphs of a record one after the other."""

    def __init__(self, record: ParsedRecord) -> None:
        self._record = record
        self._headings = Headings(record.body)
        self._kinds = KindOfSpeech()
        #: The last draft named by who presides, and that in the headings if there is only one.
        self._draft = ""
        self._heading_drafts: list[str] = []
        self._speech: ParsedSpeech | None = None
        self._opening: list[str] = []
        #: The lists of the vote whose result has not been read.
        self._lists: dict[VoteOption, str] | None = None
        self._vote_place = Place(1, 1)
        self._option: VoteOption | None = None

    def preside(self, paragraph: Paragraph) -> None:
        """Note who presides, from a paragraph of the first page or one that took the chair."""
        place = _place(paragraph)
        if person := phrases.president(paragraph.text):
            self._record.presiders.append(Presider(place, *person))
        elif (chair := phrases.took_chair(paragraph.text)) and self._record.presiders:
            first = self._record.presiders[0]
            presider = Presider(place, *chair) if chair[0] else replace(first, place=place)
            self._record.presiders.append(presider)

    def add(self, paragraph: Paragraph) -> None:
        """Read the next paragraph."""
        if paragraph.is_bold and not paragraph.italic:
            self._heading(paragraph)
            return
        self._headings.end()
        if self._lists is not None and (listed := phrases.option_list(paragraph)):
            self._option = listed[0]
            self._lists[self._option] = listed[1]
        elif opening := phrases.opening(paragraph):
            self._open(paragraph, opening)
        elif paragraph.italic and phrases.is_vote(paragraph):
            self._close_vote()
            self._lists, self._option, self._vote_place = {}, None, _place(paragraph)
        elif self._lists is not None and self._add_to_lists(paragraph):
            return
        elif phrases.is_correction(paragraph.text):
            self._correct(paragraph)
        elif paragraph.italic and self._is_procedure(paragraph):
            return
        elif self._speech:
            self._continue(paragraph.text)

    def end(self) -> ParsedRecord:
        """Return the record after the last paragraph."""
        self._close_vote()
        self._close_speech()
        self._record.agenda = self._headings.titles
        return self._record

    def _heading(self, paragraph: Paragraph) -> None:
        self._close_vote()
        self._close_speech()
        if self._headings.add(paragraph.text):
            self._kinds.heading()
            self._draft, self._heading_drafts = "", []
        self._heading_drafts += phrases.draft_symbols(paragraph.text)

    def _open(self, paragraph: Paragraph, opening: phrases.Opening) -> None:
        self._close_speech()
        speech = ParsedSpeech(
            place=_place(paragraph),
            speaker=opening.speaker,
            spoken_for=opening.spoken_for,
            office=opening.office,
            language=opening.language,
            kind=self._kinds.kind,
            agenda_items=self._headings.items,
            paragraphs=0,
        )
        self._speech = replace(speech, kind=None) if speech.presides else speech
        self._continue(opening.text)

    def _continue(self, text: str) -> None:
        """Add a paragraph to the open speech."""
        assert self._speech
        self._speech = replace(self._speech, paragraphs=self._speech.paragraphs + 1)
        if not self._speech.presides:
            if len(self._opening) < OPENING_PARAGRAPHS:
                self._opening.append(text)
            return
        if self._lists is not None:
            # The President of the Council announces the result.
            self._close_vote(phrases.council_result(text))
        self._kinds.announce(text)
        self._draft = phrases.named_draft(text) or self._draft

    def _close_speech(self) -> None:
        if self._speech:
            group = spoken_group(self._opening, self._speech.spoken_for)
            self._record.speeches.append(replace(self._speech, group=group))
        self._speech, self._opening = None, []

    def _add_to_lists(self, paragraph: Paragraph) -> bool:
        """Return whether a paragraph continues a list of a vote, or is its result."""
        assert self._lists is not None
        if result := phrases.vote_result(paragraph.text):
            self._close_vote(result)
            return True
        if paragraph.italic or self._option is None:
            return False
        self._lists[self._option] = f"{self._lists[self._option]} {paragraph.text}".strip()
        return True

    def _close_vote(self, result: phrases.Result | None = None) -> None:
        """Note the vote whose lists have been read."""
        lists, self._lists = self._lists, None
        if not lists:
            return
        self._kinds.decision()
        result = result or phrases.Result("", None, {}, "")
        self._record.votes.append(
            ParsedVote(
                place=self._vote_place,
                names=lists,
                subject=result.subject,
                vote_on=result.vote_on,
                draft=self._draft_of(result),
                adopted=result.document,
                carried=result.carried,
                vetoed=result.vetoed,
                printed=result.printed,
                report=self._headings.report,
                agenda_items=self._headings.items,
            )
        )

    def _correct(self, paragraph: Paragraph) -> None:
        """Add a correction to the last vote."""
        self._close_vote()
        if not self._record.votes:
            return
        vote = self._record.votes[-1]
        stated = (
            ParsedCorrection(_place(paragraph), names, option)
            for names, option in phrases.corrections(paragraph.text)
        )
        self._record.votes[-1] = replace(vote, corrections=(*vote.corrections, *stated))

    def _is_procedure(self, paragraph: Paragraph) -> bool:
        """Read an italic paragraph; return False for one of a speech, as one may be."""
        text = paragraph.text
        if result := phrases.adoption(text):
            self._kinds.decision()
            self._record.adoptions.append(
                ParsedAdoption(
                    place=_place(paragraph),
                    draft=self._draft_of(result),
                    adopted=result.document,
                    report=self._headings.report,
                    agenda_items=self._headings.items,
                )
            )
            return True
        self.preside(paragraph)
        return text.startswith((_ROSE, "It was so decided")) or bool(phrases.took_chair(text))

    def _draft_of(self, result: phrases.Result) -> str:
        """Return the symbol of the draft that was put to the vote, empty where it has none."""
        if symbols := phrases.draft_symbols(result.subject):
            return symbols[0]
        if result.is_numbered or not result.subject:
            return ""
        if self._draft:
            return self._draft
        return self._heading_drafts[0] if len(self._heading_drafts) == 1 else ""


def _place(paragraph: Paragraph) -> Place:
    return Place(paragraph.page, paragraph.number)
