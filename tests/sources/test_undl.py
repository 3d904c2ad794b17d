"""The loaders of the UN Digital Library's voting tables, rule by rule, and on the real files.

The rows written here are invented, in the layout of the official files.
"""

from __future__ import annotations

import csv
import gzip
import http.server
import io
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.audit.report import audit
from kg.errors import FetchError, SourceError
from kg.model.documents import AgendaItem
from kg.model.sources import Source, by_record
from kg.model.state_register import StateRegister
from kg.model.symbols import slug
from kg.model.votes import Topic, VotingEvent
from kg.rdf.vocabulary import BASE
from kg.sources import download as downloads
from kg.sources.loader import LoadResult
from kg.sources.registry import SOURCES
from kg.sources.tables.text import CONTROL
from kg.sources.undl import events as undl_events
from kg.sources.undl import loader, parts, texts
from kg.sources.undl.rows import FIRST_EDITION as FIRST_EDITION_NAMES
from tests.support.releases import Real, count, make_release

GA = (
    "undl_id ms_code ms_name ms_vote date session resolution draft committee_report meeting title "
    "agenda_title subjects vote_note total_yes total_no total_abstentions total_non_voting "
    "total_ms undl_link"
).split()
SC = (
    "undl_id ms_code ms_name permanent_member ms_vote date resolution draft meeting description "
    "agenda subjects vote_note modality total_yes total_no total_abstentions total_non_voting "
    "total_ms undl_link"
).split()
GA_EVENT = {
    "undl_id": "900001", "date": "1983-10-27", "session": "38", "resolution": "A/RES/38/900",
    "draft": "A/38/L.900|A/38/L.900/Add.1", "committee_report": "A/38/900",
    "meeting": "A/38/PV.900", "title": "Invented matter : resolution / adopted by the General "
    "Assembly", "agenda_title": "A/38/251 900 Invented matter.|A/38/251 901 Other matter.",
    "subjects": "INVENTED MATTERS|OTHER MATTERS--INVENTED", "vote_note": "An invented note.",
    "undl_link": "https://digitallibrary.un.org/record/900001",
}  # fmt: skip
SC_EVENT = {
    "undl_id": "900002", "date": "1982-01-28", "resolution": "S/RES/900(1982)",
    "meeting": "S/PV.9000", "description": "Security Council resolution 900 (1982) [invented]",
    "agenda": "S37", "modality": "Adopted with a vote",
    "undl_link": "https://digitallibrary.un.org/record/900002",
}  # fmt: skip
DELEGATIONS = [
    ("AFG", "AFGHANISTAN", "Y"),
    ("ALB", "ALBANIA", "N"),
    ("BRA", "BRAZIL", "A"),
    ("TCD", "CHAD", "X"),
]

Rows = list[dict[str, str]]


def rows(*votes: tuple[str, str, str], event: dict[str, str] = GA_EVENT, **changes: str) -> Rows:
    """Return a row for each vote, by default one of each kind."""
    return [
        event | {"ms_code": code, "ms_name": name, "ms_vote": vote} | changes
        for code, name, vote in votes or DELEGATIONS
    ]


def changed(table: Rows, values: dict[str, str]) -> Rows:
    return [row | values for row in table]


