"""Small .xlsx workbooks, written part by part."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

HEADINGS: Final = ("Year", "Session", "ISO Code", "Country", "Name of Person Speaking", "Post")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


def parts(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the parts of a workbook with one sheet: numbers as such, texts in the shared table."""
    texts = list(dict.fromkeys(value for row in rows for value in row if not value.isdecimal()))
    sheet = ""
    for number, row in enumerate(rows, 1):
        cells = ""
        for column, value in zip("ABCDEFGH", row, strict=False):
            if value.isdecimal():
                cells += f'<c r="{column}{number}"><v>{value}</v></c>'
            elif value:
                cells += f'<c r="{column}{number}" t="s"><v>{texts.index(value)}</v></c>'
        sheet += f'<row r="{number}">{cells}</row>'
    items = "".join(f"<si><t>{escape(value)}</t></si>" for value in texts)
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Speakers" sheetId="1" r:id="rId7"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        '<Relationship Id="rId7" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{items}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{sheet}'
        "</sheetData></worksheet>",
    }


def write(path: Path, contents: Mapping[str, str | bytes]) -> Path:
    """Write the parts of a workbook into a file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def write_speakers(path: Path, *rows: Sequence[str]) -> Path:
    """Write a table of speakers with its headings."""
    return write(path, parts([HEADINGS, *rows]))
