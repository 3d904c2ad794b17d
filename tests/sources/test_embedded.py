"""The embedded sources: their contents, and how errors in their tables are reported."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.sources import Source
from kg.model.state_register import StateRegister
from kg.model.statements import Proposal, ResolutionContent
from kg.model.vote_option import VoteOption
from kg.resources import DATA
from kg.sources import csv_table
from kg.sources.loader import LoadResult
from kg.sources.registry import SOURCES
from kg.sources.source_list import read_sources
from kg.sources.states import read_states
from tests.support.embedded_files import keys_of_downloaded_sources
from tests.support.merging import merge

Y, N, A, X = VoteOption

TALLIES = {
    "A-RES-68-262": (100, 11, 58, 24),
    "A-RES-ES-11-1": (141, 5, 35, 12),
    "A-RES-ES-11-4": (143, 5, 35, 10),
    "A-RES-ES-11-6": (141, 7, 32, 13),
    "A-RES-ES-11-7": (93, 18, 65, 17),
    "A-RES-ES-11-8": (93, 8, 73, 19),
}
CHINA = [
    "Respecting the sovereignty of all countries",
    "Abandoning the Cold War mentality",
    "Ceasing hostilities",
    "Resuming peace talks",
    "Resolving the humanitarian crisis",
    "Protecting civilians and prisoners of war (POWs)",
    "Keeping nuclear power plants safe",
    "Reducing strategic risks",
    "Facilitating grain exports",
    "Stopping unilateral sanctions",
    "Keeping industrial and supply chains stable",
    "Promoting post-conflict reconstruction",
]


def load(name: str, states: StateRegister, folder: Path | None = None) -> LoadResult:
    place = folder or SOURCES[name].embedded_in
    assert place
    return SOURCES[name].load(place, states)


def test_past_and_present_members(states: StateRegister) -> None:
    all_states = read_states(DATA)
    former = {s.key for s in all_states if s.member_until}
    assert len(all_states) == 206
    assert former == {
        "SUN", "YUG", "YUG-FR", "SCG", "CSK", "DDR", "GER", "UAR", "EAT", "EAZ", "YMD", "YEM-AR",
        "MYS-FM",
    }  # fmt: skip
    present = [s for s in all_states if not s.member_until]
    assert all(s.iso3 and s.iso2 and s.m49 and s.wikidata for s in present)
    assert len(states.seats()) == 198
    assert Counter(len(s.memberships) for s in all_states) == {1: 203, 2: 3}


def test_codes_are_not_taken_for_missing_values() -> None:
    (namibia,) = (s for s in read_states(DATA) if s.key == "NAM")
    assert (namibia.iso2, namibia.m49, namibia.wikidata) == ("NA", "516", "Q1030")


def test_present_members_have_their_present_name() -> None:
    for state in read_states(DATA):
        last = state.names[-1]
        if not state.member_until:
            assert (last.name, last.period.until) == (state.name, ""), state.key


def test_periods_are_half_open() -> None:
    for state in read_states(DATA):
        for earlier, later in pairwise(state.names):
            # Egypt and Syria were not members in between.
            united = (state.key, earlier.period.until) in {
                ("EGY", "1958-02-22"), ("SYR", "1958-02-22")
            }  # fmt: skip
            assert united or earlier.period.until == later.period.start, state.key
        assert state.names[-1].period.until == state.member_until, state.key
        for period in (*state.memberships, *(name.period for name in state.names)):
            if period.until_as_printed:
                last_day = date.fromisoformat(period.until) - timedelta(days=1)
                assert period.until_as_printed == last_day.isoformat(), state.key


@pytest.mark.parametrize(
    ("day", "members", "left"),
    [
        ("1992-12-31", {"CSK"}, {"CZE", "SVK"}),
        ("1993-01-01", set(), {"CSK", "CZE", "SVK"}),
        ("1990-10-02", {"DDR", "GER"}, {"DEU"}),
        ("1990-10-03", {"DEU"}, {"DDR", "GER"}),
        ("1991-12-23", {"SUN"}, {"RUS"}),
        ("1991-12-24", {"RUS"}, {"SUN"}),
        ("1958-02-22", {"UAR"}, {"EGY", "SYR"}),
        ("2000-10-31", {"YUG"}, {"YUG-FR"}),
        ("2000-11-01", {"YUG-FR"}, {"YUG"}),
    ],
)
def test_the_end_date_is_not_a_day_of_membership(
    states: StateRegister, day: str, members: set[str], left: set[str]
) -> None:
    assert {key for key in members | left if states.is_member(key, day)} == members


@pytest.mark.parametrize(
    ("day", "count"),
    [
        # Press release SC/6807: the admission of Tuvalu "would bring to 189" the membership.
        ("2000-02-17", 188),
        ("2000-09-05", 189),
        # The Federal Republic of Yugoslavia replaced socialist Yugoslavia.
        ("2000-10-31", 189),
        ("2000-11-01", 189),
        ("2011-07-14", 193),
    ],
)
def test_the_number_of_members_is_that_counted_by_the_united_nations(
    states: StateRegister, day: str, count: int
) -> None:
    assert len(states.members(day)) == count


def test_predecessors_hold_the_seat_or_another(states: StateRegister) -> None:
    earlier = {s.key: [p.state for p in s.predecessors] for s in read_states(DATA)}
    assert earlier["RUS"] == ["SUN"]
    assert states["RUS"].seat == states["SUN"].seat == "RUS"
    assert sorted(earlier["YEM"]) == ["YEM-AR", "YMD"]
    separated = {"BGD": "PAK", "ERI": "ETH", "SGP": "MYS", "SSD": "SDN"}
    assert {key: [former] for key, former in separated.items()} == {
        k: earlier[k] for k in separated
    }
    assert {states[key].seat for key in separated} == separated.keys()
    assert all(p in states for keys in earlier.values() for p in keys)


def test_the_roll_calls_on_ukraine(states: StateRegister) -> None:
    loaded = load("ukraine", states)
    events = {e.key: e for e in loaded.events if e.body == "GeneralAssembly"}
    assert len(events) == 24
    assert sum(len(event.votes) for event in events.values()) == 4607
    for key, tally in TALLIES.items():
        assert tuple(events[key].count(o) for o in VoteOption) == tally, key
    against = {s for s, o in events["A-RES-ES-11-6"].votes.items() if o == N}
    assert against == {"RUS", "BLR", "PRK", "SYR", "ERI", "MLI", "NIC"}
    assert loaded.rejected == []


def test_a_roll_call_without_non_voting_records_only_votes_cast(states: StateRegister) -> None:
    events = {event.key: event for event in load("ukraine", states).events}
    latest = events["A-RES-80-223"]
    assert tuple(latest.count(option) for option in VoteOption) == (79, 16, 73, 0)
    assert not latest.records_non_voting
    assert events["A-RES-79-184"].records_non_voting
    # The press report that lists 16 states against is wrong on two of them.
    assert {s for s, option in latest.votes.items() if option == N and latest.agreeing[s] == 1} == {
        "NER"
    }
    assert latest.votes["PRK"] == N
    assert latest.votes["KOR"] == VoteOption.YES


def test_every_vote_states_how_many_compilations_agree(states: StateRegister) -> None:
    agreeing = [n for e in load("ukraine", states).events for n in e.agreeing.values()]
    assert Counter(agreeing) == {2: 3554, 1: 1053}
    events = {event.key: event for event in load("ukraine", states).events}
    assert events["A-RES-80-223"].compiled_from["PRK"] == ("dgacm-ga-resolutions", "babel-80-223")
    for event in events.values():
        assert event.compiled_from.keys() == event.agreeing.keys()
        assert all(n <= len(event.compiled_from[s]) for s, n in event.agreeing.items())


def test_points_of_the_chinese_plan_are_in_order(states: StateRegister) -> None:
    plans = {r.key: r for r in load("proposals", states).records if isinstance(r, Proposal)}
    assert {key: len(plan.points) for key, plan in plans.items()} == {
        "african-peace-mission": 10,
        "china-12-point": 12,
        "china-brazil-6-point": 6,
        "friends-for-peace-communique": 9,
        "indonesia-peace-plan": 5,
        "peace-framework-communique": 3,
        "ukraine-peace-formula": 10,
        "ukraine-victory-plan": 5,
    }
    china = plans["china-12-point"]
    assert [point.title for point in china.points] == CHINA
    assert [point.position for point in china.points] == list(range(1, 13))


#: Votes of the Security Council around the war: in favour, against, abstaining, outcome, veto.
COUNCIL = {
    "S-2022-155": (11, "RUS", "ARE CHN IND", "vetoed", "RUS"),
    "S-RES-2623-2022": (11, "RUS", "ARE CHN IND", "adopted", ""),
    "S-2022-720": (10, "RUS", "BRA CHN GAB IND", "vetoed", "RUS"),
    "S-RES-2774-2025": (10, "", "DNK FRA GBR GRC SVN", "adopted", ""),
}


def test_the_votes_of_the_council(states: StateRegister) -> None:
    events = {e.key: e for e in load("ukraine", states).events if e.body == "SecurityCouncil"}
    assert {
        key: (
            event.count(Y),
            " ".join(sorted(s for s, o in event.votes.items() if o == N)),
            " ".join(sorted(s for s, o in event.votes.items() if o == A)),
            event.outcome,
            " ".join(event.vetoed_by),
        )
        for key, event in events.items()
    } == COUNCIL
    assert all(len(event.votes) == 15 for event in events.values())
    symbols = {event.decides.symbol for event in events.values() if event.decides}
    assert symbols == {"S/RES/2623(2022)", "S/RES/2774(2025)"}
    assert all(event.compilations for event in events.values())


def test_a_vote_of_the_council_in_two_sources_is_one_event(states: StateRegister) -> None:
    (ours,) = (e for e in load("ukraine", states).events if e.key == "S-RES-2623-2022")
    assert ours.decides
    theirs = replace(
        ours,
        source="undl-sc",
        decides=replace(ours.decides, symbol="S/RES/2623(2022)", title="On an emergency session"),
        compilations=(),
    )
    (merged,) = merge([ours], [theirs])
    assert merged.recorded_by == ("undl-sc", "ukraine-council-votes")
    assert merged.event.name == "S/RES/2623(2022)"
    assert merged.discrepancies == ()


def test_every_fact_has_sources_that_are_described(states: StateRegister) -> None:
    for name, loader in SOURCES.items():
        if loader.embedded:
            described = {r.key for r in load(name, states).records if isinstance(r, Source)}
            assert described, name
    for state in read_states(DATA):
        assert state.sources
        assert all(period.sources for period in state.memberships), state.key


def test_no_row_of_sources_is_unused(states: StateRegister) -> None:
    downloaded = keys_of_downloaded_sources()
    assert {"unvotes-package", "undl-ga", "undl-sc"} <= downloaded
    used = {source.key for source in read_sources(DATA, downloaded)}
    for name, loader in SOURCES.items():
        if loader.embedded:
            used |= {r.key for r in load(name, states).records if isinstance(r, Source)}
    # Facts that supplement tables that are downloaded.
    for name in ("undl_unanimous.csv", "undl_texts.csv", "unsc_votes_listed.csv"):
        used |= {row["source"] for row in csv_table.read(DATA / name, "source")}
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["key"] for row in csv.DictReader(stream)} == used


def test_no_quotation_is_longer_than_fifteen_words(states: StateRegister) -> None:
    names = ("statements", "proposals", "reports")
    records = [record for name in names for record in load(name, states).records]
    texts = [p for r in records if isinstance(r, ResolutionContent) for p in r.paragraphs]
    quotes = [quote for record in (*records, *texts) if (quote := getattr(record, "quote", ""))]
    assert len(quotes) > 40
    assert [quote for quote in quotes if len(quote.split()) > 15] == []


# Errors.
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


FAULTS = [
    ("states", "seats.csv", "key,", "keys,", r"seats\.csv: line 1: no column key"),
    ("states", "states.csv", "AFG,Afghanistan", "AFX,Afghanistan", "line 2, column key: 'AFX'"),
    ("states", "memberships.csv", "1990-10-03,,", "1973-09-18,,", "column until: '1973-09-18'"),
    ("states", "memberships.csv", ",1992-12-31,", ",1993-01-01,", "until_as_printed: '1993-01-01'"),
    ("states", "sources.csv", "\ncountry-codes,", "\nother,", "no row for the source 'country-cod"),
    ("states", "sources.csv", ",false,", ",maybe,", "column redistributable: 'maybe' is not true"),
    ("ukraine", "ukraine_resolutions.csv", "2014-03-27", "27 March", "column date: '27 March'"),
    ("ukraine", "ukraine_resolutions.csv", "A/RES/68/262", "A/RES/68/26", "column symbol"),
    ("ukraine", "ukraine_council.csv", ",ALB BRA", ",ALX BRA", "column in_favour: 'ALX BRA"),
    ("ukraine", "ukraine_council.csv", ",vetoed,", ",rejected,", "column outcome: 'rejected'"),
]


@pytest.mark.parametrize(("name", "file", "old", "new", "message"), FAULTS)
def test_an_error_in_a_table_has_file_line_and_column(
    folder: Path, states: StateRegister, name: str, file: str, old: str, new: str, message: str
) -> None:
    change(folder / file, old, new)
    with pytest.raises(SourceError, match=message) as caught:
        load(name, states, folder)
    assert file.removesuffix(".csv") in str(caught.value)


def test_a_file_that_is_not_a_csv_table_is_an_error(folder: Path, states: StateRegister) -> None:
    (folder / "ukraine_resolutions.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match=r"ukraine_resolutions\.csv: text in UTF-16"):
        load("ukraine", states, folder)
    (folder / "ukraine_resolutions.csv").unlink()
    with pytest.raises(SourceError, match=r"ukraine_resolutions\.csv: no such file"):
        load("ukraine", states, folder)


def test_a_row_with_too_few_values_is_an_error(folder: Path, states: StateRegister) -> None:
    with (folder / "ukraine_roll_calls.csv").open("a", encoding="utf-8") as stream:
        stream.write("A/RES/ES-11/6,RUS\n")
    with pytest.raises(SourceError, match="expected 5 values"):
        load("ukraine", states, folder)


def test_unusable_rows_of_votes_are_rejected(folder: Path, states: StateRegister) -> None:
    with (folder / "ukraine_roll_calls.csv").open("a", encoding="utf-8") as stream:
        stream.write("A/RES/68/262,ATL,Y,2,undl-voting-data\n")
        stream.write("A/RES/68/262,AFG,maybe,2,undl-voting-data\n")
        stream.write("A/RES/68/262,AFG,Y,2,undl-voting-data\n")
    loaded = load("ukraine", states, folder)
    events = {event.key: event for event in loaded.events}
    assert [(r.row, r.value) for r in loaded.rejected] == [
        (4609, "ATL"),
        (4610, "maybe"),
        (4611, "A/RES/68/262 AFG Y"),
    ]
    assert "AFG" not in events["A-RES-68-262"].votes
