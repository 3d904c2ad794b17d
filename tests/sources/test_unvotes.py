"""The loader of unvotes, rule by rule, on small files in the real format."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
import rdata

from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.model.votes import VotingEvent
from kg.sources.loader import LoadResult
from kg.sources.tables.text import CONTROL
from kg.sources.unvotes import loader, symbols
from kg.sources.unvotes.symbols import DocumentReference, RollCallRow, read_symbols, session_key
from tests.support.unvotes_files import VOTES, write


def load(folder: Path, states: StateRegister) -> tuple[list[VotingEvent], LoadResult]:
    loaded = loader.load(folder, states)
    return list(loaded.events), loaded


def test_a_roll_call_becomes_an_event(tmp_path: Path, states: StateRegister) -> None:
    (event,), loaded = load(write(tmp_path), states)
    assert event.key == "A-RES-68-262"
    assert event.votes == {"UKR": "Y", "RUS": "N", "IND": "A", "NAM": "A"}
    assert (event.date, event.session) == ("2014-03-27", "68")
    assert event.decides is not None
    assert event.decides.symbol == "A/RES/68/262"
    assert event.topics == event.decides.topics == ("human-rights",)
    assert (event.source_symbol, event.source_number) == ("R/68/262", "rcid 5000")
    assert event.description == "UKRAINE: Territorial integrity of Ukraine"
    assert not event.records_non_voting
    assert loaded.rejected == []


def test_dates_of_early_sessions_are_known_to_the_month(
    tmp_path: Path, states: StateRegister
) -> None:
    calls = [
        {"rcid": 1, "session": 57.0, "unres": "R/57/1", "date": 12000.0},
        {"rcid": 2, "session": 58.0, "unres": "R/58/1", "date": 12400.0},
    ]
    events, loaded = load(write(tmp_path, calls, [(1, *VOTES[0]), (2, *VOTES[0])], []), states)
    assert {event.key: event.date for event in events} == {
        "A-RES-57-1": "2002-11",
        "A-RES-58-1": "2003-12-14",
    }
    for event in events:
        assert event.decides is not None
        assert event.decides.date == event.date
    assert loaded.notes["dates known to the month"] == 1


def test_events_are_in_the_order_of_their_keys(tmp_path: Path, states: StateRegister) -> None:
    calls = [
        {"rcid": 10, "unres": "R/68/9"},
        {"rcid": 11, "unres": "R/68/10"},
        {"rcid": 9, "unres": ""},
    ]
    events, _ = load(write(tmp_path, calls, [(10, *VOTES[0])], []), states)
    assert [e.key for e in events] == ["A-RES-68-10", "A-RES-68-9", "unvotes-9"]


def test_stray_escape_characters_are_removed(tmp_path: Path, states: StateRegister) -> None:
    call = {"short": "VOTES", "descr": 'TO COUNT \\MEMBERS PRESENT\\\\,  AS\n A VOTE.\\""'}
    (event,), _ = load(write(tmp_path, [call]), states)
    assert event.description == 'VOTES: TO COUNT "MEMBERS PRESENT", AS A VOTE.'


# The entity that a name identifies on a day, from the list of members of the United Nations.
ENTITIES = [
    ("Russia", "RU", "1991-12-05", "SUN"),
    ("Russia", "RU", "1991-12-24", "RUS"),
    ("Yugoslavia", "YU", "1992-04-01", "YUG"),
    ("Yugoslavia", "YU", "2000-11-02", "YUG-FR"),
    ("Yugoslavia", "YU", "2003-02-04", "SCG"),
    ("Yugoslavia", "YU", "2006-09-01", "SRB"),
    ("Taiwan", "TW", "1961-01-01", "CHN"),
    ("China", "CN", "1971-11-03", "CHN"),
    ("Yemen Arab Republic", "", "1990-04-01", "YEM-AR"),
    ("Yemen Arab Republic", "", "1990-12-06", "YEM"),
    ("Yemen People's Republic", "YD", "1989-12-06", "YMD"),
    ("Federal Republic of Germany", "", "1989-12-06", "GER"),
    ("Federal Republic of Germany", "", "1990-12-06", "DEU"),
    ("German Democratic Republic", "DD", "1989-12-06", "DDR"),
    ("Egypt", "EG", "1957-12-01", "EGY"),
    ("Egypt", "EG", "1960-12-01", "UAR"),
    ("Egypt", "EG", "1961-11-01", "EGY"),
    ("Tanzania", "TZ", "1963-12-03", "EAT"),
    ("Tanzania", "TZ", "1964-12-01", "TZA"),
    ("Zanzibar", "", "1963-12-16", "EAZ"),
    ("Malaysia", "MY", "1962-12-01", "MYS-FM"),
    ("Malaysia", "MY", "1963-12-01", "MYS"),
    ("Czechoslovakia", "CS", "1992-12-06", "CSK"),
    ("Algeria", "DZ", "1962-10-04", "DZA"),
]


@pytest.mark.parametrize(("country", "code", "day", "expected"), ENTITIES)
def test_a_name_means_the_entity_of_that_day(
    tmp_path: Path, states: StateRegister, country: str, code: str, day: str, expected: str
) -> None:
    days = (pd.Timestamp(day) - pd.Timestamp("1970-01-01")).days
    call = {"date": float(days), "unres": "", "session": 20.0}
    votes = [(country, code or None, "yes")]
    (event,), _ = load(write(tmp_path, [call], votes), states)
    assert list(event.votes) == [expected]


# Other editions of the package, and CSV.
@pytest.mark.parametrize(
    ("country", "code", "expected"),
    [
        ("United States of America", "US", "USA"),
        ("United Kingdom of Great Britain and Northern Ireland", "GB", "GBR"),
        ("Bolivia, Plurinational State of", "BO", "BOL"),
        ("Bolivia (Plurinational State of)", "BO", "BOL"),
        ("Korea, Democratic People's Republic of", "KP", "PRK"),
        ("Congo, the Democratic Republic of the", "CD", "COD"),
        ("Macedonia, the former Yugoslav Republic of", "MK", "MKD"),
        ("Cote d'Ivoire", "CI", "CIV"),
        ("St. Kitts and Nevis", "KN", "KNA"),
        ("Swaziland", "SZ", "SWZ"),
        ("Serbia", "RS", "SRB"),
        ("Namibia", "NA", "NAM"),
        # Where R had no code.
        ("Yemen Arab Republic", "NA", "YEM"),
        ("Zanzibar", "NA", "EAZ"),
    ],
)
def test_a_code_has_names_of_other_editions(
    tmp_path: Path, states: StateRegister, country: str, code: str, expected: str
) -> None:
    (event,), loaded = load(write(tmp_path, votes=[(country, code, "yes")]), states)
    assert (list(event.votes), loaded.rejected) == ([expected], [])


@pytest.mark.parametrize(
    ("country", "code"), [("Congo", "CD"), ("Korea", "KR"), ("United States of America", "RU")]
)
def test_a_name_must_be_one_of_its_code(
    tmp_path: Path, states: StateRegister, country: str, code: str
) -> None:
    (event,), loaded = load(write(tmp_path, votes=[(country, code, "yes")]), states)
    assert (event.votes, [row.column for row in loaded.rejected]) == ({}, ["country"])


def write_csv(folder: Path, names: tuple[str, str, str], **changed: str) -> Path:
    """Write the three tables as R writes them; ``changed`` replaces texts in all of them."""
    folder.mkdir(exist_ok=True)
    tables = (
        "rcid,country,country_code,vote\n5000,Ukraine,UA,yes\n5000,Russia,RU,no\n"
        "5000,Namibia,NA,abstain\n5000,Federal Republic of Germany,NA,yes\n",
        "rcid,session,importantvote,date,unres,amend,para,short,descr\n"
        '5000,68,NA,2014-03-27,R/68/262,0,NA,UKRAINE,"Territorial integrity\nof Ukraine"\n',
        "rcid,short_name,issue\n5000,hr,Human rights\n",
    )
    for name, table in zip(names, tables, strict=True):
        text = reduce(lambda text, change: text.replace(*change), changed.items(), table)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


TIDY: Final = ("unvotes.csv", "roll_calls.csv", "issues.csv")


@pytest.mark.parametrize(
    "names", [TIDY, ("un_votes.csv", "un_roll_calls.csv", "un_roll_call_issues.csv")]
)
def test_csv_tables_are_read(
    tmp_path: Path, states: StateRegister, names: tuple[str, str, str]
) -> None:
    (event,), loaded = load(write_csv(tmp_path, names), states)
    assert event.votes == {"UKR": "Y", "RUS": "N", "NAM": "A", "DEU": "Y"}
    assert (event.key, event.date, event.session) == ("A-RES-68-262", "2014-03-27", "68")
    assert event.description == "UKRAINE: Territorial integrity of Ukraine"
    assert (event.topics, event.important) == (("human-rights",), False)
    assert (event.source_file, event.source_row) == (names[1], 2)
    assert [file.name for file in loaded.files] == list(names)
    assert (loaded.rejected, loaded.remarks) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2014-03-27", "3/27/2014", r"roll_calls\.csv: line 2, column date: '3/27/2014': expected "
         r"a day such as 1946-12-31 \(a spreadsheet printed it in another order"),
        ("5000,68", "5000,Sep-68", r"line 2, column session: 'Sep-68': expected a number"),
        ("R/68/262", "R/68/262,", r"line 2: '5000,68,.*': expected 9 values, one for each column"),
        ("country_code", "code", r"unvotes\.csv: line 1: no column country_code; expected the"),
    ],
)  # fmt: skip
def test_a_fault_of_a_csv_table_is_named(
    tmp_path: Path, states: StateRegister, old: str, new: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        load(write_csv(tmp_path, TIDY, **{old: new}), states)


def test_a_refused_row_of_a_csv_table_has_its_line(tmp_path: Path, states: StateRegister) -> None:
    _, loaded = load(write_csv(tmp_path, TIDY, Russia="Rusland"), states)
    (row,) = loaded.rejected
    assert (row.file, row.row, row.column, row.value) == (
        "unvotes.csv", 3, "country", "Rusland (RU)"
    )  # fmt: skip


def test_of_two_forms_of_the_tables_the_package_is_read(
    tmp_path: Path, states: StateRegister
) -> None:
    write_csv(tmp_path, TIDY)
    _, loaded = load(write(tmp_path), states)
    assert [file.name for file in loaded.files] == list(loader.FILES)
    assert f"un_votes.rda is read, of the files of its table in {tmp_path}; not unvotes.csv" in (
        loaded.remarks
    )


def test_dates_may_be_in_seconds(tmp_path: Path, states: StateRegister) -> None:
    (event,), _ = load(write(tmp_path, [{"date": 16156.0 * 86400}]), states)
    assert event.date == "2014-03-27"


def test_control_characters_in_descriptions_are_listed(
    tmp_path: Path, states: StateRegister
) -> None:
    (event,), loaded = load(write(tmp_path, [{"descr": "TO\x07ADOPT"}]), states)
    assert event.description == "UKRAINE: TO ADOPT"
    assert [(row.column, row.value, row.rule) for row in loaded.normalized] == [
        ("descr", "TO\x07ADOPT", CONTROL)
    ]


# Errors in rows: rejected rows and their messages.
def test_unusable_rows_are_refused_and_the_rest_is_kept(
    tmp_path: Path, states: StateRegister
) -> None:
    votes = [
        ("Ukraine", "UA", "yes"),
        ("Atlantis", "AT", "yes"),
        ("India", "IN", "maybe"),
        ("Russia", "RU", "no"),
        ("Russia", "RU", "yes"),
        (77, "Brazil", "BR", "yes"),
        ("United States", "RU", "no"),
        ("Chile", "CL", None),
    ]
    (event,), loaded = load(write(tmp_path, votes=votes), states)
    assert event.votes == {"UKR": "Y"}
    rejected = sorted((row.row, row.value, row.expected) for row in loaded.rejected)
    assert [row for row, _, _ in rejected] == [2, 3, 4, 5, 6, 7, 8]
    assert rejected[0] == (2, "Atlantis (AT)", "a country of unvotes")
    assert rejected[1] == (3, "maybe (India)", "yes, no or abstain")
    assert "one vote of RUS in roll call 5000" in rejected[2][2]
    assert "row 4 differs" in rejected[3][2]
    assert rejected[4][2] == "the rcid of a row in un_roll_calls.rda"
    assert rejected[6][1] == "no vote (Chile)"
    assert {row.file for row in loaded.rejected} == {"un_votes.rda"}


def test_the_same_vote_twice_is_one_vote(tmp_path: Path, states: StateRegister) -> None:
    (event,), loaded = load(write(tmp_path, votes=[VOTES[0], VOTES[0]]), states)
    assert event.votes == {"UKR": "Y"}
    assert loaded.rejected == []


# Errors in whole files.
def test_a_missing_folder_or_file_is_named(tmp_path: Path, states: StateRegister) -> None:
    with pytest.raises(SourceError, match=r"nowhere: no such folder.*un_votes\.rda"):
        loader.load(tmp_path / "nowhere", states)
    write(tmp_path)
    (tmp_path / "un_roll_calls.rda").unlink()
    with pytest.raises(SourceError, match=r"un_roll_calls\.rda: no such file"):
        loader.load(tmp_path, states)


@pytest.mark.parametrize("name", loader.FILES)
def test_a_truncated_file_is_named(tmp_path: Path, states: StateRegister, name: str) -> None:
    write(tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SourceError, match=rf"{name}: not a complete R data file"):
        load(tmp_path, states)


def test_a_file_that_is_not_r_data_is_named(tmp_path: Path, states: StateRegister) -> None:
    write(tmp_path)
    (tmp_path / "un_votes.rda").write_text("<html>not found</html>")
    with pytest.raises(SourceError, match=r"un_votes\.rda: not a complete R data file"):
        load(tmp_path, states)


def test_a_missing_column_is_named(tmp_path: Path, states: StateRegister) -> None:
    write(tmp_path)
    frame = pd.DataFrame({"rcid": [1.0], "country": ["Ukraine"], "vote": ["yes"]})
    rdata.write_rda(tmp_path / "un_votes.rda", {"un_votes": frame})
    with pytest.raises(SourceError, match=r"un_votes\.rda: un_votes has no column country_code"):
        loader.load(tmp_path, states)


def test_another_table_in_the_file_is_named(tmp_path: Path, states: StateRegister) -> None:
    write(tmp_path)
    rdata.write_rda(tmp_path / "un_votes.rda", {"mtcars": pd.DataFrame({"mpg": [21.0]})})
    with pytest.raises(SourceError, match=r"un_votes\.rda: expected un_votes, found mtcars"):
        loader.load(tmp_path, states)


def test_a_roll_call_number_used_twice_is_an_error(tmp_path: Path, states: StateRegister) -> None:
    with pytest.raises(SourceError, match="row 2: rcid 5000 also occurs in an earlier row"):
        loader.load(write(tmp_path, [{}, {"unres": "R/68/1"}]), states)


# Symbols.
def row(unres: str, session: int, **other: Any) -> RollCallRow:
    number = other.pop("rcid", 1)
    return RollCallRow(
        rcid=number,
        session=session,
        unres=unres,
        amend=other.pop("amend", False),
        para=other.pop("para", False),
        text=other.pop("text", ""),
        lost=other.pop("lost", False),
    )


OFFICIAL = [
    (row("R/24/2535C", 24, text="TO ADOPT DRAFT RESOL. C (A/7839)"), "A/RES/2535(XXIV)[C]"),
    (row("R/30/3411G", 30), "A/RES/3411(XXX)[G]"),
    (row("R/18/1883", 18), "A/RES/1883(XVIII)"),
    (row("R/31/6A", 31), "A/RES/31/6[A]"),
    (row("R/68/262", 68), "A/RES/68/262"),
    (row("A/RES/71/205", 71), "A/RES/71/205"),
    (row("A/RES/ES-10/19", 72), "A/RES/ES-10/19"),
]
KEPT = [
    (row("R/15/561", 15), symbols.PAGE),
    (row("R/17/1747", 17), symbols.PAGE),
    (row("ESS/5/70", 22), symbols.PAGE),
    (row("SS/5", 23), symbols.PAGE),
    (row("", 22), symbols.EMPTY),
    (row("R/33/116B/VII", 33), symbols.MALFORMED),
    (row("R/61/128AB", 61), symbols.MALFORMED),
    (row("R/60/1", 61), symbols.OTHER_SESSION),
    (row("A/RES/70/1", 71), symbols.OTHER_SESSION),
    (row("R/22/2271C", 22, text="TO ADOPT DRAFT RESOL. (A/L. 531)"), symbols.CODER_LETTER),
    (row("R/25/2671D", 25, text="TO ADOPT DRAFT RESOL. C"), symbols.CODER_LETTER),
    (row("R/33/422", 33), symbols.DECISION),
    (row("R/36/324", 36), symbols.DECISION),
    (row("R/68/33", 68, amend=True), symbols.AMENDMENT),
    (row("R/68/33", 68, para=True), symbols.PARAGRAPH),
    (row("R/63/307", 63, text="I shall now put to the vote the motion submitted"), symbols.MOTION),
]


@pytest.mark.parametrize(("call", "symbol"), OFFICIAL)
def test_a_symbol_without_contradiction_is_official(call: RollCallRow, symbol: str) -> None:
    assert read_symbols([call])[1] == DocumentReference(decides=symbol, vote_on="document")


@pytest.mark.parametrize(("call", "reason"), KEPT)
def test_an_uncertain_symbol_is_kept(call: RollCallRow, reason: str) -> None:
    reference = read_symbols([call])[1]
    assert reference.decides == ""
    assert reference.reason == reason


def test_numbers_from_301_on_are_resolutions_again_in_later_sessions() -> None:
    assert read_symbols([row("R/58/317", 58)])[1].decides == "A/RES/58/317"


def test_the_unflagged_one_of_several_rows_with_a_symbol_is_the_whole() -> None:
    rows = [
        row("R/61/11", 61, rcid=1),
        row("R/61/11", 61, rcid=2, amend=True),
        row("R/61/11", 61, rcid=3, text="the motion put forward by Cuba"),
    ]
    references = read_symbols(rows)
    assert references[1].decides == "A/RES/61/11"
    assert [references[n].relates_to for n in (2, 3)] == ["A/RES/61/11"] * 2
    assert [references[n].vote_on for n in (2, 3)] == ["amendment", "motion"]


def test_neither_of_two_equal_candidates_is_chosen() -> None:
    references = read_symbols([row("R/57/58", 57, rcid=1), row("R/57/58", 57, rcid=2)])
    assert Counter(r.reason for r in references.values()) == {symbols.SHARED: 2}
    assert not any(r.decides or r.relates_to for r in references.values())


def test_a_vote_with_more_against_than_in_favour_adopts_nothing(
    tmp_path: Path, states: StateRegister
) -> None:
    calls = [{"rcid": 1, "unres": "R/68/1"}, {"rcid": 2, "unres": "R/68/2"}]
    votes = [
        (1, "Ukraine", "UA", "yes"),
        (1, "Russia", "RU", "no"),
        (1, "India", "IN", "no"),
        (2, "Ukraine", "UA", "yes"),
        (2, "Russia", "RU", "no"),
    ]
    events, loaded = load(write(tmp_path, calls, votes, []), states)
    assert [(event.key, event.relates_to) for event in events] == [
        ("A-RES-68-2", ""),
        ("unvotes-1", "A/RES/68/1"),
    ]
    assert events[1].votes == {"UKR": "Y", "RUS": "N", "IND": "N"}
    assert events[1].decides is None
    assert [(row.record, row.named_value, row.read_as, row.rule) for row in loaded.normalized] == [
        ("1", "unres 'R/68/1'", "", symbols.NOT_ADOPTED)
    ]
    assert loaded.notes[f"symbols kept: {symbols.NOT_ADOPTED}"] == 1


def test_a_lost_vote_leaves_the_symbol_to_another() -> None:
    references = read_symbols([row("R/57/58", 57, rcid=1, lost=True), row("R/57/58", 57, rcid=2)])
    assert references[2].decides == references[1].relates_to == "A/RES/57/58"


@pytest.mark.parametrize(
    ("call", "session"),
    [
        (row("ESS/1/34", 11), "ES-1"),
        (row("SS/3/139", 16), "S-3"),
        (row("A/RES/ES-10/19", 72), "ES-10"),
        (row("R/68/262", 68), "68"),
    ],
)
def test_sessions_of_special_and_emergency_votes(call: RollCallRow, session: str) -> None:
    assert session_key(call) == session