def text(table: Rows, columns: list[str]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(table)
    return stream.getvalue()


def write(folder: Path, table: Rows, columns: list[str] = GA, name: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / (name or f"2026_01_01_{'sc' if columns == SC else 'ga'}_voting.csv")
    path.write_text(text(table, columns), encoding="utf-8", newline="")
    return path


def load(
    path: Path, states: StateRegister, council: bool = False
) -> tuple[list[VotingEvent], LoadResult]:
    loaded = (loader.load_sc if council else loader.load_ga)(path, states)
    return list(loaded.events), loaded


def balanced(events: list[VotingEvent], loaded: LoadResult) -> bool:
    votes = sum(len(event.votes) for event in events)
    used = votes + loaded.rows["repeated"] + loaded.rows["without a vote"]
    return loaded.rows["read"] == used + len(loaded.rejected)


def refusals(loaded: LoadResult) -> list[tuple[int, str, str]]:
    return [(row.row, row.value, row.expected) for row in loaded.rejected]


def readings(loaded: LoadResult) -> list[tuple[int, str, str, str]]:
    return [(row.row, row.named_value, row.read_as, row.rule) for row in loaded.normalized]


# What a record becomes.
def test_a_record_becomes_an_event(tmp_path: Path, states: StateRegister) -> None:
    (event,), loaded = load(write(tmp_path, rows()), states)
    assert event.key == "A-RES-38-900"
    assert event.votes == {"AFG": "Y", "ALB": "N", "BRA": "A", "TCD": "X"}
    assert (event.date, event.session) == ("1983-10-27", "38")
    assert (event.meeting, event.committee_report) == ("A/38/PV.900", "A/38/900")
    assert event.drafts == ("A/38/L.900", "A/38/L.900/Add.1")
    assert event.agenda_items == ("38-900", "38-901")
    assert [
        (item.number, item.title, item.document)
        for item in loaded.records
        if isinstance(item, AgendaItem)
    ] == [("900", "Invented matter", "A/38/251"), ("901", "Other matter", "A/38/251")]
    assert event.topics == ("undl-invented-matters", "undl-other-matters-invented")
    assert event.vote_notes == ("An invented note.",)
    assert event.records_non_voting
    assert (event.vote_on, event.outcome) == ("document", "adopted")
    assert event.library_record == "https://digitallibrary.un.org/record/900001"
    assert event.decides is not None
    assert (event.decides.symbol, event.decides.title) == ("A/RES/38/900", "Invented matter")
    assert (event.cast_as, event.printed) == ({}, {})
    topics = [record.label for record in loaded.records if isinstance(record, Topic)]
    assert topics == ["INVENTED MATTERS", "OTHER MATTERS--INVENTED"]
    assert [r.key for r in loaded.records if isinstance(r, Source)] == ["undl-ga"]
    assert (loaded.rejected, loaded.normalized) == ([], [])
    assert balanced([event], loaded)


def test_the_layout_may_vary(tmp_path: Path, states: StateRegister) -> None:
    expected, _ = load(write(tmp_path, rows()), states)
    backwards = text(rows(), GA[::-1]).encode()
    for number, content in enumerate(
        (backwards, b"\xef\xbb\xbf" + backwards, gzip.compress(backwards))
    ):
        # Compression is detected by content, not by name.
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        assert load(path, states)[0] == expected


def test_optional_columns_may_be_absent(tmp_path: Path, states: StateRegister) -> None:
    needed = ["resolution", "date", "ms_vote", "ms_name", "ms_code", "undl_id"]
    (event,), _ = load(write(tmp_path, rows(), needed), states)
    assert len(event.votes) == 4
    assert event.session == "38"
    assert event.library_record == "https://digitallibrary.un.org/record/900001"
    assert event.decides is not None
    assert event.decides.title == ""


def test_the_latest_edition_in_a_folder_is_read(tmp_path: Path, states: StateRegister) -> None:
    message = r"contains no edition; expected a file like YYYY_MM_DD_ga_voting"
    with pytest.raises(SourceError, match=message):
        load(tmp_path, states)
    write(tmp_path, rows(), name="other.csv")
    with pytest.raises(SourceError, match=r"no edition; it contains other\.csv; expected"):
        load(tmp_path, states)
    content = text(rows(), GA).encode()
    (tmp_path / "2026_01_01_ga_voting.csv.gz").write_bytes(gzip.compress(content))
    events, loaded = load(tmp_path, states)
    assert len(events) == 1
    assert ([file.name for file in loaded.files], loaded.remarks) == (
        ["2026_01_01_ga_voting.csv.gz"], []
    )  # fmt: skip
    write(tmp_path, rows(), name="2025_12_31_ga_voting.csv")
    write(tmp_path, rows(), name="2026_01_01_ga_voting_corr1.csv")
    _, loaded = load(tmp_path, states)
    assert loaded.remarks == [
        f"2026_01_01_ga_voting_corr1.csv is read, the latest edition in {tmp_path}; not "
        "2025_12_31_ga_voting.csv, 2026_01_01_ga_voting.csv.gz"
    ]
    assert [file.name for file in loaded.files] == ["2026_01_01_ga_voting_corr1.csv"]


@pytest.mark.parametrize("name", ["ga_voting.csv", "2026_01_01_ga_voting.csv"])
def test_of_editions_without_an_order_none_is_chosen(
    tmp_path: Path, states: StateRegister, name: str
) -> None:
    write(tmp_path, rows(), name=name)
    write(tmp_path, rows(), name="2026_01_01_ga_voting.csv.gz")
    with pytest.raises(SourceError, match=r"do not show which is the latest; pass one of these"):
        load(tmp_path, states)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (text(rows(), GA[2:]).encode(), "no column undl_id, ms_code; expected the UN Digital"),
        (text(rows(), [*GA, "date"]).encode(), "duplicate column 'date'"),
        (gzip.compress(text(rows() * 99, GA).encode(), mtime=0)[:-20], "not a complete gzip file"),
        (
            gzip.compress(text(rows(), GA).encode(), mtime=0)[:-8] + bytes(8),
            "not a complete gzip file",
        ),
        (
            text(rows(event=SC_EVENT), SC).encode(),
            "line 2, column resolution: .* resolution or decision of the General Assembly, A/RES/",
        ),
    ],
)
def test_a_file_that_is_not_the_table_is_named(
    tmp_path: Path, states: StateRegister, content: bytes, message: str
) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=rf"wrong\.csv: .*{message}"):
        load(path, states)


def test_a_missing_file_is_named(tmp_path: Path, states: StateRegister) -> None:
    with pytest.raises(SourceError, match=r"nowhere: no such file or folder; .*record/4055387"):
        load(tmp_path / "nowhere", states, council=True)


def test_a_decision_becomes_an_event(tmp_path: Path, states: StateRegister) -> None:
    table = rows(
        resolution="A/DEC/80/506",
        title="Invented matter : decision / adopted by the General Assembly",
        session="80",
        meeting="A/80/PV.1",
        date="2025-09-12",
    )
    (event,), loaded = load(write(tmp_path, table), states)
    assert (event.key, event.session, event.vote_on) == ("A-DEC-80-506", "80", "document")
    assert event.decides is not None
    assert (event.decides.symbol, event.decides.title) == ("A/DEC/80/506", "Invented matter")
    assert len(event.votes) == 4
    assert (loaded.rejected, loaded.normalized) == ([], [])
    assert balanced([event], loaded)


# Rules.
@pytest.mark.parametrize("symbol", ["A/RES/38/XX", "A/DEC/38/", "A/RES/38/7;A/RES/38/8"])
def test_an_invalid_symbol_identifies_no_document(
    tmp_path: Path, states: StateRegister, symbol: str
) -> None:
    table = rows(resolution=symbol) + rows(resolution=symbol, undl_id="900003")
    events, loaded = load(write(tmp_path, table), states)
    assert [event.key for event in events] == ["undl-ga-900001", "undl-ga-900003"]
    assert [event.name for event in events] == ["undl-ga-900001", "undl-ga-900003"]
    assert {event.decides for event in events} == {None}
    assert [(event.source_symbol, event.source_number) for event in events] == [
        (symbol, "record 900001"),
        (symbol, "record 900003"),
    ]
    first = events[0]
    assert (first.description, first.session) == ("Invented matter", "38")
    assert (first.vote_on, first.outcome, first.draft) == ("document", "adopted", "")
    assert readings(loaded) == [
        (2, f"resolution {symbol!r}", "record 900001", undl_events.NO_SYMBOL),
        (6, f"resolution {symbol!r}", "record 900003", undl_events.NO_SYMBOL),
    ]
    assert balanced(events, loaded)


