"""Documents of the machine-readable resolutions as events, drafts and agenda items."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.documents import AgendaItem
from kg.model.sponsorship import UNSPONSORED, Sponsors, Sponsorship
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import Topic, VotingEvent
from kg.sources.dgacm import events, loader, votes
from kg.sources.loader import LoadResult
from tests.support.dgacm_files import (
    assembly_xml,
    council_xml,
    extract_line,
    write_folder,
    write_zip,
)

VOTES = {"inFavour": ("FRANCE", "TÜRKİYE"), "against": ("RUSSIAN FEDERATION",)}


def _load(folder: Path, states: StateRegister, *documents: str) -> LoadResult:
    files = {f"79session/English/{n}.xml": text for n, text in enumerate(documents)}
    return loader.load(write_folder(folder, files), states)


def _only(loaded: LoadResult) -> VotingEvent:
    (event,) = loaded.events
    return event


def test_a_recorded_vote(tmp_path: Path, states: StateRegister) -> None:
    loaded = _load(tmp_path, states, assembly_xml(votes=VOTES))
    event = _only(loaded)
    assert event.key == "A-RES-79-500"
    assert (event.date, event.session, event.meeting) == ("2024-12-17", "79", "A/79/PV.53")
    assert event.decides is not None
    assert event.decides.title == "A resolution"
    assert (event.voting_method, event.outcome) == ("recorded vote", "adopted")
    assert (event.committee, event.committee_report) == ("third-committee", "A/79/458/Add.3")
    cast = {state: event.votes[state] for state in event.votes.keys() - event.inferred}
    assert cast == {"FRA": VoteOption.YES, "TUR": VoteOption.YES, "RUS": VoteOption.NO}
    assert event.printed == {VoteOption.YES: 2, VoteOption.NO: 1}
    assert loaded.rows == {"read": 3}
    (item,) = (record for record in loaded.records if isinstance(record, AgendaItem))
    assert event.agenda_items == (item.key,) == ("79-71-c",)
    assert item.title == "Promotion and protection of human rights"


def test_a_member_in_no_list_is_inferred_not_to_have_voted(
    tmp_path: Path, states: StateRegister
) -> None:
    event = _only(_load(tmp_path, states, assembly_xml(votes=VOTES)))
    assert event.inferred == states.members("2024-12-17") - {"FRA", "TUR", "RUS"}
    assert {event.votes[state] for state in event.inferred} == {VoteOption.NON_VOTING}
    assert event.records_non_voting


@pytest.mark.parametrize("count", ["3", "1", "two"])
def test_nothing_is_inferred_where_a_list_and_its_total_differ(
    count: str, tmp_path: Path, states: StateRegister
) -> None:
    event = _only(_load(tmp_path, states, assembly_xml(votes=VOTES, counts={"inFavour": count})))
    assert not event.inferred
    assert not event.records_non_voting
    assert len(event.votes) == 3


def test_without_absences_every_position_is_known(tmp_path: Path, states: StateRegister) -> None:
    everybody = tuple(sorted(states[key].name for key in states.members("2024-12-17")))
    event = _only(_load(tmp_path, states, assembly_xml(votes={"inFavour": everybody})))
    assert len(event.votes) == 193
    assert not event.inferred
    assert event.records_non_voting


@pytest.mark.parametrize(
    ("day", "names", "absent"),
    [
        ("2022-02-27", ("FRANCE", "GABON"), 13),
        # Denmark was not a member of the Council: one of the names is wrong, or the day.
        ("2022-02-27", ("FRANCE", "DENMARK"), 0),
        # After the last term of which all members are known.
        ("2030-02-27", ("FRANCE",), 0),
    ],
)
def test_absences_in_the_council_need_all_its_members(
    day: str, names: tuple[str, ...], absent: int, tmp_path: Path, states: StateRegister
) -> None:
    xml = council_xml(day=day, votes={"inFavour": names})
    event = _only(_load(tmp_path, states, xml))
    assert (len(event.inferred), event.records_non_voting) == (absent, bool(absent))


def test_an_adoption_without_a_vote_has_no_votes(tmp_path: Path, states: StateRegister) -> None:
    event = _only(_load(tmp_path, states, assembly_xml(outcome="adoptedWithoutVote")))
    assert event.without_vote
    assert (event.votes, event.printed, event.inferred) == ({}, {}, frozenset())
    assert event.voting_method == "without a vote"


def test_a_vetoed_draft(tmp_path: Path, states: StateRegister) -> None:
    ballots = {"inFavour": ("ALBANIA",), "against": ("RUSSIAN FEDERATION", "GABON")}
    xml = council_xml("S/2022/155", outcome="veto", record="S/PV.8979", votes=ballots)
    loaded = _load(tmp_path, states, xml)
    event = _only(loaded)
    assert event.key == "S-2022-155"
    assert (event.decides, event.drafts, event.outcome) == (None, ("S/2022/155",), "not adopted")
    assert event.vetoed_by == ("RUS",)
    # All members of the Council on that day are known; the lists are as long as their totals.
    assert event.inferred == states.council("2022-02-27") - {"ALB", "RUS", "GAB"}
    assert event.records_non_voting
    assert event.agenda_items == ("S-77-160", "S-maintenance-of-peace")


@pytest.mark.parametrize(
    ("printed", "meeting", "recorded_in"),
    [
        ("S/PV.8980", "S/PV.8980", ""),
        ("S/PV5107", "S/PV.5107", ""),
        ("S/PV.5100(Resumption1)", "S/PV.5100 (Resumption 1)", ""),
        ("S/2020/246", "", "S/2020/246"),
        ("nowhere", "", ""),
    ],
)
def test_the_record_of_a_vote(
    printed: str, meeting: str, recorded_in: str, tmp_path: Path, states: StateRegister
) -> None:
    xml = council_xml(record=printed, votes={"inFavour": ("FRANCE",)})
    event = _only(_load(tmp_path, states, xml))
    assert (event.meeting, event.recorded_in) == (meeting, recorded_in)


def test_a_draft_and_its_sponsors(tmp_path: Path, states: StateRegister) -> None:
    sponsors = (
        "Antigua and Barbuda, Micronesia (Federated States of), Netherlands (Kingdom of the), "
        "Uganda (on behalf of the States Members of the United Nations that are members of the "
        "Group of 77 and China), Bosnia and Herzegovina and State of Palestine"
    )
    xml = assembly_xml(votes=VOTES, sponsors=sponsors, additional="Qata and Trinidad and Tobago")
    loaded = _load(tmp_path, states, xml)
    (draft,) = loaded.drafts
    assert (draft.symbol, draft.versions) == ("A/C.3/79/L.44/Rev.1", ("A/C.3/79/L.44",))
    assert (draft.date, draft.adopted_as) == ("2024-11-06", ("A/RES/79/500",))
    assert draft.sponsorship.sponsors.states == ("ATG", "FSM", "NLD", "UGA", "BIH")
    assert draft.sponsorship.sponsors.agents == ("PSE",)
    assert draft.sponsorship.on_behalf_of == ("G77",)
    assert draft.sponsorship.additional.states == ("QAT", "TTO")
    (row,) = loaded.normalized
    assert (row.value, row.read_as, row.file) == ("Qata", "Qatar", "79session/English/0.xml")


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("submitted by the President of the General Assembly", "president-of-the-general-assembly"),
        ("submitted by the Chair of the Committee following", "chair-of-the-third-committee"),
        (
            "submitted by the Vice-Chair, A B (Egypt) and others",
            "vice-chair-of-the-third-committee",
        ),
        ("the representative of Mexico, on behalf of the Bureau", "bureau-of-the-third-committee"),
        ("submitted by the Committee on Information", "committee-on-information"),
    ],
)
def test_officers_and_committees_are_no_states(
    text: str, agent: str, tmp_path: Path, states: StateRegister
) -> None:
    loaded = _load(tmp_path, states, assembly_xml(votes=VOTES, sponsors=text))
    (draft,) = loaded.drafts
    assert draft.sponsorship.sponsors.agents == (agent,)
    assert draft.sponsorship.sponsors.states == ()


def test_without_the_symbol_of_the_draft_the_document_has_the_sponsors(
    tmp_path: Path, states: StateRegister
) -> None:
    xml = assembly_xml(votes=VOTES, draft="", sponsors="Chad", additional="Fiji")
    loaded = _load(tmp_path, states, xml)
    assert (loaded.drafts, loaded.normalized) == ([], [])
    event = _only(loaded)
    assert event.decides is not None
    assert event.decides.sponsorship == Sponsorship(Sponsors(("TCD",)), Sponsors(("FJI",)))


def test_with_the_symbol_of_the_draft_the_document_has_no_sponsors(
    tmp_path: Path, states: StateRegister
) -> None:
    event = _only(_load(tmp_path, states, assembly_xml(votes=VOTES, sponsors="Chad")))
    assert event.decides is not None
    assert event.decides.sponsorship == UNSPONSORED


def test_sponsors_of_a_text_without_any_symbol_are_listed(
    tmp_path: Path, states: StateRegister
) -> None:
    xml = assembly_xml("A/RES/79/XX", votes=VOTES, draft="", sponsors="Chad")
    rows = _load(tmp_path, states, xml).normalized
    assert ("Chad", events.NO_TEXT) in [(row.value, row.rule) for row in rows]


def test_only_the_headings_of_the_library_are_subjects(
    tmp_path: Path, states: StateRegister
) -> None:
    iri = "http://metadata.un.org/thesaurus/1002975"
    keywords = f"""<classification source="http://metadata.un.org/sdg">
        <keyword value="16" dictionary="SDGO"/>
        <keyword value="forests" href="{iri[:-1]}" dictionary="UNBIS"/></classification>
      <classification source="DHLAUTH">
        <keyword value="HUMAN RIGHTS" href="{iri}" dictionary="UNBIS Thesaurus"/>
        <keyword value="71c" refersTo="agenda" dictionary="A/79/251"/></classification>"""
    loaded = _load(tmp_path, states, assembly_xml(votes=VOTES, keywords=keywords))
    (topic,) = (record for record in loaded.records if isinstance(record, Topic))
    assert (topic.key, topic.exact_match) == ("undl-human-rights", iri)
    event = _only(loaded)
    assert (event.topics, event.sdgs) == (("undl-human-rights",), (16,))


def test_names_that_cannot_be_read_are_rejected(tmp_path: Path, states: StateRegister) -> None:
    names = {"inFavour": ("FRANCE", "ATLANTIS"), "against": ("CHAD",), "abstaining": ("CHAD",)}
    loaded = _load(tmp_path, states, assembly_xml(votes=names, sponsors="Utopia and Chad"))
    event = _only(loaded)
    assert event.votes == {"FRA": VoteOption.YES}
    reasons = {(row.problem, row.value, row.file, row.record) for row in loaded.rejected}
    place = ("79session/English/0.xml", "A/RES/79/500")
    assert reasons == {
        ("unknown state", "ATLANTIS", *place),
        ("unknown sponsor", "Utopia", *place),
        ("two votes of one state", "TCD abstaining", *place),
        ("two votes of one state", "TCD against", *place),
    }


def test_a_state_in_two_lists_has_the_vote_that_fits_the_totals(
    tmp_path: Path, states: StateRegister
) -> None:
    names = {"inFavour": ("FRANCE", "CHINA"), "abstaining": ("CHINA",)}
    loaded = _load(tmp_path, states, council_xml(votes=names, counts={"inFavour": "01"}))
    event = _only(loaded)
    cast = {state: event.votes[state] for state in event.votes.keys() - event.inferred}
    assert cast == {"FRA": VoteOption.YES, "CHN": VoteOption.ABSTENTION}
    assert [row.rule for row in loaded.normalized] == [votes.TWO_LISTS]


def test_xml_is_read_before_an_extract_and_the_fuller_line_before_others(
    tmp_path: Path, states: StateRegister
) -> None:
    lines = [
        extract_line(voting_type="adoptedWithoutVote"),
        extract_line("A/RES/79/501", voting_type="adoptedWithoutVote"),
        extract_line("A/RES/79/501", voting_type="adoptedWithoutVote", title="Fuller"),
    ]
    write_folder(tmp_path, {"data_extract/79.json": "".join(lines)})
    loaded = _load(tmp_path, states, assembly_xml(votes=VOTES))
    first, second = loaded.events
    assert (first.key, first.without_vote) == ("A-RES-79-500", False)
    assert second.decides is not None
    assert second.decides.title == "Fuller"
    (row,) = loaded.normalized
    assert (row.row, row.read_as, row.rule) == (2, "data_extract/79.json, line 3", loader.REPEATED)


def test_an_extract_alone(tmp_path: Path, states: StateRegister) -> None:
    line = extract_line(
        "A/RES/79/93 A-B",
        voting_type="adoptedRecordedVote",
        pv="A/79/PV.46",
        originating_document="A/79/427, para. 8",
        MS_in_favour=["FRANCE"],
        MS_in_favour_count="1",
        sponsors=["GUINEA, ON BEHALF OF THE GROUP OF 77 AND CHINA"],
        subjects=[["INFORMATION", "UNBIS Thesaurus"], ["53", "A/79/251"]],
    )
    folder = write_folder(tmp_path, {"data_extract/79.json": line})
    for path in (tmp_path, folder / "data_extract", folder / "data_extract" / "79.json"):
        loaded = loader.load(path, states)
        event = _only(loaded)
        assert (event.key, event.session) == ("A-RES-79-93-A-B", "79")
        assert event.committee_report == "A/79/427"
        assert event.topics == ("undl-information",)
        assert not loaded.rejected


@pytest.mark.parametrize("outcome", ["", "adoptedRecordedVote"])
def test_without_votes_there_is_no_event_but_a_draft(
    outcome: str, tmp_path: Path, states: StateRegister
) -> None:
    loaded = _load(tmp_path, states, assembly_xml(outcome=outcome, sponsors="Chad"))
    assert list(loaded.events) == []
    assert [draft.symbol for draft in loaded.drafts] == ["A/C.3/79/L.44/Rev.1"]
    assert [row.rule for row in loaded.normalized] == [events.NO_VOTES]


def test_a_placeholder_is_no_symbol(tmp_path: Path, states: StateRegister) -> None:
    loaded = _load(tmp_path, states, assembly_xml("A/RES/79/XX", votes=VOTES))
    event = _only(loaded)
    assert (event.key, event.decides, event.source_symbol) == ("dgacm-0", None, "A/RES/79/XX")
    assert [row.rule for row in loaded.normalized] == [events.PLACEHOLDER]


def test_other_languages_and_statements_are_not_read(tmp_path: Path, states: StateRegister) -> None:
    french = assembly_xml("A/RES/79/501", language="fra", votes=VOTES)
    statement = council_xml("S/PRST/2020/11", outcome="issued")
    files = {"79session/French/1.xml": "<broken", "79session/French/notes.txt": "text"}
    write_folder(tmp_path, files)
    loaded = _load(tmp_path, states, assembly_xml(votes=VOTES), french, statement)
    assert _only(loaded).key == "A-RES-79-500"
    assert {row.rule for row in loaded.normalized} == {loader.LANGUAGE, loader.NO_DECISION}


def test_archives_of_both_repositories(tmp_path: Path, states: StateRegister) -> None:
    ballots = {"inFavour": ("FRANCE",)}
    write_zip(
        tmp_path / "GA.zip",
        {"79session/English/1.xml": assembly_xml(votes=VOTES), "74session/English.zip": "no zip"},
        "GAresolutions-42a69b6/",
    )
    write_zip(tmp_path / "SC.zip", {"2022/English/1.xml": council_xml(votes=ballots)}, "SC-1/")
    loaded = loader.load(tmp_path, states)
    assert [event.key for event in loaded.events] == ["A-RES-79-500", "S-RES-2623-2022"]
    assert _only(loader.load(tmp_path / "SC.zip", states)).key == "S-RES-2623-2022"


@pytest.mark.parametrize("name", ["nothing", "empty", "damaged.zip"])
def test_what_is_not_the_source_stops_the_build(
    name: str, tmp_path: Path, states: StateRegister
) -> None:
    (tmp_path / "empty").mkdir()
    whole = write_zip(tmp_path / "whole.zip", {"English/1.xml": assembly_xml()}).read_bytes()
    (tmp_path / "damaged.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=name):
        loader.load(tmp_path / name, states)
