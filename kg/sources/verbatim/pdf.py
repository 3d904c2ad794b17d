"""The lines of a PDF in reading order, with position and type face.

PDFium, the reader of the Chromium browser, returns the characters in the order in which a file
draws them. The files of verbatim records draw their columns one after the other, so that no layout
has to be recognised. Words of the two columns of a page are never in one line.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from kg.errors import SourceError
from kg.limits import RECORD_FILE_BYTES, RECORD_PAGES
from kg.sources.verbatim.lines import LINE_END_HYPHEN, Line

_FONT_NAME_BYTES: Final = 128


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a file that have text, page by page.

    Raises:
        SourceError: if it is no PDF, is encrypted or larger than the limits, or has no text.
    """
    if path.stat().st_size > RECORD_FILE_BYTES:
        raise SourceError(f"{path}: larger than {RECORD_FILE_BYTES:,} bytes; not a record")
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise SourceError(f"{path}: not a readable PDF ({error})") from error
    try:
        if len(document) > RECORD_PAGES:
            raise SourceError(
                f"{path}: {len(document):,} pages; a record has at most {RECORD_PAGES}"
            )
        for number in range(len(document)):
            yield from _lines(document[number], number + 1)
    except pypdfium2.PdfiumError as error:
        raise SourceError(f"{path}: damaged PDF ({error})") from error
    finally:
        document.close()


def _lines(page: pypdfium2.PdfPage, number: int) -> Iterator[Line]:
    width, height = page.get_size()
    text = page.get_textpage()
    letters: list[str] = []
    first = -1
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter not in "\r\n":
            if first < 0 and not letter.isspace():
                first = index
            if first >= 0:
                letters.append(letter)
        # The line after a hyphen is not separated from it.
        if letter in f"\r\n{LINE_END_HYPHEN}" and first >= 0:
            yield _line(text, number, first, "".join(letters), width, height)
            letters, first = [], -1
    if first >= 0:
        yield _line(text, number, first, "".join(letters), width, height)


def _line(
    page: pypdfium2.PdfTextPage, number: int, first: int, text: str, width: float, height: float
) -> Line:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(page, first, x, y)
    font = _font(page, first)
    bold = 0
    if "Bold" in font:
        bold = len(text)
        for offset, letter in enumerate(text):
            if not letter.isspace() and "Bold" not in _font(page, first + offset):
                bold = offset
                break
    return Line(
        page=number,
        text=text.rstrip(),
        x=x.value / width,
        y=y.value / height,
        bold=min(bold, len(text.rstrip())),
        italic="Italic" in font or "Oblique" in font,
    )


def _font(page: pypdfium2.PdfTextPage, index: int) -> str:
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    pdfium.FPDFText_GetFontInfo(page, index, name, _FONT_NAME_BYTES, None)
    return name.value.decode("latin-1")
