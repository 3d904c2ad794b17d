"""Workbooks: values of the first sheet, and files that are none, or hostile."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.sources.general_debate import spreadsheet
from kg.sources.general_debate.spreadsheet import SheetRow, read_first_sheet
from tests.support import workbook_files

SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
ROWS = [["Year", "Name"], ["1960", "A & B <C>"], ["", ""], ["1961", "Ö"]]


def test_numbers_and_texts_are_read_by_row_and_column(tmp_path: Path) -> None:
    path = workbook_files.write(tmp_path / "a.xlsx", workbook_files.parts(ROWS))
    assert list(read_first_sheet(path)) == [
        SheetRow(1, {"A": "Year", "B": "Name"}),
        SheetRow(2, {"A": "1960", "B": "A & B <C>"}),
        SheetRow(4, {"A": "1961", "B": "Ö"}),
    ]


def test_texts_in_runs_and_in_cells_are_read_without_their_phonetic_reading(
    tmp_path: Path,
) -> None:
    parts = workbook_files.parts([["Text"]])
    parts[TEXTS] = parts[TEXTS].replace(
        "<t>Text</t>", "<r><t>Jo</t></r><r><rPr/><t>ão</t></r><rPh><t>reading</t></rPh>"
    )
    parts[SHEET] = parts[SHEET].replace(
        "</row>",
        '<c r="B1" t="inlineStr"><is><t>in place</t></is></c>'
        '<c r="C1" t="str"><v>of a formula</v></c><c r="D1" t="s"/></row>',
    )
    (row,) = read_first_sheet(workbook_files.write(tmp_path / "a.xlsx", parts))
    assert row.values == {"A": "João", "B": "in place", "C": "of a formula"}


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        (SHEET, "<worksheet", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet", "document type decl"),
        (TEXTS, "<sst", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><sst", "document type decl"),
        (SHEET, "</sheetData>", "", "not well-formed XML"),
        (SHEET, "<v>0</v>", "<v>7</v>", "cell A1: '7' is not the number of a shared text"),
        (SHEET, "<v>0</v>", "<v>-1</v>", "cell A1: '-1' is not the number of a shared text"),
        (SHEET, 'r="A1"', 'r="1A"', "'1A' is not the place of a cell"),
        (SHEET, 'r="A1"', "", "'' is not the place of a cell"),
        ("xl/workbook.xml", "<sheet name", "<x name", "no sheet"),
        ("xl/workbook.xml", "rId7", "rId8", "no part for the first sheet"),
        ("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet9.xml", "sheet9.xml: missing"),
        ("xl/_rels/workbook.xml.rels", "worksheets/", "../../../", "missing"),
    ],
)
def test_a_damaged_workbook_is_an_error_that_names_the_part(
    tmp_path: Path, part: str, old: str, new: str, message: str
) -> None:
    parts = workbook_files.parts([["Year"]])
    assert old in parts[part]
    path = workbook_files.write(tmp_path / "a.xlsx", parts | {part: parts[part].replace(old, new)})
    with pytest.raises(SourceError, match=message) as caught:
        list(read_first_sheet(path))
    assert str(path) in str(caught.value)


def test_a_part_in_another_encoding_cannot_hide_a_declaration(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {**workbook_files.parts([["Year"]])}
    hidden = "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet>&b;</worksheet>"
    path = workbook_files.write(tmp_path / "a.xlsx", parts | {SHEET: hidden.encode("utf-16")})
    with pytest.raises(SourceError, match="expected UTF-8"):
        list(read_first_sheet(path))


def test_a_small_archive_that_unpacks_to_more_than_the_limit_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "SPREADSHEET_PART_BYTES", 1_000_000)
    parts = workbook_files.parts([["Year"]])
    path = workbook_files.write(tmp_path / "a.xlsx", parts | {SHEET: b" " * 1_000_001})
    assert path.stat().st_size < 5_000
    with pytest.raises(SourceError, match="larger than 1,000,000 bytes"):
        list(read_first_sheet(path))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b"Year,Session\n1946,1\n"])
def test_another_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="not a readable"):
        list(read_first_sheet(path))
    with pytest.raises(SourceError, match="no such file"):
        list(read_first_sheet(tmp_path / "b.xlsx"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.txt", "text")
    with pytest.raises(SourceError, match="missing; is this an"):
        list(read_first_sheet(path))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_workbook_cut_or_changed_anywhere_is_read_or_an_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = workbook_files.write(tmp_path / "a.xlsx", workbook_files.parts(ROWS))
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:place]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        rows = list(read_first_sheet(path))
    except SourceError:
        return
    assert all(isinstance(row, SheetRow) for row in rows)
