"""The whole file of unsc-votes, compared with plain readings of it and with the library's table."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from kg.model.discrepancies import Discrepancy
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import MergedEvent
from kg.pipeline.council_outcomes import settle
from kg.sources.unsc_votes import loader
from tests.support.merging import merge
from tests.support.releases import Real

Y, N, A, X = VoteOption
PERMANENT: Final = (
    "CHINA", "FRANCE", "RUSSIAN FEDERATION/USSR", "UNITED KINGDOM", "UNITED STATES",
)  # fmt: skip
#: The source's two rows that repeat another one.
REPEATED: Final = ("360", "3099")


@pytest.fixture(scope="module")
def rows(real_data: Path) -> list[dict[str, str]]:
    """The rows of the file, without the repeated ones."""
    path = real_data / "council" / f"{loader.FILE}.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["Vote in the DB"] not in REPEATED]


@pytest.fixture(scope="module")
def settled(real: dict[str, Real], states: StateRegister) -> list[MergedEvent]:
    """The events with the outcomes that follow from the votes."""
    return [
        settle(MergedEvent(event, ("unsc-votes",), ("unsc-votes",)), states)
        for event in real["unsc-votes"].events
    ]


def test_every_row_is_loaded_once(real: dict[str, Real], rows: list[dict[str, str]]) -> None:
    loaded, events = real["unsc-votes"].loaded, real["unsc-votes"].events
    assert loaded.rejected == []
    assert {event.source_record for event in events} == {row["Vote in the DB"] for row in rows}
    assert len(events) == len(rows) == 3_201
    assert loaded.rows == {"read": 46_393, "without a vote": 599, "repeated": 26}
    assert sum(len(event.votes) for event in events) == 46_393 - 599 - 26


def test_the_outcomes_are_those_of_the_source_and_follow_from_the_votes(
    settled: list[MergedEvent],
) -> None:
    assert Counter(merged.event.outcome for merged in settled) == {
        "adopted": 2_810, "vetoed": 269, "failed": 122,
    }  # fmt: skip
    assert not [merged for merged in settled if merged.discrepancies]
    procedural = [
        merged.event.name
        for merged in settled
        if merged.event.decides
        and any(
            merged.event.votes.get(key) == N for key in ("CHN", "FRA", "GBR", "RUS", "SUN", "USA")
        )
    ]
    assert sorted(procedural) == [
        "S/RES/110(1955)", "S/RES/119(1956)", "S/RES/120(1956)", "S/RES/132(1959)",
        "S/RES/157(1960)", "S/RES/2623(2022)", "S/RES/34(1947)", "S/RES/462(1980)",
        "S/RES/87(1950)", "S/RES/88(1950)",
    ]  # fmt: skip


def test_the_vetoes_are_those_of_the_columns_of_permanent_members(
    settled: list[MergedEvent], rows: list[dict[str, str]]
) -> None:
    expected = Counter(
        member for row in rows if row["Vote outcome"] == "vetoed" for member in PERMANENT
        if row[member] == "N"
    )  # fmt: skip
    of_seats = dict(zip(("CHN", "FRA", "RUS", "GBR", "USA"), PERMANENT, strict=True))
    vetoes = Counter(state for merged in settled for state in merged.event.vetoed_by)
    assert vetoes == {"SUN": 118, "USA": 95, "RUS": 41, "GBR": 32, "CHN": 21, "FRA": 17}
    vetoes["RUS"] += vetoes.pop("SUN")
    assert {of_seats[seat]: count for seat, count in vetoes.items()} == expected
    assert sum(expected.values()) == sum(
        int(row["(of which veto)"]) for row in rows if row["Vote outcome"] == "vetoed"
    )


def test_votes_on_the_same_draft_or_without_a_symbol_are_events_of_the_source(
    real: dict[str, Real],
) -> None:
    own = [e for e in real["unsc-votes"].events if e.key.startswith("unsc-votes-")]
    on_draft = Counter(draft for event in own for draft in event.drafts)
    assert on_draft["S/3502"] == 16
    assert on_draft["S/4733/Rev.1"] == 4
    assert on_draft["S/10805/Rev.1"] == on_draft["S/1894"] == on_draft["S/17172"] == 3
    assert set(on_draft.values()) == {2, 3, 4, 16}
    # 35 known by their meeting, and an oral amendment.
    assert sum(not event.drafts for event in own) == 36
    assert len(own) == 36 + on_draft.total() == 73
    assert not [event for event in own if event.decides]


def test_columns_of_the_wrong_member_are_corrected(real: dict[str, Real]) -> None:
    rule = loader.MISPLACED
    normalized = real["unsc-votes"].loaded.normalized
    corrected = Counter((row.value, row.read_as) for row in normalized if row.rule == rule)
    assert corrected == {
        ("TURKEY", "PRT"): 123, ("SLOVAKIA", "SVN"): 53, ("ALGERIA", "ARG"): 27,
        ("CZECH REPUBLIC", "CSK"): 16, ("YEMEN", "YMD"): 9,
    }  # fmt: skip


def test_only_members_of_the_council_vote_and_all_of_them(
    real: dict[str, Real], states: StateRegister
) -> None:
    for name in ("undl-sc", "unsc-votes"):
        for event in real[name].events:
            if event.votes:
                assert event.votes.keys() == states.council(event.date), (name, event.name)


def test_differences_from_the_library_are_few_and_add_no_vote(real: dict[str, Real]) -> None:
    library = {event.key: event for event in real["undl-sc"].events}
    common = [event for event in real["unsc-votes"].events if event.key in library]
    merged = list(merge(real["undl-sc"].events, common))
    assert len(common) == 2_721
    for each in merged:
        assert each.event.votes == library[each.event.key].votes
    differences = [d for each in merged for d in each.discrepancies if d.aspect == "vote"]
    of_events = Counter(difference.concerns[0][1] for difference in differences)
    # The library has two of them as adoptions without a vote.
    assert of_events == {
        "S-RES-1082-1996": 2, "S-RES-1239-1999": 2, "S-RES-1559-2004": 6, "S-RES-1715-2006": 15,
        "S-RES-1733-2006": 15, "S-RES-2312-2016": 2, "S-RES-2720-2023": 2,
    }  # fmt: skip


def test_the_days_after_midnight_are_listed(real: dict[str, Real]) -> None:
    records = real["unsc-votes"].loaded.records
    assert [record.concerns for record in records if isinstance(record, Discrepancy)] == [
        (("event", "S-10416"),), (("event", "S-16077-REV-1"),),
    ]  # fmt: skip


def test_every_vote_of_an_event_is_its_row(
    real: dict[str, Real], rows: list[dict[str, str]]
) -> None:
    by_number = {row["Vote in the DB"]: row for row in rows}
    columns = [*rows[0]][14:]
    for event in real["unsc-votes"].events:
        if not event.votes or event.compiled_from:
            continue
        entries = Counter(by_number[event.source_record][column] for column in columns)
        counts = {code: entries[code] for code in ("Y", "N", "A", "NV")}
        assert [*counts.values()] == [event.count(option) for option in VoteOption], event.key
