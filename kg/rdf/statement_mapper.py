"""Positions of states as N-Triples: statements, contacts, proposals, texts, reports of votes.

Claims are kept separate from the record: nothing here writes a property of an event or a vote.
Only topics and paragraphs are added to a resolution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kg.model.discrepancies import ReportedContent, ReportedTally, ReportedVote
from kg.model.speeches import DebateSpeech
from kg.model.statements import (
    Coding,
    CodingRule,
    Correspondence,
    DiplomaticContact,
    Parties,
    Proposal,
    Relation,
    ResolutionContent,
    Statement,
    StatementKind,
)
from kg.rdf import iris
from kg.rdf.iris import thing
from kg.rdf.ntriples import about, dated, plain, sources, text, typed
from kg.rdf.vocabulary import (
    DCTERMS,
    FOAF,
    OPTION_TERMS,
    PROV,
    RDF,
    RDFS,
    SKOS,
    UNV,
    XSD,
)

#: Writes a person or an organisation once and returns its IRI.
Agent = Callable[[str], str]

_STATEMENT_CLASS: Final[dict[StatementKind, str]] = {
    "explanation of vote": UNV.ExplanationOfVote,
    "response": UNV.ProposalResponse,
    "attributed position": UNV.AttributedPosition,
}
_RELATION: Final[dict[Relation, str]] = {
    "agrees": UNV.Agreeing,
    "overlaps": UNV.Overlapping,
    "contradicts": UNV.Contradicting,
}


def statement(statement: Statement, made_by: str, agent: Agent) -> Iterator[str]:
    """Yield the lines of a statement, with the class of its kind and those above it.

    ``made_by`` is the IRI of the state or other agent on whose behalf it was made.
    """
    this = thing("statement", statement.key)
    yield from about(this, RDF.type, f"<{UNV.Speech}>")
    yield from about(this, RDF.type, f"<{UNV.Statement}>")
    if statement.kind in _STATEMENT_CLASS:
        yield from about(this, RDF.type, f"<{_STATEMENT_CLASS[statement.kind]}>")
    yield from about(this, RDFS.label, text(statement.summary))
    yield from about(this, UNV.madeBy, f"<{made_by}>")
    for key in statement.on_behalf_of:
        yield from about(this, UNV.onBehalfOf, f"<{thing('agent', key)}>")
    if statement.speaker:
        yield from about(this, UNV.speaker, f"<{agent(statement.speaker)}>")
    if statement.speaker_role:
        yield from about(this, UNV.speakerRole, text(statement.speaker_role))
    yield from _parties(this, UNV.addressedTo, statement.addressed_to, agent)
    if statement.forum:
        yield from about(this, UNV.forum, text(statement.forum))
    if statement.stance:
        stance = UNV.term(statement.stance.capitalize())
        yield from about(this, UNV.stance, f"<{stance}>")
    if statement.towards:
        yield from about(this, UNV.towards, f"<{thing(*statement.towards)}>")
    yield from _coding(this, statement.coding, agent)
    yield from _attribution(this, statement)


def debate_speech(speech: DebateSpeech, session: str, agent: Agent) -> Iterator[str]:
    """Yield the lines of a speech in the General Debate; ``session`` is the IRI of its session."""
    this = thing("speech", speech.key)
    made_by = iris.state(speech.state) if speech.state else agent(speech.agent)
    yield from about(this, RDF.type, f"<{UNV.Speech}>")
    yield from about(this, RDF.type, f"<{UNV.DebateSpeech}>")
    yield from about(this, RDFS.label, text(speech.label))
    yield from about(this, UNV.madeBy, f"<{made_by}>")
    if speech.speaker:
        yield from about(this, UNV.speakerName, plain(speech.speaker))
    if speech.speaker_role:
        yield from about(this, UNV.speakerRole, text(speech.speaker_role))
    yield from about(this, UNV.session, f"<{session}>")
    yield from about(this, UNV.year, typed(speech.year, XSD.integer))
    yield from about(this, UNV.body, f"<{UNV.term(speech.body)}>")
    yield from sources(this, PROV.wasDerivedFrom, (speech.source,))


def contact(contact: DiplomaticContact, agent: Agent) -> Iterator[str]:
    """Yield the lines of a diplomatic contact."""
    this = thing("contact", contact.key)
    yield from about(this, RDF.type, f"<{UNV.DiplomaticContact}>")
    yield from about(this, RDFS.label, text(contact.summary))
    yield from _parties(this, UNV.initiatedBy, contact.by, agent)
    yield from _parties(this, UNV.contacted, contact.to, agent)
    if contact.urged:
        yield from about(this, UNV.urged, f"<{OPTION_TERMS[contact.urged].individual}>")
    if contact.expected:
        yield from about(this, UNV.expected, typed("true", XSD.boolean))
    yield from _attribution(this, contact)


def proposal(proposal: Proposal, agent: Agent) -> Iterator[str]:
    """Yield the lines of a proposal and its points."""
    this = thing("proposal", proposal.key)
    yield from about(this, RDF.type, f"<{UNV.Proposal}>")
    yield from about(this, DCTERMS.title, text(proposal.title))
    yield from about(this, DCTERMS.date, dated(proposal.date))
    for state in proposal.proposed_by:
        yield from about(this, UNV.proposedBy, f"<{iris.state(state)}>")
    for author in proposal.authors:
        yield from about(this, DCTERMS.creator, f"<{agent(author)}>")
    if proposal.note:
        yield from about(this, SKOS.editorialNote, text(proposal.note))
    yield from sources(this, PROV.wasDerivedFrom, proposal.sources)
    for point in proposal.points:
        node = iris.point(proposal.key, point.position)
        yield from about(this, UNV.hasPoint, f"<{node}>")
        yield from about(node, UNV.pointOf, f"<{this}>")
        yield from about(node, RDF.type, f"<{UNV.ProposalPoint}>")
        yield from about(node, UNV.position, typed(point.position, XSD.integer))
        yield from about(node, DCTERMS.title, text(point.title))
        if point.summary:
            yield from about(node, DCTERMS.description, text(point.summary))
        yield from _topics(node, point.topics)
        yield from _coding(node, point.coding, agent)
        yield from sources(node, PROV.wasDerivedFrom, point.sources)


def resolution_content(content: ResolutionContent, agent: Agent) -> Iterator[str]:
    """Yield the topics of a resolution and its operative paragraphs."""
    this = iris.document(content.symbol)
    yield from _topics(this, content.topics)
    yield from _coding(this, content.coding, agent)
    for paragraph in content.paragraphs:
        node = iris.paragraph(content.symbol, str(paragraph.number))
        name = f"{content.symbol}, paragraph {paragraph.number}"
        yield from about(this, UNV.hasParagraph, f"<{node}>")
        yield from about(node, RDF.type, f"<{UNV.OperativeParagraph}>")
        yield from about(node, RDFS.label, text(name))
        if paragraph.former_key:
            former = iris.paragraph(content.symbol, paragraph.former_key)
            yield from about(node, DCTERMS.replaces, f"<{former}>")
        yield from about(node, UNV.position, typed(paragraph.number, XSD.integer))
        yield from about(node, DCTERMS.description, text(paragraph.summary))
        if paragraph.quote:
            yield from about(node, UNV.quote, text(paragraph.quote))
        if paragraph.note:
            yield from about(node, SKOS.editorialNote, text(paragraph.note))
        yield from _topics(node, paragraph.topics)
        yield from _coding(node, paragraph.coding, agent)
        yield from sources(node, PROV.wasDerivedFrom, paragraph.sources)


def correspondence(correspondence: Correspondence, agent: Agent) -> Iterator[str]:
    """Yield the lines of a judgement on two texts."""
    this = thing("correspondence", correspondence.key)
    yield from about(this, RDF.type, f"<{UNV.Correspondence}>")
    if correspondence.replaces:
        former = thing("correspondence", correspondence.replaces)
        yield from about(this, DCTERMS.replaces, f"<{former}>")
    yield from about(this, UNV.oneText, f"<{thing(*correspondence.one)}>")
    yield from about(this, UNV.otherText, f"<{thing(*correspondence.other)}>")
    yield from about(this, UNV.relation, f"<{_RELATION[correspondence.relation]}>")
    if second := correspondence.second_relation:
        yield from about(this, UNV.secondRelation, f"<{_RELATION[second]}>")
    yield from about(this, DCTERMS.description, text(correspondence.reason))
    yield from _coding(this, correspondence.coding, agent)
    yield from sources(this, PROV.wasDerivedFrom, correspondence.sources)


def coding_rule(rule: CodingRule) -> Iterator[str]:
    """Yield the lines of a coding rule."""
    this = thing("rule", rule.key)
    yield from about(this, RDF.type, f"<{UNV.CodingRule}>")
    yield from about(this, RDFS.label, text(rule.label))
    yield from about(this, DCTERMS.description, text(rule.description))
    if rule.address:
        yield from about(this, FOAF.page, f"<{rule.address}>")


def report(record: ReportedTally | ReportedVote | ReportedContent) -> Iterator[str]:
    """Return the lines of a report on a vote or on the content of a text."""
    match record:
        case ReportedTally():
            return _tally(record)
        case ReportedVote():
            return _reported_vote(record)
        case ReportedContent():
            return _reported_content(record)


def _tally(tally: ReportedTally) -> Iterator[str]:
    """Yield the lines of a reported tally."""
    this = thing("report", tally.key)
    yield from about(this, RDF.type, f"<{UNV.ReportedTally}>")
    yield from about(this, UNV.reports, f"<{iris.event(tally.event)}>")
    for option, count in tally.counts.items():
        yield from about(this, OPTION_TERMS[option].count_property, typed(count, XSD.integer))
    yield from _quoted(this, tally)


def _reported_vote(vote: ReportedVote) -> Iterator[str]:
    """Yield the lines of a vote as reported by a source."""
    this = thing("report", vote.key)
    yield from about(this, RDF.type, f"<{UNV.ReportedVote}>")
    yield from about(this, UNV.reports, f"<{iris.event(vote.event)}>")
    yield from about(this, UNV.castBy, f"<{iris.state(vote.state)}>")
    yield from about(this, UNV.option, f"<{OPTION_TERMS[vote.option].individual}>")
    yield from _quoted(this, vote)


def _reported_content(report: ReportedContent) -> Iterator[str]:
    """Yield the lines of a report on the content of a text."""
    this = thing("report", report.key)
    yield from about(this, RDF.type, f"<{UNV.ReportedContent}>")
    yield from about(this, UNV.reportsOn, f"<{thing(*report.of)}>")
    yield from about(this, UNV.says, text(report.says))
    yield from _quoted(this, report)


def _attribution(this: str, attributed: Statement | DiplomaticContact) -> Iterator[str]:
    """Yield the date, place, subject and source of a statement or contact."""
    if attributed.date:
        yield from about(this, DCTERMS.date, dated(attributed.date))
    if attributed.place:
        yield from about(this, UNV.place, text(attributed.place))
    for kind, key in attributed.about:
        yield from about(this, UNV.about, f"<{thing(kind, key)}>")
    yield from _quoted(this, attributed)


def _quoted(
    this: str,
    attributed: Statement | DiplomaticContact | ReportedTally | ReportedVote | ReportedContent,
) -> Iterator[str]:
    if attributed.quote:
        yield from about(this, UNV.quote, text(attributed.quote))
    if attributed.via:
        yield from about(this, UNV.via, plain(attributed.via))
    if attributed.note:
        yield from about(this, SKOS.editorialNote, text(attributed.note))
    yield from sources(this, PROV.wasQuotedFrom, (attributed.source,))


def _parties(this: str, predicate: str, parties: Parties, agent: Agent) -> Iterator[str]:
    for state in parties.states:
        yield from about(this, predicate, f"<{iris.state(state)}>")
    for name in parties.others:
        yield from about(this, predicate, f"<{agent(name)}>")


def _topics(this: str, topics: tuple[str, ...]) -> Iterator[str]:
    for topic in topics:
        yield from about(this, DCTERMS.subject, f"<{thing('topic', topic)}>")


def _coding(this: str, coding: Coding | None, agent: Agent) -> Iterator[str]:
    if coding:
        yield from about(this, UNV.codedBy, f"<{agent(coding.coder)}>")
        yield from about(this, UNV.codingRule, f"<{thing('rule', coding.rule)}>")
