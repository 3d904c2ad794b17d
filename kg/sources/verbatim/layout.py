"""From the lines of a record to its paragraphs, without what is printed around the text.

Records were printed in two columns until 2023 and are printed in one since. In both, the first line
of a paragraph is indented or follows a wider gap, and lists of votes are indented as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from kg.sources.verbatim.lines import LINE_END_HYPHEN, Line

#: Above this share of the height of a page, only running heads are printed.
_TOP: Final = 0.912
#: Below this one, the number of the page, and that of the print job ("9", "24-19856 17/38").
_FOOT: Final = 0.1
_PAGE_NUMBER: Final = re.compile(r"(?:\d\d-\d{5} )?\d+(?:/\d+)?(?: \d\d-\d{5})?")
#: The heading of a list of votes follows the text above it without a gap.
_LIST: Final = re.compile(r"(?:In favour|Against|Abstaining|Abstentions?)\s*:")
#: The notice on corrections at the foot of the first page.
_NOTICE: Final = re.compile(r"(?:\S+ \(E\) )?This record (?:contains|is subject)")
#: From this share of the width, a line is in the right column.
_RIGHT_COLUMN: Final = 0.45
#: Shares of the width: the least indentation, and how much lines with one margin differ.
_INDENT, _SAME_MARGIN = 0.02, 0.008
#: The least share of the lines of a column that its left margin has.
_MARGIN_SHARE: Final = 0.1
#: The usual gap between lines: this share of them is at most as wide.
_USUAL_GAP: Final = 0.2
#: How much the lines of a column are spread to fill the page, at most.
_MOST_LEADING: Final = 1.17
#: A gap is wider than usual from this multiple of the usual one.
_WIDE_GAP: Final = 1.25


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: the page on which it begins, and its number among those that begin there.

    ``bold`` is the number of bold letters at its beginning, ``italic`` is set if its first letter
    is italic.
    """

    page: int
    number: int
    text: str
    bold: int = 0
    italic: bool = False

    @property
    def is_bold(self) -> bool:
        """Whether it is a heading: bold throughout, or but for "(continued)"."""
        rest = self.text[self.bold :].strip(" .:")
        return self.bold > 0 and rest in ("", "(continued)", "continued)")


def read_paragraphs(lines: Iterable[Line]) -> list[Paragraph]:
    """Return the paragraphs of a record from its lines in reading order."""
    text = list(_text_lines(list(lines)))
    margins = _margins(text)
    paragraphs: list[Paragraph] = []
    numbers: Counter[int] = Counter()
    block: list[Line] = []
    for line, starts in _starts(text, margins):
        if starts and block:
            paragraphs.append(_paragraph(block, numbers))
            block = []
        block.append(line)
    if block:
        paragraphs.append(_paragraph(block, numbers))
    return paragraphs


def joined(texts: Iterable[str]) -> str:
    """Return the text of lines; a hyphen at the end of a line is kept.

    >>> joined(["a well-", "known self\\x02", "governing"])
    'a well- known self-governing'
    """
    text = " ".join(" ".join(line.split()) for line in texts)
    return text.replace(f"{LINE_END_HYPHEN} ", "-").replace(LINE_END_HYPHEN, "-")


def _text_lines(lines: list[Line]) -> Iterator[Line]:
    """Yield the lines without running heads, page numbers and the notice of the first page."""
    notice = max((line.y for line in lines if _is_notice(line)), default=0.0)
    for line in lines:
        if line.page == 1:
            if line.y > notice:
                yield line
        elif line.y < _TOP and not (line.y < _FOOT and _PAGE_NUMBER.fullmatch(line.text)):
            yield line


def _is_notice(line: Line) -> bool:
    return line.page == 1 and bool(_NOTICE.match(line.text))


def _margins(lines: list[Line]) -> dict[bool, float]:
    """Return the left margins of the left and the right column."""
    margins = {}
    for right in (False, True):
        places = Counter(round(line.x, 2) for line in lines if _is_right(line) is right)
        usual = [x for x, count in places.items() if count >= _MARGIN_SHARE * places.total()]
        margins[right] = min(usual, default=0.0)
    return margins


def _is_right(line: Line) -> bool:
    return line.x >= _RIGHT_COLUMN


def _starts(lines: list[Line], margins: dict[bool, float]) -> Iterator[tuple[Line, bool]]:
    """Yield each line, and whether it starts a paragraph."""
    columns = list(_columns(lines))
    every = [gap for column in columns for gap in _gaps(column)]
    most = _MOST_LEADING * _usual(every)
    previous = first = None
    was_indented = in_block = False
    for column in columns:
        gaps = _gaps(column)
        wide = _WIDE_GAP * min(_usual(gaps), most)
        for place, line in enumerate(column):
            is_indented = line.x - margins[_is_right(line)] > _INDENT
            is_apart = place > 0 and gaps[place - 1] > wide
            if previous is None:
                starts = True
            elif line.bold:
                starts = is_apart or _is_other_heading(first, previous, line)
            elif place:
                starts = is_apart or (is_indented and not was_indented)
            else:
                # A block that is indented as a whole may go on in the next column.
                starts = is_indented and (line.italic or not in_block)
            if starts or (line.italic and _LIST.match(line.text)):
                first = line
            yield line, first is line
            previous, was_indented = line, is_indented
            in_block = is_indented and first is not line


def _gaps(column: list[Line]) -> list[float]:
    return [one.y - other.y for one, other in pairwise(column)]


def _usual(gaps: list[float]) -> float:
    """Return the gap between lines of a paragraph: few are narrower."""
    return sorted(gaps)[int(_USUAL_GAP * len(gaps))] if gaps else 1.0


def _is_other_heading(first: Line | None, previous: Line, line: Line) -> bool:
    """Return whether a bold line starts a paragraph.

    ``first`` is the first line of the paragraph before it. The lines of a heading are bold; those
    after the first one are indented if it begins with a letter or number in brackets.
    """
    if previous.bold < len(previous.text):
        return True
    is_indented = line.x - previous.x > _INDENT
    return is_indented and not (first and first.text.startswith("("))


def _columns(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each column: of a page, as long as they go down."""
    number, previous = 0, None
    numbers = []
    for line in lines:
        if previous and (line.page != previous.page or line.y > previous.y + _SAME_MARGIN):
            number += 1
        numbers.append(number)
        previous = line
    for _, group in groupby(zip(numbers, lines, strict=True), key=lambda pair: pair[0]):
        yield [line for _, line in group]


def _paragraph(block: list[Line], numbers: Counter[int]) -> Paragraph:
    first = block[0]
    numbers[first.page] += 1
    bold = 0
    for line in block:
        bold += min(line.bold, len(line.text))
        if line.bold < len(line.text):
            break
        bold += 1
    text = joined(line.text for line in block)
    return Paragraph(first.page, numbers[first.page], text, min(bold, len(text)), first.italic)
