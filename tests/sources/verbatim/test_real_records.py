"""Six real records against a count by hand; needs KG_TEST_DATA.

``verbatim_counts.csv`` lists what begins on all pages of A/79/PV.29 and on some of the others, as
counted by hand on the text and on images of the pages. Totals of a vote are empty there if the
result is on a page that was not counted.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.sources.undl import loader as undl
from kg.sources.verbatim import loader
from kg.sources.verbatim.parsed import ParsedRecord, ParsedVote
from kg.sources.verbatim.reader import read_file
from tests.support.merging import merge
from tests.support.paths import DATA

#: What is found, in the form of the rows: what, page, and the columns that it has.
Found = tuple[str, ...]
COLUMNS = "speaker spoken_for on_behalf_of language kind draft adopted yes no abstaining".split()
WHOLE = {"A/79/PV.29": range(1, 39)}
OPTIONS = (VoteOption.YES, VoteOption.NO, VoteOption.ABSTENTION)


@pytest.fixture(scope="module")
def records(real_data: Path) -> dict[str, ParsedRecord]:
    files = sorted((real_data / "verbatim").glob("*.pdf"))
    return {record.symbol: record for record in map(read_file, files)}


@pytest.fixture(scope="module")
def counted() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    with (DATA / "verbatim_counts.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            rows.setdefault(row["record"], []).append(row)
    return rows


def row(what: str, page: int, **values: str) -> Found:
    assert values.keys() <= set(COLUMNS)
    return (what, str(page), *(values.get(column, "") for column in COLUMNS))


def found(record: ParsedRecord) -> Iterator[Found]:
    for speech in record.speeches:
        yield row(
            "speech",
            speech.place.page,
            speaker=speech.speaker,
            spoken_for=speech.spoken_for,
            on_behalf_of=speech.group,
            language=speech.language,
            kind=speech.kind or "",
        )
    for vote in record.votes:
        totals = dict(zip(COLUMNS[-3:], (str(vote.printed[o]) for o in OPTIONS), strict=True))
        yield row("vote", vote.place.page, draft=vote.draft, adopted=vote.adopted, **totals)
        for correction in vote.corrections:
            yield row(
                "correction",
                correction.place.page,
                spoken_for=correction.delegations.removeprefix("the "),
                kind=correction.intended.label,
                adopted=vote.adopted,
            )
    for adoption in record.adoptions:
        yield row("adoption", adoption.place.page, draft=adoption.draft, adopted=adoption.adopted)


def test_everything_counted_by_hand_is_found_and_nothing_else(
    records: dict[str, ParsedRecord], counted: dict[str, list[dict[str, str]]]
) -> None:
    assert records.keys() == counted.keys()
    for symbol, rows in counted.items():
        pages = {r["page"] for r in rows} | set(map(str, WHOLE.get(symbol, ())))
        expected = Counter(
            row(r["what"], int(r["page"]), **{column: r[column] for column in COLUMNS})
            for r in rows
        )
        unknown = {
            key[:-3] for key in expected if key[0] == "vote" and key[-1] == ""
        }  # Their totals are on another page.
        got = Counter(
            (*item[:-3], "", "", "") if item[:-3] in unknown else item
            for item in found(records[symbol])
            if item[1] in pages
        )
        assert (expected - got, got - expected) == (Counter(), Counter()), symbol


def test_lists_are_as_long_as_the_printed_totals(records: dict[str, ParsedRecord]) -> None:
    def length(vote: ParsedVote, option: VoteOption) -> int:
        names = vote.names.get(option, "").strip(" .").removeprefix("None")
        return len(names.split(",")) if names else 0

    votes = [vote for record in records.values() for vote in record.votes]
    assert len(votes) == 23
    assert [
        (vote.adopted, option.label, vote.printed[option], length(vote, option))
        for vote in votes
        for option in OPTIONS
        if vote.printed[option] != length(vote, option)
    ] == [("A/RES/65/223", "in favour", 126, 125)]  # "Zambia Zimbabwe", without a comma


def test_votes_equal_those_of_the_library(
    real_data: Path, tmp_path: Path, states: StateRegister
) -> None:
    path = tmp_path / "2024_01_01_ga_voting.csv"
    with gzip.open(real_data / "undl" / "ga_voting.csv.gz", "rb") as stream:
        header = next(stream)
        rows = (line for line in stream if b"A/48/PV.46" in line or b"A/65/PV.71" in line)
        path.write_bytes(header + b"".join(rows))
    library = list(undl.load_ga(path, states).events)
    record = {event.key: event for event in loader.load(real_data / "verbatim", states).events}
    assert len(library) == 15
    assert sum(map(len, (event.votes for event in library))) == 2_872
    # Every vote that the library has of these meetings is found; all votes are equal, and those
    # in no list did not vote.
    for event in library:
        assert record[event.key].votes == event.votes, event.key
        assert record[event.key].meeting == event.meeting
    both = [event for event in merge(library, record.values()) if len(event.recorded_by) > 1]
    assert len(both) == 15
    assert not [difference for event in both for difference in event.discrepancies]
    # Others are on parts of texts, of the Council, or later than the file.
    assert {key for key, event in record.items() if event.votes} - {e.key for e in library} == {
        "A-RES-79-6", "S-1997-241", "S-RES-2815-2026", "verbatim-A-48-PV-46-1",
        "verbatim-A-48-PV-46-2", "verbatim-A-48-PV-46-3", "verbatim-A-48-PV-46-4",
        "verbatim-A-65-PV-71-6",
    }  # fmt: skip