@pytest.mark.parametrize(
    ("recorded", "symbol"),
    [
        ("A/RES/38/90 B", "A/RES/38/90B"),
        ("A/RES/38//90IX", "A/RES/38/90IX"),
        ("A/RES/38/90[C]", "A/RES/38/90C"),
        ("a/res/38/90", "A/RES/38/90"),
    ],
)
def test_a_symbol_has_one_spelling(
    tmp_path: Path, states: StateRegister, recorded: str, symbol: str
) -> None:
    (event,), loaded = load(write(tmp_path, rows(resolution=recorded)), states)
    assert event.key == slug(symbol)
    assert event.decides is not None
    assert (event.decides.symbol, event.decides.variants) == (symbol, (recorded,))
    assert readings(loaded) == [
        (2, f"resolution {recorded!r}", symbol, undl_events.SPELLING),
    ]


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("Peace : resolution / adopted by the General Assembly", "Peace"),
        ("Peace : a plan : resolutions / adopted by the General Assemly.", "Peace : a plan"),
        ("Peace : resolution adopted by the General Assembly", "Peace"),
        ("Peace : resolution / by the General Assembly", "Peace"),
        ("Review of the resolution adopted by the General Assembly", None),
        ("Peace", None),
    ],
)
def test_a_title_is_printed_without_the_cataloguer_s_words(
    tmp_path: Path, states: StateRegister, printed: str, title: str | None
) -> None:
    (event,), _ = load(write(tmp_path, rows(title=printed)), states)
    assert event.decides is not None
    assert event.decides.title == (title or printed)


@pytest.mark.parametrize(
    ("session", "symbol", "meeting", "key", "ruled"),
    [
        ("38", "A/RES/38/900", "", "38", False),
        ("38.0", "A/RES/38/900", "", "38", False),
        ("", "A/RES/38/900", "", "38", False),
        ("", "A/RES/900(XVIII)[A]", "", "18", False),
        ("", "A/RES/900(ES-IV)", "", "ES-4", False),
        ("", "A/RES/900", "A/38/PV.900", "38", False),
        ("ES-11", "A/RES/ES-11/900", "", "ES-11", False),
        ("11emsp", "A/RES/ES-11/900", "", "ES-11", False),
        ("14sp", "A/RES/S-14/900", "", "S-14", False),
        ("autumn", "A/RES/38/900", "", "38", True),
    ],
)
def test_sessions(
    tmp_path: Path, states: StateRegister, session: str, symbol: str, meeting: str, key: str,
    ruled: bool,
) -> None:  # fmt: skip
    table = rows(session=session, resolution=symbol, meeting=meeting)
    (event,), loaded = load(write(tmp_path, table), states)
    assert event.session == key
    # Numbers from the years of continuous numbering contain no session.
    unnamed = [undl_events.NO_SYMBOL] * (symbol == "A/RES/900")
    assert [row[3] for row in readings(loaded)] == unnamed + [undl_events.SESSION] * ruled


@pytest.mark.parametrize(
    ("session", "meeting", "kept", "overruled", "normalized"),
    [
        ("39", "A/38/PV.900", "A/38/PV.900", {"session": "39"}, [("session '39'", "38")]),
        # In the real files the session was taken from the meeting: both are wrong.
        (
            "39",
            "A/39/PV.900",
            "",
            {"session": "39"},
            [("session '39'", "38"), ("meeting 'A/39/PV.900'", "")],
        ),
        ("", "A/39/PV.900", "", {}, [("meeting 'A/39/PV.900'", "")]),
        ("38", "A/PV.900", "A/PV.900", {}, []),
    ],
)
def test_the_symbol_determines_the_session(
    tmp_path: Path,
    states: StateRegister,
    session: str,
    meeting: str,
    kept: str,
    overruled: dict[str, str],
    normalized: list[tuple[str, str]],
) -> None:
    table = rows(session=session, resolution="A/RES/38/900", meeting=meeting)
    (event,), loaded = load(write(tmp_path, table), states)
    assert (event.session, event.meeting, event.overruled) == ("38", kept, overruled)
    assert readings(loaded) == [
        (2, value, read_as, undl_events.SYMBOL_SESSION) for value, read_as in normalized
    ]
    assert event.source_row == 2


@pytest.mark.parametrize(
    ("printed", "symbol", "ruled"),
    [
        ("A/38/PV.900", "A/38/PV.900", False),
        ("A/38/PV. 900", "A/38/PV.900", False),
        ("A/38/PV.48 (Resumption 1)", "A/38/PV.48 (Resumption 1)", False),
        ("A//PV.900", "A/PV.900", True),
        ("A38/PV.900", "A/38/PV.900", True),
        ("S/PV900", "S/PV.900", True),
        ("A/PV.900 and Corr.1", "A/PV.900", True),
    ],
)
def test_meetings(
    tmp_path: Path, states: StateRegister, printed: str, symbol: str, ruled: bool
) -> None:
    (event,), loaded = load(write(tmp_path, rows(meeting=printed)), states)
    assert event.meeting == symbol
    assert [row[2:] for row in readings(loaded)] == [(symbol, undl_events.MEETING)] * ruled


def test_a_vote_in_writing_has_no_meeting(tmp_path: Path, states: StateRegister) -> None:
    table = rows(event=SC_EVENT, meeting="S/1982/9000")
    (event,), _ = load(write(tmp_path, table, SC), states, council=True)
    assert (event.meeting, event.recorded_in) == ("", "S/1982/9000")


def test_lower_case_and_padded_codes_are_normalised_and_listed(
    tmp_path: Path, states: StateRegister
) -> None:
    votes = [("AFG", "AFGHANISTAN", "y"), ("alb", "ALBANIA", " N "), ("BRA", " BRAZIL ", "A")]
    (event,), loaded = load(write(tmp_path, rows(*votes)), states)
    assert event.votes == {"AFG": "Y", "ALB": "N", "BRA": "A"}
    assert readings(loaded) == [
        (2, "ms_vote 'y'", "Y", loader.LETTER),
        (3, "ms_vote ' N '", "N", loader.LETTER),
        (3, "ms_code 'alb'", "ALB", loader.CODE),
    ]
    assert balanced([event], loaded)


