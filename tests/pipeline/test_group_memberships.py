"""Memberships in groups that several sources have: one of each period, differences kept."""

from __future__ import annotations

import pytest

from kg.model.agents import GroupMembership
from kg.pipeline.group_memberships import MergedMemberships, merge

LISTED, STATED = ("list",), ("wikidata-groups",)


def merged(first: GroupMembership, second: GroupMembership) -> MergedMemberships:
    return merge([first, second])


def listed(start: str = "", until: str = "", on: str = "") -> GroupMembership:
    return GroupMembership("EU", "GBR", LISTED, start, until, listed_on=on)


def stated(start: str = "", until: str = "", on: str = "") -> GroupMembership:
    address = "http://www.wikidata.org/entity/statement/Q145-1"
    return GroupMembership("EU", "GBR", STATED, start, until, listed_on=on, statement=address)


@pytest.mark.parametrize(
    ("first", "second", "start", "until"),
    [
        (listed("1973-01-01"), stated("1973"), "1973-01-01", ""),
        (listed("1973"), stated("1973-01-01"), "1973-01-01", ""),
        # The last day, or the first one after it.
        (listed("1973", "2020-02-01"), stated("1973", "2020-01-31"), "1973", "2020-02-01"),
        (listed("1973", "2020"), stated("1973", "2020-01-31"), "1973", "2020-01-31"),
        (listed(on="2019"), stated("1973-01-01"), "1973-01-01", ""),
        (listed("1973-01-01"), stated(on="2019-05-01"), "1973-01-01", ""),
    ],
)
def test_one_membership_is_confirmed_by_the_other_source(
    first: GroupMembership, second: GroupMembership, start: str, until: str
) -> None:
    result = merged(first, second)
    (membership,) = result.memberships
    assert (membership.start, membership.until) == (start, until)
    assert set(membership.sources) == {*LISTED, *STATED}
    assert membership.statement.endswith("Q145-1")
    assert result.discrepancies == []


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        (listed("1973-01-01"), stated("1973-01-02"), "from 1973-01-02"),
        (listed("1973-01-01"), stated("1972"), "from 1972"),
        (listed("1973"), stated("1973", "2020-01-31"), "from 1973 until 2020-01-31"),
    ],
)
def test_a_different_date_is_a_discrepancy(
    first: GroupMembership, second: GroupMembership, other: str
) -> None:
    result = merged(first, second)
    assert result.memberships == [first]
    (discrepancy,) = result.discrepancies
    assert (discrepancy.aspect, discrepancy.other) == ("membership", other)
    assert discrepancy.concerns[0] == ("state", "GBR")
    assert (discrepancy.accepted_from, discrepancy.other_from) == (LISTED, STATED)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (listed("1973-01-01", "2020-02-01"), stated("2031")),
        (listed("1973-01-01", "2020-02-01"), stated(on="2026-11-29")),
        (listed(on="2021"), stated(on="2026-11-29")),
    ],
)
def test_other_periods_are_memberships_of_their_own(
    first: GroupMembership, second: GroupMembership
) -> None:
    assert merged(first, second) == MergedMemberships([first, second], [])
