"""Figures of pages as SVG files of their own, with the light colours of the style sheet in them."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Final

from kg.web.pages.static_files import static_file

_VARIABLE: Final = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USE: Final = re.compile(r"var\((--[\w-]+)\)")
_RULE: Final = re.compile(r"^([^{}@/]+)\{([^{}]*)\}", re.MULTILINE)
#: The selectors of what a figure consists of; the pointer and the legend are not part of it.
_OF_FIGURES: Final = re.compile(r"\.(?:fill-|line\b|dot\b|map |chart )")
_OF_PAGES: Final = re.compile(r":hover|\.swatch")


def standalone(figure: str, title: str, remark: str) -> str:
    """Return a figure in SVG as a file, with a title and a remark on its source."""
    head = (
        f"<title>{escape(title)}</title><desc>{escape(remark)}</desc><style>{_style()}</style>"
        '<rect width="100%" height="100%" fill="#fff"/>'
    )
    # Not as Markup, which would escape what is added.
    text = str.__str__(figure)
    start = text.index(">") + 1
    opening = text[:start].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"{opening}{head}{text[start:]}\n"


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
