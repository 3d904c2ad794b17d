"""The terms of members of the Security Council."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.security_council import members
from kg.resources import DATA
from kg.sources.council_members import FILE, read_council_members
from tests.support.merging import STATES

TERMS = read_council_members(DATA, set(STATES))


def test_the_council_is_complete_on_every_day_until_2025() -> None:
    days = {term.period.start for term in TERMS} | {term.period.until for term in TERMS}
    before = {(date.fromisoformat(day) - timedelta(days=1)).isoformat() for day in days if day}
    for day in sorted(days | before):
        if "1946" <= day < "2026":
            assert len(STATES.council(day)) == members(int(day[:4])), day


def test_every_term_has_a_source_and_is_within_the_membership_of_the_state() -> None:
    assert len(TERMS) == len({term.key for term in TERMS})
    for term in TERMS:
        assert term.period.sources
        last = term.period.until or "2025-12-31"
        assert any(
            period.start <= term.period.start and (not period.until or last <= period.until)
            for period in STATES[term.state].memberships
        ), term


@pytest.mark.parametrize(
    ("day", "state", "other"),
    [
        ("1991-12-23", "SUN", "RUS"),
        ("1991-12-24", "RUS", "SUN"),
        # The seat of the United Arab Republic was Egypt's again from this day.
        ("1961-10-12", "UAR", "EGY"),
        ("1961-10-13", "EGY", "UAR"),
        ("1990-05-21", "YMD", "YEM"),
        ("1990-05-22", "YEM", "YMD"),
        ("2011-06-01", "PRT", "TUR"),
        ("1966-06-01", "ARG", "DZA"),
        ("2010-12-31", "TUR", "PRT"),
        ("2024-12-31", "CHE", "DNK"),
        ("2025-01-01", "DNK", "CHE"),
    ],
)
def test_the_members_of_a_day(day: str, state: str, other: str) -> None:
    assert state in STATES.council(day)
    assert other not in STATES.council(day)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("XXX,2024-01-01,,un-charter-chapter-5,", "line 381, column state: 'XXX'"),
        ("FRA,2024-01-01,2024-01-01,un-charter-chapter-5,", "column until: '2024-01-01'"),
        ("FRA,2024-01-01,,,", "column source: ''"),
    ],
)
def test_an_unusable_term_is_named_by_its_column(row: str, message: str, tmp_path: Path) -> None:
    shutil.copy(DATA / FILE, tmp_path)
    with (tmp_path / FILE).open("a", encoding="utf-8") as stream:
        stream.write(f"{row}\n")
    with pytest.raises(SourceError, match=message):
        read_council_members(tmp_path, set(STATES))
