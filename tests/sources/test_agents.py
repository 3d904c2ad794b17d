"""The listed agents and the members of groups."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.agents import AgentRegister, GroupMembership
from kg.model.state_register import StateRegister
from kg.resources import DATA
from kg.sources.agents import AGENTS_FILE, MEMBERS_FILE, read_agents, read_group_members
from kg.sources.states import read_register

#: The members of the European Union by the day of their entry, counted by hand from its own list.
ENTRIES = {
    "1958-01-01": 6, "1973-01-01": 9, "1981-01-01": 10, "1986-01-01": 12, "1995-01-01": 15,
    "2004-05-01": 25, "2007-01-01": 27, "2013-07-01": 28, "2020-01-31": 28, "2020-02-01": 27,
}  # fmt: skip


@pytest.fixture(scope="module")
def agents() -> AgentRegister:
    return read_agents()


@pytest.fixture(scope="module")
def states() -> StateRegister:
    return read_register(DATA)


@pytest.fixture(scope="module")
def memberships(agents: AgentRegister, states: StateRegister) -> list[GroupMembership]:
    return read_group_members(DATA, agents, set(states))


def members(memberships: list[GroupMembership], group: str, day: str) -> set[str]:
    return {
        each.member
        for each in memberships
        if each.group == group
        and each.certain_from
        and each.certain_from <= day
        and not (each.certain_until and each.certain_until <= day)
    }


@pytest.mark.parametrize(("day", "number"), ENTRIES.items())
def test_the_european_union_has_its_members_of_each_day(
    memberships: list[GroupMembership], day: str, number: int
) -> None:
    assert len(members(memberships, "EU", day)) == number


def test_germany_is_one_member_at_a_time(memberships: list[GroupMembership]) -> None:
    assert {"GER"} == {"GER", "DEU"} & members(memberships, "EU", "1990-10-02")
    assert {"DEU"} == {"GER", "DEU"} & members(memberships, "EU", "1990-10-03")


def test_a_member_of_which_the_year_is_known_counts_from_the_next_year(
    memberships: list[GroupMembership],
) -> None:
    assert "ESP" not in members(memberships, "NATO", "1982-12-31")
    assert "ESP" in members(memberships, "NATO", "1983-01-01")


def test_no_agent_has_the_key_of_a_state(agents: AgentRegister, states: StateRegister) -> None:
    # Statements name either by its key: NAM is Namibia.
    assert [key for key in agents if key in states] == []


def test_each_name_belongs_to_one_agent(agents: AgentRegister) -> None:
    names = Counter(name.casefold() for key in agents for name in set(agents[key].names))
    assert [name for name, number in names.items() if number > 1] == []
    for key in agents:
        assert all(agents.named(name) == agents[key] for name in agents[key].names)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("XX,BEL,1958-01-01,,,,un-observers,", "'XX' in column group"),
        ("VAT,BEL,1958-01-01,,,,un-observers,", "'VAT' in column group"),
        ("EU,XXX,1958-01-01,,,,un-observers,", "'XXX' in column member"),
        ("EU,BEL,1.1.1958,,,,un-observers,", "'1.1.1958' in column from"),
        ("EU,BEL,,,,,un-observers,", "'' in column from"),
        ("EU,BEL,1958-01-01,,,2020,un-observers,", "'1958-01-01' in column from"),
        ("EU,BEL,1958-01-01,1957,,,un-observers,", "'1957' in column until"),
        ("EU,BEL,1958-01-01,,,,,", "'' in column source"),
    ],
)
def test_an_unusable_row_is_named(
    tmp_path: Path, agents: AgentRegister, states: StateRegister, row: str, message: str
) -> None:
    shutil.copy(DATA / AGENTS_FILE, tmp_path)
    header = "group,member,from,until,until_as_printed,listed_on,source,note"
    (tmp_path / MEMBERS_FILE).write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_group_members(tmp_path, agents, set(states))
    assert f"{MEMBERS_FILE}, line 2" in str(caught.value)
    assert message.split(" in column ")[1] in str(caught.value)
