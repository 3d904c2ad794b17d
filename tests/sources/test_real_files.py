"""The results of the loaders for the real files, before merging; needs KG_TEST_DATA."""

from __future__ import annotations

from collections import Counter

from kg import resources
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.pipeline import chronology, meeting_dates
from kg.sources.registry import SOURCES
from tests.support.merging import merge
from tests.support.releases import Real

Y, N, A, X = VoteOption


def test_every_vote_and_event_of_unvotes_is_loaded(real: dict[str, Real]) -> None:
    events = real["unvotes"].events
    assert len(events) == 6_203
    assert Counter(option for event in events for option in event.votes.values()) == {
        Y: 693_664,
        N: 65_548,
        A: 110_897,
    }
    assert not any(event.records_non_voting for event in events)


def test_68_262_in_unvotes(real: dict[str, Real]) -> None:
    (event,) = (call for call in real["unvotes"].events if call.name == "A/RES/68/262")
    assert [event.count(option) for option in (Y, N, A)] == [100, 11, 58]


def test_symbols_and_dates_of_unvotes_are_counted(real: dict[str, Real]) -> None:
    notes = real["unvotes"].loaded.notes
    kept = {name: count for name, count in notes.items() if name.startswith("symbols kept")}
    assert notes["symbols made official"] == 4_228
    assert notes["symbols made official"] + sum(kept.values()) == 6_203
    assert sum(not event.day for event in real["unvotes"].events) == 4_610


def test_no_resolution_of_unvotes_is_adopted_by_a_minority(real: dict[str, Real]) -> None:
    decided = [event for event in real["unvotes"].events if event.decides]
    assert not [event.name for event in decided if event.count(N) > event.count(Y)]
    (event,) = (event for event in real["unvotes"].events if event.source_number == "rcid 5845")
    assert (event.key, event.relates_to) == ("unvotes-5845", "A/RES/63/263")
    assert (event.count(Y), event.count(N)) == (50, 88)


def test_dates_that_contradict_meeting_and_session_or_another_source_are_replaced(
    real: dict[str, Real], states: StateRegister
) -> None:
    assembly, council, unvotes = (real[name].events for name in ("undl-ga", "undl-sc", "unvotes"))
    result = meeting_dates.settle(assembly, meeting_dates.by_key([unvotes, council]), states)
    assert {
        correction.event.key: (correction.recorded, correction.event.date)
        for correction in result.corrections
    } == {
        "A-RES-33-13-F": ("1978-11-03", "1978-12-14"),
        "A-RES-37-84": ("1982-02-21", "1982-12-09"),
    }
    # One date is contradicted only by the session, the other only by unvotes.
    alone = meeting_dates.settle(assembly, {}, states)
    assert [correction.event.key for correction in alone.corrections] == ["A-RES-37-84"]
    others = meeting_dates.by_key([unvotes, assembly])
    assert meeting_dates.settle(council, others, states).corrections == []


def test_dates_and_meetings_of_the_council_out_of_numerical_order(
    real: dict[str, Real],
) -> None:
    result = chronology.settle(real["undl-sc"].events)
    read_as = {
        correction.event.name: (correction.recorded, correction.read_as)
        for correction in result.corrections
    }
    dates = {name: values for name, values in read_as.items() if "PV" not in values[0]}
    assert dates == {
        "S/RES/727(1992)": ("1992-08-01", "1992-01-08"),
        "S/RES/840(1993)": ("1993-03-31", "1993-06"),
        "S/RES/857(1993)": ("1993-08-31", "1993-08"),
        "S/RES/1009(1995)": ("1995-10-08", "1995-08-10"),
    }
    assert read_as["S/RES/698(1991)"] == ("S/PV.2943", "")
    assert read_as["S/RES/1139(1997)"] == ("S/PV.3735", "")
    assert len(read_as) == 4 + 9
    # Their neighbours have different months, so not even the month is known.
    assert [discrepancy.concerns[0][1] for discrepancy in result.discrepancies] == [
        "S-RES-451-1979", "S-RES-593-1986",
    ]  # fmt: skip
    assert len(meeting_dates.contradictions(result.events)) == 3


def test_dates_and_meetings_of_the_assembly_out_of_numerical_order(
    real: dict[str, Real], states: StateRegister
) -> None:
    dated = meeting_dates.settle(real["undl-ga"].events, {}, states)
    result = chronology.settle(dated.events)
    assert {
        correction.event.name: (correction.recorded, correction.read_as)
        for correction in result.corrections
    } == {
        "A/RES/70/34": ("A/70/PV.34", ""),
        "A/RES/70/51": ("A/70/PV.51", ""),
        "A/RES/77/263A": ("A/77/PV.56", "A/77/PV.56 (Resumption 1)"),
        "A/RES/78/238": ("A/78/PV.50", "A/78/PV.50 (Resumption 1)"),
    }
    assert {discrepancy.concerns[0][1] for discrepancy in result.discrepancies} == {
        "A-RES-1038-XI", "A-RES-1131-XI", "A-RES-1883-XVIII", "A-RES-1885-XVIII",
    }  # fmt: skip


def test_every_resolution_was_carried(real: dict[str, Real]) -> None:
    for event in real["undl-ga"].events:
        assert event.without_vote or event.count(Y) > event.count(N), event.name
    for event in real["undl-sc"].events:
        needed = 7 if event.date < "1966" else 9
        assert event.without_vote or event.count(Y) >= needed, event.name


def test_no_symbol_of_sessions_1_to_17_of_unvotes_is_official(real: dict[str, Real]) -> None:
    early = [event for event in real["unvotes"].events if event.session in map(str, range(1, 18))]
    assert len(early) > 800
    assert not any(event.decides for event in early)


def test_unvotes_and_the_embedded_roll_calls_agree_on_the_seven_they_share(
    real: dict[str, Real], states: StateRegister
) -> None:
    embedded = list(SOURCES["ukraine"].load(resources.DATA, states).events)
    merged = list(merge(embedded, real["unvotes"].events))
    assert len(merged) == 6_224
    assert sum(len(record.event.votes) for record in merged) == 873_625
    assert [record.event.name for record in merged if len(record.recorded_by) > 1] == [
        "A/RES/68/262", "A/RES/71/205", "A/RES/72/190", "A/RES/73/194", "A/RES/73/263",
        "A/RES/74/168", "A/RES/74/17",
    ]  # fmt: skip
    assert not any(record.discrepancies for record in merged)
