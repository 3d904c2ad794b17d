"""A voting event as N-Triples: its circumstances, its votes and its document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from kg.model.symbol_spelling import document_kind, is_complete, variants
from kg.model.votes import Document, MergedEvent, VotingEvent
from kg.rdf import iris
from kg.rdf.iris import thing
from kg.rdf.ntriples import about, dated, plain, sources, text, typed
from kg.rdf.sponsorship_mapper import sponsorship
from kg.rdf.vocabulary import (
    DCTERMS,
    OPTION_TERMS,
    RDF,
    RDFS,
    SUSTAINABLE_DEVELOPMENT_GOALS,
    UNV,
    XSD,
)

_DOCUMENT = re.compile(r"A/RES/(?:\d+|E?S-\d+)/\d+|S/RES/\d+\(\d{4}\)")
# Parts of the lines of votes, for speed: there are a million of these.
_IS_VOTE: Final = f"<{RDF.type}> <{UNV.Vote}> .\n"
_EVENT: Final = f"<{UNV.event}>"
_CAST_BY: Final = f"<{UNV.castBy}>"
_POSITIONS: Final = {o: f"<{t.state_property}>" for o, t in OPTION_TERMS.items()}
_OPTIONS: Final = {o: f"<{UNV.option}> <{t.individual}> .\n" for o, t in OPTION_TERMS.items()}


def label(event: VotingEvent) -> str:
    """Return the label of an event."""
    if event.decides:
        act = "Adoption of" if event.without_vote else "Vote on"
        return f"{act} {event.decides.symbol}"
    if event.draft:
        return f"Vote on draft {event.draft}"
    if event.source_symbol:
        return f"Roll call {event.source_symbol} ({event.key})"
    return f"Roll call {event.key}"


def circumstances(event: VotingEvent) -> Iterator[str]:
    """Yield the subject of the vote, its outcome and the related documents."""
    this = iris.event(event.key)
    if event.relates_to:
        iri = iris.document if is_complete(event.relates_to) else iris.draft
        yield from about(this, UNV.relatesTo, f"<{iri(event.relates_to)}>")
    if event.possibly_same_as:
        yield from about(this, UNV.possiblySameAs, f"<{iris.event(event.possibly_same_as)}>")
    for key in event.replaces:
        yield from about(this, DCTERMS.replaces, f"<{iris.event(key)}>")
    for draft in event.drafts:
        yield from about(this, UNV.draft, f"<{iris.draft(draft)}>")
    for item in event.agenda_items:
        yield from about(this, UNV.agendaItem, f"<{thing('agendaitem', item)}>")
    if event.committee:
        yield from about(this, UNV.committee, f"<{thing('agent', event.committee)}>")
    for state in event.vetoed_by:
        yield from about(this, UNV.vetoedBy, f"<{iris.state(state)}>")
    outcome = event.outcome or ("adopted" if event.decides else "")
    for term, texts in (
        (UNV.voteOn, (event.vote_on or "",)),
        (UNV.outcome, (outcome,)),
        (DCTERMS.identifier, (event.source_symbol, event.source_number)),
        (UNV.committeeReport, (event.committee_report,)),
        (UNV.votingMethod, (event.voting_method,)),
        (UNV.voteNote, event.vote_notes),
        (UNV.recordedIn, (event.recorded_in,)),
    ):
        for value in filter(None, texts):
            yield from about(this, term, plain(value))
    if event.description:
        yield from about(this, DCTERMS.description, text(event.description))
    if event.important:
        yield from about(this, UNV.importantVote, typed("true", XSD.boolean))
    if event.library_record:
        yield from about(this, UNV.libraryRecord, f"<{event.library_record}>")


def votes(merged: MergedEvent, source_set: Callable[[tuple[str, ...]], str]) -> Iterator[str]:
    """Yield the direct triple and the node of each vote, both from the same record.

    The event has the set of sources that applies to most of its votes; a vote has its own set only
    where it differs.
    ``source_set`` returns the IRI of a set of sources.
    """
    event, usual_sources = merged.event, merged.usual_sources
    this = iris.event(event.key)
    if usual_sources:
        yield from about(this, UNV.recordedBy, f"<{source_set(usual_sources)}>")
    for state, option in sorted(event.votes.items()):
        vote, cast_by = iris.vote(event.key, state), f"<{iris.state(state)}>"
        yield (
            f"<{this}> {_POSITIONS[option]} {cast_by} .\n"
            f"<{vote}> {_IS_VOTE}"
            f"<{vote}> {_EVENT} <{this}> .\n"
            f"<{vote}> {_CAST_BY} {cast_by} .\n"
            f"<{vote}> {_OPTIONS[option]}"
        )
        if state in event.agreeing:
            count = typed(event.agreeing[state], XSD.integer)
            yield from about(vote, UNV.compilationsAgreeing, count)
        if merged.vote_sources[state] != usual_sources:
            own_sources = source_set(merged.vote_sources[state])
            yield from about(vote, UNV.recordedBy, f"<{own_sources}>")
        if state in event.cast_as:
            yield from about(vote, UNV.castAs, plain(event.cast_as[state]))
        if state in event.inferred:
            yield from about(vote, UNV.inferred, typed("true", XSD.boolean))
        if state in merged.suspensions:
            suspension = thing("suspension", merged.suspensions[state])
            yield from about(vote, UNV.underSuspension, f"<{suspension}>")
        if correction := merged.corrections.get(state):
            intended = OPTION_TERMS[correction.intended].individual
            yield from about(vote, UNV.intendedOption, f"<{intended}>")
            yield from sources(vote, UNV.correctedIn, (correction.source,))


def document(document: Document, event: str, goals: Iterable[int]) -> Iterator[str]:
    """Yield the lines of a resolution or decision that an event decided.

    ``goals`` are the numbers of its Sustainable Development Goals.
    """
    this = iris.document(document.symbol)
    kind = UNV.term(document_kind(document.symbol).capitalize())
    yield from about(this, RDF.type, f"<{UNV.Document}>")
    yield from about(this, RDF.type, f"<{kind}>")
    yield from about(this, RDFS.label, text(document.symbol))
    yield from about(this, UNV.symbol, plain(document.symbol))
    for variant in sorted({*variants(document.symbol), *document.variants} - {document.symbol}):
        yield from about(this, UNV.symbolVariant, plain(variant))
    yield from about(this, UNV.decidedBy, f"<{event}>")
    yield from about(this, UNV.body, f"<{UNV.term(document.body)}>")
    if document.session:
        yield from about(this, UNV.session, f"<{thing('session', document.session)}>")
    yield from about(this, DCTERMS.date, dated(document.date))
    if document.title:
        yield from about(this, DCTERMS.title, text(document.title))
    # Decisions are published in compilations, not as separate documents.
    if _DOCUMENT.fullmatch(document.symbol):
        yield from about(this, UNV.document, f"<https://undocs.org/{document.symbol}>")
    if document.library_record:
        yield from about(this, UNV.libraryRecord, f"<{document.library_record}>")
    for goal in goals:
        iri = f"<{SUSTAINABLE_DEVELOPMENT_GOALS}{goal}>"
        yield from about(this, UNV.sustainableDevelopmentGoal, iri)
    yield from sponsorship(this, document.sponsorship)
    for topic in document.topics:
        yield from about(this, DCTERMS.subject, f"<{thing('topic', topic)}>")
