"""Tables as people have them: each fault is named with its place, its value and what to do.

The rows are invented, in the layout of the UN Digital Library.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.sources import bounds
from kg.sources.tables import file as table_file
from kg.sources.tables import reader
from kg.sources.undl import loader

_HEADER: Final = "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,title,undl_link"
_EVENT: Final = "2024-12-05,79,A/RES/79/901,An invented title,"
_ROWS: Final = (
    f"4100001,FRA,FRANCE,Y,{_EVENT}",
    f"4100001,TUR,TÜRKIYE,A,{_EVENT}",
    f"4100001,CHN,CHINA,N,{_EVENT}",
)
TABLE: Final = "\n".join((_HEADER, *_ROWS, ""))
_HTML: Final = "<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head></html>\n"


def _zip(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, TABLE)
    return stream.getvalue()


def _changed(old: str, new: str, times: int = -1) -> bytes:
    assert old in TABLE
    return TABLE.replace(old, new, times).encode()


#: A file by name, and what the message says of it.
BROKEN: Final[dict[str, tuple[bytes, str]]] = {
    # What is no CSV table.
    "empty": (b"", r"an empty file \(0 bytes\); download it again"),
    "white space": (b"\n \n", "only white space"),
    "byte order mark": (codecs.BOM_UTF8, "only white space"),
    "header only": (f"{_HEADER}\n".encode(), "a header and no rows; download it again"),
    "header and blank rows": (f"{_HEADER}\n\n,,,,,,,,\n".encode(), "a header and no rows"),
    "web page": (_HTML.encode(), "a web page .* download the file itself, in a browser"),
    "web page with a mark": (codecs.BOM_UTF8 + _HTML.encode(), "a web page"),
    "XML": (b"<?xml version='1.0'?><Workbook/>", "HTML or XML"),
    "gzipped page": (gzip.compress(_HTML.encode()), "a web page"),
    "JSON": (b'{"message": "Not Found"}', "JSON; expected a CSV table"),
    "JSON list": (b'[{"undl_id": 1}]', "JSON"),
    "zip": (_zip("ga_voting.csv"), r"a zip archive of ga_voting\.csv; unpack it and pass"),
    "zip of several": (_zip(*"abcde"), "a zip archive of a, b, c and 2 more"),
    "zip of nothing": (_zip(), "a zip archive of no file"),
    "zip cut off": (_zip("a")[:40], "an incomplete zip archive"),
    "xlsx": (_zip("[Content_Types].xml", "xl/workbook.xml"), r"Excel workbook \(\.xlsx\); save"),
    "ods": (_zip("mimetype", "content.xml"), r"a spreadsheet \(\.ods\); save the sheet as"),
    "xls": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), r"an Excel workbook \(\.xls\)"),
    "gzip cut off": (gzip.compress(TABLE.encode())[:-10], "not a complete gzip file"),
    "gzip twice": (gzip.compress(gzip.compress(TABLE.encode())), "compressed twice with gzip"),
    "bzip2": (bz2.compress(TABLE.encode()), "compressed with bzip2; uncompress it"),
    "xz": (lzma.compress(TABLE.encode()), "compressed with xz"),
    "Zstandard": (b"\x28\xb5\x2f\xfd" + bytes(20), "compressed with Zstandard"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(20), "a 7z archive"),
    "Parquet": (b"PAR1" + bytes(20), "a Parquet file; export it as CSV"),
    "SQLite": (b"SQLite format 3\0" + bytes(20), "an SQLite database"),
    "R data": (gzip.compress(b"RDX3\nX\n" + bytes(20)), "an R data file"),
    "PDF": (b"%PDF-1.7\n", "a PDF document"),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
    # Encodings.
    "Latin-1 in an empty line": (b"\r\x80" + TABLE.encode(), "line 1: .*: the byte 0x80 is not"),
    "UTF-16": (TABLE.encode("utf-16"), "text in UTF-16 .*'Unicode Text'.*expected UTF-8: save"),
    "UTF-16 big-endian": (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "text in UTF-16"),
    "UTF-16 without mark": (TABLE.encode("utf-16-le"), "UTF-16 without a byte order mark"),
    "UTF-32": (TABLE.encode("utf-32"), "text in UTF-32"),
    "Latin-1": (
        TABLE.encode("latin-1"),
        "line 3, column ms_name: 'TÜRKIYE': the byte 0xdc is not UTF-8, but perhaps Windows-1252",
    ),
    "Windows-1252": (
        TABLE.replace("An invented", "An “invented”").encode("cp1252", errors="replace"),
        "line 2, column title: 'An “invented” title': the byte 0x93 is not UTF-8",
    ),
    "Latin-1 in the header": (
        TABLE.replace("undl_link", "adresse_électronique").encode("latin-1"),
        "line 1: 'adresse_électronique': the byte 0xe9",
    ),
    # Separators and headers.
    "semicolons": (
        _changed(",", ";"),
        r"line 1: 'undl_id;ms_code.*': the columns are separated by semicolons; expected commas: ",
    ),
    "semicolons with a mark": (codecs.BOM_UTF8 + _changed(",", ";"), "separated by semicolons"),
    "tabs": (_changed(",", "\t"), "separated by tabs"),
    "vertical bars": (_changed(",", "|"), "separated by vertical bars"),
    "sep=": (b"sep=,\n" + TABLE.encode(), "line 1: 'sep=,': a line for Excel .* remove this line"),
    "sep=;": (codecs.BOM_UTF8 + b'"sep=;"\r\n' + _changed(",", ";"), "separator ';'"),
    "title above the header": (
        b"Voting data,,,\n" + TABLE.encode(),
        "line 1: no column undl_id, .*; expected the UN Digital Library's table .*; found Voting",
    ),
    "no header": ("\n".join(_ROWS).encode(), "line 1: no column undl_id.*found 4100001, FRA"),
    "renamed column": (
        _changed("ms_vote", "MS Vote"), "no column ms_vote; .*found 'MS Vote' instead of 'ms_vote'"
    ),
    "column twice": (_changed("session", "date", 1), "line 1: duplicate column 'date'"),
    # Quotation marks.
    "unclosed quotation mark": (
        TABLE.encode() + b'4100001,IND,INDIA,Y,2024-12-05,79,A/RES/79/901,"Broken,,' + b"x" * 99,
        r"line 5, column title: '\"Broken,,x+\.\.\.': the quotation mark that begins this value is "
        "not closed",
    ),
    "unclosed quotation mark before others": (
        _changed(f"FRANCE,Y,{_EVENT}", f'FRANCE,Y,{_EVENT}"x', 1) + b'4100001,"IND","INDIA",Y,,,,,',
        r"line 2, column undl_link: '\"x': the quotation mark",
    ),
    "quotation mark in a quoted value": (
        _changed("An invented title", '"An "invented" title"', 1), r"line 2: .*: not CSV \("
    ),
    "a line without end": (b"x" * 2**21, "line 1 has 1,048,576 characters or more"),
    # Values that a spreadsheet changed.
    "date in another order": (
        _changed("2024-12-05", "05/12/2024"),
        r"line 2, column date: '05/12/2024': expected an ISO date since 24 October 1945 \(a "
        r"spreadsheet printed it in another order; use the file as downloaded.*none of the 3 rows",
    ),
    "date with dots": (_changed("2024-12-05", "5.12.24"), "in another order"),
    "date in words": (_changed("2024-12-05", "05-Dec-24"), "in another order"),
    "date with a time": (
        _changed("2024-12-05", "2024-12-05 00:00:00"), "'2024-12-05 00:00:00': .*added a time"
    ),
    "number of a day": (_changed("2024-12-05", "45631"), "'45631': .*its number of the day"),
    "rounded number": (
        _changed("4100001", "4.10E+06"),
        r"line 2, column undl_id: '4\.10E\+06': expected the control number of a record \(a "
        "spreadsheet rounded it, and its last digits are lost",
    ),
    "rounded number with a comma": (_changed("4100001", '"4,1E+06"'), "rounded it"),
    "other body": (_changed("A/RES/79/901", "S/RES/1(1946)"), "line 2, column resolution"),
}  # fmt: skip


def _load(content: bytes, folder: Path, states: StateRegister) -> list[int]:
    """Return the numbers of votes of the events in a table with this content."""
    path = folder / "2026_01_01_ga_voting.csv"
    path.write_bytes(content)
    return [len(event.votes) for event in loader.load_ga(path, states).events]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_with_what_to_do(
    tmp_path: Path, states: StateRegister, name: str
) -> None:
    content, message = BROKEN[name]
    with pytest.raises(SourceError, match=rf"2026_01_01_ga_voting\.csv: .*(?:{message})"):
        _load(content, tmp_path, states)


#: Files that look odd and are whole.
ODD: Final[dict[str, bytes]] = {
    "byte order mark": codecs.BOM_UTF8 + TABLE.encode(),
    "ends of lines of Windows": TABLE.replace("\n", "\r\n").encode(),
    "ends of lines of old Macs": TABLE.replace("\n", "\r").encode(),
    "no end of the last line": TABLE.rstrip("\n").encode(),
    "last row of commas": TABLE.encode() + b",,,,,,,,\n",
    "blank rows": TABLE.replace("\n", "\n\n").encode() + b" , ,,,,,,,\n\n",
    "commas after the last column": TABLE.replace("\n", ",,,\n").encode(),
    "commas after the rows": f"{_HEADER}\n".encode() + ",,\n".join((*_ROWS, "")).encode(),
    "padded names of columns": _changed("ms_vote", ' ms_vote '),
    "quoted values": "\n".join(
        ",".join(f'"{value}"' for value in line.split(",")) for line in (_HEADER, *_ROWS)
    ).encode(),
    "floats": _changed("4100001", "4100001.0"),
    "gzip": gzip.compress(TABLE.encode()),
    "gzip in two parts": gzip.compress(TABLE[:99].encode()) + gzip.compress(TABLE[99:].encode()),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_read(tmp_path: Path, states: StateRegister, name: str) -> None:
    assert _load(ODD[name], tmp_path, states) == [3]


def test_a_file_is_refused_with_its_first_fault(tmp_path: Path, states: StateRegister) -> None:
    table = "\n".join((_HEADER, "1,FRA,FRANCE,Y,05/12/2024,79,A/RES/79/901,,",
                       "4.1E+06,FRA,FRANCE,Y,2024-12-05,79,A/RES/79/901,,"))  # fmt: skip
    with pytest.raises(SourceError, match="line 2, column date: '05/12/2024'"):
        _load(table.encode(), tmp_path, states)


@pytest.mark.parametrize("compress", [gzip.compress, bytes])
def test_a_file_that_expands_beyond_the_limits_is_refused(
    tmp_path: Path,
    states: StateRegister,
    monkeypatch: pytest.MonkeyPatch,
    compress: Callable[[bytes], bytes],
) -> None:
    monkeypatch.setattr(table_file, "TABLE_BYTES", 2**20)
    with pytest.raises(SourceError, match="more than 1,048,576 bytes; expected a table"):
        _load(compress(TABLE.encode() + _ROWS[0].encode() * 2**15), tmp_path, states)


def test_the_bomb_of_a_gzip_file_is_not_unpacked(
    tmp_path: Path, states: StateRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "EXPANSION_UNCHECKED_BYTES", 2**20)
    with pytest.raises(SourceError, match=r"its .* bytes expand to more than .* \(250 times"):
        _load(gzip.compress(TABLE.encode() + b",,,,,,,,\n" * 2**19), tmp_path, states)


def test_a_long_line_is_refused_before_it_is_read(
    tmp_path: Path, states: StateRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "TABLE_LINE_CHARACTERS", 2**10)
    with pytest.raises(SourceError, match="line 5 has 1,024 characters or more"):
        _load(TABLE.encode() + b"x" * 2**12, tmp_path, states)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_table_is_read_or_named(
    tmp_path: Path, states: StateRegister, data: st.DataObject
) -> None:
    content = bytearray(TABLE.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    message = ""
    try:
        _load(bytes(content), tmp_path, states)
    except SourceError as error:
        message = str(error)
    assert not message or message.startswith(f"{tmp_path / '2026_01_01_ga_voting.csv'}: ")
