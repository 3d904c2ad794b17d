"""Verbatim records of an invented meeting, as lines and as PDF, in the layouts of the real ones.

A paragraph is a text. ``*Mr. Alpha* (France): ...`` begins in bold type; ``/Italic./`` begins in
italic type; ``#Heading`` is bold throughout; ``>List`` is indented as a whole.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.sources.verbatim.layout import Paragraph, read_paragraphs
from kg.sources.verbatim.lines import Line
from kg.sources.verbatim.parsed import ParsedRecord
from kg.sources.verbatim.record import read_record

#: The first page above the text, and the first words of the meeting.
ASSEMBLY = (
    "United Nations A/99/PV.7",
    "#General Assembly",
    "Ninety-ninth session",
    "*7*th plenary meeting",
    "Friday, 1 January 2044, 3 p.m.",
    "Official Records, with as many words as a paragraph has. " * 6,
    "/President:/ Mr. Bravo . . . . . . . . . . (Cameroon)",
    "/The meeting was called to order at 3.05 p.m./",
)
COUNCIL = (
    "United Nations S/PV.99999",
    "#Security Council",
    "Ninety-ninth year",
    "*99999*th meeting",
    "Friday, 1 January 2044, 3 p.m.",
    "Provisional, with as many words as a paragraph has. " * 6,
    "/President:/ Mrs. Charlie . . . . (Poland)",
    "/Members:/ Chile . . . . . Mr. Delta",
    "/The meeting was called to order at 3.05 p.m./",
)
ROSE = "/The meeting rose at 6 p.m./"

_WIDTH, _HEIGHT = 612.0, 792.0
_LEADING, _GAP, _TOP, _BOTTOM = 0.0152, 0.0226, 0.89, 0.13
_MARGINS, _INDENT, _LETTERS = (0.1, 0.51), 0.038, 46
_FONTS = {"": "F0", "bold": "F1", "italic": "F2"}


@dataclass(frozen=True)
class Row:
    """A line on a page with its runs of (font, text)."""

    page: int
    x: float
    y: float
    runs: tuple[tuple[str, str], ...]

    def line(self) -> Line:
        text = "".join(text for _, text in self.runs)
        font, first = self.runs[0]
        bold = len(first) if font == "bold" else 0
        return Line(self.page, text, self.x, self.y, bold, font == "italic")


def rows(paragraphs: Sequence[str], *, columns: int = 2) -> list[Row]:
    """Return the lines of paragraphs, one column after the other."""
    return list(_rows(paragraphs, columns))


def record(*paragraphs: str, head: Sequence[str] = ASSEMBLY) -> ParsedRecord:
    """Return what is read from a record with these paragraphs after its first page."""
    return read_record(layout(*head, *paragraphs, ROSE), "invented.pdf")


def layout(*paragraphs: str, columns: int = 2) -> list[Paragraph]:
    """Return the paragraphs that are read from the lines of paragraphs."""
    return read_paragraphs(row.line() for row in rows(paragraphs, columns=columns))


def write_pdf(path: Path, *paragraphs: str, head: Sequence[str] = ASSEMBLY) -> Path:
    """Write a record as PDF."""
    lines = rows([*head, *paragraphs, ROSE])
    pages = range(1, max(row.page for row in lines) + 1)
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{5 + 2 * n} 0 R' for n in pages)}]"
        " >>",
        *(f"<< /Type /Font /Subtype /Type1 /BaseFont /Times-{face} /Encoding /WinAnsiEncoding >>"
          for face in ("Roman", "Bold", "Italic")),
        "<< >>",
    ]  # fmt: skip
    fonts = " ".join(f"/{name} {number} 0 R" for number, name in enumerate(_FONTS.values(), 3))
    for number in pages:
        content = "\n".join(_drawn(row) for row in lines if row.page == number)
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH:.0f} {_HEIGHT:.0f}] "
            f"/Resources << /Font << {fonts} >> >> /Contents {6 + 2 * number} 0 R >>"
        )
        length = len(content.encode("cp1252"))
        bodies.append(f"<< /Length {length} >>\nstream\n{content}\nendstream")
    text = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(text.encode("cp1252")))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(text.encode("cp1252"))
    entries = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    text += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{entries}"
    text += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    path.write_bytes(text.encode("cp1252"))
    return path


def _rows(paragraphs: Sequence[str], columns: int) -> Iterator[Row]:
    page, column, y = 1, 0, _TOP
    for paragraph in paragraphs:
        heading, block = paragraph.startswith("#"), paragraph.startswith(">")
        font, lead, rest = _parts(paragraph)
        wrapped = textwrap.wrap(lead + rest, _LETTERS if columns > 1 else 2 * _LETTERS)
        for number, text in enumerate(wrapped):
            if y < _BOTTOM:
                column, y = column + 1, _TOP
                if column == columns:
                    page, column = page + 1, 0
            indent = 0.0 if heading or (number and not block) else _INDENT
            runs = _runs(text, font, len(text) if heading else len(lead) if not number else 0)
            yield Row(page, _MARGINS[column] + indent, y, runs)
            y -= _LEADING
        y -= _GAP - _LEADING


def _parts(paragraph: str) -> tuple[str, str, str]:
    """Return the type face at the beginning of a paragraph, that text, and the rest."""
    if match := re.fullmatch(r"\*(.+?)\*(.*)", paragraph):
        return "bold", match[1], match[2]
    if match := re.fullmatch(r"/(.+?)/( .*)?", paragraph):
        return "italic", match[1], match[2] or ""
    return "bold" if paragraph.startswith("#") else "", "", paragraph.lstrip("#>")


def _runs(text: str, font: str, length: int) -> tuple[tuple[str, str], ...]:
    runs = ((font, text[:length]), ("", text[length:]))
    return tuple(run for run in runs if run[1])


def _drawn(row: Row) -> str:
    shown = ""
    for font, text in row.runs:
        escaped = re.sub(r"([\\()])", r"\\\1", text)
        shown += f"/{_FONTS[font]} 9 Tf ({escaped}) Tj "
    return f"BT {row.x * _WIDTH:.2f} {row.y * _HEIGHT:.2f} Td {shown}ET"