def test_unusable_rows_are_refused_and_the_rest_is_kept(
    tmp_path: Path, states: StateRegister
) -> None:
    table = rows(
        DELEGATIONS[0],
        ("ALB", "ALBANIA", "AN"),
        ("BRA", "BRAZIL", ""),
        ("XXX", "ATLANTIS", "Y"),
        ("TCD", "CHILE", "Y"),
    )
    table += rows(DELEGATIONS[1], date="1983-02-30")
    table += rows(DELEGATIONS[1], date="1883-10-27")
    table += rows(DELEGATIONS[1], resolution="S/RES/1(1946)")
    table += rows(DELEGATIONS[1], undl_id="")
    path = write(tmp_path, table)
    with path.open("a", encoding="utf-8", newline="") as stream:
        stream.write("900001,CHL,CHILE,Y\r\n\r\n")
        stream.write(text(rows(DELEGATIONS[3], title="Two\nlines"), GA).split("\r\n", 1)[1])
        stream.write(text(rows(("PER", "PERU", "?")), GA).split("\r\n", 1)[1])
    (event,), loaded = load(path, states)
    assert event.votes == {"AFG": "Y", "TCD": "X"}
    assert refusals(loaded) == [
        (3, "AN (ALBANIA)", "Y, N, A or X (non-voting)"),
        (4, "no vote (BRAZIL)", "Y, N, A or X (non-voting)"),
        (5, "XXX (ATLANTIS)", "the code of a past or present member of the United Nations"),
        (6, "TCD (CHILE)", "a name of the state with code TCD"),
        (7, "1983-02-30", "an ISO date since 24 October 1945"),
        (8, "1883-10-27", "an ISO date since 24 October 1945"),
        (
            9,
            "S/RES/1(1946)",
            "the symbol of a resolution or decision of the General Assembly, A/RES/... or "
            "A/DEC/...",
        ),
        (10, "no undl_id", "the control number of a record"),
        (11, "900001,CHL,CHILE,Y", "20 values, one for each column"),
        (15, "? (PERU)", "Y, N, A or X (non-voting)"),
    ]
    assert balanced([event], loaded)


def test_a_record_without_a_usable_row_is_no_event(tmp_path: Path, states: StateRegister) -> None:
    table = rows() + rows(("XXX", "ATLANTIS", "Y"), undl_id="900009", resolution="A/RES/38/901")
    events, loaded = load(write(tmp_path, table), states)
    assert [event.key for event in events] == ["A-RES-38-900"]
    assert balanced(events, loaded)


def test_equal_votes_are_deduplicated_and_conflicting_votes_refused(
    tmp_path: Path, states: StateRegister
) -> None:
    votes = [
        ("AFG", "AFGHANISTAN", "Y"),
        ("BRA", "BRAZIL", "A"),
        ("AFG", "AFGHANISTAN", "Y"),
        ("BRA", "BRAZIL", "N"),
        # The entity counts, not the code: both are the Soviet Union at that time.
        ("SUN", "USSR", "N"),
        ("RUS", "RUSSIAN FEDERATION", "N"),
    ]
    (event,), loaded = load(write(tmp_path, rows(*votes)), states)
    assert event.votes == {"AFG": "Y", "SUN": "N"}
    assert [row[0] for row in refusals(loaded)] == [3, 5]
    assert refusals(loaded)[0][2] == (
        "one vote of BRA in record 900001; row 5 differs, so none is used"
    )
    assert [(row[0], row[3]) for row in readings(loaded)] == [
        (4, loader.REPEATED),
        (7, loader.REPEATED),
    ]
    assert loaded.rows == {"read": 6, "repeated": 2}
    assert balanced([event], loaded)


def test_the_lower_number_of_two_records_of_a_document_is_used(
    tmp_path: Path, states: StateRegister
) -> None:
    # 95 is lower than 900001 as a number, not as a text; the symbol's spelling does not matter.
    table = rows() + rows(DELEGATIONS[0], undl_id="95", resolution="A/RES/38//900")
    (event,), loaded = load(write(tmp_path, table), states)
    assert event.votes == {"AFG": "Y"}
    assert event.decides is not None
    assert (event.decides.symbol, event.decides.variants) == ("A/RES/38/900", ("A/RES/38//900",))
    assert len(loaded.rejected) == 4
    assert refusals(loaded)[0] == (
        2,
        "A/RES/38/900 in record 900001",
        "one record per document: A/RES/38/900 is in record 95, the lower control number, "
        "which is used",
    )
    # The rows of an unused record are one line, whatever their number.
    (record,) = by_record(loaded.rejected)
    assert record.where == (
        "2026_01_01_ga_voting.csv, record 900001, 4 rows from 2 to 5, column resolution"
    )
    assert balanced([event], loaded)


def test_the_most_frequent_of_differing_values_is_used(
    tmp_path: Path, states: StateRegister
) -> None:
    table = rows(*DELEGATIONS[:2]) + rows(DELEGATIONS[2], date="1983-10-28", title="")
    table += rows(DELEGATIONS[3], meeting="A/38/PV.901", vote_note="Another note.")
    (event,), loaded = load(write(tmp_path, table), states)
    assert len(event.votes) == 4
    assert (event.date, event.meeting) == ("1983-10-27", "A/38/PV.900")
    # An empty value conflicts with nothing; notes may differ from row to row.
    assert event.vote_notes == ("An invented note.", "Another note.")
    assert readings(loaded) == [
        (4, "date '1983-10-28'", "1983-10-27", undl_events.DIFFERS),
        (5, "meeting 'A/38/PV.901'", "A/38/PV.900", undl_events.DIFFERS),
    ]
    table = rows(DELEGATIONS[0], title="Zebra") + rows(DELEGATIONS[1], title="Apple")
    (event,), _ = load(write(tmp_path, table), states)
    assert event.decides is not None
    assert event.decides.title == "Apple"


