"""``kg check-source``: what a file is, what it would give, and its first faults."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli.main import cli
from kg.errors import SourceError
from tests.sources.tables.test_broken_files import BROKEN, TABLE
from tests.support import unsc_votes_files, unvotes_files


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["check-source", *map(str, arguments)])


def write(folder: Path, content: bytes | str, name: str = "download.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_file_is_described_with_its_rows_and_votes(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE)
    result = run(path)
    assert result.exit_code == 0, result.output
    for text in (
        f"{path}: undl-ga: General Assembly",
        "rows: 3",
        "refused rows: 0",
        "roll calls: 1, 2024-12-05 to 2024-12-05",
        "votes: 3 (in favour 1, abstaining 1, against 1)",
        "Rows read by a rule: 0",
    ):
        assert text in result.output


def test_refused_rows_and_rules_have_examples(tmp_path: Path) -> None:
    table = TABLE.replace(",N,", ",no,").replace(",A,", ",a,")
    result = run(write(tmp_path, table))
    assert result.exit_code == 1
    assert "refused rows: 1 (a build needs --max-refused 1)" in result.output
    assert "download.csv, row 4, column ms_vote: unknown vote: no (CHINA)" in result.output
    assert "expected Y, N, A or X (non-voting)" in result.output
    assert "1: a lower-case or padded vote code is normalised to upper case" in result.output
    assert "download.csv, row 3: ms_vote 'a' read as A" in result.output


def test_many_refused_records_are_listed_with_all(tmp_path: Path) -> None:
    rows = (f"{n},XXX,ATLANTIS,Y,2024-12-05,79,A/RES/79/{n},," for n in range(1, 9))
    path = write(tmp_path, TABLE + "\n".join(rows))
    assert "and 3 more: kg check-source --all" in run(path).output
    assert "column ms_code: unknown state: XXX (ATLANTIS)" in run(path, "--all").output


@pytest.mark.parametrize("name", ["semicolons", "sep=", "UTF-16", "Latin-1", "rounded number"])
def test_a_file_is_recognised_although_it_is_broken(tmp_path: Path, name: str) -> None:
    content, message = BROKEN[name]
    result = run(write(tmp_path, content))
    assert "download.csv: undl-ga: General Assembly" in result.output
    assert isinstance(result.exception, SourceError)
    with pytest.raises(SourceError, match=message):
        raise result.exception


@pytest.mark.parametrize("name", ["empty", "web page", "zip", "xls", "JSON", "gzip cut off"])
def test_what_is_of_no_source_is_named(tmp_path: Path, name: str) -> None:
    content, message = BROKEN[name]
    with pytest.raises(SourceError, match=message):
        raise run(write(tmp_path, content)).exception or AssertionError


def test_an_unknown_table_is_named_with_its_columns(tmp_path: Path) -> None:
    error = run(write(tmp_path, "name,value\na,1\n")).exception
    assert isinstance(error, SourceError)
    assert "the columns of its first line are name, value" in str(error)
    assert "pass --as NAME, one of undl-ga, undl-sc," in str(error)
    error = run("--as", "unsc-votes", write(tmp_path, "name,value\na,1\n")).exception
    assert "no column Vote in the DB" in str(error)


def test_the_source_of_each_form_is_recognised(tmp_path: Path) -> None:
    unvotes = unvotes_files.write(tmp_path / "unvotes")
    council = unsc_votes_files.write(
        tmp_path / "council", unsc_votes_files.vetoed(1, "S/3", "1946-02-16")
    )
    first = TABLE.replace("ms_code,ms_name,ms_vote", "ms_codes,ms_names,ms_votes").replace(
        "resolution", "resolutions", 1
    )
    of_council = TABLE.replace("title", "description", 1).replace("A/RES/79/901", "S/RES/2(1946)")
    voeten = "rcid,ccode,session,vote,date,unres\n5000,2,68,1,3/27/2014,R/68/262\n"
    (tmp_path / "editions").mkdir()
    for path, expected in (
        (unvotes, "unvotes: "),
        (unvotes / "un_votes.rda", "unvotes: "),
        (unvotes / "un_roll_calls.rda", "unvotes: "),
        (council, "unsc-votes: "),
        (council.parent, "unsc-votes: "),
        (write(tmp_path, first, "first.csv"), "columns of the library's first edition"),
        (write(tmp_path, of_council, "council.csv"), "undl-sc: "),
        (write(tmp_path, gzip.compress(TABLE.encode()), "x.csv.gz"), "undl-ga: "),
        (write(tmp_path / "editions", TABLE, "2026_01_01_ga_voting.csv").parent, "undl-ga: "),
        (write(tmp_path, voeten, "UNVotes.csv"), "voeten: "),
        (write(tmp_path, voeten.replace(",", "\t"), "UNVotes.tab"), "voeten: "),
    ):
        result = run(path)
        assert result.exit_code == 0, (path, result.output, result.exception)
        assert expected in result.output


def test_a_file_of_documents_and_a_workbook_are_recognised(tmp_path: Path) -> None:
    for member, expected in (
        ("79/A_RES_79_1-E.xml", "dgacm: "),
        ("xl/workbook.xml", "general-debate: "),
    ):
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, "<x/>")
        assert expected in run(path).output


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere.csv")
    assert (result.exit_code, "does not exist" in result.output) == (2, True)
