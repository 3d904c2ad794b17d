"""What the loaders make of the real files, before anything is merged; needs KG_TEST_DATA."""

from __future__ import annotations

from collections import Counter

from kg import resources
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.pipeline import meeting_dates
from kg.sources.registry import SOURCES
from tests.support.merging import merge
from tests.support.releases import Real

Y, N, A, X = VoteOption


def test_every_vote_and_event_of_unvotes_is_there(real: dict[str, Real]) -> None:
    events = real["unvotes"].events
    assert len(events) == 6_203
    assert Counter(option for event in events for option in event.votes.values()) == {
        Y: 693_664,
        N: 65_548,
        A: 110_897,
    }
    assert not any(event.records_non_voting for event in events)


def test_68_262_as_unvotes_has_it(real: dict[str, Real]) -> None:
    (event,) = (call for call in real["unvotes"].events if call.name == "A/RES/68/262")
    assert [event.count(option) for option in (Y, N, A)] == [100, 11, 58]


def test_symbols_and_dates_of_unvotes_are_counted(real: dict[str, Real]) -> None:
    notes = real["unvotes"].loaded.notes
    kept = {name: count for name, count in notes.items() if name.startswith("symbols kept")}
    assert notes["symbols made official"] == 4_228
    assert notes["symbols made official"] + sum(kept.values()) == 6_203
    precisions = Counter(event.date_precision for event in real["unvotes"].events)
    assert precisions["month"] == 4_610


def test_no_resolution_of_unvotes_is_adopted_by_a_minority(real: dict[str, Real]) -> None:
    decided = [event for event in real["unvotes"].events if event.decides]
    assert not [event.name for event in decided if event.count(N) > event.count(Y)]
    (event,) = (event for event in real["unvotes"].events if event.source_number == "rcid 5845")
    assert (event.key, event.relates_to) == ("unvotes-5845", "A/RES/63/263")
    assert (event.count(Y), event.count(N)) == (50, 88)


def test_dates_against_meeting_and_session_or_another_source_lose(
    real: dict[str, Real], states: StateRegister
) -> None:
    assembly, council, unvotes = (real[name].events for name in ("undl-ga", "undl-sc", "unvotes"))
    result = meeting_dates.settle(assembly, meeting_dates.by_key([unvotes, council]), states)
    assert {
        correction.event.key: (correction.recorded, correction.event.date)
        for correction in result.corrected
    } == {
        "A-RES-33-13-F": ("1978-11-03", "1978-12-14"),
        "A-RES-37-84": ("1982-02-21", "1982-12-09"),
    }
    assert len(result.discrepancies) == 18
    # Only the session speaks against the one, only unvotes against the other.
    alone = meeting_dates.settle(assembly, {}, states)
    assert [correction.event.key for correction in alone.corrected] == ["A-RES-37-84"]
    # In the Council the numbers of resolutions say that meetings, not dates, are mistyped.
    of_council = meeting_dates.settle(council, meeting_dates.by_key([unvotes, assembly]), states)
    assert (len(of_council.corrected), len(of_council.discrepancies)) == (0, 13)


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