# Printed totals.
TOTALLED = GA_EVENT | {
    "total_yes": "1.0", "total_no": "1", "total_abstentions": "7.0", "total_ms": "158.0"
}  # fmt: skip


def test_printed_totals_are_read(tmp_path: Path, states: StateRegister) -> None:
    table = rows(event=TOTALLED, total_non_voting="many")
    (event,), loaded = load(write(tmp_path, table), states)
    assert event.printed == {"Y": 1, "N": 1, "A": 7}
    assert [row[1:] for row in readings(loaded)] == [
        ("total_non_voting 'many'", "", undl_events.TOTAL)
    ]


# States.
ENTITIES = [
    ("SUN", "USSR", "1991-12-05", "SUN", ""),
    ("SUN", "USSR", "1991-12-31", "RUS", "USSR"),
    ("RUS", "RUSSIAN FEDERATION", "1992-01-01", "RUS", ""),
    ("YUG", "YUGOSLAVIA", "1991-12-05", "YUG", ""),
    ("YUG", "YUGOSLAVIA", "2002-12-20", "YUG-FR", ""),
    ("SCG", "SERBIA AND MONTENEGRO", "2005-12-05", "SCG", ""),
    ("CSK", "CZECHOSLOVAKIA", "1992-12-05", "CSK", ""),
    ("GER", "GERMANY, FEDERAL REPUBLIC OF", "1989-12-05", "GER", ""),
    ("DDR", "GERMAN DEMOCRATIC REPUBLIC", "1989-12-05", "DDR", ""),
    ("EGY", "UNITED ARAB REPUBLIC", "1959-12-05", "UAR", ""),
    ("EGY", "UNITED ARAB REPUBLIC", "1965-12-05", "EGY", ""),
    ("YEM", "YEMEN", "1960-12-05", "YEM-AR", ""),
    ("YEM", "YEMEN", "1995-12-05", "YEM", ""),
    ("MYS", "FEDERATION OF MALAYA", "1960-12-05", "MYS-FM", ""),
    ("BEN", "DAHOMEY", "1970-12-05", "BEN", ""),
    ("BEN", "BENIN", "1970-12-05", "BEN", ""),
    ("COD", "CONGO (LEOPOLDVILLE)", "1962-12-05", "COD", ""),
    ("TUR", "TURKIYE", "2023-12-05", "TUR", ""),
    ("TUR", "TÜRKİYE", "2023-12-05", "TUR", ""),
    ("TUR", "TÜRKÝYE", "2023-12-05", "TUR", "TÜRKÝYE"),
    ("CIV", "COTE D\N{RIGHT SINGLE QUOTATION MARK}IVOIRE", "2023-12-05", "CIV", ""),
    ("USA", "UNITED STATES", "2023-12-05", "USA", ""),
    ("USA", "", "2023-12-05", "USA", ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "name", "day", "state", "cast_as"), ENTITIES)
def test_a_code_means_the_entity_of_that_day(
    tmp_path: Path, states: StateRegister, code: str, name: str, day: str, state: str, cast_as: str
) -> None:
    (event,), loaded = load(write(tmp_path, rows((code, name, "Y"), date=day)), states)
    assert event.votes == {state: "Y"}
    assert event.cast_as == ({state: cast_as} if cast_as else {})
    assert loaded.rejected == []


# The Security Council.
def test_a_record_of_the_council(tmp_path: Path, states: StateRegister) -> None:
    table = rows(event=SC_EVENT, permanent_member="False", subjects="INVENTED MATTERS")
    (event,), loaded = load(write(tmp_path, table, SC), states, council=True)
    assert (event.key, event.body, event.session) == ("S-RES-900-1982", "SecurityCouncil", "")
    assert event.key == slug("S/RES/900 (1982)")
    assert event.agenda_items == ("S37",)
    assert event.decides is not None
    assert event.decides.title == "Security Council resolution 900 (1982) [invented]"
    assert readings(loaded) == []
    assert balanced([event], loaded)


@pytest.mark.parametrize("modality", ["Adopted without a vote", "WITHOUT VOTE", "By acclamation"])
def test_an_adoption_without_a_vote_has_no_votes(
    tmp_path: Path, states: StateRegister, modality: str
) -> None:
    votes = [("AFG", "AFGHANISTAN", "Y"), ("ALB", "ALBANIA", ""), ("BRA", "BRAZIL", "N")]
    table = rows(*votes, event=SC_EVENT, modality=modality, total_yes="15")
    (event,), loaded = load(write(tmp_path, table, SC), states, council=True)
    assert event.without_vote
    assert (event.votes, event.printed, event.records_non_voting) == ({}, {}, False)
    assert {row[3] for row in readings(loaded)} == {loader.NOT_TAKEN}
    assert refusals(loaded) == [(4, "N", "Y, X or empty in an adoption without a vote")]
    assert balanced([event], loaded)


def test_a_record_without_votes_of_a_unanimous_adoption_is_in_favour(
    tmp_path: Path, states: StateRegister
) -> None:
    votes = [("FRA", "FRANCE", "X"), ("IND", "INDIA", "X")]
    table = rows(*votes, event=SC_EVENT, resolution="S/RES/726(1992)", date="1992-01-06")
    (event,), loaded = load(write(tmp_path, table, SC), states, council=True)
    assert not event.without_vote
    assert event.votes == {"FRA": "Y", "IND": "Y"}
    assert event.compiled_from == {"FRA": ("unscr-726",), "IND": ("unscr-726",)}
    assert readings(loaded) == [(n, "ms_vote 'X'", "Y", loader.UNANIMOUS) for n in (2, 3)]
    assert {r.key for r in loaded.records if isinstance(r, Source)} == {"undl-sc", "unscr-726"}
    assert balanced([event], loaded)


