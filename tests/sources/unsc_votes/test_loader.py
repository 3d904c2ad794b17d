"""The loader of unsc-votes, rule by rule, on small files in the real format."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.model.discrepancies import Discrepancy
from kg.model.sources import Source
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import VotingEvent
from kg.sources.loader import LoadResult
from kg.sources.unsc_votes import events as rules
from kg.sources.unsc_votes import loader
from tests.support.merging import STATES
from tests.support.unsc_votes_files import (
    CHINA,
    FRANCE,
    HEADER,
    UK,
    USSR,
    everyone,
    roll_call,
    vetoed,
    write,
)

Y, N, A, X = VoteOption


def load(path: Path, states: StateRegister = STATES) -> tuple[dict[str, VotingEvent], LoadResult]:
    loaded = loader.load(path, states)
    events = list(loaded.events)
    assert [event.key for event in events] == sorted(event.key for event in events)
    return {event.key: event for event in events}, loaded


def test_a_resolution_becomes_the_event_that_decides_it(tmp_path: Path) -> None:
    row = roll_call(
        2986, "S/RES/2623 (2022)", "2022-02-27",
        {
            "Official full title": "Security Council resolution 2623 (2022) [on a session]",
            **everyone("2022-02-27", USSR="N", CHINA="A"),
        },
    )  # fmt: skip
    events, loaded = load(write(tmp_path, row))
    (event,) = events.values()
    assert event.key == "S-RES-2623-2022"
    assert event.decides is not None
    assert event.decides.symbol == "S/RES/2623(2022)"
    assert event.decides.title == "Security Council resolution 2623 (2022) [on a session]"
    assert (event.outcome, event.vote_on) == ("adopted", "document")
    assert (event.votes["RUS"], event.votes["CHN"], event.count(Y)) == (N, A, 13)
    assert event.records_non_voting
    assert event.printed == {}
    assert (event.source_record, event.source_row) == ("2986", 2)
    assert (loaded.rejected, loaded.normalized) == ([], [])
    assert loaded.rows == {"read": 15, "without a vote": 0}
    assert [record.key for record in loaded.records] == ["unsc-votes"]


def test_the_only_vote_on_a_draft_has_its_symbol_as_key(tmp_path: Path) -> None:
    title = "The situation in the Middle East"
    events, _ = load(
        write(tmp_path, vetoed(1, "S/2022/155", "2022-02-25", **{"Official full title": title}))
    )
    (event,) = events.values()
    assert (event.key, event.draft, event.decides) == ("S-2022-155", "S/2022/155", None)
    assert (event.outcome, event.vote_on, event.relates_to) == ("vetoed", "document", "")
    assert event.description == title


def test_several_votes_on_a_draft_are_events_of_this_source_related_to_it(tmp_path: Path) -> None:
    rows = [
        vetoed(245, "S/3502", "1955-12-13"),
        vetoed(231, "S/3502", "1955-12-13"),
        vetoed(250, "S/3502", "1955-12-14"),
        vetoed(260, "S/4733/Rev. 1", "1961-02-20"),
        vetoed(261, "S/4733/Rev.1", "1961-02-20"),
    ]
    events, _ = load(write(tmp_path, *rows))
    assert {key: event.source_number for key, event in events.items()} == {
        "unsc-votes-1955-12-13-S-3502-1": "vote 231",
        "unsc-votes-1955-12-13-S-3502-2": "vote 245",
        "unsc-votes-1955-12-14-S-3502-1": "vote 250",
        "unsc-votes-1961-02-20-S-4733-REV-1-1": "vote 260",
        "unsc-votes-1961-02-20-S-4733-REV-1-2": "vote 261",
    }
    for event in events.values():
        assert (event.decides, event.vote_on) == (None, None)
        assert (event.relates_to,) == event.drafts
        assert event.draft == ""


def test_a_vote_known_by_its_meeting_only_belongs_to_no_draft(tmp_path: Path) -> None:
    events, _ = load(
        write(
            tmp_path,
            vetoed(11, "S/PV.49", "1946-06-26"),
            vetoed(12, "S/PV.49", "1946-06-26"),
            vetoed(13, "S/552, S/PV.202", "1947-09-15"),
        )
    )
    assert set(events) == {
        "S-552", "unsc-votes-1946-06-26-S-PV-49-1", "unsc-votes-1946-06-26-S-PV-49-2",
    }  # fmt: skip
    event = events["unsc-votes-1946-06-26-S-PV-49-1"]
    assert (event.meeting, event.drafts, event.relates_to) == ("S/PV.49", (), "")
    assert (events["S-552"].meeting, events["S-552"].drafts) == ("S/PV.202", ("S/552",))


def test_text_after_a_symbol_is_a_note_on_the_vote(tmp_path: Path) -> None:
    events, loaded = load(write(tmp_path, vetoed(570, "S/11400 (as amended)", "1974-07-31")))
    event = events["S-11400"]
    assert (event.draft, event.vote_notes) == ("S/11400", ("S/11400 (as amended)",))
    (row,) = loaded.normalized
    assert (row.rule, row.value, row.read_as) == (rules.REMARK, "S/11400 (as amended)", "S/11400")


def test_a_question_mark_is_no_vote_and_printed_totals_stay(tmp_path: Path) -> None:
    title = "The Indonesian question (/!\\ no breakdown of the vote)"
    totals = {"Yes": "5", "No": "0", "Abstentions": "6", "Non-Voting": "0"}
    details = {"Vote outcome": "lack of maj.", "Official full title": title}
    unknown = details | totals | everyone("1948-12-27", "?")
    nothing = unknown | dict.fromkeys((*totals, "Total"), "?")
    path = write(
        tmp_path,
        roll_call(124, "S/1158", "1948-12-27", unknown),
        roll_call(123, "S/1148", "1948-12-24", nothing),
    )
    events, loaded = load(path)
    event = events["S-1158"]
    assert (event.votes, event.outcome, event.records_non_voting) == ({}, "failed", False)
    assert event.printed == {Y: 5, N: 0, A: 6, X: 0}
    assert event.description == "The Indonesian question"
    assert event.vote_notes == ("no breakdown of the vote",)
    assert not event.without_vote
    assert events["S-1148"].printed == {}
    assert loaded.rows == {"read": 22, "without a vote": 22}
    assert [row.rule for row in loaded.normalized] == [rules.UNKNOWN] * 2


def test_the_veto_listed_twice_is_one_vote(tmp_path: Path) -> None:
    failed = {"Vote outcome": "lack of maj.", "(of which veto)": "0"}
    rows = [
        vetoed(359, "S/5134", "1962-06-22"),
        vetoed(360, "S/5134", "1962-06-22", **failed),
    ]
    events, loaded = load(write(tmp_path, *rows))
    assert {key: event.outcome for key, event in events.items()} == {"S-5134": "vetoed"}
    assert loaded.rows["repeated"] == 11
    (row,) = loaded.normalized
    assert (row.row, row.value, row.read_as) == (3, "S/5134: failed", "vote 359")
    assert row.rule == loader.REPEATED


def test_two_votes_that_differ_are_two_votes(tmp_path: Path) -> None:
    rows = [
        vetoed(359, "S/5134", "1962-06-22"),
        vetoed(360, "S/5134", "1962-06-22", CHILE="A"),
        # Another row under the number of a listed one.
        vetoed(822, "S/900000", "1985-05-10"),
    ]
    events, loaded = load(write(tmp_path, *rows))
    assert set(events) == {
        "S-900000", "unsc-votes-1962-06-22-S-5134-1", "unsc-votes-1962-06-22-S-5134-2",
    }  # fmt: skip
    assert loaded.rows["repeated"] == 0


def test_the_oral_amendment_of_2023_is_one_and_relates_to_2720(tmp_path: Path) -> None:
    rows = [vetoed(n, text, "2023-12-22") for n, text in
            ((3098, "Oral amendment\n"), (3099, "Oral amendment"))]  # fmt: skip
    events, loaded = load(write(tmp_path, *rows))
    (event,) = events.values()
    assert event.key == "unsc-votes-2023-12-22-oral-amendment-1"
    assert (event.relates_to, event.vote_on) == ("S/RES/2720(2023)", "amendment")
    assert event.compilations == ("menafn-2023-12-22",)
    assert {record.key for record in loaded.records if isinstance(record, Source)} == {
        "menafn-2023-12-22", "unsc-votes",
    }  # fmt: skip


def test_votes_on_paragraphs_relate_to_the_resolution_adopted_without_them(tmp_path: Path) -> None:
    rows = [vetoed(number, "S/17172", "1985-05-10") for number in (822, 823, 824)]
    events, _ = load(write(tmp_path, *rows))
    assert [event.relates_to for event in events.values()] == ["S/RES/562(1985)"] * 3
    assert {event.vote_on for event in events.values()} == {"paragraph"}


@pytest.mark.parametrize(
    ("number", "symbol", "began", "voted"),
    [
        (503, "S/10416", "1971-12-04", "1971-12-05"),
        (793, "S/16077/Rev.1", "1983-10-27", "1983-10-28"),
    ],
)
def test_a_vote_after_midnight_keeps_the_day_of_its_meeting(
    number: int, symbol: str, began: str, voted: str, tmp_path: Path
) -> None:
    events, loaded = load(write(tmp_path, vetoed(number, symbol, began)))
    (event,) = events.values()
    assert event.date == began
    (discrepancy,) = (r for r in loaded.records if isinstance(r, Discrepancy))
    assert (discrepancy.accepted, discrepancy.other) == (began, voted)
    assert discrepancy.concerns == (("event", event.key),)
    assert set(discrepancy.other_from) <= {record.key for record in loaded.records}


def test_nv_for_every_member_is_an_adoption_without_a_vote(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        roll_call(2315, "S/RES/1999(2011)", "2011-07-13", everyone("2011-07-13", "NV")),
        # Adopted unanimously, according to another source.
        roll_call(1046, "S/RES/758(1992)", "1992-06-08", everyone("1992-06-08", "NV")),
    )
    events, loaded = load(path)
    silent, unanimous = events["S-RES-1999-2011"], events["S-RES-758-1992"]
    assert (silent.without_vote, silent.votes, silent.outcome) == (True, {}, "adopted")
    assert (unanimous.without_vote, unanimous.count(Y)) == (False, 15)
    assert unanimous.compiled_from["FRA"] == unanimous.compilations
    assert loaded.rows == {"read": 30, "without a vote": 15}
    assert {row.rule for row in loaded.normalized} == {rules.NOT_TAKEN, rules.UNANIMOUS}


def test_the_title_of_another_resolution_is_not_used(tmp_path: Path) -> None:
    title = "Security Council resolution 2806 (2025) [on a mission]"
    row = roll_call(3201, "S/RES/2808(2025)", "2025-12-19", {"Official full title": title})
    events, loaded = load(write(tmp_path, row))
    (event,) = events.values()
    assert event.decides is not None
    assert event.decides.title == ""
    assert [(row.value, row.rule) for row in loaded.normalized] == [(title, rules.TITLE)]


@pytest.mark.parametrize(
    ("day", "column", "state"),
    [
        ("1991-12-23", USSR, "SUN"),
        ("1991-12-31", USSR, "RUS"),
        ("1961-06-01", "EGYPT / UNITED ARAB REPUBLIC", "UAR"),
        ("1961-11-01", "EGYPT / UNITED ARAB REPUBLIC", "EGY"),
        ("1977-11-04", "GERMANY, FEDERAL REPUBLIC OF", "GER"),
    ],
)
def test_a_vote_belongs_to_the_holder_of_the_seat(
    day: str, column: str, state: str, tmp_path: Path
) -> None:
    row = roll_call(1, "S/2025/1", day, {"Vote outcome": "lack of maj.", column: "A"})
    events, _ = load(write(tmp_path, row))
    assert events["S-2025-1"].votes == {state: A}


@pytest.mark.parametrize(
    ("day", "column", "right", "state"),
    [
        ("2011-06-01", "TURKEY", "PORTUGAL", "PRT"),
        ("1966-06-01", "ALGERIA", "ARGENTINA", "ARG"),
        ("1964-06-01", "CZECH REPUBLIC", "CZECHOSLOVAKIA", "CSK"),
        ("2024-06-01", "SLOVAKIA", "SLOVENIA", "SVN"),
        ("1990-01-11", "YEMEN", "YEMEN", "YMD"),
    ],
)
def test_a_vote_in_the_column_of_a_state_outside_the_council_is_that_of_the_missing_member(
    day: str, column: str, right: str, state: str, tmp_path: Path
) -> None:
    entries = everyone(day) | {right: "", column: "A"}
    row = roll_call(1, "S/2025/1", day, {"Vote outcome": "lack of maj."} | entries)
    events, loaded = load(write(tmp_path, row))
    event = events["S-2025-1"]
    assert event.votes[state] == A
    assert event.votes.keys() == STATES.council(day)
    assert [(row.value, row.read_as, row.rule) for row in loaded.normalized] == [
        (column, state, loader.MISPLACED)
    ]


def test_a_number_of_vetoes_that_the_votes_contradict_is_listed(tmp_path: Path) -> None:
    _, loaded = load(write(tmp_path, vetoed(1, "S/2025/1", "2025-01-01", **{CHINA: "N"})))
    (row,) = loaded.normalized
    assert (row.value, row.read_as, row.rule) == ("1", "2", loader.VETOES)


GOOD = roll_call(1, "S/RES/1(1946)", "1946-01-25", everyone("1946-01-25"))
REJECTED = [
    ("no number of a record", "1a", {"Vote in the DB": "1a"}),
    ("no number of a record", "no number", {"Vote in the DB": ""}),
    ("second record of a document", "1", {"Vote in the DB": "1"}),
    ("second record of a document", "S/RES/1(1946)", {"UN classification": "S/RES/1 (1946)"}),
    ("no symbol of a document", "S/RES/2", {"UN classification": "S/RES/2"}),
    ("no symbol of a document", "S/5134", {"UN classification": "S/5134"}),
    ("no symbol of a document", "S/RES/2(1946)", {"Vote outcome": "vetoed"}),
    ("unknown outcome", "postponed", {"Vote outcome": "postponed"}),
    ("impossible date", "1946-02-30", {"Date": "1946-02-30"}),
    ("impossible date", "30/01/1946", {"Date": "30/01/1946"}),
    ("impossible date", "no date", {"Date": ""}),
    ("unknown vote", "CHINA: y", {CHINA: "y"}),
    ("two votes of one state", "GERMANY, FEDERAL REPUBLIC OF: N",
     {"Date": "1977-11-04", "GERMANY, FEDERAL REPUBLIC OF": "N"}
     | everyone("1946-01-30", "") | everyone("1977-11-04")),
    # More votes of states that were no members than members without a vote.
    ("unknown state", "GERMANY, ITALY", {"GERMANY": "Y", "ITALY": "Y"}),
    ("unknown state", "ITALY", {"ITALY": "Y"}),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "value", "changed"), REJECTED)
def test_an_unusable_row_is_rejected_and_the_others_are_loaded(
    problem: str, value: str, changed: dict[str, str], tmp_path: Path
) -> None:
    bad = roll_call(2, "S/RES/2(1946)", "1946-01-30", everyone("1946-01-30")) | changed
    events, loaded = load(write(tmp_path, GOOD, bad))
    assert set(events) == {"S-RES-1-1946"}
    (rejected,) = loaded.rejected
    assert (rejected.problem, rejected.value, rejected.row) == (problem, value, 3)
    assert rejected.expected
    assert loaded.rows == {"read": 12, "without a vote": 0}


def test_the_column_of_an_unknown_member_is_named(tmp_path: Path) -> None:
    row = roll_call(2, "S/RES/2(1946)", "1946-01-30", everyone("1946-01-30") | {"ATLANTIS": "Y"})
    _, loaded = load(write(tmp_path, GOOD, row, header=(*HEADER, "ATLANTIS")))
    (rejected,) = loaded.rejected
    assert (rejected.problem, rejected.value) == ("unknown state", "ATLANTIS")


def test_a_broken_line_is_rejected_by_its_first_line(tmp_path: Path) -> None:
    path = write(tmp_path, roll_call(3, "S/RES/3(1946)\n", "1946-04-04", {}), GOOD)
    path.write_text(path.read_text(encoding="utf-8") + "a,b\n", encoding="utf-8")
    events, loaded = load(path)
    assert len(events) == 2
    (rejected,) = loaded.rejected
    # The symbol of the first row spans two lines.
    assert (rejected.problem, rejected.row, rejected.value) == ("broken line", 5, "a,b")


def test_a_gzipped_file_and_a_folder_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    compressed = tmp_path / "gzipped" / f"{loader.FILE}.gz"
    compressed.parent.mkdir()
    compressed.write_bytes(gzip.compress(path.read_bytes()))
    for place in (path, tmp_path, compressed, compressed.parent):
        assert set(load(place)[0]) == {"S-RES-1-1946"}


def test_a_file_that_is_not_the_table_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    text = path.read_text(encoding="utf-8")
    whole = gzip.compress(path.read_bytes())
    for content, message in (
        (b"", "an empty file"),
        (text.replace("UN classification", "Symbol").encode(), "no column UN classification"),
        (text.replace("BRAZIL", "CHINA").encode(), "duplicate column 'CHINA'"),
        (text.splitlines()[0].encode(), "a header and no rows"),
        (whole[: len(whole) // 2], "not a complete gzip file"),
        (text.encode("utf-16"), "text in UTF-16"),
        (text.encode() + b'"open', r"column Vote in the DB: '\"open': the quotation mark"),
    ):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=message):
            load(path)
    with pytest.raises(SourceError, match=r"expected a folder with .*; found neither"):
        load(tmp_path / "nowhere")
    (tmp_path / f"{loader.FILE}.gz").write_bytes(whole)
    with pytest.raises(SourceError, match=r"found unsc_votes_1946-2025\.csv and"):
        load(tmp_path)


GOOD_OF_ANOTHER_YEAR = roll_call(8, "S/RES/8(1946)", "1946-08-29", everyone("1946-08-29"))
ENTRIES = st.sampled_from(("Y", "N", "A", "NV", "?", "", "maybe"))
SYMBOLS = st.sampled_from(
    ("S/RES/1(1946)", "S/RES/2(1946)", "S/1", "S/1 (as amended)", "S/2/Rev. 1", "S/PV.1", "x", "")
)
TEXTS = st.text(alphabet='aS/12()., \n"é?', max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {"UN classification": SYMBOLS | TEXTS, "Date": st.just("1946-06-01") | TEXTS},
            optional={
                "Vote in the DB": st.integers(0, 3).map(str) | TEXTS,
                "Vote outcome": st.sampled_from(("adopted", "vetoed", "lack of maj.")),
                "Official full title": TEXTS,
                **dict.fromkeys((CHINA, FRANCE, USSR, UK, "GERMANY"), ENTRIES),
            },
        ),
        max_size=5,
    )
)
def test_the_rows_of_any_table_add_up(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    """Whatever the values are: each row is loaded or rejected, and no event has another's key."""
    others = (roll_call(number, "", "", row) for number, row in enumerate(rows, 9))
    events, loaded = load(write(tmp_path, GOOD_OF_ANOTHER_YEAR, *others))
    votes = sum(len(event.votes) for event in events.values())
    counted = votes + loaded.rows["without a vote"] + loaded.rows["repeated"]
    assert loaded.rows["read"] == counted + len(loaded.rejected)
    assert len(events) + len(loaded.rejected) == len(rows) + 1
