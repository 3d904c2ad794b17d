"""A line of text on a page of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: PDFium's mark of a hyphen at the end of a line.
LINE_END_HYPHEN: Final = "\x02"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page, both counted from 1.

    ``x`` and ``y`` are the origin of its first letter, as shares of the width and height of the
    page from its lower left corner. ``bold`` is the number of letters at the beginning of ``text``
    that are bold; ``italic`` is set if the first one is italic.
    """

    page: int
    text: str
    x: float = 0.0
    y: float = 0.5
    bold: int = 0
    italic: bool = False
