"""The source ``voeten``: its table in three forms, its codes, and its roll calls in unvotes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
import rdata

from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import VotingEvent
from kg.pipeline import shared_numbers
from kg.resources import DATA
from kg.sources import csv_table
from kg.sources.loader import LoadResult
from kg.sources.unvotes import votes as vote_table
from kg.sources.voeten import codes, loader, table
from tests.support.merging import merge
from tests.support.releases import Real

_COLUMNS: Final = ("rcid", "ccode", "session", "vote", "date", "unres", "importantvote", "me", "hr")
#: Votes of five states on a resolution of 2014, one absent and one not a member.
_VOTES: Final = ((369, 1), (365, 3), (750, 2), (220, 8), (626, 9))


def row(ccode: int, vote: float, **changed: object) -> dict[str, object]:
    values = (5000, ccode, 68, vote, "3/27/2014", "R/68/262", 1, 0, 1)
    return dict(zip(_COLUMNS, values, strict=True)) | changed


ROWS: Final = [row(*vote) for vote in _VOTES]


def write(folder: Path, rows: list[dict[str, object]], name: str = "UNVotes.csv") -> Path:
    """Write a table in the form that the file name says."""
    folder.mkdir(exist_ok=True)
    path, frame = folder / name, pd.DataFrame(rows)
    if name.endswith("RData"):
        types = {column: "string" for column in ("date", "unres", "descr") if column in frame}
        rdata.write_rda(path, {"completeVotes": frame.astype(types)})
    else:
        frame.to_csv(path, index=False, sep="\t" if name.endswith("tab") else ",", na_rep="NA")
    return path


def load(path: Path, states: StateRegister) -> tuple[list[VotingEvent], LoadResult]:
    loaded = loader.load(path, states)
    return list(loaded.events), loaded


def balanced(events: list[VotingEvent], loaded: LoadResult) -> bool:
    used = sum(len(event.votes) for event in events)
    used += loaded.rows["repeated"] + loaded.rows["without a vote"]
    return loaded.rows["read"] == used + len(loaded.rejected)


@pytest.mark.parametrize("name", ["UNVotes.csv", "UNVotesPublished.tab", "UNVotes2021.RData"])
def test_the_table_is_read_in_three_forms(tmp_path: Path, states: StateRegister, name: str) -> None:
    write(tmp_path, ROWS, name)
    (event,), loaded = load(tmp_path, states)
    assert event.votes == {"UKR": "Y", "RUS": "N", "IND": "A", "FRA": "X"}
    assert (event.key, event.date, event.session) == ("voeten-5000", "2014-03-27", "68")
    assert (event.records_non_voting, event.decides, event.important) == (True, None, True)
    assert event.topics == ("human-rights",)
    assert (event.source_symbol, event.source_record) == ("R/68/262", "5000")
    assert event.source_row == (1 if name.endswith("RData") else 2)
    assert loaded.rows == {"read": 5, "without a vote": 1}
    assert loaded.notes["states that were not members (9)"] == 1
    assert loaded.notes["absent states (8)"] == 1
    assert (loaded.rejected, loaded.normalized) == ([], [])
    assert balanced([event], loaded)


@pytest.mark.parametrize(
    ("flags", "key", "vote_on"),
    [
        ({"amend": 0, "para": 0}, "A-RES-68-262", "document"),
        ({"amend": 0, "para": 1}, "voeten-5000", "paragraph"),
        ({"amend": 1, "para": 0}, "voeten-5000", "amendment"),
        ({"amend": 0}, "voeten-5000", None),
    ],
)
def test_a_symbol_is_official_only_with_flags_of_parts(
    tmp_path: Path, states: StateRegister, flags: dict[str, int], key: str, vote_on: str | None
) -> None:
    (event,), _ = load(write(tmp_path, [one | flags for one in ROWS]), states)
    assert (event.key, event.vote_on) == (key, vote_on)


@pytest.mark.parametrize("date", ["2014-03-27", "3/27/2014", 16156])
def test_dates_have_three_forms(tmp_path: Path, states: StateRegister, date: str | int) -> None:
    (event,), _ = load(write(tmp_path, [one | {"date": date} for one in ROWS]), states)
    assert event.date == "2014-03-27"


def test_unusable_rows_are_refused_and_the_rest_is_kept(
    tmp_path: Path, states: StateRegister
) -> None:
    rows = [
        *ROWS,
        row(999, 1),
        row(135, 4),
        row(130, 1),
        row(130, 3),
        row(140, 1),
        row(140, 1),
        row(2, 1, rcid=5001, date=""),
        row(2, 1, rcid=5002, date="27/3/2014"),
    ]
    (event,), loaded = load(write(tmp_path, rows), states)
    assert set(event.votes) == {"UKR", "RUS", "IND", "FRA", "BRA"}
    assert sorted((r.row, r.column, r.value) for r in loaded.rejected) == [
        (7, "ccode", "ccode 999"),
        (8, "vote", "4 (ccode 135)"),
        (9, "vote", "1 (ccode 130)"),
        (10, "vote", "3 (ccode 130)"),
        (13, "date", "no date"),
        (14, "date", "27/3/2014"),
    ]
    assert loaded.rows["repeated"] == 1
    assert balanced([event], loaded)


def test_absences_that_contradict_the_membership_or_a_vote_are_listed(
    tmp_path: Path, states: StateRegister
) -> None:
    early: dict[str, Any] = {"session": 15, "date": "12/1/1960"}
    rows = [row(651, 1, **early), row(652, 8, **early), row(710, 8, **early), row(713, 3, **early)]
    (event,), loaded = load(write(tmp_path, rows), states)
    assert (event.votes, event.date) == ({"UAR": "Y", "CHN": "N"}, "1960-12")
    assert [(r.row, r.value, r.rule) for r in loaded.normalized] == [
        (3, "8 (ccode 652)", vote_table.NOT_A_MEMBER),
        (4, "8 (ccode 710)", vote_table.OTHER_CODE),
    ]
    assert balanced([event], loaded)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("UNVotes.csv", {"ccode": "CCODE"}, r"no column ccode; .*'CCODE' instead of 'ccode'"),
        ("UNVotes.csv", {"68": "Sep-68"}, r"line 2, column session: 'Sep-68': expected a number"),
        ("UNVotes.csv", {",": ";"}, "separated by semicolons; expected commas or tabs"),
        ("UNVotes.csv", {"5000": "5E+03"}, r"column rcid: '5E\+03': expected a number \(a spread"),
        ("UNVotes.csv", {",1,0,1": ",1,0"}, "expected 9 values, one for each column"),
    ],
)  # fmt: skip
def test_a_fault_is_named(
    tmp_path: Path, states: StateRegister, name: str, change: dict[str, str], message: str
) -> None:
    path = write(tmp_path, ROWS, name)
    text = path.read_text(encoding="utf-8")
    for old, new in change.items():
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=rf"UNVotes\.csv: .*{message}"):
        load(tmp_path, states)


def test_r_data_with_another_table_are_named(tmp_path: Path, states: StateRegister) -> None:
    rdata.write_rda(tmp_path / "UNVotes.RData", {"mtcars": pd.DataFrame({"mpg": [21.0]})})
    message = r"UNVotes\.RData: mtcars has no column rcid, .*; expected the table UNVotes.*mpg"
    with pytest.raises(SourceError, match=message):
        load(tmp_path, states)
    with pytest.raises(SourceError, match=r"no edition; .*doi\.org/10\.7910/DVN/LEJUQZ"):
        load(write(tmp_path / "other", ROWS, "votes.csv").parent, states)


def test_a_code_is_that_of_a_state_on_its_seats(states: StateRegister) -> None:
    by_code = {states[key].cow_code: key for key in states if states[key].cow_code}
    rows = list(csv_table.read(DATA / codes.FILE, "ccode abbreviation seats"))
    assert len({row["ccode"] for row in rows}) == len(rows) == 200
    for row in rows:
        assert states.seats().issuperset(row.keys("seats"))
        if key := by_code.get(row["ccode"]):
            assert states[key].seat in row.keys("seats")
            assert states[key].cow_abbreviation == row["abbreviation"]
    # The code of Taiwan, which held the seat of China.
    assert {row["ccode"] for row in rows} - by_code.keys() == {"713"}


# The same roll calls in unvotes.
def _event(key: str, number: str, **changed: Any) -> VotingEvent:
    event = VotingEvent(
        key=key, source="", body="GeneralAssembly", date="2014-03-27", session="68",
        votes={"UKR": VoteOption.YES}, records_non_voting=False, source_record=number,
    )  # fmt: skip
    return replace(event, **changed)


def test_roll_calls_are_matched_by_number_month_and_session() -> None:
    others = [_event("A-RES-68-262", "5000, 5003"), _event("unvotes-5001", "5001")]
    events = [
        _event("voeten-5000", "5000"),
        _event("voeten-5001", "5001", session="69"),
        _event("A-RES-68-262", "5002", vote_on="document"),
        _event("voeten-5003", "5003"),
    ]
    result = shared_numbers.match("voeten", events, others)
    (matched,) = result.events.values()
    assert (matched.key, matched.source_record) == ("A-RES-68-262", "5000, 5003")
    assert matched.replaces == ("voeten-5000", "voeten-5003")
    assert [(event.key, event.vote_on) for event in result.rest] == [
        ("voeten-5001", None), ("voeten-5002", None),
    ]  # fmt: skip
    assert result.repeated == 1


def test_the_real_table_agrees_with_unvotes_and_adds_absences(
    real: dict[str, Real], real_data: Path, states: StateRegister
) -> None:
    events, loaded = load(real_data / "voeten" / "UNVotesPublished.RData", states)
    assert (len(events), loaded.rows["read"]) == (5428, 1_066_613)
    assert balanced(events, loaded)
    # One roll call has neither a date nor a symbol; unvotes has both.
    assert Counter((r.record, r.problem) for r in loaded.rejected) == {
        ("4592", "impossible date"): 197
    }
    assert Counter(r.rule for r in loaded.normalized) == {
        vote_table.NOT_A_MEMBER: 236,
        vote_table.OTHER_CODE: 5,
    }
    unvotes = real["unvotes"].events
    numbered = shared_numbers.match("voeten", events, unvotes)
    assert (len(numbered.events), numbered.rest, numbered.repeated) == (5428, [], 0)
    ordered = sorted(numbered.events.values(), key=lambda event: event.key)
    outcomes: Counter[str] = Counter()
    for merged in merge(unvotes, ordered):
        assert not merged.discrepancies
        outcomes.update(merged.vote_outcomes.get("voeten", {}))
    assert outcomes == {"merged": 738_591, "loaded": 73_065}


def test_the_names_of_files_in_the_data_set_are_editions(tmp_path: Path) -> None:
    names = ("UNVotes.RData", "UNVotes2021.csv", "UNVotesPublished.tab", "UNVotes.csv.gz")
    for name in (*names, "UNVotes.md5", "README.txt"):
        (tmp_path / name).touch()
    assert sorted(file.name for file in table.REMOTE.editions(tmp_path)) == sorted(names)
