"""Who may have voted for the land of a state."""

from __future__ import annotations

import pytest

from kg.web.pages.state_index import States, StateSummary

_STATES = States(
    {
        state.key: state
        for state in (
            StateSummary("RUS", "Russian Federation", predecessors=("SUN",)),
            StateSummary("SUN", "Soviet Union", until="1991-12-24"),
            StateSummary("BGD", "Bangladesh", predecessors=("PAK",)),
            StateSummary("PAK", "Pakistan"),
            StateSummary("SYR", "Syria", predecessors=("UAR",)),
            StateSummary("UAR", "UAR", until="1961-10-13", predecessors=("EGY", "SYR")),
            StateSummary("EGY", "Egypt", predecessors=("UAR",)),
        )
    }
)


@pytest.mark.parametrize(
    ("key", "voters"),
    [
        ("RUS", ["RUS", "SUN"]),
        ("SYR", ["SYR", "UAR"]),
        ("EGY", ["EGY", "UAR"]),
        # Pakistan votes for its own land.
        ("BGD", ["BGD"]),
    ],
)
def test_a_member_does_not_vote_for_what_it_lost(key: str, voters: list[str]) -> None:
    assert _STATES.voters_of(key) == voters
