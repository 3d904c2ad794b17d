"""Verbatim records as PDF: an invented one, and files that are none or are damaged."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

import kg.sources.verbatim
from kg.errors import SourceError
from kg.sources.verbatim import pdf
from kg.sources.verbatim.reader import read_file
from tests.support.verbatim_pages import ROSE, record, write_pdf

PARAGRAPHS = (
    "#Agenda item 7 (continued)",
    "*The President*: The Assembly will now take a decision on draft resolution A/99/L.3.",
    "/A recorded vote was taken./",
    "/In favour:/",
    ">" + ", ".join(["Bolivia (Plurinational State of)", "Côte d’Ivoire", "Timor-Leste"] * 40),
    "/Against:/ Denmark",
    "/Draft resolution was adopted by 120 votes to 1/ (resolution 99/4).",
    *("*Mr. Alpha* (Chile) (spoke in Spanish): " + "Many words. " * 120,) * 4,
)


def test_a_pdf_of_two_columns_is_read_like_its_lines(tmp_path: Path) -> None:
    from_pdf = read_file(write_pdf(tmp_path / "record.pdf", *PARAGRAPHS))
    assert from_pdf == record(*PARAGRAPHS)
    (vote,) = from_pdf.votes
    assert (vote.place.page, from_pdf.pages, len(from_pdf.speeches)) == (1, 3, 5)


def test_files_that_are_no_pdf_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "record.pdf"
    for content in (b"", b"%PDF-1.4\n", b"<html></html>", b"\0" * 4096):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=r"record\.pdf: not a readable PDF"):
            read_file(path)


def symbol_or_message(path: Path) -> str:
    try:
        return read_file(path).symbol
    except SourceError as error:
        return str(error)


def test_a_damaged_pdf_is_read_or_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "record.pdf", *PARAGRAPHS)
    content, chance = path.read_bytes(), random.Random(1)
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(5):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged[: chance.randrange(len(damaged))] or damaged)
        assert symbol_or_message(path)


def test_files_larger_than_a_record_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pdf(tmp_path / "record.pdf", *PARAGRAPHS)
    monkeypatch.setattr(pdf, "RECORD_PAGES", 2)
    with pytest.raises(SourceError, match="3 pages; a record has at most 2"):
        read_file(path)
    monkeypatch.setattr(pdf, "RECORD_FILE_BYTES", 100)
    with pytest.raises(SourceError, match="larger than 100 bytes"):
        read_file(path)


def test_without_the_library_the_message_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pdf(tmp_path / "record.pdf", ROSE)
    monkeypatch.delattr(kg.sources.verbatim, "pdf")
    monkeypatch.delitem(sys.modules, "kg.sources.verbatim.pdf")
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(SourceError, match=r"needs the package pypdfium2; .*\[verbatim\]"):
        read_file(path)
