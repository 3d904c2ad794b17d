"""Dates that contradict the other votes of a meeting: which are replaced, and which are listed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.model.vote_option import VoteOption
from kg.model.votes import Document, VotingEvent
from kg.pipeline import meeting_dates
from kg.pipeline.correction import SettledEvents
from tests.support.merging import STATES, merge

Y, N, A, X = VoteOption


def event(number: int, day: str = "1982-12-09", **changes: object) -> VotingEvent:
    symbol = f"A/RES/37/{number}"
    base = VotingEvent(
        key=f"A-RES-37-{number}",
        source="undl-ga",
        body="GeneralAssembly",
        date=day,
        session="37",
        votes={"FRA": Y, "IND": N},
        records_non_voting=True,
        decides=Document(symbol, "GeneralAssembly", day, "37"),
        meeting="A/37/PV.98",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def settle(*events: VotingEvent, other: VotingEvent | None = None) -> SettledEvents:
    return meeting_dates.settle(events, meeting_dates.by_key([[other] if other else []]), STATES)


def month(number: int, date: str) -> VotingEvent:
    """Return the event as recorded by a source that has only the month."""
    return event(number, date, source="unvotes-package", meeting="")


MEETING = (event(1), event(2), event(3))


def test_a_date_outside_the_session_yields_to_the_meeting() -> None:
    result = settle(*MEETING, event(4, "1982-02-21"))
    *_, corrected = result.events
    assert corrected == event(4, overruled={"date": "1982-02-21"})
    assert [(correction.event, correction.recorded) for correction in result.corrections] == [
        (corrected, "1982-02-21")
    ]
    assert meeting_dates.contradictions(result.events) == []
    assert result.events[:3] == list(MEETING)


def test_a_date_that_another_source_contradicts_yields_to_the_meeting() -> None:
    other = month(4, "1982-12")
    result = settle(*MEETING, event(4, "1982-11-03"), other=other)
    assert result.events[-1].date == "1982-12-09"
    # The other source is the reason, so the discrepancy lists both sources.
    (merged,) = merge(result.events[-1:], [other])
    (discrepancy,) = merged.discrepancies
    assert (discrepancy.aspect, discrepancy.accepted_from) == ("date", ("unvotes-package",))
    assert (discrepancy.accepted, discrepancy.other) == ("1982-12", "1982-11-03")
    assert discrepancy.other_from == ("undl-ga",)
    assert merged.event.date == "1982-12-09"


@pytest.mark.parametrize(
    ("events", "other"),
    [
        # Only the meeting contradicts the date, and the meeting may be mistyped.
        ((*MEETING, event(4, "1982-12-10")), None),
        # The other source agrees with both days, or with the date itself.
        ((*MEETING, event(4, "1982-12-10")), month(4, "1982-12")),
        ((*MEETING, event(4, "1982-11-10")), month(4, "1982-11")),
        # No majority.
        ((event(1), event(4, "1982-02-21")), None),
    ],
)
def test_a_possibly_mistyped_meeting_is_listed_and_not_changed(
    events: tuple[VotingEvent, ...], other: VotingEvent | None
) -> None:
    result = settle(*events, other=other)
    assert result.events == list(events)
    assert result.corrections == []
    (discrepancy,) = meeting_dates.contradictions(result.events)
    assert discrepancy.aspect == "date"
    (_, odd), meeting = discrepancy.concerns
    assert meeting == ("meeting", "A-37-PV-98")
    assert odd in {"A-RES-37-1", "A-RES-37-4"}
    assert "of the same meeting A/37/PV.98 is dated" in discrepancy.description


def test_without_a_meeting_or_a_day_nothing_is_compared() -> None:
    events = [event(1, meeting=""), event(2, "1982-02-21", meeting=""), month(3, "1982-11")]
    assert settle(*events) == SettledEvents(events)


def test_votes_are_those_of_the_entities_of_the_corrected_day() -> None:
    # The United Arab Republic held Egypt's seat until September 1961.
    early = event(4, "1961-02-21", session="16", votes={"UAR": Y})
    meeting = [event(n, "1961-12-09", session="16", votes={"EGY": Y}) for n in (1, 2)]
    assert settle(*meeting, early).events[-1].votes == {"EGY": Y}
