"""Events and drafts from the documents of the source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from kg import resources
from kg.model.agents import Agent
from kg.model.documents import Draft
from kg.model.sources import NormalizedRow, RejectedRow, RejectionReason
from kg.model.sponsorship import UNSPONSORED, Sponsorship
from kg.model.state_register import StateRegister
from kg.model.symbol_spelling import document_key, is_complete, spelling
from kg.model.symbols import session_of, slug
from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName, Document, Outcome, VotingEvent
from kg.sources import csv_table
from kg.sources.days import is_day
from kg.sources.dgacm import values
from kg.sources.dgacm.agenda import AgendaItems
from kg.sources.dgacm.documents import ParsedDocument
from kg.sources.dgacm.names import AgentNames, Misprints, StateNames
from kg.sources.dgacm.sponsorship import Context, SponsorReader
from kg.sources.dgacm.votes import ListedVotes, VoteReader
from kg.sources.undl.topics import topic_key

NAME: Final = "dgacm"
#: The keys of the two publications, by body.
SOURCES: Final[dict[BodyName, str]] = {
    "GeneralAssembly": "dgacm-ga-resolutions",
    "SecurityCouncil": "dgacm-sc-resolutions",
}

# Rules, as printed in the list of normalised rows.
PLACEHOLDER: Final = (
    "a symbol without a number (A/RES/79/XX) is not used: the event is identified by its file"
)
RECORD: Final = "the symbol of a record is normalised, or made from the number of the meeting"
OTHER_SESSION: Final = "a meeting of another session than that of the symbol is not used"
TEXT: Final = "a meeting of the Council that contradicts the text is taken from the text"
RESUMED: Final = "the record of a meeting is not used where the document has its resumption"
NO_TEXT: Final = "sponsors are not used where neither a draft nor an adopted document has a symbol"
AGENDA: Final = "the number of an agenda item in an unknown form is not used"
DRAFT: Final = "of a text that names a draft, remarks on amendments are not used, nor is a report"
NO_VOTES: Final = (
    "a document without votes that was not adopted without a vote has no event; its draft is read"
)
#: The first date that is none of those that the XML has for an unknown one, 0001-01-01.
_FIRST_DATE: Final = "0001-01-02"
_GOALS: Final = range(1, 18)


@dataclass
class Notes:
    """The rows that are rejected or normalised while documents are read."""

    rejected: list[RejectedRow] = field(default_factory=list)
    normalized: list[NormalizedRow] = field(default_factory=list)

    def reject(
        self, document: ParsedDocument, problem: RejectionReason, value: str, expected: str
    ) -> None:
        """Note an unusable value of a document."""
        self.rejected.append(
            RejectedRow(
                NAME, document.file, document.line, problem, value, expected, document.symbol
            )
        )

    def normalize(
        self, document: ParsedDocument, column: str, value: str, read_as: str, rule: str
    ) -> None:
        """Note a value of a document that a rule reads."""
        self.normalized.append(
            NormalizedRow(
                NAME, document.file, document.line, column, value, read_as, rule, document.symbol
            )
        )


class EventReader:
    """Makes an event, and a draft where its symbol is known, from each document."""

    def __init__(self, states: StateRegister, notes: Notes) -> None:
        names, misprints = StateNames(states), Misprints()
        self._agent_names = AgentNames()
        self._sponsors = SponsorReader(names, self._agent_names, misprints)
        self._votes = VoteReader(states, names, misprints)
        self._notes = notes
        self._permanent = {
            row["key"]
            for row in csv_table.read(resources.DATA / "seats.csv", "key permanent_member_of")
            if row["permanent_member_of"] == "SecurityCouncil"
        }
        self.agenda = AgendaItems()
        self.drafts: list[Draft] = []

    @property
    def rows(self) -> Counter[str]:
        """The numbers of names in lists of votes."""
        return self._votes.rows

    @property
    def agents(self) -> list[Agent]:
        """The agents that documents name, in the order of their keys."""
        return [agent for _, agent in sorted(self._sponsors.agents.items())]

    def event(self, document: ParsedDocument) -> VotingEvent | None:
        """Return the event of a document; None without a usable date, which is listed."""
        if not is_day(document.date, _FIRST_DATE):
            value = document.date or "no date"
            self._notes.reject(document, "impossible date", value, "an ISO date")
            return None
        outcome = values.outcome(document.outcome)
        method = values.method(document.method)
        symbol = self._symbol(document, outcome)
        session = self._session(document, symbol)
        record = self._record(document, session)
        draft = self._draft_symbol(document, outcome)
        committee = self._committee(document)
        sponsorship = self._sponsorship(document, committee)
        if draft.symbol:
            self._add_draft(document, draft, session, sponsorship, symbol, outcome)
        without_vote = method in (values.WITHOUT_VOTE, values.ACCLAMATION)
        has_event = without_vote or bool(document.names)
        if sponsorship != UNSPONSORED and not draft.symbol and not (symbol and has_event):
            text = "; ".join(document.sponsors + document.additional_sponsors)
            self._notes.normalize(document, "sponsors", text, "", NO_TEXT)
        if not has_event:
            self._notes.normalize(document, "method", document.method, "", NO_VOTES)
            return None
        listed = ListedVotes() if without_vote else self._listed_votes(document)
        topics = tuple(sorted({topic_key(subject.label) for subject in document.subjects}))
        decides = None
        if symbol:
            variants = (document.symbol,) if document.symbol != symbol else ()
            decides = Document(
                symbol, document.body, document.date, session, document.title, topics,
                variants=variants, sponsorship=UNSPONSORED if draft.symbol else sponsorship,
            )  # fmt: skip
        return VotingEvent(
            key=event_key(document),
            source=SOURCES[document.body],
            body=document.body,
            date=document.date,
            session=session,
            votes=listed.votes,
            records_non_voting=listed.is_whole,
            decides=decides,
            vote_on="document",
            meeting=record.meeting,
            source_symbol="" if symbol or outcome == "not adopted" else document.symbol,
            title="" if symbol else document.title,
            topics=topics,
            drafts=(draft.symbol,) if draft.symbol else (),
            committee_report=document.report,
            recorded_in=record.paper,
            cast_as=listed.cast_as,
            printed=listed.printed,
            without_vote=without_vote,
            outcome=outcome,
            vetoed_by=self._vetoed_by(document, listed),
            voting_method=method,
            committee=committee.key if committee else "",
            agenda_items=self._agenda_items(document, session),
            sdgs=_goals(document),
            inferred=listed.inferred,
            source_file=document.file,
            source_row=document.line,
        )

    def _symbol(self, document: ParsedDocument, outcome: Outcome) -> str:
        """Return the symbol of an adopted document in its canonical spelling, empty if none."""
        if outcome == "not adopted":
            return ""
        if not is_complete(document.symbol):
            self._notes.normalize(document, "symbol", document.symbol, "", PLACEHOLDER)
            return ""
        return spelling(document.symbol)

    def _session(self, document: ParsedDocument, symbol: str) -> str:
        if document.body != "GeneralAssembly":
            return ""
        return (session_of(symbol) if symbol else None) or ""

    def _record(self, document: ParsedDocument, session: str) -> values.Record:
        record = values.record(document.record, document.meeting, session)
        if session and record.meeting and not record.meeting.startswith(f"A/{session}/PV"):
            self._notes.normalize(document, "record", document.record, "", OTHER_SESSION)
            return values.Record()
        if "(resumed)" in document.meeting and not record.meeting.endswith(")"):
            if record.meeting:
                self._notes.normalize(document, "record", document.record, "", RESUMED)
            return values.Record()
        if other := values.council_meeting(record.meeting, document.meeting):
            self._notes.normalize(document, "record", document.record, other, TEXT)
            return values.Record(other)
        read_as = record.meeting or record.paper
        if read_as != document.record:
            self._notes.normalize(document, "record", document.record, read_as, RECORD)
        return record

    def _draft_symbol(self, document: ParsedDocument, outcome: Outcome) -> values.DraftSymbol:
        text = document.symbol if outcome == "not adopted" else document.draft
        draft = values.draft_symbol(text)
        # An extract has the report instead of the draft, and joins addenda to the symbol.
        if draft.symbol != text and document.kind != "extract":
            self._notes.normalize(document, "draft", text, draft.symbol, DRAFT)
        return draft

    def _committee(self, document: ParsedDocument) -> Agent | None:
        name = values.committee(document.committee)
        if not name:
            return None
        agent = self._agent_names.agent(name, "committee")
        self._sponsors.agents[agent.key] = agent
        return agent

    def _sponsorship(self, document: ParsedDocument, committee: Agent | None) -> Sponsorship:
        def note(column: str, value: str, read_as: str, rule: str) -> None:
            self._notes.normalize(document, column, value, read_as, rule)

        def reject(column: str, value: str, expected: str) -> None:
            self._notes.reject(document, "unknown sponsor", value, expected)

        return self._sponsors.read(document, Context(document.date, committee, note, reject))

    def _add_draft(
        self,
        document: ParsedDocument,
        draft: values.DraftSymbol,
        session: str,
        sponsorship: Sponsorship,
        symbol: str,
        outcome: Outcome,
    ) -> None:
        self.drafts.append(
            Draft(
                symbol=draft.symbol,
                body=document.body,
                session=session,
                source=SOURCES[document.body],
                date=document.draft_date if is_day(document.draft_date, _FIRST_DATE) else "",
                versions=draft.versions,
                sponsorship=sponsorship,
                adopted_as=(symbol,) if symbol else (),
                outcome=outcome,
            )
        )

    def _listed_votes(self, document: ParsedDocument) -> ListedVotes:
        def note(column: str, value: str, read_as: str, rule: str) -> None:
            self._notes.normalize(document, column, value, read_as, rule)

        def reject(problem: RejectionReason, value: str, expected: str) -> None:
            self._notes.reject(document, problem, value, expected)

        return self._votes.read(document, note, reject)

    def _vetoed_by(self, document: ParsedDocument, listed: ListedVotes) -> tuple[str, ...]:
        if not values.is_veto(document.outcome):
            return ()
        against = (state for state, option in listed.votes.items() if option is VoteOption.NO)
        return tuple(sorted(self._permanent.intersection(against)))

    def _agenda_items(self, document: ParsedDocument, session: str) -> tuple[str, ...]:
        keys: dict[str, None] = {}
        for item in document.agenda:
            added = self.agenda.add(SOURCES[document.body], session, item)
            if not added:
                self._notes.normalize(document, "agenda item", item.number, "", AGENDA)
            keys |= dict.fromkeys(added)
        return tuple(keys)


def event_key(document: ParsedDocument) -> str:
    """Return the key of the event of a document: its slug, else the source and the file."""
    if is_complete(document.symbol):
        return document_key(document.symbol)
    if values.outcome(document.outcome) == "not adopted":
        return slug(document.symbol)
    line = f"-{document.line}" if document.kind == "extract" else ""
    return f"{NAME}-{slug(PurePosixPath(document.file).stem)}{line}"


def _goals(document: ParsedDocument) -> tuple[int, ...]:
    numbers = {int(goal) for goal in document.sdgs if goal.isdecimal()}
    return tuple(sorted(numbers.intersection(_GOALS)))
