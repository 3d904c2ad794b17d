"""Meetings and speeches of verbatim records as triples."""

from __future__ import annotations

import pyoxigraph as ox

from kg.model.speeches import Meeting, MeetingSpeech
from kg.rdf.record_mapper import RecordMapper
from kg.rdf.vocabulary import BASE, PREFIXES

MEETING = Meeting(
    symbol="A/99/PV.7",
    body="GeneralAssembly",
    session="99",
    date="2044-01-01",
    source="un-verbatim-records",
    president="Mr. Bravo",
    president_state="CMR",
)
SPEECH = MeetingSpeech(
    meeting="A/99/PV.7",
    number=12,
    label="Chile at A/99/PV.7, speech 12",
    page=3,
    paragraph=2,
    source="un-verbatim-records",
    state="CHL",
    group="Weather Group",
    speaker="Ms. Alpha",
    language="Spanish",
    kind="explanation of vote after the vote",
    agenda_items=("99-7",),
    about="A-RES-99-4",
)


def written(*records: Meeting | MeetingSpeech) -> ox.Store:
    mapper = RecordMapper()
    lines = [line for record in records for line in mapper.record(record)]
    store = ox.Store()
    store.load("".join((*lines, *mapper.shared())), ox.RdfFormat.N_TRIPLES)
    return store


def values(store: ox.Store, pattern: str) -> dict[str, str]:
    rows = store.query(f"SELECT * {{ {pattern} }}", base_iri=BASE + "id/", prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)
    (row,) = rows
    return {name: row[name].value.removeprefix(BASE + "id/") for name in pattern_names(pattern)}


def pattern_names(pattern: str) -> list[str]:
    return list(dict.fromkeys(word[1:] for word in pattern.split() if word.startswith("?")))


def test_a_speech_has_its_place_its_purpose_and_for_whom_it_was_made() -> None:
    pattern = """
        <speech/A-99-PV-7-12> a unv:MeetingSpeech ; unv:madeBy ?state ; unv:onBehalfOf ?group ;
          unv:speakerName ?speaker ; unv:madeAt ?meeting ; unv:position ?number ; unv:page ?page ;
          unv:paragraphOnPage ?paragraph ; unv:spokenLanguage ?language ; unv:speechKind ?kind ;
          unv:madeUnder ?item ; unv:about ?event
    """
    assert values(written(SPEECH), pattern) == {
        "state": "state/CHL",
        "group": "agent/weather-group",
        "speaker": "Ms. Alpha",
        "meeting": "meeting/A-99-PV-7",
        "number": "12",
        "page": "3",
        "paragraph": "2",
        "language": "Spanish",
        "kind": "explanation of vote after the vote",
        "item": "agendaitem/99-7",
        "event": "event/A-RES-99-4",
    }


def test_a_record_adds_day_and_president_to_its_meeting() -> None:
    pattern = """
        <meeting/A-99-PV-7> a unv:Meeting ; unv:symbol ?symbol ; unv:session ?session ;
          dcterms:date ?date ; unv:presidentName ?president ; unv:presidentState ?state ;
          unv:document ?address
    """
    assert values(written(MEETING), pattern) == {
        "symbol": "A/99/PV.7",
        "session": "session/99",
        "date": "2044-01-01",
        "president": "Mr. Bravo",
        "state": "state/CMR",
        "address": "https://undocs.org/A/99/PV.7",
    }
