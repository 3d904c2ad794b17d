"""Dates and meetings out of numerical order: which are rejected, and which are listed."""

from __future__ import annotations

import pytest

from kg.model.vote_option import VoteOption
from kg.model.votes import Document, VotingEvent
from kg.pipeline import chronology
from kg.pipeline.chronology import EXCHANGED, MISPLACED, MONTH_ONLY, RESUMED
from kg.pipeline.correction import SettledEvents
from tests.support.merging import merge

Y, N, A, X = VoteOption


def council(number: int, day: str, meeting: str) -> VotingEvent:
    symbol = f"S/RES/{number}({day[:4]})"
    return VotingEvent(
        key=f"S-RES-{number}-{day[:4]}",
        source="undl-sc",
        body="SecurityCouncil",
        date=day,
        session="",
        votes={"FRA": Y},
        records_non_voting=True,
        decides=Document(symbol, "SecurityCouncil", day, ""),
        meeting=f"S/PV.{meeting}" if meeting else "",
    )


def assembly(number: int, day: str, meeting: str) -> VotingEvent:
    return VotingEvent(
        key=f"A-RES-70-{number}",
        source="undl-ga",
        body="GeneralAssembly",
        date=day,
        session="70",
        votes={"FRA": Y},
        records_non_voting=True,
        decides=Document(f"A/RES/70/{number}", "GeneralAssembly", day, "70"),
        meeting=f"A/70/PV.{meeting}",
    )


def readings(result: SettledEvents) -> list[tuple[str, str, str, str]]:
    return [
        (correction.event.name, correction.recorded, correction.read_as, correction.rule)
        for correction in result.corrections
    ]


BEFORE = (council(725, "1992-01-02", "3026"), council(726, "1992-01-06", "3027"))
AFTER = (council(728, "1992-01-08", "3029"), council(729, "1992-01-14", "3030"))


def test_events_in_order_are_unchanged() -> None:
    events = [*BEFORE, council(727, "1992-01-08", "3028"), *AFTER]
    assert chronology.settle(events) == SettledEvents(events)


def test_a_date_with_day_and_month_exchanged_is_corrected() -> None:
    result = chronology.settle([*BEFORE, council(727, "1992-08-01", "3028"), *AFTER])
    assert readings(result) == [("S/RES/727(1992)", "1992-08-01", "1992-01-08", EXCHANGED)]
    event = result.events[2]
    assert (event.date, event.meeting) == ("1992-01-08", "S/PV.3028")
    assert event.decides is not None
    assert event.decides.date == "1992-01-08"
    assert event.overruled == {"date": "1992-08-01"}


def test_another_date_is_replaced_by_the_common_month_of_its_neighbours() -> None:
    result = chronology.settle([*BEFORE, council(727, "1992-08-31", "3028"), *AFTER])
    assert readings(result) == [("S/RES/727(1992)", "1992-08-31", "1992-01", MONTH_ONLY)]
    event = result.events[2]
    assert event.date == "1992-01"


def test_a_date_between_neighbours_of_two_months_is_listed_and_kept() -> None:
    later = (council(728, "1992-02-08", "3029"), council(729, "1992-02-14", "3030"))
    events = [*BEFORE, council(727, "1991-08-31", "3028"), *later]
    result = chronology.settle(events)
    assert (result.events, result.corrections) == (events, [])
    (discrepancy,) = result.discrepancies
    assert (discrepancy.accepted, discrepancy.other) == ("1991-08-31", "1992-01-06 to 1992-02-08")
    assert discrepancy.concerns == (("event", "S-RES-727-1991"), ("meeting", "S-PV-3028"))


def test_a_meeting_that_contradicts_number_and_date_is_not_used() -> None:
    result = chronology.settle([*BEFORE, council(727, "1992-01-08", "2028"), *AFTER])
    assert readings(result) == [("S/RES/727(1992)", "S/PV.2028", "", MISPLACED)]
    assert (result.events[2].meeting, result.events[2].date) == ("", "1992-01-08")
    # The overruled meeting is not a difference between sources: no other source records meetings.
    (merged,) = merge([result.events[2]])
    assert merged.discrepancies == ()


def test_the_meeting_with_votes_of_another_day_is_not_used() -> None:
    events = [BEFORE[0], council(727, "1992-01-05", "3027"), council(728, "1992-01-08", "3026")]
    (correction,) = chronology.settle(events).corrections
    assert correction.event.name == "S/RES/728(1992)"


def test_two_contradicting_events_without_others_are_kept() -> None:
    events = [council(727, "1992-01-05", "3027"), council(728, "1992-01-08", "3026")]
    assert chronology.settle(events) == SettledEvents(events)
    written = [council(727, "1992-01-08", ""), council(728, "1992-01-05", "")]
    result = chronology.settle(written)
    assert result.events == written
    assert [discrepancy.concerns for discrepancy in result.discrepancies] == [
        (("event", "S-RES-727-1992"),),
        (("event", "S-RES-728-1992"),),
    ]


def test_an_event_that_contradicts_two_others_is_listed_once() -> None:
    events = [
        council(727, "1992-01-08", ""),
        council(728, "1992-01-09", ""),
        council(729, "1992-01-05", ""),
        council(730, "1992-01-06", ""),
    ]
    keys = [discrepancy.key for discrepancy in chronology.settle(events).discrepancies]
    assert len(keys) == len(set(keys)) > 0


@pytest.mark.parametrize("meeting", ["", "3028 (Resumption 1)"])
def test_a_written_vote_and_a_resumed_meeting_are_in_order(meeting: str) -> None:
    events = [*BEFORE, council(727, "1992-01-08", meeting), *AFTER]
    assert chronology.settle(events).events == events


SAME_DAY = tuple(assembly(number, "2015-12-07", "67") for number in (31, 33))


def test_a_meeting_of_the_assembly_yields_to_the_neighbouring_resolutions() -> None:
    events = [assembly(5, "2015-10-27", "40"), assembly(6, "2015-11-17", "56"), *SAME_DAY]
    odd = assembly(32, "2015-12-07", "34")
    result = chronology.settle([*events, odd])
    assert readings(result) == [("A/RES/70/32", "A/70/PV.34", "", MISPLACED)]
    # Nothing changes without neighbouring resolutions that share another meeting.
    assert chronology.settle([*events[:3], odd]).corrections == []


def test_two_meetings_of_the_assembly_that_contradict_each_other_are_listed() -> None:
    events = [assembly(5, "2015-10-27", "40"), assembly(6, "2015-10-26", "41")]
    result = chronology.settle(events)
    assert result.events == events
    assert [(discrepancy.accepted, discrepancy.other) for discrepancy in result.discrepancies] == [
        ("2015-10-27", "2015-10-26"), ("2015-10-26", "2015-10-27"),
    ]  # fmt: skip


def test_a_vote_on_the_day_of_the_resumption_belongs_to_the_resumed_meeting() -> None:
    events = [
        assembly(5, "2015-12-17", "80"),
        assembly(6, "2015-12-23", "80"),
        assembly(7, "2015-12-23", "80 (Resumption 1)"),
    ]
    result = chronology.settle(events)
    resumed = "A/70/PV.80 (Resumption 1)"
    assert readings(result) == [("A/RES/70/6", "A/70/PV.80", resumed, RESUMED)]
    assert [event.meeting for event in result.events] == ["A/70/PV.80", resumed, resumed]
