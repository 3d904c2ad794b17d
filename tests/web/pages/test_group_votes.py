"""The votes of groups: members of the day, the majority, and who voted otherwise."""

from __future__ import annotations

import pytest

from kg.rdf import iris
from kg.web.pages.group_index import Group, Member
from kg.web.pages.group_votes import group_votes
from kg.web.pages.positions import POSITIONS

AAA, BBB, CCC, DDD = (iris.state(key) for key in ("AAA", "BBB", "CCC", "DDD"))
GROUP = Group(
    iris.thing("agent", "G"),
    "Group",
    (Member(AAA, "1958-01-01"), Member(BBB, "1973-01-01", "2020-02-01"), Member(CCC, "2000-01-01")),
)


@pytest.mark.parametrize(
    ("day", "members"),
    [
        ("1972-12-31", {AAA}),
        ("1973-01-01", {AAA, BBB}),
        ("2020-01-31", {AAA, BBB, CCC}),
        ("2020-02-01", {AAA, CCC}),
        # Of a vote known to the month, those that were members on one of its days.
        ("1973-01", {AAA, BBB}),
        ("2020-02", {AAA, CCC}),
    ],
)
def test_members_are_those_of_the_day(day: str, members: set[str]) -> None:
    assert GROUP.members_on(day) == members


def test_a_listed_member_counts_on_any_day() -> None:
    group = Group(GROUP.iri, "Group", (Member(AAA, listed="2021"),))
    assert group.members_on("1950-01-01") == {AAA}
    assert group.listed == "2021"


@pytest.mark.parametrize(
    ("voters", "majority", "others"),
    [
        ({"yes": ["AAA", "BBB", "DDD"], "no": ["CCC"]}, "yes", [("CCC", "no")]),
        ({"yes": ["AAA"], "no": ["CCC"]}, "", []),
        # A member that did not vote is in no majority, and does not break ranks.
        ({"abstaining": ["AAA"], "nonvoting": ["BBB"]}, "abstaining", []),
    ],
)
def test_a_majority_is_more_than_half_of_the_members_that_voted(
    voters: dict[str, list[str]], majority: str, others: list[tuple[str, str]]
) -> None:
    all_voters = {style: voters.get(style, []) for style, _, _ in POSITIONS}
    (vote,) = group_votes([GROUP], all_voters, "2010-01-01")
    assert vote.majority == majority
    assert vote.others == others


def test_a_group_without_a_voting_member_is_left_out() -> None:
    voters = {"yes": ["DDD"], "no": [], "abstaining": [], "nonvoting": ["AAA"]}
    assert group_votes([GROUP], voters, "2010-01-01") == []
