"""Speeches, votes, adoptions and corrections in records of an invented meeting."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.model.vote_option import VoteOption
from kg.sources.verbatim.parsed import ParsedAdoption, ParsedCorrection, Place, Presider
from kg.sources.verbatim.record import read_record
from tests.support.verbatim_pages import ASSEMBLY, COUNCIL, layout, record

Y, N, A, X = VoteOption
ITEM = ("#Agenda item 7", "#Weather", "#Draft resolution (A/99/L.3)")
VOTE = (
    "*The President*: The Assembly will now take a decision on draft resolution A/99/L.3.",
    "/A recorded vote was taken./",
    "/In favour:/",
    ">Albania, Bolivia (Plurinational State of), Chile",
    "/Against:/ Denmark",
    "/Abstaining:/ Egypt, France",
)
RESULT = "/Draft resolution was adopted by 3 votes to 1, with 2 abstentions/ (resolution 99/4)."


def speeches(*paragraphs: str) -> list[tuple[str, str, str, str, str | None]]:
    return [
        (s.speaker, s.spoken_for, s.group, s.language, s.kind) for s in record(*paragraphs).speeches
    ]


def test_the_first_page_names_the_meeting_and_its_president() -> None:
    assembly, council = record(), record(head=COUNCIL)
    assert (assembly.symbol, assembly.body, assembly.session, assembly.date) == (
        "A/99/PV.7", "GeneralAssembly", "99", "2044-01-01",
    )  # fmt: skip
    assert [(p.name, p.state) for p in assembly.presiders] == [("Mr. Bravo", "Cameroon")]
    assert (council.symbol, council.body, council.session) == ("S/PV.99999", "SecurityCouncil", "")


@pytest.mark.parametrize(
    ("session", "symbol"),
    [
        ("FORTY-EIGHTH SESSION", "A/48/PV.46"),
        ("Eightieth session", "A/80/PV.46"),
        ("Eleventh emergency special session", "A/ES-11/PV.46"),
        ("Twenty-eighth special session", "A/S-28/PV.46"),
    ],
)
def test_a_record_without_its_symbol_has_that_of_session_and_meeting(
    session: str, symbol: str
) -> None:
    head = ("#General Assembly", session, "46th PLENARY MEETING", *ASSEMBLY[4:])
    assert record(head=head).symbol == symbol


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (ASSEMBLY[:-1], "no 'The meeting was called to order'"),
        ((ASSEMBLY[1], *ASSEMBLY[3:]), "does not name the session"),
        ((*ASSEMBLY[:4], *ASSEMBLY[5:]), "does not name its date"),
        ((*ASSEMBLY[:4], "Monday, 31 February 2044", *ASSEMBLY[5:]), "impossible date"),
        (("Economic and Social Council", *ASSEMBLY[3:]), "General Assembly or Security Council"),
    ],
)
def test_other_documents_are_refused(head: tuple[str, ...], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_record(layout(*head), "other.pdf")


def test_speeches_have_a_speaker_the_state_and_the_language() -> None:
    assert speeches(
        "*Mr. Alpha* (Venezuela (Bolivarian Republic of)) (/spoke in Spanish/): A sentence.",
        "Another paragraph: with a colon.",
        "*Ms. O\N{RIGHT SINGLE QUOTATION MARK}Bravo* (spoke in French) (Morocco): A sentence.",
        "*Mr. GOLF* (interpretation from Russian): A sentence.",
        "*Mr. Echo* (Azerbaijan), Rapporteur of the Third Committee: A sentence.",
        "*The Acting President* (spoke in Arabic): A sentence.",
    ) == [
        ("Mr. Alpha", "Venezuela (Bolivarian Republic of)", "", "Spanish", None),
        ("Ms. O\N{RIGHT SINGLE QUOTATION MARK}Bravo", "Morocco", "", "French", None),
        ("Mr. GOLF", "", "", "Russian", None),
        ("Mr. Echo", "Azerbaijan", "", "", None),
        ("Acting President", "", "", "Arabic", None),
    ]


@pytest.mark.parametrize(
    ("sentence", "group"),
    [
        ("I have the honour to speak on behalf of the Arab Group.", "Arab Group"),
        ("I deliver this explanation of vote on draft A/99/L.3 on behalf of the Group of 77 and "
         "China.", "Group of 77 and China"),
        ("On behalf of the Nordic countries, I thank the President.", "Nordic countries"),
        ("Allow me to make a statement on behalf of the member States of the League of Arab States "
         "in explanation of vote.", "League of Arab States"),
        ("I speak on behalf of the European Union and its member States.", "European Union"),
        ("We align ourselves with the statement made on behalf of the Arab Group.", ""),
        ("I support the statement delivered by Uganda on behalf of the African Group.", ""),
        ("I speak on behalf of my Government.", ""),
        ("On behalf of the Republic of Chile, I thank the President.", ""),
        ("We thank all who present themselves on behalf of the whole of humankind.", ""),
    ],
)  # fmt: skip
def test_the_group_for_which_a_speaker_speaks(sentence: str, group: str) -> None:
    assert speeches(f"*Ms. Alpha* (Chile): Thank you. {sentence}") == [
        ("Ms. Alpha", "Chile", group, "", None)
    ]


def test_explanations_and_replies_are_those_that_the_president_announces() -> None:
    kinds = [kind for *_, kind in speeches(
        *ITEM,
        "*Mr. Alpha* (Chile): In explanation of vote, I would say this.",
        "*The President*: We have heard the last speaker in the debate. Before giving the floor "
        "for explanations of vote before the voting, may I remind delegations that explanations "
        "of vote are limited to 10 minutes.",
        "*Mr. Alpha* (Chile): A sentence.",
        "*The President*: We have heard the only speaker in explanation of vote before the voting.",
        *VOTE[1:],
        RESULT,
        "*Mr. Alpha* (Chile): A sentence.",
        "*The President*: I call on representatives who wish to explain their votes.",
        "*Mr. Alpha* (Chile): A sentence.",
        "*The President*: Delegations may now speak in exercise of the right of reply.",
        "*Mr. Alpha* (Chile): A sentence.",
        "#Agenda item 8",
        "*Mr. Alpha* (Chile): A sentence.",
        "*The President*: I call on those who wish to explain their position.",
        "*Mr. Alpha* (Chile): A sentence.",
        "/The draft resolution was adopted/ (resolution 99/5).",
        "*The President*: Explanations of position after adoption are limited to 10 minutes.",
        "*Mr. Alpha* (Chile): A sentence.",
    )]  # fmt: skip
    before, after = "explanation of vote before the vote", "explanation of vote after the vote"
    assert kinds == [
        None, None, before, None, None, None, after, None, "right of reply", None, None,
        "explanation of position before adoption", None, "explanation of position after adoption",
    ]  # fmt: skip


def test_a_vote_has_lists_totals_the_draft_the_document_and_corrections() -> None:
    paragraphs = (
        "[Subsequently, the delegations of Denmark and the Gambia advised the Secretariat that "
        "they had intended to vote in favour; the delegation of Fiji had intended to abstain.]",
        "*Mr. Alpha* (Chile): A sentence.",
    )
    (vote,) = record(*ITEM, *VOTE, RESULT, *paragraphs).votes
    names = {option: " ".join(text.split()) for option, text in vote.names.items()}
    assert names == {
        Y: "Albania, Bolivia (Plurinational State of), Chile",
        N: "Denmark",
        A: "Egypt, France",
    }
    assert vote.printed == {Y: 3, N: 1, A: 2}
    assert (vote.draft, vote.adopted, vote.carried) == ("A/99/L.3", "A/RES/99/4", True)
    assert (vote.vote_on, vote.agenda_items) == ("document", ("7",))
    assert [(c.delegations, c.intended) for c in vote.corrections] == [
        ("Denmark and the Gambia", Y),
        ("Fiji", A),
    ]
    assert all(isinstance(correction, ParsedCorrection) for correction in vote.corrections)


@pytest.mark.parametrize(
    ("result", "vote_on", "draft", "carried"),
    [
        ("/Operative paragraph 7 was retained by 3 votes to 1, with 2 abstentions./", "paragraph",
         "A/99/L.3", True),
        ("/The amendment contained in document A/99/L.9 was rejected by 3 votes to 1, with 2 "
         "abstentions./", "amendment", "A/99/L.9", False),
        ("/Draft resolution II, as amended, was adopted by 3 votes to 1, with 2 abstentions/ "
         "(resolution 99/4).", "document", "", True),
        ("/The motion was rejected by 3 votes to 1, with 2 abstentions./", "motion", "A/99/L.3",
         False),
        ("/Draft resolution A/99/L.3 was not adopted by 3 votes to 1./", "document", "A/99/L.3",
         False),
    ],
)  # fmt: skip
def test_votes_are_on_drafts_paragraphs_amendments_and_motions(
    result: str, vote_on: str, draft: str, carried: bool
) -> None:
    (vote,) = record(*ITEM, *VOTE, result).votes
    assert (vote.vote_on, vote.draft, vote.carried) == (vote_on, draft, carried)


def test_a_vote_without_a_known_result_keeps_its_lists() -> None:
    (vote,) = record(*ITEM, *VOTE, "*Mr. Alpha* (Chile): A sentence.").votes
    assert (vote.carried, vote.adopted, dict(vote.printed)) == (None, "", {})
    assert set(vote.names) == {Y, N, A}


def test_the_president_of_the_council_announces_the_result() -> None:
    lists = (
        "*The President*: Members have before them document S/2044/7, which contains the text of a "
        "draft resolution. I shall put it to the vote.",
        "/A vote was taken by show of hands./",
        "/In favour:/",
        ">Chile, Egypt",
        "/Against:/",
        ">None",
        "/Abstaining:/ France",
    )
    adopted, vetoed = record(
        *lists,
        "*The President*: There were 2 votes in favour, none against and one abstention. The draft "
        "resolution has been adopted as resolution 9999 (2044).",
        *lists,
        "*The President*: The result of the voting is as follows: two votes in favour, one against "
        "and no abstentions. The draft resolution has not been adopted, owing to the negative vote "
        "of a permanent member of the Council. I call on those members who wish to make statements "
        "after the voting.",
        "*Mr. Alpha* (Chile): A sentence.",
        head=COUNCIL,
    ).votes
    assert (adopted.draft, adopted.adopted) == ("S/2044/7", "S/RES/9999(2044)")
    assert (adopted.carried, adopted.vetoed, adopted.printed) == (True, False, {Y: 2, N: 0, A: 1})
    assert (vetoed.adopted, vetoed.carried, vetoed.vetoed) == ("", False, True)


def test_adoptions_without_a_vote_and_numbered_decisions() -> None:
    adoptions = record(
        "#Agenda item 9 (continued)",
        "#(a) Rain",
        "#(b) Snow",
        "#Report of the Third Committee (A/99/448)",
        "/Draft resolution I was adopted/ (resolution 99/5).",
        "/The draft decision was adopted./",
        "#(b) Snow",
        "/It was so decided/ (decision 99/501).",
        "/It was so decided./",
        "/The agenda was adopted./",
    ).adoptions
    assert [(a.adopted, a.report, a.agenda_items) for a in adoptions] == [
        ("A/RES/99/5", "A/99/448", ("9", "9 (a)", "9 (b)")),
        ("", "A/99/448", ("9", "9 (a)", "9 (b)")),
        ("A/DEC/99/501", "", ("9 (b)",)),
    ]
    assert all(isinstance(adoption, ParsedAdoption) for adoption in adoptions)


def test_who_presides_changes() -> None:
    presiders = record(
        "*Mr. Alpha* (Chile): A sentence.",
        "/Ms. Foxtrot (Ghana), Vice-President, took the Chair./",
        "The speech goes on.",
        "/The President returned to the Chair./",
    ).presiders
    assert [(p.name, p.state, p.office) for p in presiders] == [
        ("Mr. Bravo", "Cameroon", "President"),
        ("Ms. Foxtrot", "Ghana", "Vice-President"),
        ("Mr. Bravo", "Cameroon", "President"),
    ]
    assert all(isinstance(presider, Presider) for presider in presiders)


def test_places_are_pages_and_paragraphs_that_begin_there() -> None:
    long = " ".join(["word"] * 2400)
    speech, other = record(f"*Mr. Alpha* (Chile): {long}", "*Mr. Alpha* (Chile): A word.").speeches
    assert (speech.place.page, other.place) == (1, Place(3, 1))


ODD = (
    *ITEM, *VOTE, RESULT, "*The President*: Explanations of vote.", "*Mr. Alpha* (Chile): A.",
    "[Subsequently the delegation of", "*:*", "#(a) b", "/was adopted/",
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.sampled_from(ODD), max_size=12))
def test_paragraphs_in_any_order_are_read(paragraphs: list[str]) -> None:
    result = record(*paragraphs)
    assert len(result.speeches) <= sum(text.startswith("*") for text in paragraphs)
    assert len(result.votes) <= paragraphs.count(VOTE[1])
