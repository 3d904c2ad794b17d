"""The tables of suspensions and of corrections of votes, and errors in their rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.vote_option import VoteOption
from kg.model.votes import RecordPlace
from kg.resources import DATA
from kg.sources.source_list import source_keys
from kg.sources.states import read_states
from kg.sources.vote_remarks import (
    CORRECTIONS_FILE,
    SUSPENSIONS_FILE,
    read_corrections,
    read_suspensions,
)

STATES = {state.key for state in read_states(DATA)}


def test_every_suspension_has_both_days_and_sources() -> None:
    suspensions = read_suspensions(DATA, STATES)
    assert [(s.state, s.period.start, s.period.until, s.ground) for s in suspensions] == [
        ("ZAF", "1974-11-12", "1994-06-23", "credentials")
    ]
    sources = source_keys(DATA)
    for suspension in suspensions:
        assert set(suspension.period.sources) <= sources


def test_the_end_date_of_a_suspension_is_not_one_of_its_days() -> None:
    (south_africa,) = read_suspensions(DATA, STATES)
    days = ("1974-11-11", "1974-11-12", "1994-06-22", "1994-06-23")
    assert [south_africa.is_on(day) for day in days] == [False, True, True, False]


def test_corrections_have_a_source_and_a_vote_other_than_the_record() -> None:
    corrections = {(c.event, c.state): c for c in read_corrections(DATA, STATES)}
    bahamas = corrections["A-RES-ES-11-5", "BHS"]
    assert bahamas.intended is VoteOption.ABSTENTION
    assert bahamas.place is None
    sudan = corrections["A-RES-79-6", "SDN"]
    assert sudan.place == RecordPlace("A/79/PV.29", 17, 2, "un-a-79-pv-29")
    assert {correction.source for correction in corrections.values()} <= source_keys(DATA)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("XXX,1974-11-12,1994-06-23,credentials,,a", "state"),
        ("ZAF,1974-11,1994-06-23,credentials,,a", "from"),
        ("ZAF,1974-11-12,,credentials,,a", "until"),
        ("ZAF,1974-11-12,1974-11-12,credentials,,a", "until"),
        ("ZAF,1974-11-12,1994-06-23,unpaid,,a", "ground"),
        ("ZAF,1974-11-12,1994-06-23,Article 19,,", "source"),
    ],
)
def test_an_unusable_suspension_is_named_by_its_column(
    tmp_path: Path, row: str, column: str
) -> None:
    table = tmp_path / SUSPENSIONS_FILE
    table.write_text(f"state,from,until,ground,note,source\n{row}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=f"line 2, column {column}:"):
        read_suspensions(tmp_path, STATES)


@pytest.mark.parametrize(
    ("row", "column"),
    [("A/RES/1/1,XXX,Y,a,,,", "state"), ("A/RES/1/1,ZAF,yes,a,,,", "intended"),
     ("A/RES/1/1,ZAF,Y,,,,", "source"), ("A/RES/1/1,ZAF,Y,a,A/1/PV.1,0,1", "page"),
     ("A/RES/1/1,ZAF,Y,a,A/1/PV.1,2,", "paragraph")],
)  # fmt: skip
def test_an_unusable_correction_is_named_by_its_column(
    tmp_path: Path, row: str, column: str
) -> None:
    table = tmp_path / CORRECTIONS_FILE
    table.write_text(
        f"event,state,intended,source,record,page,paragraph\n{row}\n", encoding="utf-8"
    )
    with pytest.raises(SourceError, match=f"line 2, column {column}:"):
        read_corrections(tmp_path, STATES)
