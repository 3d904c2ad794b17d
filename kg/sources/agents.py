"""The listed agents and the members of groups: ``agents.csv`` and ``group_members.csv``."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path
from typing import Final

from kg import resources
from kg.model.agents import AGENT_KINDS, Agent, AgentKind, AgentRegister, GroupMembership
from kg.sources import csv_table

AGENTS_FILE: Final = "agents.csv"
MEMBERS_FILE: Final = "group_members.csv"
#: A day, or a month or a year.
_DATE: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def read_agents(folder: Path = resources.DATA) -> AgentRegister:
    """Return the agents in a folder.

    Raises:
        SourceError: if the table is unusable.
    """
    agents: dict[str, Agent] = {}
    columns = "key name kinds abbreviation spellings wikidata regional_group source note"
    for row in csv_table.read(folder / AGENTS_FILE, columns):
        if row["key"] in agents:
            raise row.fail("key", "a unique key: an earlier row has it")
        agents[row["key"]] = Agent(
            key=row["key"],
            name=row["name"],
            kinds=_kinds(row),
            abbreviation=row["abbreviation"],
            spellings=tuple(filter(None, row["spellings"].split("|"))),
            wikidata=row["wikidata"],
            regional_group=row["regional_group"],
            sources=row.keys("source"),
            note=row["note"],
        )
    return AgentRegister(agents.values())


def read_group_members(
    folder: Path, agents: AgentRegister, states: Container[str]
) -> list[GroupMembership]:
    """Return the memberships in a folder; ``states`` are the existing keys.

    Raises:
        SourceError: if the table is unusable, or a row has neither a first day nor a list.
    """
    memberships = []
    columns = "group member from until until_as_printed listed_on source note"
    for row in csv_table.read(folder / MEMBERS_FILE, columns):
        if row["group"] not in agents or "group" not in agents[row["group"]].kinds:
            raise row.fail("group", f"the key of a group in {AGENTS_FILE}")
        if row["member"] not in states and row["member"] not in agents:
            raise row.fail("member", f"the key of a state, or of an agent in {AGENTS_FILE}")
        for column in ("from", "until", "until_as_printed", "listed_on"):
            if row[column] and not _DATE.fullmatch(row[column]):
                raise row.fail(column, "a day, a month or a year, as in 1973-01-01")
        if bool(row["from"]) == bool(row["listed_on"]):
            raise row.fail("from", "a first day, or else the date of a list in listed_on")
        if row["until"] and row["until"] <= row["from"]:
            raise row.fail("until", "later than the first day")
        if not row.keys("source"):
            raise row.fail("source", "the key of a source")
        memberships.append(
            GroupMembership(
                group=row["group"],
                member=row["member"],
                sources=row.keys("source"),
                start=row["from"],
                until=row["until"],
                until_as_printed=row["until_as_printed"],
                listed_on=row["listed_on"],
                note=row["note"],
            )
        )
    return memberships


def _kinds(row: csv_table.Row) -> tuple[AgentKind, ...]:
    kinds = tuple(kind for kind in AGENT_KINDS if kind in row.keys("kinds"))
    if not kinds or len(kinds) != len(row.keys("kinds")):
        raise row.fail("kinds", f"one or more of {', '.join(AGENT_KINDS)}")
    return kinds
