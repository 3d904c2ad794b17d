"""Events from the votes and adoptions of a record, and the votes that delegations had intended."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from kg.model.documents import AgendaItem, agenda_item_key
from kg.model.sources import NormalizedRow, RejectedRow, RejectionReason
from kg.model.state_names import StateNames
from kg.model.state_register import StateRegister
from kg.model.symbol_spelling import document_key
from kg.model.symbols import slug
from kg.model.votes import Document, Outcome, RecordPlace, VoteCorrection, VotingEvent
from kg.sources.council_agenda import council_item
from kg.sources.dgacm.names import Misprints
from kg.sources.dgacm.votes import ListedVotes, VoteReader
from kg.sources.verbatim.parsed import (
    ParsedAdoption,
    ParsedCorrection,
    ParsedRecord,
    ParsedVote,
    Place,
)
from kg.sources.verbatim.votes import printed_lists

NAME: Final = "verbatim"
#: The key of the publication.
SOURCE: Final = "un-verbatim-records"
#: The number of words of a record that a title or description may quote.
_QUOTED_WORDS: Final = 15
_BETWEEN: Final = re.compile(r"\s*,\s*and |\s*,\s*| and (?=[A-Zt])")


@dataclass
class RecordEvents:
    """The events of records with the places where they are recorded, and the corrections."""

    events: list[VotingEvent] = field(default_factory=list)
    corrections: list[VoteCorrection] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    normalized: list[NormalizedRow] = field(default_factory=list)


class EventMaker:
    """Makes the events of records, one after the other."""

    def __init__(self, states: StateRegister) -> None:
        self._names = StateNames(states)
        self._votes = VoteReader(states, self._names, Misprints())
        self.result = RecordEvents()
        self._keys: set[str] = set()
        self.rows = self._votes.rows

    def add(self, record: ParsedRecord, file: str) -> dict[Place, str]:
        """Add the events of a record, read from a file.

        Returns the keys of the events that decide on whole texts, by their places.
        """
        adopted = _adopted_drafts(record)
        decided: dict[Place, str] = {}
        for number, vote in enumerate(record.votes, 1):
            listed = self._listed(record, vote, file)
            key = _key(record, vote, number)
            if key in self._keys:
                # A second vote on a draft, as on a motion to reconsider it.
                key = _numbered(record, number)
            if key != _numbered(record, number):
                decided[vote.place] = key
            event = _voted(record, vote, key, listed, adopted)
            self._add(_placed(event, record, file, vote.place))
            for correction in vote.corrections:
                self._correct(record, key, correction, file)
        for adoption in record.adoptions:
            # A decision without a number cannot be told from others.
            if not adoption.adopted:
                continue
            event = _adopted(record, adoption)
            decided[adoption.place] = event.key
            if event.key not in self._keys:
                self._add(_placed(event, record, file, adoption.place))
        return decided

    def _add(self, event: VotingEvent) -> None:
        self._keys.add(event.key)
        self.result.events.append(event)

    def _listed(self, record: ParsedRecord, vote: ParsedVote, file: str) -> ListedVotes:
        def note(column: str, value: str, read_as: str, rule: str) -> None:
            self.result.normalized.append(
                NormalizedRow(
                    NAME, file, vote.place.page, column, value, read_as, rule, record.symbol
                )
            )

        def reject(problem: RejectionReason, value: str, expected: str) -> None:
            self.result.rejected.append(
                RejectedRow(NAME, file, vote.place.page, problem, value, expected, record.symbol)
            )

        lists = printed_lists(record, vote, self._names.is_name, note)
        return self._votes.read(lists, note, reject)

    def _correct(
        self, record: ParsedRecord, event: str, correction: ParsedCorrection, file: str
    ) -> None:
        """Add a correction of each delegation that it names."""
        for name in _BETWEEN.split(correction.delegations):
            state = self._names.named(name.strip(), record.date)
            if state:
                place = _in_record(record, correction.place)
                self.result.corrections.append(
                    VoteCorrection(event, state, correction.intended, SOURCE, place)
                )
            else:
                self.result.rejected.append(
                    RejectedRow(
                        NAME, file, correction.place.page, "unknown state", name,
                        f"the name of a member of the United Nations on {record.date}",
                        record.symbol,
                    )
                )  # fmt: skip


def agenda_items(record: ParsedRecord, items: tuple[str, ...]) -> tuple[AgendaItem, ...]:
    """Return agenda items as printed: numbers of a session, or the title in the Council."""
    if record.body == "SecurityCouncil":
        return tuple(council_item(title, SOURCE) for title in items if _is_short(title))
    return tuple(
        AgendaItem(
            key=agenda_item_key(record.session, number),
            title=title if _is_short(title := record.agenda.get(number, "")) else "",
            source=SOURCE,
            session=record.session,
            number=number,
        )
        for number in items
    )


def _item_keys(record: ParsedRecord, items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item.key for item in agenda_items(record, items))


def _is_short(text: str) -> bool:
    return len(text.split()) <= _QUOTED_WORDS


def _key(record: ParsedRecord, vote: ParsedVote, number: int) -> str:
    """Return the slug of the document or of the draft that was not adopted, else a number."""
    if vote.adopted:
        return document_key(vote.adopted)
    if vote.vote_on == "document" and vote.draft and vote.carried is False:
        return slug(vote.draft)
    return _numbered(record, number)


def _numbered(record: ParsedRecord, number: int) -> str:
    return f"{NAME}-{slug(record.symbol)}-{number}"


def _adopted_drafts(record: ParsedRecord) -> dict[str, str]:
    """Return the symbols of the documents adopted at the meeting by that of their draft."""
    return {
        decision.draft: decision.adopted
        for decision in record.decisions
        if decision.draft and decision.adopted
    }


def _voted(
    record: ParsedRecord,
    vote: ParsedVote,
    key: str,
    listed: ListedVotes,
    adopted: dict[str, str],
) -> VotingEvent:
    # Only a vote on a draft as a whole is identified by it or by the document.
    whole = not key.startswith(f"{NAME}-")
    return VotingEvent(
        key=key,
        source=SOURCE,
        body=record.body,
        date=record.date,
        session=record.session,
        votes=listed.votes,
        records_non_voting=listed.is_whole,
        decides=_document(record, vote.adopted),
        relates_to="" if whole else adopted.get(vote.draft, vote.draft),
        vote_on=vote.vote_on,
        meeting=record.symbol,
        source_symbol="" if whole else vote.draft,
        source_number="" if whole else f"page {vote.place.page}",
        description="" if whole else " ".join(vote.subject.split()[:_QUOTED_WORDS]),
        drafts=(vote.draft,) if whole and vote.draft else (),
        committee_report=vote.report,
        cast_as=listed.cast_as,
        printed=listed.printed,
        outcome=_outcome(vote) if whole else None,
        agenda_items=_item_keys(record, vote.agenda_items),
        inferred=listed.inferred,
    )


def _adopted(record: ParsedRecord, adoption: ParsedAdoption) -> VotingEvent:
    return VotingEvent(
        key=document_key(adoption.adopted),
        source=SOURCE,
        body=record.body,
        date=record.date,
        session=record.session,
        votes={},
        records_non_voting=False,
        decides=_document(record, adoption.adopted),
        vote_on="document",
        meeting=record.symbol,
        drafts=(adoption.draft,) if adoption.draft else (),
        committee_report=adoption.report,
        without_vote=True,
        outcome="adopted",
        agenda_items=_item_keys(record, adoption.agenda_items),
    )


def _document(record: ParsedRecord, symbol: str) -> Document | None:
    return Document(symbol, record.body, record.date, record.session) if symbol else None


def _outcome(vote: ParsedVote) -> Outcome | None:
    if vote.carried is None:
        return None
    if vote.carried:
        return "adopted"
    return "vetoed" if vote.vetoed else "not adopted"


def _placed(event: VotingEvent, record: ParsedRecord, file: str, place: Place) -> VotingEvent:
    """Return an event with its file, and its place in the record."""
    return replace(event, source_file=file, source_row=place.page, place=_in_record(record, place))


def _in_record(record: ParsedRecord, place: Place) -> RecordPlace:
    return RecordPlace(record.symbol, place.page, place.paragraph, SOURCE)
