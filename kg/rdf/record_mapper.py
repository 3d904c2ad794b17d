"""Mapping of records to N-Triples lines; no other module writes facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.model.agents import Agent, AgentRegister, GroupMembership
from kg.model.discrepancies import Discrepancy, ReportedContent, ReportedTally, ReportedVote
from kg.model.documents import AgendaItem, MergedDraft
from kg.model.ideal_points import IdealPoint
from kg.model.records import Record
from kg.model.sources import Source
from kg.model.speeches import DebateSpeech, Meeting, MeetingSpeech
from kg.model.statements import (
    CodingRule,
    Correspondence,
    DiplomaticContact,
    Proposal,
    ResolutionContent,
    Statement,
)
from kg.model.states import CouncilMembership, Period, Seat, State, Suspension
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import MergedEvent, RecordPlace, Topic, VotingEvent
from kg.rdf import (
    agent_mapper,
    document_mapper,
    event_mapper,
    iris,
    measure_mapper,
    name_mapper,
    source_mapper,
    speech_mapper,
    statement_mapper,
)
from kg.rdf.iris import kebab, thing
from kg.rdf.ntriples import about, dated, plain, sources, text, typed
from kg.rdf.vocabulary import (
    DCTERMS,
    EU_COUNTRY,
    GEONAMES,
    OPTION_TERMS,
    ORG,
    PROV,
    RDF,
    RDFS,
    SKOS,
    UNITED_NATIONS,
    UNV,
    WIKIDATA_ENTITY,
    XSD,
)

_ORDINALS: Final = {1: "st", 2: "nd", 3: "rd"}


class RecordMapper:
    """Maps records to lines; a resource shared by several records is written once."""

    def __init__(self) -> None:
        self._written: set[str] = set()
        self._pending: list[str] = []
        self._agents: dict[str, Agent] = {}
        self._register = AgentRegister()

    def record(self, record: Record) -> list[str]:
        """Return the lines of a record other than an event."""
        match record:
            case Source():
                lines = source_mapper.source(record, self._rights)
            case State():
                lines = self._state(record)
            case Seat():
                lines = _seat(record)
            case Suspension() | CouncilMembership() | IdealPoint():
                lines = _dated(record)
            case Topic():
                lines = self._topic(record)
            case Agent() | GroupMembership():
                lines = self._agent_or_membership(record)
            case AgendaItem():
                session = self._assembly_session(record.session)
                lines = document_mapper.agenda_item(record, session)
            case Proposal():
                lines = statement_mapper.proposal(record, self._agent)
            case ResolutionContent():
                lines = statement_mapper.resolution_content(record, self._agent)
            case Correspondence():
                lines = statement_mapper.correspondence(record, self._agent)
            case Statement():
                made_by = self._state_or_agent(record.made_by)
                lines = statement_mapper.statement(record, made_by, self._agent)
            case DebateSpeech() | Meeting() | MeetingSpeech():
                lines = self._speech(record)
            case DiplomaticContact():
                lines = statement_mapper.contact(record, self._agent)
            case CodingRule():
                lines = statement_mapper.coding_rule(record)
            case ReportedTally() | ReportedVote() | ReportedContent():
                lines = statement_mapper.report(record)
            case Discrepancy():
                lines = _discrepancy(record)
        return list(lines)

    def draft(self, merged: MergedDraft) -> list[str]:
        """Return the lines of a draft."""
        return [*document_mapper.draft(merged, self._assembly_session(merged.draft.session))]

    def event(self, merged: MergedEvent) -> list[str]:
        """Return the lines of an event with its votes and its document."""
        event = merged.event
        this = iris.event(event.key)
        body = UNV.term(event.body)
        lines = [
            *about(this, RDF.type, f"<{UNV.VotingEvent}>"),
            *about(this, RDFS.label, text(event_mapper.label(event))),
            *(about(this, UNV.date, dated(event.day)) if event.day else ()),
            *about(this, UNV.month, dated(event.month)),
            *about(this, UNV.year, typed(event.year, XSD.integer)),
            *about(this, UNV.body, f"<{body}>"),
            *sources(this, PROV.wasDerivedFrom, merged.sources),
        ]
        if event.session:
            lines += about(this, UNV.session, f"<{self._session(event.session, body)}>")
        if event.meeting:
            meeting = self._meeting(event.meeting, event.session, body)
            lines += about(this, UNV.meeting, f"<{meeting}>")
        if event.decides:
            lines += about(this, UNV.decides, f"<{iris.document(event.decides.symbol)}>")
            lines += event_mapper.document(event.decides, this, event.sdgs)
        lines += event_mapper.circumstances(event)
        if event.place:
            lines += about(this, UNV.printedAt, f"<{self._place(event.place, event)}>")
        for state, correction in merged.corrections.items():
            if correction.place:
                place = self._place(correction.place, event)
                lines += about(iris.vote(event.key, state), UNV.correctedAt, f"<{place}>")
        for topic in event.topics:
            lines += about(this, DCTERMS.subject, f"<{thing('topic', topic)}>")
        if event.without_vote:
            lines += about(this, UNV.adoptedWithoutVote, typed("true", XSD.boolean))
        if not event.votes:
            # No vote was taken, or none is known: there is nothing to count.
            return lines
        for option in VoteOption:
            if option is not VoteOption.NON_VOTING or event.records_non_voting:
                count = typed(event.count(option), XSD.integer)
                lines += about(this, OPTION_TERMS[option].count_property, count)
        lines += event_mapper.votes(merged, self._source_set)
        return lines

    def shared(self) -> list[str]:
        """Return the lines of shared resources that are new since the last call."""
        lines, self._pending = self._pending, []
        return lines

    def _share(self, iri: str, type_: str, *lines: str) -> str:
        """Register a shared resource, to be written once, and return its IRI."""
        if iri not in self._written:
            self._written.add(iri)
            self._pending += [*about(iri, RDF.type, f"<{type_}>"), *lines]
        return iri

    def _session(self, key: str, body: str) -> str:
        this = thing("session", key)
        return self._share(
            this,
            UNV.Session,
            *about(this, RDFS.label, text(_session_label(key))),
            *about(this, UNV.body, f"<{body}>"),
        )

    def _assembly_session(self, key: str) -> str:
        """Return the IRI of a session of the General Assembly, empty without a key."""
        return self._session(key, UNV.GeneralAssembly) if key else ""

    def _meeting(self, symbol: str, session: str, body: str) -> str:
        this = thing("meeting", slug(symbol))
        return self._share(
            this,
            UNV.Meeting,
            *about(this, RDFS.label, text(f"Meeting {symbol}")),
            *about(this, UNV.symbol, plain(symbol)),
            *about(this, UNV.body, f"<{body}>"),
            *(about(this, UNV.session, f"<{thing('session', session)}>") if session else ()),
        )

    def _place(self, place: RecordPlace, event: VotingEvent) -> str:
        """Return the IRI of a place in the record of the meeting of an event."""
        meeting = self._meeting(place.meeting, event.session, UNV.term(event.body))
        this = speech_mapper.place_iri(place)
        return self._share(this, UNV.RecordPlace, *speech_mapper.place(place, meeting))

    def _agent(self, name: str) -> str:
        if described := self._described(name):
            return thing("agent", described.key)
        this = thing("agent", kebab(name))
        return self._share(this, PROV.Agent, *about(this, RDFS.label, text(name)))

    def _state_or_agent(self, key: str) -> str:
        return thing("agent", key) if key in self._agents else iris.state(key)

    def _speech(self, record: DebateSpeech | Meeting | MeetingSpeech) -> Iterator[str]:
        """Return the lines of a speech, or what a verbatim record adds to its meeting."""
        if isinstance(record, MeetingSpeech):
            return speech_mapper.meeting_speech(record, self._agent)
        body = UNV.term(record.body)
        session = self._session(record.session, body) if record.session else ""
        if isinstance(record, DebateSpeech):
            return statement_mapper.debate_speech(record, session, self._agent)
        self._meeting(record.symbol, record.session, body)
        return speech_mapper.meeting(record)

    def _agent_or_membership(self, record: Agent | GroupMembership) -> Iterator[str]:
        if isinstance(record, GroupMembership):
            is_state = record.member not in self._agents
            group = self._agents[record.group].name
            return agent_mapper.group_membership(record, group, is_state=is_state)
        # The record of an agent has more than its name: what comes later refers to it.
        self._written.add(thing("agent", record.key))
        self._agents[record.key] = record
        return agent_mapper.agent(record)

    def _described(self, name: str) -> Agent | None:
        """Return the agent with a record that has a name, None if there is none."""
        if len(self._register) != len(self._agents):
            self._register = AgentRegister(self._agents.values())
        return self._register.named(name)

    def _rights(self, terms: str) -> str:
        this = iris.rights(terms)
        return self._share(
            this, DCTERMS.RightsStatement, *about(this, RDFS.label, source_mapper.rights(terms))
        )

    def _source_set(self, keys: tuple[str, ...]) -> str:
        this = iris.source_set(keys)
        return self._share(
            this,
            UNV.SourceSet,
            *about(this, RDFS.label, text(", ".join(sorted(keys)))),
            *sources(this, PROV.hadMember, sorted(keys)),
        )

    def _state(self, state: State) -> Iterator[str]:
        this = iris.state(state.key)
        yield from about(this, RDF.type, f"<{UNV.State}>")
        yield from about(this, RDFS.label, text(state.name))
        former = (name.name for name in state.names)
        yield from name_mapper.names(this, state.name, former, state.other_names)
        yield from name_mapper.dated_names(this, state.key, state.other_names)
        for term, code in (
            (UNV.iso3, state.iso3),
            (UNV.iso2, state.iso2),
            (UNV.m49, state.m49),
            (UNV.cowCode, state.cow_code),
            (UNV.cowAbbreviation, state.cow_abbreviation),
        ):
            if code:
                yield from about(this, term, plain(code))
        if state.wikidata:
            item = f"<{WIKIDATA_ENTITY}{state.wikidata}>"
            yield from about(this, UNV.wikidata, item)
            yield from about(this, SKOS.exactMatch, item)
        if state.eu_code:
            yield from about(this, SKOS.exactMatch, f"<{EU_COUNTRY}{state.eu_code}>")
        if state.geonames:
            # A territory is a place, and the state a political entity.
            yield from about(this, SKOS.closeMatch, f"<{GEONAMES}{state.geonames}/>")
        yield from about(this, UNV.admitted, dated(state.admitted))
        if state.member_until:
            yield from about(this, UNV.memberUntil, dated(state.member_until))
        yield from about(this, UNV.seat, f"<{thing('seat', state.seat)}>")
        yield from about(thing("seat", state.seat), UNV.heldBy, f"<{this}>")
        if state.group:
            group = thing("group", kebab(state.group))
            self._share(group, UNV.RegionalGroup, *about(group, RDFS.label, text(state.group)))
            yield from about(this, UNV.regionalGroup, f"<{group}>")
        yield from sources(this, PROV.wasDerivedFrom, state.sources)
        for number, name in enumerate(state.names, 1):
            node = thing("name", f"{state.key}-{number}")
            yield from about(this, UNV.hasName, f"<{node}>")
            yield from about(node, RDF.type, f"<{UNV.StateName}>")
            yield from about(node, RDFS.label, text(name.name))
            yield from _period(node, name.period)
        for number, period in enumerate(state.memberships, 1):
            node = thing("membership", f"{state.key}-{number}")
            yield from about(node, RDF.type, f"<{ORG.Membership}>")
            yield from about(node, ORG.member, f"<{this}>")
            yield from about(node, ORG.organization, f"<{UNITED_NATIONS}>")
            yield from _period(node, period)
        for earlier in state.predecessors:
            yield from about(this, UNV.predecessor, f"<{iris.state(earlier.state)}>")
            yield from about(iris.state(earlier.state), UNV.successor, f"<{this}>")
            node = thing("change", f"{state.key}-{earlier.state}")
            yield from about(node, RDF.type, f"<{ORG.ChangeEvent}>")
            yield from about(node, RDFS.label, text(f"{earlier.relation.capitalize()}"))
            yield from about(node, ORG.originalOrganization, f"<{iris.state(earlier.state)}>")
            yield from about(node, ORG.resultingOrganization, f"<{this}>")
            yield from about(node, DCTERMS.date, dated(earlier.date))
            yield from sources(node, PROV.wasDerivedFrom, earlier.sources)

    def _topic(self, topic: Topic) -> Iterator[str]:
        this, scheme = thing("topic", topic.key), thing("scheme", topic.scheme)
        yield from about(this, RDF.type, f"<{SKOS.Concept}>")
        yield from about(this, SKOS.prefLabel, text(topic.label))
        if topic.notation:
            yield from about(this, SKOS.notation, plain(topic.notation))
        if topic.definition:
            yield from about(this, SKOS.definition, text(topic.definition))
        if topic.exact_match:
            yield from about(this, SKOS.exactMatch, f"<{topic.exact_match}>")
        if topic.close_match:
            yield from about(this, SKOS.closeMatch, f"<{thing('topic', topic.close_match)}>")
        yield from about(this, SKOS.inScheme, f"<{scheme}>")
        self._share(
            scheme,
            SKOS.ConceptScheme,
            *about(scheme, DCTERMS.title, text(topic.scheme_title or f"Topics of {topic.scheme}")),
            *sources(scheme, PROV.wasDerivedFrom, (topic.source,)),
        )


def _session_label(key: str) -> str:
    kind, _, number = key.rpartition("-")
    value = int(number)
    suffix = "th" if 10 < value % 100 < 14 else _ORDINALS.get(value % 10, "th")
    words = {"": "session", "S": "special session", "ES": "emergency special session"}[kind]
    return f"{value}{suffix} {words} of the General Assembly"


def _period(node: str, period: Period) -> Iterator[str]:
    yield from about(node, UNV.term("from"), dated(period.start))
    if period.until:
        yield from about(node, UNV.until, dated(period.until))
    if period.until_as_printed:
        yield from about(node, UNV.untilAsPrinted, dated(period.until_as_printed))
    if period.note:
        yield from about(node, SKOS.editorialNote, text(period.note))
    yield from sources(node, PROV.wasDerivedFrom, period.sources)


def _seat(seat: Seat) -> Iterator[str]:
    this = thing("seat", seat.key)
    yield from about(this, RDF.type, f"<{UNV.Seat}>")
    yield from about(this, UNV.admitted, dated(seat.admitted))
    if seat.permanent_member_of:
        body = UNV.term(seat.permanent_member_of)
        yield from about(this, UNV.permanentMemberOf, f"<{body}>")
    yield from sources(this, PROV.wasDerivedFrom, seat.sources)


def _dated(record: Suspension | CouncilMembership | IdealPoint) -> Iterator[str]:
    """Return the lines of what holds of a state during a period."""
    if isinstance(record, IdealPoint):
        return measure_mapper.ideal_point(record)
    return _suspension(record) if isinstance(record, Suspension) else _council_membership(record)


def _suspension(suspension: Suspension) -> Iterator[str]:
    this, period = thing("suspension", suspension.key), suspension.period
    days = f"{period.start} to {period.until}"
    label = f"{suspension.state}: no vote in the General Assembly, {days} ({suspension.ground})"
    yield from about(this, RDF.type, f"<{UNV.Suspension}>")
    yield from about(this, RDFS.label, text(label))
    yield from about(this, UNV.suspends, f"<{iris.state(suspension.state)}>")
    yield from about(this, UNV.body, f"<{UNV.GeneralAssembly}>")
    yield from about(this, UNV.ground, plain(suspension.ground))
    yield from _period(this, period)


def _council_membership(term: CouncilMembership) -> Iterator[str]:
    this, period = thing("membership", term.key), term.period
    days = f"from {period.start}" + (f" until {period.until}" if period.until else "")
    yield from about(this, RDF.type, f"<{UNV.CouncilMembership}>")
    yield from about(this, RDFS.label, text(f"{term.state}: member of the Security Council {days}"))
    yield from about(this, UNV.councilMember, f"<{iris.state(term.state)}>")
    yield from about(this, UNV.body, f"<{UNV.SecurityCouncil}>")
    yield from _period(this, period)


def _discrepancy(discrepancy: Discrepancy) -> Iterator[str]:
    this = thing("discrepancy", discrepancy.key)
    yield from about(this, RDF.type, f"<{UNV.Discrepancy}>")
    yield from about(this, RDFS.label, text(discrepancy.description))
    yield from about(this, UNV.aspect, plain(discrepancy.aspect))
    for kind, key in discrepancy.concerns:
        yield from about(this, UNV.concerns, f"<{thing(kind, key)}>")
    yield from about(this, UNV.acceptedValue, plain(discrepancy.accepted))
    yield from about(this, UNV.otherValue, plain(discrepancy.other))
    yield from sources(this, UNV.acceptedFrom, discrepancy.accepted_from)
    yield from sources(this, UNV.otherFrom, discrepancy.other_from)
