"""Reading the first sheet of an Office Open XML workbook (.xlsx), with bounds on its size.

ECMA-376, part 1: a zip archive with the sheets as XML and most texts in a shared table. Only values
are read: no formulas, formats or links. A library for workbooks would do more, but bounds neither
the unpacked size nor entities, and every build of the open release would depend on it.
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree import ElementTree

from kg.errors import SourceError
from kg.limits import SPREADSHEET_PART_BYTES
from kg.sources.bounds import check_archive

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION_ID: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
)  # fmt: skip
_RELATIONSHIPS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_WORKBOOK: Final = "xl/workbook.xml"
_TEXTS: Final = "xl/sharedStrings.xml"
#: What ``zipfile`` and the decompressors raise for damaged archives.
_UNREADABLE: Final = (
    *(OSError, EOFError, ValueError, RuntimeError, struct.error),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)
_CELL: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: its number, counted from 1, and its values by column letter."""

    number: int
    values: dict[str, str]


def read_first_sheet(path: Path) -> Iterator[SheetRow]:
    """Yield the rows of the first sheet that contain a value.

    Raises:
        SourceError: if the file is missing, is not a workbook, or is larger than the limit.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(path, archive)
            workbook = _Workbook(path, archive)
            yield from workbook.rows()
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except _UNREADABLE as error:
        reason = str(error) or type(error).__name__
        raise SourceError(f"{path}: not a readable .xlsx workbook: {reason}") from error


class _Workbook:
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive

    def rows(self) -> Iterator[SheetRow]:
        names = set(self._archive.namelist())
        texts = self._texts() if _TEXTS in names else []
        sheet = self._first_sheet()
        for row in self._parsed(sheet).iter(f"{_MAIN}row"):
            values = {}
            number = 0
            for cell in row.iter(f"{_MAIN}c"):
                place = _CELL.fullmatch(cell.get("r", ""))
                if place is None:
                    raise self._fail(sheet, f"{cell.get('r', '')!r} is not the place of a cell")
                number = int(place[2])
                if value := self._value(sheet, cell, texts):
                    values[place[1]] = value
            if values:
                yield SheetRow(number, values)

    def _value(self, sheet: str, cell: ElementTree.Element, texts: list[str]) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text(cell)
        value = cell.findtext(f"{_MAIN}v", "")
        if kind != "s" or not value:
            return value
        if not value.isdecimal() or int(value) >= len(texts):
            place = cell.get("r")
            raise self._fail(sheet, f"cell {place}: {value!r} is not the number of a shared text")
        return texts[int(value)]

    def _texts(self) -> list[str]:
        return [_text(item) for item in self._parsed(_TEXTS).iter(f"{_MAIN}si")]

    def _first_sheet(self) -> str:
        """Return the name of the part with the first sheet."""
        sheet = self._parsed(_WORKBOOK).find(f"{_MAIN}sheets/{_MAIN}sheet")
        if sheet is None:
            raise self._fail(_WORKBOOK, "no sheet")
        relations = "xl/_rels/workbook.xml.rels"
        for relation in self._parsed(relations).iter(f"{_RELATIONSHIPS}Relationship"):
            if relation.get("Id") == sheet.get(_RELATION_ID):
                target = relation.get("Target", "")
                # Relative to the folder of the workbook, or to the root of the archive.
                return str(PurePosixPath("/xl", target)).removeprefix("/")
        raise self._fail(relations, "no part for the first sheet")

    def _parsed(self, name: str) -> ElementTree.Element:
        """Return a part of the archive as XML.

        Workbooks need no document type declaration: without one, XML has no entities.
        """
        try:
            with self._archive.open(name) as stream:
                content = stream.read(SPREADSHEET_PART_BYTES + 1)
        except KeyError as error:
            raise self._fail(name, "missing; is this an .xlsx workbook?") from error
        if len(content) > SPREADSHEET_PART_BYTES:
            raise self._fail(name, f"larger than {SPREADSHEET_PART_BYTES:,} bytes")
        if b"<!DOCTYPE" in content or b"\0" in content:
            raise self._fail(name, "expected UTF-8 without a document type declaration")
        try:
            return ElementTree.fromstring(content)  # noqa: S314
        except (ElementTree.ParseError, ValueError) as error:
            raise self._fail(name, f"not well-formed XML: {error}") from error

    def _fail(self, part: str, reason: str) -> SourceError:
        return SourceError(f"{self._path}: {part}: {reason}")


def _text(item: ElementTree.Element) -> str:
    """Return a text in runs, without the phonetic reading that may accompany it."""
    runs = [item, *item.findall(f"{_MAIN}is"), *item.findall(f".//{_MAIN}r")]
    return "".join(run.findtext(f"{_MAIN}t") or "" for run in runs)
