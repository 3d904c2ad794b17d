"""Reading a pasted or saved article: HTML to text, hidden characters, sentences with places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

#: Characters that are not seen: zero-width ones, marks of direction, soft hyphens, other controls.
_HIDDEN: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_HTML: Final = re.compile(r"\s{0,1000}(?:<!doctype html|<html|<\?xml|<head|<body)", re.IGNORECASE)
#: What begins no tag: another one begins before it ends, or it has a form that HTML does not have.
_NO_TAG: Final = re.compile(r"<(?=[^<>]*(?:<|\Z)|!\[)")
#: Elements whose text is no part of an article.
_SKIPPED: Final = frozenset(
    ("script", "style", "noscript", "template", "svg", "nav", "footer", "form", "button")
)
#: Elements that end a paragraph.
_BLOCKS: Final = frozenset(
    "p div br li ul ol h1 h2 h3 h4 h5 h6 table tr td th section article header blockquote "  # noqa: SIM905
    "figcaption title dt dd pre main aside".split()
)
_DATE_NAMES: Final = frozenset(
    ("article:published_time", "datepublished", "date", "dc.date", "dcterms.date", "pubdate")
)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
#: A possible end of a sentence; abbreviations and initials are looked at before it.
_END: Final = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]+[\"'\u201d\u2019)\]\u00bb]*(?=\s|$)|\n\s*")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(\"'\u201c])(?:[A-Z]|[A-Z]\.[A-Z]|(?:[A-Z]\.){2,}[A-Z]?|Mr|Mrs|Ms|Dr|St|Sts|No|Nos|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Rep|Dem|Gen|Sen|Gov|Lt|Col|vs|op|para|res|"
    r"EE|UU|Sr|Sra|M|Mme|n)$",
)
#: Characters before a full stop in which an abbreviation is looked for.
_ABBREVIATION_WINDOW: Final = 12


@dataclass(frozen=True, slots=True)
class Article:
    """The text of an article, with its title and day of publication as far as it states them.

    ``source`` is the text in which findings have their places.
    """

    source: str
    title: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its visible text, and its place in the text of the article."""

    text: str
    start: int
    end: int


class _Reader(HTMLParser):
    """Collects the visible text of a page, its title and its date."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title: list[str] = []
        self.date = ""
        self._skipped = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _SKIPPED:
            self._skipped += 1
        if tag == "title":
            self._in_title = True
        name = (
            values.get("property") or values.get("name") or values.get("itemprop") or ""
        ).lower()
        stated = values.get("content") if name in _DATE_NAMES else None
        if tag == "time":
            stated = values.get("datetime")
        if stated and not self.date and (day := _DAY.match(stated)):
            self.date = day[0]
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED and self._skipped:
            self._skipped -= 1
        if tag == "title":
            self._in_title = False
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        elif not self._skipped:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS and not self._skipped:
            self.parts.append("\n")


def read(text: str) -> Article:
    """Return the article in a text, which may be a saved page in HTML."""
    text = text.removeprefix("\ufeff")
    if not _HTML.match(text):
        return Article(text)
    reader = _Reader()
    reader.feed(_closed(text))
    reader.close()
    return Article("".join(reader.parts), " ".join("".join(reader.title).split()), reader.date)


def _closed(text: str) -> str:
    """Return HTML without comments, and with each ``<`` that begins no tag as text.

    The parser would look for the end of each of them through the whole text.
    """
    parts, place = [], 0
    while (start := text.find("<!--", place)) >= 0:
        parts.append(text[place:start])
        end = text.find("-->", start)
        place = len(text) if end < 0 else end + len("-->")
    parts.append(text[place:])
    return _NO_TAG.sub("&lt;", "".join(parts))


def visible(text: str) -> str:
    """Return a text without the characters that readers do not see, on one line.

    >>> visible("141\\u200b to\\u202e 5")
    '141 to 5'
    """
    return " ".join(_HIDDEN.sub("", text).split())


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text in their order; a line break ends a sentence.

    >>> [s.text for s in sentences("The U.S. abstained. On Dec. 10 it was carried 48-0.")]
    ['The U.S. abstained.', 'On Dec. 10 it was carried 48-0.']
    """
    start = 0
    for match in _END.finditer(text):
        before = text[max(start, match.start() - _ABBREVIATION_WINDOW) : match.start()]
        if match[0] == "." and _ABBREVIATION.search(before) and not _begins(text, match.end()):
            continue
        yield from _sentence(text, start, match.end())
        start = match.end()
    yield from _sentence(text, start, len(text))


def _begins(text: str, place: int) -> bool:
    """Return whether a new paragraph, or nothing, follows an abbreviation."""
    return not text[place : place + 200].strip()


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    raw = text[start:end]
    shown = visible(raw)
    if shown:
        yield Sentence(shown, start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip()))
