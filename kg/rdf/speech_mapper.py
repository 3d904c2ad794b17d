"""Meetings, the speeches made at them, and places in their verbatim records as N-Triples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kg.model.speeches import Meeting, MeetingSpeech
from kg.model.symbols import slug
from kg.model.votes import RecordPlace
from kg.rdf import iris
from kg.rdf.iris import thing
from kg.rdf.ntriples import about, dated, plain, sources, text, typed
from kg.rdf.vocabulary import DCTERMS, PROV, RDF, RDFS, UNV, XSD

#: Prefix of the addresses of documents by their symbols.
_UNDOCS: Final = "https://undocs.org/"


def meeting(meeting: Meeting) -> Iterator[str]:
    """Yield the lines that a record adds to its meeting."""
    this = thing("meeting", meeting.key)
    yield from about(this, DCTERMS.date, dated(meeting.date))
    if meeting.president:
        yield from about(this, UNV.presidentName, plain(meeting.president))
    if meeting.president_state:
        yield from about(this, UNV.presidentState, f"<{iris.state(meeting.president_state)}>")
    yield from about(this, UNV.document, f"<{_record(meeting.symbol)}>")
    yield from sources(this, PROV.wasDerivedFrom, (meeting.source,))


def place_iri(place: RecordPlace) -> str:
    """Return the IRI of a place in a record."""
    return thing("place", f"{slug(place.meeting)}-{place.page}-{place.paragraph}")


def place(place: RecordPlace, meeting: str) -> Iterator[str]:
    """Yield the lines of a place in the record of a meeting, whose IRI is given."""
    this = place_iri(place)
    label = f"{place.meeting}, page {place.page}, paragraph {place.paragraph}"
    yield from about(this, RDFS.label, text(label))
    yield from about(this, UNV.recordOf, f"<{meeting}>")
    yield from about(this, UNV.page, typed(place.page, XSD.integer))
    yield from about(this, UNV.paragraphOnPage, typed(place.paragraph, XSD.integer))
    yield from about(this, UNV.document, f"<{_record(place.meeting)}>")
    yield from sources(this, PROV.wasDerivedFrom, (place.source,))


def meeting_speech(speech: MeetingSpeech, agent: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines of a speech; ``agent`` returns the IRI of an agent from its name."""
    this = thing("speech", speech.key)
    made_by = iris.state(speech.state) if speech.state else agent(speech.agent)
    yield from about(this, RDF.type, f"<{UNV.Speech}>")
    yield from about(this, RDF.type, f"<{UNV.MeetingSpeech}>")
    yield from about(this, RDFS.label, text(speech.label))
    yield from about(this, UNV.madeBy, f"<{made_by}>")
    if speech.group:
        yield from about(this, UNV.onBehalfOf, f"<{agent(speech.group)}>")
    if speech.speaker:
        yield from about(this, UNV.speakerName, plain(speech.speaker))
    if speech.speaker_role:
        yield from about(this, UNV.speakerRole, text(speech.speaker_role))
    yield from about(this, UNV.madeAt, f"<{thing('meeting', slug(speech.meeting))}>")
    for term, number in (
        (UNV.position, speech.number),
        (UNV.page, speech.page),
        (UNV.paragraphOnPage, speech.paragraph),
    ):
        yield from about(this, term, typed(number, XSD.integer))
    yield from about(this, UNV.spokenLanguage, plain(speech.language))
    if speech.kind:
        yield from about(this, UNV.speechKind, plain(speech.kind))
    for item in speech.agenda_items:
        yield from about(this, UNV.madeUnder, f"<{thing('agendaitem', item)}>")
    if speech.about:
        yield from about(this, UNV.about, f"<{iris.event(speech.about)}>")
    yield from sources(this, PROV.wasDerivedFrom, (speech.source,))


def _record(symbol: str) -> str:
    """Return the address of the record of a meeting."""
    return f"{_UNDOCS}{symbol.replace(' ', '%20')}"