@pytest.mark.parametrize("vote", ["X", "Y"])
def test_a_date_that_contradicts_the_text_of_a_resolution_is_replaced(
    tmp_path: Path, states: StateRegister, vote: str
) -> None:
    """The library dates S/RES/726 1 January 1992, its text the 6th."""
    table = rows(
        ("FRA", "FRANCE", vote), event=SC_EVENT, resolution="S/RES/726(1992)", date="1992-01-01"
    )
    (event,), loaded = load(write(tmp_path, table, SC), states, council=True)
    assert (event.date, event.overruled) == ("1992-01-06", {"date": "1992-01-01"})
    assert event.decides
    assert event.decides.date == "1992-01-06"
    assert event.votes == {"FRA": "Y"}
    assert event.compilations == ("unscr-726",)
    assert event.compiled_from == ({"FRA": ("unscr-726",)} if vote == "X" else {})
    assert (2, "date '1992-01-01'", "1992-01-06", texts.RULE) in readings(loaded)
    assert {r.key for r in loaded.records if isinstance(r, Source)} == {"undl-sc", "unscr-726"}
    assert balanced([event], loaded)


def test_a_meeting_that_contradicts_the_text_of_a_resolution_is_replaced(
    tmp_path: Path, states: StateRegister
) -> None:
    event = SC_EVENT | {"resolution": "S/RES/1492(2003)", "date": "2003-07-18"}
    table = rows(("FRA", "FRANCE", "Y"), event=event, meeting="S/PV.4790")
    (read,), loaded = load(write(tmp_path, table, SC), states, council=True)
    assert (read.meeting, read.overruled) == ("S/PV.4789", {"meeting": "S/PV.4790"})
    assert (read.compilations, read.compiled_from) == (("dgacm-sc-resolutions",), {})
    assert readings(loaded) == [(2, "meeting 'S/PV.4790'", "S/PV.4789", texts.RULE)]
    table = rows(("FRA", "FRANCE", "Y"), event=event, meeting="S/PV.4789")
    (read,), loaded = load(write(tmp_path, table, SC), states, council=True)
    assert (read.meeting, read.overruled, read.compilations) == ("S/PV.4789", {}, ())
    assert readings(loaded) == []


def test_a_record_without_votes_is_an_adoption_without_a_vote(
    tmp_path: Path, states: StateRegister
) -> None:
    votes = [("AFG", "AFGHANISTAN", "X"), ("ALB", "ALBANIA", "x"), ("BRA", "BRAZIL", "X")]
    (event,), loaded = load(write(tmp_path, rows(*votes)), states)
    assert (event.without_vote, event.outcome) == (True, "adopted")
    assert (event.votes, event.printed, event.records_non_voting) == ({}, {}, False)
    assert {row[3] for row in readings(loaded)} == {loader.SILENT}
    assert loaded.rows["without a vote"] == 3
    assert balanced([event], loaded)
    voted = rows(*votes, ("CHL", "CHILE", "Y"))
    (event,), _ = load(write(tmp_path, voted), states)
    assert (event.without_vote, len(event.votes)) == (False, 4)


def test_members_marked_as_non_voting_without_a_vote_are_not_absent(
    tmp_path: Path, states: StateRegister
) -> None:
    votes = [("FRA", "FRANCE", "X"), ("IND", "INDIA", "X"), ("CHN", "CHINA", "Y")]
    table = rows(*votes, event=SC_EVENT, modality="Without Vote")
    (event,), loaded = load(write(tmp_path, table, SC), states, council=True)
    assert (event.without_vote, event.votes, event.records_non_voting) == (True, {}, False)
    assert (loaded.rows["without a vote"], loaded.rejected) == (3, [])
    assert {row[3] for row in readings(loaded)} == {loader.NOT_TAKEN}
    assert balanced([event], loaded)


#: The columns of the library's first edition, which has no session.
FIRST_EDITION = (
    "undl_id ms_codes ms_names ms_votes resolutions title modality draft committee_report meeting "
    "agenda_titles subjects date yes no abstentions non-voting total-voting undl_link"
).split()


def test_the_first_edition_has_other_columns_and_codes(
    tmp_path: Path, states: StateRegister
) -> None:
    expected, _ = load(write(tmp_path / "now", rows(event=TOTALLED, vote_note="")), states)
    names = {usual: name for name, usual in FIRST_EDITION_NAMES.items()}
    table = [
        {names.get(column, column): value for column, value in row.items()}
        | {"ms_votes": row["ms_vote"].replace("X", "NV"), "modality": "vote, recorded"}
        for row in rows(event=TOTALLED, vote_note="")
    ]
    path = write(tmp_path / "first", table, FIRST_EDITION)
    events, loaded = load(path, states)
    assert [replace(e, source_file="") for e in events] == [
        replace(e, source_file="") for e in expected
    ]
    assert loaded.remarks == [f"{path.name} has the columns of the library's first edition"]
    assert (loaded.rejected, loaded.normalized) == ([], [])
    # Messages name the columns of the file; NV is a code of this edition only.
    _, loaded = load(write(tmp_path / "odd", [*table, table[0] | {"ms_votes": "?"}],
                           FIRST_EDITION), states)  # fmt: skip
    assert [(row.column, row.value) for row in loaded.rejected] == [("ms_votes", "? (AFGHANISTAN)")]
    _, loaded = load(write(tmp_path / "now", rows(("AFG", "AFGHANISTAN", "NV"), *DELEGATIONS[1:])),
                     states)  # fmt: skip
    assert [row.value for row in loaded.rejected] == ["NV (AFGHANISTAN)"]


def test_control_characters_are_read_as_white_space_and_listed(
    tmp_path: Path, states: StateRegister
) -> None:
    table = rows(DELEGATIONS[0], title="A \x07 bell") + rows(
        ("ALB", "ALBANIA\x00", "N\x1f"), title="A \x07 bell"
    )
    (event,), loaded = load(write(tmp_path, table), states)
    assert event.decides is not None
    assert (event.decides.title, event.votes) == ("A bell", {"AFG": "Y", "ALB": "N"})
    assert readings(loaded) == [
        (2, r"title 'A \x07 bell'", "A bell", CONTROL),
        (3, r"ms_vote 'N\x1f'", "N", loader.LETTER),
        (3, r"ms_name 'ALBANIA\x00'", "ALBANIA", CONTROL),
    ]
    assert balanced([event], loaded)


