"""The source ``wikidata-groups``: dates as precise as Wikidata has them, members of the day."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.model.agents import Agent, GroupMembership
from kg.model.state_register import StateRegister
from kg.sources.loader import LoadResult
from kg.sources.wikidata_groups import dates, loader

COLUMNS = "statement item group groupName start startPrecision end endPrecision retrieved".split()
WD = "http://www.wikidata.org/entity/"
GERMANY, INDIA, SERBIA, SWITZERLAND, YEMEN = "Q183", "Q668", "Q403", "Q39", "Q805"
COUNCIL_OF_EUROPE = ("Q8908", "Council of Europe")


def statement(
    item: str, start: str = "", end: str = "", group: tuple[str, str] = COUNCIL_OF_EUROPE
) -> dict[str, str]:
    """Return a row; dates have their precision behind a slash, as in "1973-01-01/9"."""
    values = [f"{WD}statement/{item}-{group[0]}-{start[:4]}", WD + item, WD + group[0], group[1]]
    for date in (start, end):
        day, _, precision = date.partition("/")
        values += [f"{day}T00:00:00Z" if day else "", precision]
    return dict(zip(COLUMNS, [*values, "2026-11-29"], strict=True))


def write_csv(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(folder: Path, states: StateRegister, *rows: dict[str, str]) -> LoadResult:
    return loader.load(write_csv(folder / "wikidata-groups.csv", *rows), states)


def memberships(loaded: LoadResult) -> list[tuple[str, str, str, str]]:
    """Return group, member, first day and end of each membership."""
    return [
        (record.group, record.member, record.start, record.until)
        for record in loaded.records
        if isinstance(record, GroupMembership)
    ]


def test_dates_are_as_precise_as_wikidata_has_them(tmp_path: Path, states: StateRegister) -> None:
    loaded = load(
        tmp_path,
        states,
        statement(INDIA, "1949-01-01/9"),
        statement("Q36", "1991-11-26/11"),
        statement("Q159", "1996-02-28/11", "2022-03-16/11"),
        statement("Q34", "1949-05-01/10"),
        statement("Q38", "1949-01-01/"),
    )
    assert memberships(loaded) == [
        ("Q8908", "IND", "1949", ""),
        ("Q8908", "POL", "1991-11-26", ""),
        ("Q8908", "RUS", "1996-02-28", "2022-03-16"),
        ("Q8908", "SWE", "1949-05", ""),
        ("Q8908", "ITA", "1949", ""),
    ]
    assert [(row.row, row.rule) for row in loaded.normalized] == [(6, dates.UNKNOWN_PRECISION)]
    (group,) = (record for record in loaded.records if isinstance(record, Agent))
    assert (group.key, group.name, group.wikidata) == ("Q8908", "Council of Europe", "Q8908")


def test_a_statement_without_a_beginning_is_a_list_of_the_day(
    tmp_path: Path, states: StateRegister
) -> None:
    loaded = load(tmp_path, states, statement(INDIA), statement("Q36", "", "2001-01-01/9"))
    (membership,) = (r for r in loaded.records if isinstance(r, GroupMembership))
    assert (membership.start, membership.listed_on) == ("", "2026-11-29")
    assert membership.statement == f"{WD}statement/Q668-Q8908-"


def test_the_member_is_the_state_that_held_the_seat(tmp_path: Path, states: StateRegister) -> None:
    loaded = load(
        tmp_path,
        states,
        statement(GERMANY, "1958-01-01/11"),
        statement(SERBIA, "2001-01-01/9"),
        statement(YEMEN, "1971-01-01/9", "1989-01-01/9"),
        # A member of the group before it was one of the United Nations, and no predecessor.
        statement(SWITZERLAND, "1963-05-06/11"),
    )
    assert [(member, start, until) for _, member, start, until in memberships(loaded)] == [
        ("GER", "1958-01-01", "1990-10-03"),
        ("DEU", "1990-10-03", ""),
        ("YUG-FR", "2001", "2003-02-04"),
        ("SCG", "2003-02-04", "2006-06-03"),
        ("SRB", "2006-06-03", ""),
        ("YEM-AR", "1971", "1989"),
        ("CHE", "1963-05-06", ""),
    ]


def test_a_listed_group_is_known_by_item_or_name(tmp_path: Path, states: StateRegister) -> None:
    loaded = load(
        tmp_path,
        states,
        statement(INDIA, "1961-01-01/9", group=("Q83201", "Non-Aligned Movement")),
        statement("Q142", "1958-01-01/11", group=("Q458", "an EU by another name")),
        statement(INDIA, "1945-10-30/11", group=("Q1065", "United Nations")),
    )
    assert [group for group, *_ in memberships(loaded)] == ["non-aligned-movement", "EU"]
    # The listed agent learns its item; the other one is known already.
    (agent,) = (record for record in loaded.records if isinstance(record, Agent))
    assert (agent.key, agent.wikidata) == ("non-aligned-movement", "Q83201")


def test_what_cannot_be_used_is_listed(tmp_path: Path, states: StateRegister) -> None:
    unknown_end = statement(INDIA, "1949-01-01/9") | {"end": f"{WD}.well-known/genid/9f"}
    loaded = load(
        tmp_path,
        states,
        statement("Q1", "1949-01-01/9"),
        statement(INDIA, "1949-01-01/9", group=("Q5", "Q5")),
        statement(INDIA, "1949-01-01/9", "1900-01-01/7"),
        statement(INDIA, "1949-01-01/9", "1948-01-01/9"),
        unknown_end | {"end": "http://www.wikidata.org/.well-known/genid/9f"},
        statement(INDIA, "1949-02-30/11"),
        statement("India", "1949-01-01/9"),
    )
    assert memberships(loaded) == []
    assert {(row.row, row.rule) for row in loaded.normalized} == {
        (2, loader.NO_MEMBER),
        (3, loader.NO_NAME),
        (4, dates.TOO_IMPRECISE),
        (4, loader.ENDED),
        (5, loader.REVERSED),
        (6, dates.UNKNOWN_VALUE),
        (6, loader.ENDED),
    }
    assert [(row.row, row.column, row.problem) for row in loaded.rejected] == [
        (7, "start", "impossible date"),
        (8, "item", "unknown state"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"head": {}}', "JSON; expected a CSV table"),
        ("state,group\n", "line 1: no column statement"),
        (f"{','.join(COLUMNS)}\n,,,,,,,,today\n", "line 2, column retrieved: 'today'"),
    ],
)
def test_a_file_that_is_no_answer_is_named(
    text: str, message: str, tmp_path: Path, states: StateRegister
) -> None:
    path = tmp_path / "file.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        loader.load(path, states)
    assert str(path) in str(caught.value)


def test_two_days_of_retrieval_are_refused(tmp_path: Path, states: StateRegister) -> None:
    other = statement("Q36") | {"retrieved": "2026-11-30"}
    with pytest.raises(SourceError, match="expected the day 2026-11-29 as in the other rows"):
        load(tmp_path, states, statement(INDIA), other)


@given(st.dates(), st.sampled_from(["9", "10", "11"]))
def test_a_date_is_a_beginning_of_the_moment(day: object, precision: str) -> None:
    read = dates.read_date(f"{day}T00:00:00Z", precision)
    assert read is not None
    assert str(day).startswith(read.text)
    assert len(read.text) == {"9": 4, "10": 7, "11": 10}[precision]
