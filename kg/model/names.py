"""Names: how spellings are compared, and names in several languages.

Every comparison of names uses this module: search, reconciliation, parameters, entries that are
added, and the names in source files.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

#: ``preferred`` is the usual short name in a language, ``formal`` the full name, ``alternative``
#: any other: everyday, former, abbreviated, or as a source records it.
NameKind = Literal["preferred", "formal", "alternative"]
#: The first day of a half-open period, and the day on which it ended, empty while it continues.
Period = tuple[str, str]

#: Letters without a decomposition in Unicode, and Arabic letters written in two ways at the end of
#: words or in Persian.
_LETTERS: Final = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe",
        "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ـ": "",
    }
)  # fmt: skip
_APOSTROPHES: Final = re.compile("[\u2018\u2019\u02bc\u02bb\u02be\u02bf`\u00b4\u2032]")
#: "people's", unlike "l'Afghanistan", is one word.
_POSSESSIVE: Final = re.compile(r"'(?=s\b)")
_WORD: Final = re.compile(r"[^\W_]+")
#: Words that lists of names abbreviate ("Korea, Rep.", "St. Lucia").
_ABBREVIATIONS: Final = {
    "dem": "democratic",
    "fed": "federated",
    "rep": "republic",
    "st": "saint",
    "sts": "states",
}
#: Words that lists of names omit, or move with the part in brackets ("Gambia, The").
_OMITTED: Final = frozenset(("the", "of"))
#: "Korea, South"; "Venezuela (Bolivarian Republic of)", also where a list omits "of".
_INVERTED: Final = re.compile(
    r"(?P<last>[^,()]+)(?:,\s*(?P<first>[^,]+)|\s*\((?P<within>[^()]+ of(?: the)?|the)\))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a language, and the half-open period of its use, as far as it has one.

    ``start`` and ``until`` are days; ``start`` is empty for a name without a period, and
    ``until`` while the period continues.
    """

    text: str
    language: str
    kind: NameKind
    sources: tuple[str, ...] = ()
    start: str = ""
    until: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether it was used only in a period."""
        return bool(self.start)


def normalized(text: str) -> str:
    """Return a text without case, accents and punctuation, its words separated by one space.

    >>> normalized("CÔTE D\u2019IVOIRE"), normalized("Lao People's Dem. Republic")
    ('cote d ivoire', 'lao peoples dem republic')
    """
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", text).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    composed = unicodedata.normalize("NFKC", bare).translate(_LETTERS)
    return " ".join(_WORD.findall(_POSSESSIVE.sub("", composed)))


def joined(first: Period, second: Period) -> Period:
    """Return the shortest period that contains two: from the earlier start to the later end.

    >>> joined(("1945-10-24", "1958-02-22"), ("1971-09-02", ""))
    ('1945-10-24', '')
    """
    (start, until), (other_start, other_until) = first, second
    return min(start, other_start), max(until, other_until) if until and other_until else ""


def in_words(period: Period) -> str:
    """Return a half-open period in words, empty for none.

    >>> in_words(("1973-09-18", "1990-10-03")), in_words(("1990-10-03", "")), in_words(("", ""))
    ('from 1973-09-18 until 1990-10-03', 'since 1990-10-03', '')
    """
    start, until = period
    if not start:
        return ""
    return f"from {start} until {until}" if until else f"since {start}"


@functools.lru_cache(maxsize=1 << 14)
def name_key(name: str) -> str:
    """Return what the spellings of one name have in common; empty for a text without letters.

    >>> name_key("Korea, South") == name_key("the SOUTH KOREA")
    True
    >>> name_key("U.K."), name_key("Trinidad & Tobago"), name_key("Cote dIvoire")
    ('uk', 'trinidadandtobago', 'cotedivoire')
    >>> name_key("Congo, Dem. Rep.") == name_key("Democratic Republic of the Congo")
    True
    """
    if match := _INVERTED.fullmatch(name.strip()):
        name = f"{match['first'] or match['within']} {match['last']}"
    words = normalized(name.replace("&", " and ")).split()
    kept = [word for word in words if word not in _OMITTED] or words
    return "".join(_ABBREVIATIONS.get(word, word) for word in kept)