def test_a_modality_in_other_words_is_a_vote(tmp_path: Path, states: StateRegister) -> None:
    table = rows(event=SC_EVENT, modality="invented")
    (event,), loaded = load(write(tmp_path, table, SC), states, council=True)
    assert len(event.votes) == 4
    assert [row[3] for row in readings(loaded)] == [undl_events.MODALITY]


#: A text with parts A and B, and sections of B, each with a record in the library.
PARTS = {
    "A/RES/61/128A-B": "900001",
    "A/RES/61/128[A]": "900002",
    "A/RES/61/128[B]": "900003",
    "A/RES/61/128[B-IX]": "900004",
    "A/RES/61/129": "900005",
}


def test_parts_with_the_roll_call_of_the_whole_text_are_marked(
    tmp_path: Path, states: StateRegister
) -> None:
    table = [
        row
        for symbol, number in PARTS.items()
        for row in rows(resolution=symbol, undl_id=number, session="61", meeting="A/61/PV.9")
    ]
    events, loaded = load(write(tmp_path, table), states)
    whole = "A-RES-61-128-A-B"
    assert {event.key: event.possibly_same_as for event in events} == {
        "A-RES-61-128-A": whole,
        whole: "",
        "A-RES-61-128-B": whole,
        "A-RES-61-128-B-IX": whole,
        "A-RES-61-129": "",
    }
    assert [row[1:] for row in readings(loaded)] == [
        (f"resolution {symbol!r}", f"the roll call of {whole}", parts.RULE)
        for symbol in list(PARTS)[1:4]
    ]
    assert balanced(events, loaded)


@pytest.mark.parametrize(
    "change",
    [{"ms_vote": "A"}, {"date": "1983-10-28"}, {"meeting": "A/38/PV.901"}],
    ids=lambda change: next(iter(change)),
)
def test_parts_with_their_own_roll_call_are_separate_events(
    tmp_path: Path, states: StateRegister, change: dict[str, str]
) -> None:
    part = changed(rows(DELEGATIONS[0], resolution="A/RES/38/900B", undl_id="900002"), change)
    # Equal votes on parts that do not contain each other are two roll calls.
    other = changed(rows(DELEGATIONS[0], resolution="A/RES/38/900C", undl_id="900003"), change)
    events, _ = load(write(tmp_path, rows(DELEGATIONS[0]) + part + other), states)
    assert [event.possibly_same_as for event in events] == ["", "", ""]


# The order of rows does not matter.
MIXED = (
    rows(event=TOTALLED)
    + rows(undl_id="900003", resolution="A/RES/38/10", session="", title="Another")
    + rows(("CHL", "CHILE", "y"), ("PER", "PERU", "AN"), title="Odd", vote_note="Other")
    + rows(*DELEGATIONS[:2], ("BRA", "BRAZIL", "Y"), ("TUR", "TÜRKÝYE", "Y"))
    + rows(("TUR", "TURKEY", "Y"), ("XXX", "ATLANTIS", "Y"))
    + rows(DELEGATIONS[0], undl_id="800000", resolution="A/RES/38/10", subjects="Other matters")
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(MIXED))))
def test_shuffled_rows_give_the_same_records(
    tmp_path: Path, states: StateRegister, order: list[int]
) -> None:
    events, loaded = load(write(tmp_path, MIXED), states)
    shuffled, again = load(write(tmp_path, [MIXED[n] for n in order]), states)
    assert shuffled == events
    assert again.records == loaded.records
    assert (again.rows, len(again.rejected)) == (loaded.rows, len(loaded.rejected))
    # Which of two equal rows counts as repeated depends on the order; the rules do not.
    assert Counter(r.rule for r in again.normalized) == Counter(r.rule for r in loaded.normalized)
    assert [event.key for event in events] == ["A-RES-38-10", "A-RES-38-900"]
    assert balanced(shuffled, again)


# A release.
def test_a_release_reports_normalized_and_rejected_rows(tmp_path: Path) -> None:
    table = rows(event=TOTALLED, total_non_voting="1") + rows(("PER", "PERU", "AN"), event=TOTALLED)
    table += rows(("YUG", "YUGOSLAVIA", "y"), ("TUR", "TÜRKÝYE", "Y"), event=TOTALLED)
    assembly = write(tmp_path / "a", table)
    unvoted = rows(DELEGATIONS[0], event=SC_EVENT, modality="without vote", undl_id="900004",
                   undl_link="https://digitallibrary.un.org/record/900004",
                   resolution="S/RES/901(1982)", subjects="invented matters")  # fmt: skip
    council = write(tmp_path / "b", rows(event=SC_EVENT) + unvoted, SC)
    release = make_release(tmp_path, f"undl-ga={assembly}", f"undl-sc={council}", max_refused=1)
    manifest = release.manifest()
    entries = {source.name: source.model_dump() for source in manifest.sources}
    assert {"rows": 7, "loaded": 6, "read_by_rule": 1, "refused": 1}.items() <= entries[
        "undl-ga"
    ].items()
    assert {"rows": 5, "loaded": 4, "without_vote": 1, "read_by_rule": 1}.items() <= entries[
        "undl-sc"
    ].items()
    assert list(entries["undl-ga"]["files"]) == ["2026_01_01_ga_voting.csv"]
    assert manifest.read_by_rule == 2
    assert manifest.discrepancies == {"total": 2}
    report = audit(release)
    assert [row.named_value for row in report.normalized] == ["ms_vote 'y'", "ms_vote 'Y'"]
    assert [row.value for row in report.rejected] == ["AN (PERU)"]
    store = release.open_store()
    assert count(store, "?v unv:castAs 'TÜRKÝYE'") == 1
    assert count(store, "?t a unv:ReportedTally ; unv:abstentionCount 7 ; unv:yesCount 1") == 1
    assert count(store, "?e unv:adoptedWithoutVote true ; unv:decides ?r") == 1
    assert count(store, "?e unv:outcome 'adopted' ; unv:agendaItem ?i ; unv:draft ?d") == 4
    assert count(store, "?e unv:voteNote 'An invented note.' ; unv:committeeReport ?c") == 1
    # A heading with different spellings in two files is one heading.
    assert count(store, "?t a <http://www.w3.org/2004/02/skos/core#Concept>") == 2
    assert count(store, f"<{BASE}id/source/undl-ga> unv:redistributable false") == 1
    assert count(store, f"<{BASE}id/source/undl-sc> unv:redistributable false") == 1


