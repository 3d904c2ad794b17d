"""The source ``verbatim``: events, corrections and agenda items of records of invented meetings."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.documents import AgendaItem
from kg.model.speeches import Meeting, MeetingSpeech
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import RecordPlace, VoteCorrection, VotingEvent
from kg.sources.loader import LoadResult
from kg.sources.verbatim import loader
from kg.sources.verbatim.events import SOURCE
from tests.support.merging import merge
from tests.support.verbatim_pages import ASSEMBLY, COUNCIL, write_pdf

Y, N, A, X = VoteOption
ITEM = ("#Agenda item 7", "#Weather", "#Draft resolution (A/99/L.3)")
TAKEN = "/A recorded vote was taken./"
LISTS = ("/In favour:/", ">Chile, France, Guinea Bissau", "/Against:/", ">Denmark Yemen")
RESULT = "/Draft resolution was adopted by 3 votes to 2/ (resolution 99/4)."


def load(folder: Path, states: StateRegister, *paragraphs: str) -> LoadResult:
    return loader.load(write_pdf(folder / "record.pdf", *paragraphs), states)


def test_a_vote_is_the_event_of_the_document_with_the_absent_members(
    tmp_path: Path, states: StateRegister
) -> None:
    loaded = load(tmp_path, states, *ITEM, TAKEN, *LISTS, RESULT)
    (event,) = loaded.events
    assert (event.key, event.source, event.date) == ("A-RES-99-4", SOURCE, "2044-01-01")
    assert (event.meeting, event.session) == ("A/99/PV.7", "99")
    assert (event.drafts, event.outcome, event.agenda_items) == (
        ("A/99/L.3",), "adopted", ("99-7",),
    )  # fmt: skip
    assert {state: event.votes[state] for state in ("CHL", "FRA", "GNB", "DNK", "YEM")} == {
        "CHL": Y, "FRA": Y, "GNB": Y, "DNK": N, "YEM": N,
    }  # fmt: skip
    assert event.inferred == states.members("2044-01-01") - {"CHL", "FRA", "GNB", "DNK", "YEM"}
    assert (event.source_file, event.source_row) == ("record.pdf", 1)
    assert {(row.value, row.read_as) for row in loaded.normalized} == {
        ("Guinea Bissau", "Guinea-Bissau"),
        ("Denmark Yemen", "Denmark, Yemen"),
    }
    (item,) = (record for record in loaded.records if isinstance(record, AgendaItem))
    assert (item.key, item.title, item.number) == ("99-7", "Weather", "7")


def test_no_absence_is_inferred_from_lists_that_are_shorter_than_the_totals(
    tmp_path: Path, states: StateRegister
) -> None:
    result = "/Draft resolution was adopted by 4 votes to 2/ (resolution 99/4)."
    (event,) = load(tmp_path, states, *ITEM, TAKEN, *LISTS, result).events
    assert (event.inferred, event.records_non_voting) == (frozenset(), False)
    assert event.printed[Y] == 4


def test_votes_on_parts_are_numbered_and_relate_to_the_document(
    tmp_path: Path, states: StateRegister
) -> None:
    part = "/Operative paragraph 7 was retained by 3 votes to 2./"
    amendment = "/The amendment contained in document A/99/L.9 was rejected by 3 votes to 2./"
    loaded = load(
        tmp_path,
        states,
        *ITEM,
        TAKEN,
        *LISTS,
        part,
        TAKEN,
        *LISTS,
        amendment,
        TAKEN,
        *LISTS,
        RESULT,
    )
    events = list(loaded.events)
    assert [event.key for event in events] == [
        "A-RES-99-4", "verbatim-A-99-PV-7-1", "verbatim-A-99-PV-7-2",
    ]  # fmt: skip
    _, first, second = events
    assert (first.vote_on, first.relates_to, first.decides) == ("paragraph", "A/RES/99/4", None)
    assert (first.description, first.drafts) == ("Operative paragraph 7", ())
    assert (second.vote_on, second.source_symbol, second.relates_to) == (
        "amendment", "A/99/L.9", "A/99/L.9",
    )  # fmt: skip


def test_a_rejected_draft_is_the_event_of_the_draft(tmp_path: Path, states: StateRegister) -> None:
    result = "/Draft resolution A/99/L.3 was rejected by 3 votes to 2./"
    assembly = load(tmp_path, states, *ITEM, TAKEN, *LISTS, result)
    (event,) = assembly.events
    assert (event.key, event.outcome, event.decides) == ("A-99-L-3", "not adopted", None)
    path = write_pdf(
        tmp_path / "council.pdf",
        "#Adoption of the agenda",
        "/The agenda was adopted./",
        "#The situation in the weather",
        "*The President*: I shall put to the vote the draft resolution in document S/2044/7.",
        "/A vote was taken by show of hands./",
        *LISTS[:3],
        ">None",
        "*The President*: There were 3 votes in favour, none against and no abstentions. The draft "
        "resolution has not been adopted, owing to the negative vote of a permanent member.",
        head=COUNCIL,
    )
    (event,) = loader.load(path, states).events
    assert (event.key, event.outcome, event.drafts) == ("S-2044-7", "vetoed", ("S/2044/7",))
    assert event.agenda_items == ("S-the-situation-in-the-weather",)


def test_adoptions_are_events_without_a_vote(tmp_path: Path, states: StateRegister) -> None:
    loaded = load(
        tmp_path,
        states,
        *ITEM,
        "/The draft resolution was adopted/ (resolution 99/5).",
        "/It was so decided/ (decision 99/501).",
        "/The draft decision was adopted./",
    )
    assert [(e.key, e.without_vote, e.outcome) for e in loaded.events] == [
        ("A-DEC-99-501", True, "adopted"),
        ("A-RES-99-5", True, "adopted"),
    ]
    assert loaded.notes["adoptions without the number of a document"] == 1


def test_corrections_are_of_the_event_and_unknown_names_are_refused(
    tmp_path: Path, states: StateRegister
) -> None:
    loaded = load(
        tmp_path,
        states,
        *ITEM,
        TAKEN,
        *LISTS,
        ">Atlantis",
        RESULT,
        "[Subsequently, the delegations of Chile and the Gambia informed the Secretariat that they "
        "had intended to abstain; the delegation of Utopia had intended to vote against.]",
    )
    (event,) = loaded.events
    assert event.place == RecordPlace("A/99/PV.7", 1, 12, SOURCE)
    place = RecordPlace("A/99/PV.7", 1, 19, SOURCE)
    assert loaded.corrections == [
        VoteCorrection("A-RES-99-4", state, A, SOURCE, place) for state in ("CHL", "GMB")
    ]
    assert [(row.problem, row.value, row.row) for row in loaded.rejected] == [
        ("unknown state", "Denmark Yemen Atlantis", 1),
        ("unknown state", "Utopia", 1),
    ]


def test_the_record_and_a_more_trusted_source_are_one_event(
    tmp_path: Path, states: StateRegister
) -> None:
    (event,) = load(tmp_path, states, *ITEM, TAKEN, *LISTS, RESULT).events
    votes = {"CHL": Y, "FRA": A, "GNB": Y, "DNK": N, "YEM": N, "EGY": X}
    other = VotingEvent(
        key=event.key,
        source="undl-ga",
        body="GeneralAssembly",
        date=event.date,
        session="99",
        votes=votes,
        records_non_voting=False,
        decides=event.decides,
    )
    (merged,) = merge([other], [event])
    assert merged.event.votes["FRA"] == A
    assert [(d.aspect, d.accepted, d.other) for d in merged.discrepancies] == [
        ("vote", "abstaining", "in favour")
    ]
    assert merged.draft_sources == {"A/99/L.3": (SOURCE,)}


def test_each_meeting_has_one_record(tmp_path: Path, states: StateRegister) -> None:
    write_pdf(tmp_path / "a.pdf")
    write_pdf(tmp_path / "b.pdf", head=COUNCIL)
    assert loader.load(tmp_path, states).notes["records of meetings"] == 2
    write_pdf(tmp_path / "c.pdf", head=ASSEMBLY)
    with pytest.raises(SourceError, match=r"c\.pdf: A/99/PV\.7 is also in .*a\.pdf"):
        loader.load(tmp_path, states)


def test_a_folder_without_records_is_refused(tmp_path: Path, states: StateRegister) -> None:
    with pytest.raises(SourceError, match=r"no verbatim record; expected PDF files"):
        loader.load(tmp_path, states)


def test_speeches_are_made_by_states_and_other_agents(
    tmp_path: Path, states: StateRegister
) -> None:
    loaded = load(
        tmp_path,
        states,
        *ITEM,
        "*Mr. Alpha* (Chile) (spoke in Spanish): I speak on behalf of the Weather Group.",
        "*Ms. Hotel* (European Union): A sentence.",
        "*Mr. Echo* (Azerbaijan), Rapporteur of the Third Committee: A sentence.",
        "/Ms. Foxtrot (Ghana), Vice-President, took the Chair./",
        "*The Acting President*: We shall now vote.",
        TAKEN,
        *LISTS,
        RESULT,
        "*The Acting President*: I call on those who wish to explain their votes.",
        "*Mr. Alpha* (Chile): A sentence.",
        "*The Acting President*: We turn to the right of reply: the exercise of the right of reply "
        "has been requested.",
        "*Mr. Alpha* (Chile): A sentence.",
    )
    made = [record for record in loaded.records if isinstance(record, MeetingSpeech)]
    assert [
        (s.state, s.agent, s.speaker, s.speaker_role, s.group, s.language) for s in made[:4]
    ] == [
        ("CHL", "", "Mr. Alpha", "", "Weather Group", "Spanish"),
        ("", "European Union", "Ms. Hotel", "", "", "English"),
        ("", "Rapporteur of the Third Committee", "Mr. Echo", "Rapporteur of the Third Committee",
         "", "English"),
        ("", "President of the General Assembly", "Ms. Foxtrot", "Vice-President", "", "English"),
    ]  # fmt: skip
    assert [(s.number, s.kind, s.about) for s in made if s.kind] == [
        (6, "explanation of vote after the vote", "A-RES-99-4"),
        (8, "right of reply", ""),
    ]
    assert {s.agenda_items for s in made} == {("99-7",)}
    (meeting,) = (record for record in loaded.records if isinstance(record, Meeting))
    assert (meeting.symbol, meeting.president, meeting.president_state) == (
        "A/99/PV.7", "Mr. Bravo", "CMR",
    )  # fmt: skip


def test_an_explanation_of_one_of_several_votes_names_none(
    tmp_path: Path, states: StateRegister
) -> None:
    loaded = load(
        tmp_path,
        states,
        *ITEM,
        "/Draft resolution I was adopted/ (resolution 99/5).",
        "/Draft resolution II was adopted/ (resolution 99/6).",
        "*The President*: I call on those who wish to explain their positions.",
        "*Mr. Alpha* (Chile): A sentence.",
    )
    *_, speech = (record for record in loaded.records if isinstance(record, MeetingSpeech))
    assert (speech.kind, speech.about) == ("explanation of position after adoption", "")
