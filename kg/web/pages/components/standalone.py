"""Figures of pages as SVG files of their own, with the light colours of the style sheet in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from textwrap import wrap
from typing import Final

from kg.web.pages.static_files import static_file

_VARIABLE: Final = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USE: Final = re.compile(r"var\((--[\w-]+)\)")
_RULE: Final = re.compile(r"^([^{}@/]+)\{([^{}]*)\}", re.MULTILINE)
#: The selectors of what a figure consists of; the pointer and the legend are not part of it.
_OF_FIGURES: Final = re.compile(r"\.(?:fill-|line\b|dot\b|map |chart )")
_OF_PAGES: Final = re.compile(r":hover|\.swatch")

#: Pixels of a picture for each unit of its SVG, for screens and print.
PICTURE_SCALE: Final = 2
#: Pixels of the picture of a shared link, its margin, and the room above and below the figure.
_CARD_WIDTH, _CARD_HEIGHT = 1200, 630
_CARD_MARGIN: Final = 40
_CARD_TOP: Final = 135
_CARD_BOTTOM: Final = 90
_LEGEND_TOP: Final = 555
_LEGEND_STEP: Final = 180
#: The size of its title, in pixels, and the letters that fit a line.
_TITLE_SIZE: Final = 36
_TITLE_CHARACTERS: Final = 64
_TITLE_LINES: Final = 2
_VIEW: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def standalone(figure: str, title: str, remark: str, *, scale: int = 0) -> str:
    """Return a figure in SVG as a file, with a title and a remark on its source.

    With a ``scale`` it has a size: that number of pixels for each of its units.
    """
    head = (
        f"<title>{escape(title)}</title><desc>{escape(remark)}</desc><style>{_style()}</style>"
        '<rect width="100%" height="100%" fill="#fff"/>'
    )
    attributes = ""
    if scale:
        width, height = _size(figure)
        attributes = f' width="{scale * width:g}" height="{scale * height:g}"'
    return f"{_with_attributes(figure, attributes, head)}\n"


def card(figure: str, title: str, remark: str, legend: Sequence[tuple[str, str]]) -> str:
    """Return the SVG of the picture of a shared link: title, figure, legend and remark.

    The legend has a class of the style sheet and a label for each colour.
    """
    lines = wrap(title, _TITLE_CHARACTERS, max_lines=_TITLE_LINES, placeholder=" …")
    texts = "".join(
        f'<text x="{_CARD_MARGIN}" y="{60 + 1.25 * _TITLE_SIZE * row:g}" '
        f'font-size="{_TITLE_SIZE}" fill="#1b2733">{escape(line)}</text>'
        for row, line in enumerate(lines)
    )
    attributes = (
        f' x="{_CARD_MARGIN}" y="{_CARD_TOP}" width="{_CARD_WIDTH - 2 * _CARD_MARGIN}" '
        f'height="{_CARD_HEIGHT - _CARD_TOP - _CARD_BOTTOM}"'
    )
    for number, (style, label) in enumerate(legend):
        x = _CARD_MARGIN + number * _LEGEND_STEP
        texts += (
            f'<rect class="fill-{style}" x="{x}" y="{_LEGEND_TOP}" width="20" height="20"/>'
            f'<text x="{x + 28}" y="{_LEGEND_TOP + 17}" font-size="22" fill="#1b2733">'
            f"{escape(label)}</text>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_CARD_WIDTH}" height="{_CARD_HEIGHT}">'
        f'<style>{_style()}</style><rect width="100%" height="100%" fill="#fff"/>{texts}'
        f"{_with_attributes(figure, attributes, '')}"
        f'<text x="{_CARD_MARGIN}" y="{_CARD_HEIGHT - 20}" font-size="20" fill="#56606b">'
        f"{escape(remark)}</text></svg>\n"
    )


def _size(figure: str) -> tuple[float, float]:
    """Return the width and height of a figure in its units."""
    match = _VIEW.search(figure)
    assert match is not None
    return float(match[1]), float(match[2])


def _with_attributes(figure: str, attributes: str, head: str) -> str:
    """Return a figure as a document with attributes of its element, and a head in it."""
    # Not as Markup, which would escape what is added.
    text = str.__str__(figure)
    start = text.index(">") + 1
    opening = text[:start].replace(
        "<svg", f'<svg xmlns="http://www.w3.org/2000/svg"{attributes}', 1
    )
    return f"{opening}{head}{text[start:]}"


@cache
def _style() -> str:
    path = static_file("site.css")
    assert path is not None
    text = path.read_text(encoding="utf-8")
    # The colours for dark screens follow in a block of their own.
    variables = dict(_VARIABLE.findall(text.partition("@media")[0]))
    rules = [
        f"{selector.strip()}{{{body.strip()}}}"
        for selector, body in _RULE.findall(text.replace("} ", "}\n"))
        if _OF_FIGURES.search(selector) and not _OF_PAGES.search(selector)
    ]
    style = "".join(dict.fromkeys(rules))
    return _USE.sub(lambda match: variables[match[1]], style)