# Fetching, from a real server on this machine.
class BrowsersOnly(http.server.BaseHTTPRequestHandler):
    """Answers like a site behind a browser check, or as configured."""

    answer: ClassVar[tuple[int, bytes]] = (202, b"")

    def do_GET(self) -> None:
        self.send_response(self.answer[0])
        self.send_header("Content-Length", str(len(self.answer[1])))
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def site() -> Iterator[tuple[type[BrowsersOnly], str]]:
    handler = type("Handler", (BrowsersOnly,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler, f"http://127.0.0.1:{server.server_port}/file.csv"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (202, b"", "answered 202 with nothing instead of the file: it admits only browsers"),
        (200, b"", "answered 200 with nothing"),
        (202, b"wait", "answered 202 with 4 bytes"),
        (200, b"\n<!DOCTYPE html>", "answered with a page instead of the file"),
        (403, b"", "HTTP Error 403"),
    ],
)
def test_a_site_that_admits_only_browsers_is_recognised(
    tmp_path: Path, site: tuple[type[BrowsersOnly], str], status: int, body: bytes, message: str
) -> None:
    handler, url = site
    handler.answer = (status, body)
    source = replace(SOURCES["undl-ga"], remote=(replace(loader.REMOTE_GA, url=url),))
    with pytest.raises(FetchError) as caught:
        downloads.fetch(source, tmp_path, lambda *_: None)
    explanation = str(caught.value)
    assert message in explanation
    assert "https://digitallibrary.un.org/record/4060887 in a browser" in explanation
    assert "YYYY_MM_DD_ga_voting.csv" in explanation
    assert "kg build --source undl-ga=PATH" in explanation
    assert list(tmp_path.iterdir()) == []


def test_a_downloaded_file_is_found_by_the_build(
    tmp_path: Path, states: StateRegister, site: tuple[type[BrowsersOnly], str]
) -> None:
    handler, url = site
    handler.answer = (200, text(rows(), GA).encode())
    remote = replace(loader.REMOTE_GA, url=url)
    source = replace(SOURCES["undl-ga"], remote=(remote,))
    assert downloads.present(remote, tmp_path) is None
    (path,) = downloads.fetch(source, tmp_path, lambda *_: None)
    assert len(load(tmp_path, states)[0]) == 1
    # An existing edition is not fetched again.
    path.rename(tmp_path / "2024_09_12_ga_voting.csv")
    handler.answer = (202, b"")
    assert downloads.fetch(source, tmp_path, lambda *_: None) == [
        tmp_path / "2024_09_12_ga_voting.csv"
    ]


# The real files.
def test_the_real_table_of_the_assembly(real: dict[str, Real]) -> None:
    events, loaded = real["undl-ga"].events, real["undl-ga"].loaded
    assert (len(events), loaded.rows["read"]) == (5410, 892483)
    assert refusals(loaded) == [(639764, "AN (PAKISTAN)", "Y, N, A or X (non-voting)")]
    assert balanced(events, loaded)
    assert Counter(row.rule for row in loaded.normalized) == {
        loader.LETTER: 47,
        loader.SILENT: 477,
        undl_events.MEETING: 6,
        undl_events.SPELLING: 4,
        parts.RULE: 33,
        undl_events.SYMBOL_SESSION: 4,
    }
    assert {event.key: event.session for event in events if event.overruled} == {
        "A-RES-35-225": "35",
        "A-RES-58-100": "58",
    }
    assert [event.key for event in events if event.without_vote] == [
        "A-RES-39-28-A", "A-RES-39-28-B", "A-RES-43-62",
    ]  # fmt: skip
    assert not any(event.cast_as for event in events)
    assert all(event.session and event.decides and event.decides.title for event in events)
    by_key = {event.key: event for event in events}
    recorded = by_key["A-RES-68-262"]
    assert Counter(recorded.votes.values()) == {"Y": 100, "A": 58, "X": 24, "N": 11}
    assert recorded.decides is not None
    assert recorded.decides.title == "Territorial integrity of Ukraine"
    united = {event.session for event in events if "UAR" in event.votes}
    assert united == {"13", "14", "15", "ES-4", "S-3"}


def test_the_real_table_of_the_council(real: dict[str, Real]) -> None:
    events, loaded = real["undl-sc"].events, real["undl-sc"].loaded
    assert (len(events), loaded.rows["read"]) == (2721, 39939)
    assert loaded.rejected == []
    assert balanced(events, loaded)
    assert sum(bool(event.recorded_in) for event in events) == 51
    assert sum(event.without_vote for event in events) == 39
    assert loaded.rows["without a vote"] == 585
    unanimous = [event for event in events if event.compiled_from]
    assert [event.key for event in unanimous] == [
        "S-RES-726-1992", "S-RES-728-1992", "S-RES-758-1992",
    ]  # fmt: skip
    assert all(Counter(event.votes.values()) == {"Y": 15} for event in unanimous)
    assert [event.date for event in unanimous] == ["1992-01-06", "1992-01-08", "1992-06-08"]
    # Values that differ in the texts of resolutions.
    overruled = Counter(column for event in events for column in event.overruled)
    assert overruled == {"date": 8, "meeting": 11}
    renamed = {event.key: event.cast_as for event in events if event.cast_as}
    assert renamed == {"S-RES-725-1991": {"RUS": "USSR"}}
