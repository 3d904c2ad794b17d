"""The sources ``statements``, ``proposals`` and ``reports``: positions of states, in YAML.

All three read the same format (docs/reference/positions.md) and all sections of a file; they differ
only in their embedded data. Any file may refer to embedded topics, coding rules and sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from kg import resources
from kg.model.discrepancies import Discrepancy, ReportedContent, ReportedTally, ReportedVote, Thing
from kg.model.records import Record
from kg.model.sources import Source
from kg.model.state_register import StateRegister
from kg.model.statements import (
    Coding,
    CodingRule,
    Correspondence,
    DiplomaticContact,
    Paragraph,
    Parties,
    Proposal,
    ProposalPoint,
    ResolutionContent,
    Statement,
)
from kg.model.symbol_spelling import document_key
from kg.model.vote_option import VoteOption
from kg.model.votes import Topic
from kg.sources.agents import read_agents
from kg.sources.loader import LoadResult
from kg.sources.source_list import read_sources, source_keys
from kg.sources.statements.entry import Coded, Target
from kg.sources.statements.fields import References, paragraph_key
from kg.sources.statements.reader import Document, compose, files, read
from kg.sources.statements.reports import ContentReport, TallyReport, VoteReport
from kg.sources.statements.schema import (
    ContactEntry,
    CorrespondenceEntry,
    PositionsFile,
    ProposalEntry,
    ResolutionEntry,
    SourceEntry,
    StatementEntry,
    TopicEntry,
)
from kg.sources.undl.topics import topic as library_topic

#: The folders of the embedded data; ``coding`` contains the topics and coding rules to which every
#: file may refer.
CODING: Final = resources.DATA / "coding"
STATEMENTS: Final = resources.DATA / "statements"
PROPOSALS: Final = resources.DATA / "proposals"
REPORTS: Final = resources.DATA / "reports"
#: Former keys of embedded paragraphs, with words, which any file may still use.
_PARAGRAPHS: Final = PROPOSALS / "resolutions.yaml"
TOPIC_SCHEME: Final = "positions"
_SCHEME_TITLE: Final = "Topics of proposals, operative paragraphs and resolutions"
_SCHEME_SOURCE: Final = "positions-topics"


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load every entry of a file, or of the files of a folder, with the embedded topics and rules.

    Raises:
        SourceError: if there is no such file, or an entry breaks a rule of the format; the
            message names file, line and rule.
    """
    documents = compose(dict.fromkeys([*files(path), *files(CODING)]))
    refers_to = references(states, documents)
    entries = read(documents, refers_to)
    former = {f"{name.partition('/')[0]}/{n}": name for name, n in refers_to.paragraphs.items()}
    own = {source.key: source for file in entries for source in map(_source, file.sources)}
    records = [record for file in entries for record in _records(file, former)]
    used = {key for record in (*records, *own.values()) for key in _sources(record)}
    return LoadResult(
        records=[*read_sources(resources.DATA, used - own.keys()), *own.values(), *records],
        files=[document.path for document in documents],
    )


def references(states: StateRegister, documents: Iterable[Document]) -> References:
    """Return the permitted references of entries: keys in the documents, and embedded sources."""
    documents = list(documents)

    def keys(section: str) -> set[str]:
        return {key for document in documents for key in document.keys(section)}

    return References(
        states,
        agents=read_agents(),
        sources=keys("sources") | source_keys(resources.DATA),
        topics=keys("topics"),
        rules=keys("rules"),
        paragraphs=dict(_former_paragraphs([*compose([_PARAGRAPHS]), *documents])),
    )


