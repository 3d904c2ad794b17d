"""What the loaders make of the real files, before anything is merged; needs KG_TEST_DATA."""

from __future__ import annotations

from collections import Counter

from kg import resources
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
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
    assert notes["symbols made official"] == 4_229
    assert notes["symbols made official"] + sum(kept.values()) == 6_203
    precisions = Counter(event.date_precision for event in real["unvotes"].events)
    assert precisions["month"] == 4_610


def test_no_symbol_of_sessions_1_to_17_of_unvotes_is_official(real: dict[str, Real]) -> None:
    early = [event for event in real["unvotes"].events if event.session in map(str, range(1, 18))]
    assert len(early) > 800
    assert not any(event.decides for event in early)


def test_unvotes_and_the_embedded_roll_calls_agree_on_the_seven_they_share(
    real: dict[str, Real], states: StateRegister
) -> None:
    embedded = list(SOURCES["ukraine"].load(resources.DATA, states).events)
    merged = list(merge(embedded, real["unvotes"].events))
    assert len(merged) == 6_223
    assert sum(len(record.event.votes) for record in merged) == 873_457
    assert [record.event.name for record in merged if len(record.recorded_by) > 1] == [
        "A/RES/68/262", "A/RES/71/205", "A/RES/72/190", "A/RES/73/194", "A/RES/73/263",
        "A/RES/74/168", "A/RES/74/17",
    ]  # fmt: skip
    assert not any(record.discrepancies for record in merged)
