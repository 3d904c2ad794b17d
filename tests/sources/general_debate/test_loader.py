"""The source ``general-debate``: who spoke, for which state of the day; odd and unusable rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.speeches import DebateSpeech
from kg.model.state_register import StateRegister
from kg.sources.general_debate import loader
from kg.sources.loader import LoadResult
from tests.support import workbook_files


def load(
    folder: Path, states: StateRegister, *rows: tuple[str, ...]
) -> tuple[list[DebateSpeech], LoadResult]:
    path = workbook_files.write_speakers(folder / "Speakers_by_session.xlsx", *rows)
    loaded = loader.load(path, states)
    return [record for record in loaded.records if isinstance(record, DebateSpeech)], loaded


def test_a_row_is_a_speech_without_padding(tmp_path: Path, states: StateRegister) -> None:
    (speech,), loaded = load(
        tmp_path, states, ("2024", "79", "BRA", "Brazil ", " Lula  da Silva", "President")
    )
    assert speech == DebateSpeech(
        key="general-debate-79-BRA",
        label="Brazil in the General Debate of 2024",
        session="79",
        year=2024,
        source="general-debate-speakers",
        state="BRA",
        speaker="Lula da Silva",
        speaker_role="President",
    )
    assert (loaded.rejected, loaded.normalized) == ([], [])
    # The folder is what kg fetch fills.
    assert len(loader.load(tmp_path, states).records) == len(loaded.records)


@pytest.mark.parametrize(
    ("year", "code", "country", "speaker"),
    [
        (1989, "RUS", "USSR", "SUN"),
        (1991, "RUS", "Russian Federation", "SUN"),
        (1992, "RUS", "Russia", "RUS"),
        (1989, "DEU", "Germany", "GER"),
        (1991, "DEU", "Germany", "DEU"),
        (1991, "YUG", "Yugoslavia", "YUG"),
        (2001, "YUG", "Yugoslavia", "YUG-FR"),
        (2003, "YUG", "Serbia and Montenegro", "SCG"),
        (2006, "SRB", "Serbia", "SRB"),
        (1961, "EGY", "United Arab Republic", "UAR"),
        (1962, "EGY", "Egypt", "EGY"),
        (1985, "YEM", "Yemen", "YEM-AR"),
        (1985, "YDYE", "Democratic Yemen", "YMD"),
        (1960, "MYS", "Federation of Malaya", "MYS-FM"),
        (1960, "NGA", "Nigeria", "NGA"),
        (2024, "VAT", "Holy See", "Holy See"),
        (2024, "PSE", "Palestine", "Palestine"),
        (2024, "EU", "European Union", "European Union"),
    ],
)
def test_the_speaker_is_the_state_of_the_day_or_an_observer(
    year: int, code: str, country: str, speaker: str, tmp_path: Path, states: StateRegister
) -> None:
    (speech,), _ = load(tmp_path, states, (str(year), str(year - 1945), code, country, "A", ""))
    assert (speech.state or speech.agent) == speaker


def test_listed_rules_read_odd_rows_and_each_is_listed(
    tmp_path: Path, states: StateRegister
) -> None:
    speeches, loaded = load(
        tmp_path,
        states,
        ("2001", "56", "CHE", "Sweden", "Anna Lindh", "Minister for Foreign Affairs"),
        ("1962", "17", "POR", "Portugal", "Mr. Nogueira", ""),
        ("1993", "48", "CSK", "Czechoslovakia", "", ""),
        ("1991", "46", "RUS", "Russian Federation", "Pankin", ""),
        ("2015", "70", "FRA", "France", "A", "Not indicated"),
        ("2016", "71", "FRA", "France", "B", "President", "a footnote"),
    )
    assert [(s.state, s.speaker_role) for s in speeches] == [
        ("SWE", "Minister for Foreign Affairs"),
        ("PRT", ""),
        ("SUN", ""),
        ("FRA", ""),
        ("FRA", "President"),
    ]
    listed = [(row.row, row.column, row.value, row.read_as) for row in loaded.normalized]
    assert sorted(listed) == [
        (2, "ISO Code", "CHE Sweden, 2001", "SWE"),
        (3, "ISO Code", "POR Portugal, 1962", "PRT"),
        (4, "ISO Code", "CSK Czechoslovakia, 1993", ""),
        (5, "ISO Code", "RUS Russian Federation, 1991", "SUN"),
        (6, "Post", "Not indicated", ""),
        (7, "G", "a footnote", ""),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("1960", "15", "XXX", "Nowhere", "A", ""), "XXX (Nowhere), 1960"),
        (("1960", "15", "", "", "A", ""), "no code (no country), 1960"),
        (("1950", "5", "NGA", "Nigeria", "A", ""), "NGA (Nigeria), 1950"),
        # A code and the name of another state: which of them spoke is unknown.
        (("1999", "54", "AUS", "Austria", "A", ""), "AUS (Austria), 1999"),
        (("1960", "16", "FRA", "France", "A", ""), "year 1960, session 16"),
        (("1945", "0", "FRA", "France", "A", ""), "year 1945, session 0"),
        (("", "15", "FRA", "France", "A", ""), "year missing, session 15"),
        (("MCMLX", "15", "FRA", "France", "A", ""), "year MCMLX, session 15"),
    ],
)
def test_unusable_rows_are_rejected_and_listed(
    row: tuple[str, ...], message: str, tmp_path: Path, states: StateRegister
) -> None:
    speeches, loaded = load(tmp_path, states, row)
    assert speeches == []
    (rejected,) = loaded.rejected
    assert (rejected.file, rejected.row) == ("Speakers_by_session.xlsx", 2)
    assert rejected.value == message


def test_the_second_speech_of_a_state_in_a_session_has_a_number(
    tmp_path: Path, states: StateRegister
) -> None:
    rows = [("1960", "15", "IND", "India", name, "") for name in ("Mr. NEHRU", "Krishna MENON")]
    speeches, _ = load(tmp_path, states, *rows)
    assert [(speech.key, speech.label) for speech in speeches] == [
        ("general-debate-15-IND", "India in the General Debate of 1960"),
        ("general-debate-15-IND-2", "India in the General Debate of 1960, speech 2"),
    ]


def test_a_file_without_a_column_is_an_error(tmp_path: Path, states: StateRegister) -> None:
    path = tmp_path / "a.xlsx"
    workbook_files.write(path, workbook_files.parts([workbook_files.HEADINGS[:4]]))
    with pytest.raises(SourceError, match="lacks the columns: Name of Person Speaking, Post"):
        loader.load(path, states)
    workbook_files.write(path, workbook_files.parts([]))
    with pytest.raises(SourceError, match="lacks the columns: Year"):
        loader.load(path, states)


def test_the_real_file_loads_whole(real_data: Path, states: StateRegister) -> None:
    loaded = loader.load(real_data / "debates", states)
    speeches = [record for record in loaded.records if isinstance(record, DebateSpeech)]
    assert loaded.rejected == []
    assert len({speech.key for speech in speeches}) == len(speeches) == 10_943
    rules = Counter(row.rule.partition(":")[0] for row in loaded.normalized)
    assert rules["not a speech"] == 1
    assert sum(rules.values()) < 50
    assert sum(bool(speech.agent) for speech in speeches) == 33 + 22 + 11 + 2 + 1
    assert (min(s.year for s in speeches), max(s.year for s in speeches)) == (1946, 2024)
