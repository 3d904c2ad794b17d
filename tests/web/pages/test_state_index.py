"""Names of a state by day and by month, and its last day."""

from __future__ import annotations

import pytest

from kg.web.pages.state_index import Name, StateSummary

BENIN = StateSummary(
    "BEN",
    "Benin",
    names=(Name("Dahomey", "1960-09-20", "1975-12-02"), Name("Benin", "1975-12-02", "")),
)
TANGANYIKA = StateSummary(
    "EAT",
    "Tanganyika",
    until="1964-04-26",
    names=(Name("Tanganyika", "1961-12-09", "1964-04-26"),),
)


@pytest.mark.parametrize(
    ("date", "name"),
    [
        ("1975-12-01", "Dahomey"),
        ("1975-12-02", "Benin"),
        # Admitted in that month, renamed in that month, and later.
        ("1960-09", "Dahomey"),
        ("1975-12", "Dahomey"),
        ("1976-01", "Benin"),
    ],
)
def test_a_name_is_that_of_the_date(date: str, name: str) -> None:
    assert BENIN.name_on(date) == name


def test_a_state_has_its_present_name_where_none_is_known_for_the_date() -> None:
    assert TANGANYIKA.name_on("1964-05") == "Tanganyika"


def test_the_last_day_is_the_one_before_the_end() -> None:
    assert (TANGANYIKA.last_day, BENIN.last_day) == ("1964-04-25", "")