def _former_paragraphs(documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """Yield the former keys of paragraphs, each with the paragraph's number."""
    for document in documents:
        for entry in document.entries("resolutions"):
            paragraphs = entry.get("paragraphs")
            for paragraph in paragraphs if isinstance(paragraphs, list) else []:
                if isinstance(paragraph, dict) and {"key", "number"} <= paragraph.keys():
                    name = paragraph_key(f"{entry.get('symbol')}#{paragraph['key']}")
                    yield name, str(paragraph["number"])


def _records(file: PositionsFile, former: Mapping[str, str]) -> Iterator[Record]:
    """Yield the records of a file; ``former`` maps former keys of paragraphs to numbers."""
    for topic in file.topics:
        yield from _topic(topic)
    for rule in file.rules:
        yield CodingRule(rule.key, rule.label, rule.description, rule.address)
    yield from map(_statement, file.statements)
    yield from map(_contact, file.contacts)
    yield from map(_proposal, file.proposals)
    yield from map(_resolution, file.resolutions)
    yield from (_correspondence(entry, former) for entry in file.correspondences)
    for report in file.reports:
        if isinstance(report, TallyReport):
            yield _tally(report)
        elif isinstance(report, VoteReport):
            yield from _votes(report)
        else:
            yield from _content(report)


def _sources(record: Record) -> Iterator[str]:
    """Yield the keys of the sources of a record."""
    match record:
        case Source():
            yield from record.derived_from
        case Topic() | Statement() | DiplomaticContact():
            yield record.source
        case ReportedTally() | ReportedVote() | ReportedContent():
            yield record.source
        case Proposal():
            yield from record.sources
            yield from (key for point in record.points for key in point.sources)
        case ResolutionContent():
            yield from (key for paragraph in record.paragraphs for key in paragraph.sources)
        case Correspondence():
            yield from record.sources
        case Discrepancy():
            yield from record.accepted_from
            yield from record.other_from


def _source(entry: SourceEntry) -> Source:
    return Source(
        key=entry.key,
        title=entry.title,
        publisher=entry.publisher,
        date=entry.date,
        licence=entry.licence,
        redistributable=entry.redistributable,
        retrieved=entry.retrieved,
        address=entry.address,
        note=entry.note,
    )


def _topic(entry: TopicEntry) -> Iterator[Topic]:
    heading = entry.unbis_heading
    match = library_topic(heading) if heading else None
    if match:
        yield match
    yield Topic(
        key=entry.key,
        label=entry.label,
        scheme=TOPIC_SCHEME,
        notation="",
        source=_SCHEME_SOURCE,
        scheme_title=_SCHEME_TITLE,
        definition=entry.definition,
        close_match=match.key if match else "",
    )


def _things(targets: Iterable[Target]) -> tuple[Thing, ...]:
    return tuple(target.thing for target in targets)


def _coding(entry: Coded) -> Coding:
    return Coding(entry.coder, entry.rule)


def _statement(entry: StatementEntry) -> Statement:
    return Statement(
        key=entry.key,
        kind=entry.kind,
        made_by=entry.made_by,
        on_behalf_of=entry.on_behalf_of,
        summary=entry.summary,
        source=entry.source,
        speaker=entry.speaker,
        speaker_role=entry.role,
        date=entry.date,
        place=entry.place,
        forum=entry.forum,
        addressed_to=Parties(entry.addressed_to, entry.addressed_to_others),
        about=_things(entry.about),
        stance=entry.stance or "",
        towards=entry.judged.thing if entry.judged else None,
        coding=_coding(entry) if entry.stance else None,
        quote=entry.quote,
        via=entry.via,
        note=entry.note,
    )


def _contact(entry: ContactEntry) -> DiplomaticContact:
    return DiplomaticContact(
        key=entry.key,
        by=Parties(entry.by, entry.by_others),
        to=Parties(entry.to, entry.to_others),
        summary=entry.summary,
        source=entry.source,
        urged=VoteOption.from_label(entry.urged) if entry.urged else None,
        expected=entry.expected,
        date=entry.date,
        place=entry.place,
        about=_things(entry.about),
        quote=entry.quote,
        via=entry.via,
        note=entry.note,
    )


def _proposal(entry: ProposalEntry) -> Proposal:
    return Proposal(
        key=entry.key,
        title=entry.title,
        date=entry.date,
        proposed_by=entry.proposed_by,
        authors=entry.authors,
        points=tuple(
            ProposalPoint(
                position=position,
                title=point.title,
                sources=point.sources or entry.sources,
                summary=point.summary,
                topics=point.topics,
                coding=_coding(entry) if point.topics else None,
            )
            for position, point in enumerate(entry.points, 1)
        ),
        sources=entry.sources,
        note=entry.note,
    )


def _resolution(entry: ResolutionEntry) -> ResolutionContent:
    return ResolutionContent(
        symbol=entry.symbol,
        topics=entry.topics,
        paragraphs=tuple(
            Paragraph(
                number=paragraph.number,
                summary=paragraph.summary,
                sources=paragraph.sources,
                quote=paragraph.quote,
                topics=paragraph.topics,
                coding=_coding(entry) if paragraph.topics else None,
                note=paragraph.note,
                former_key=paragraph.key or "",
            )
            for paragraph in entry.paragraphs
        ),
        coding=_coding(entry) if entry.topics else None,
    )


def _correspondence(entry: CorrespondenceEntry, former: Mapping[str, str]) -> Correspondence:
    first, second = entry.one.thing, entry.other.thing
    key = _pair(first[1], second[1])
    former_key = _pair(former.get(first[1], first[1]), former.get(second[1], second[1]))
    return Correspondence(
        key=key,
        one=first,
        other=second,
        relation=entry.relation,
        reason=entry.reason,
        coding=_coding(entry),
        sources=entry.sources,
        replaces=former_key if former_key != key else "",
        second_relation=entry.second_reading,
    )


def _pair(first: str, second: str) -> str:
    return f"{first}-{second}".replace("/", "-")


def _tally(entry: TallyReport) -> ReportedTally:
    event = document_key(entry.event)
    return ReportedTally(
        key=f"{entry.source}-{event}",
        event=event,
        counts=entry.counts,
        source=entry.source,
        quote=entry.quote,
        note=entry.note,
        via=entry.via,
    )


def _votes(entry: VoteReport) -> Iterator[ReportedVote]:
    event = document_key(entry.event)
    for state in entry.states:
        yield ReportedVote(
            key=f"{entry.source}-{event}-{state}",
            event=event,
            state=state,
            option=VoteOption.from_label(entry.option),
            source=entry.source,
            quote=entry.quote,
            note=entry.note,
            via=entry.via,
        )


def _content(entry: ContentReport) -> Iterator[ReportedContent | Discrepancy]:
    yield ReportedContent(
        key=entry.key,
        of=entry.of.thing,
        says=entry.says,
        source=entry.source,
        via=entry.via,
        quote=entry.quote,
        note=entry.note,
    )
    if entry.record:
        kind, key = entry.of.thing
        adopted = kind in ("resolution", "paragraph")
        concerned = (
            [("event", key.partition("/")[0])]
            if adopted
            else [("state", state) for state in entry.text_by]
        )
        yield Discrepancy(
            key=f"{entry.key}-content",
            aspect="content",
            concerns=(*concerned, (kind, key), ("report", entry.key)),
            accepted=entry.record.says,
            accepted_from=(entry.record.source,),
            other=entry.says,
            other_from=(entry.source,),
            description=f"{entry.of.name}: the text and a report of it differ",
        )
