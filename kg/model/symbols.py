"""UN document symbols: their slugs and sessions.

docs/reference/iris.md defines slugs. The Dag Hammarskjöld Library explains symbols:
https://research.un.org/en/docs/symbols.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip

#: The last regular session in Roman numerals, with resolutions numbered across sessions.
LAST_ROMAN_SESSION = 30

#: Added to the number of a regular session, gives the year in which it opens, from September on.
_YEAR_BEFORE_FIRST_SESSION = 1945

_NEW_STYLE = re.compile(r"A/(?:RES|DEC)/(?P<session>\d+|E?S-\d+)/")
_OLD_STYLE = re.compile(r"A/RES/\d+\s*\((?P<kind>E?S-)?(?P<number>[IVXLC]+|\d+)\)")

_BEFORE_PART = re.compile(r"(?<=[0-9])(?=[A-Z])")
_PUNCTUATION = re.compile(r"[^A-Z0-9]+")
_NUMBER = re.compile(r"[AS]/RES/(?:(?:\d+|E?S-\d+)/+)?(\d+)")


#: The symbols of a few hundred events: a build needs the slug of each several times in a row.
CACHED_SYMBOLS: Final = 4096


@lru_cache(maxsize=CACHED_SYMBOLS)
def slug(symbol: str) -> str:
    """Return the slug of a document symbol, the last part of its IRI.

    >>> slug("A/RES/1991(XVIII)[A]"), slug("A/RES/41/68 B"), slug("S/RES/2623 (2022)")
    ('A-RES-1991-XVIII-A', 'A-RES-41-68-B', 'S-RES-2623-2022')

    Raises:
        ValueError: if the symbol contains no letter or digit.
    """
    text = "".join(symbol.split()).upper()
    text = _BEFORE_PART.sub("-", text)
    text = _PUNCTUATION.sub("-", text).strip("-")
    if not text:
        raise ValueError(f"{symbol!r} is not a document symbol")
    return text


def roman(number: int) -> str:
    """Return a positive number in Roman numerals.

    >>> roman(29)
    'XXIX'
    """
    text = ""
    for value, letters in _ROMAN:
        while number >= value:
            text += letters
            number -= value
    return text


def arabic(numeral: str) -> int:
    """Return the value of Roman numerals.

    >>> arabic("XXIX")
    29
    """
    total = 0
    for value, letters in _ROMAN:
        while numeral.startswith(letters):
            total += value
            numeral = numeral.removeprefix(letters)
    if numeral:
        raise ValueError(f"{numeral!r} is not a Roman numeral")
    return total


def is_within_session(session: str, day: str) -> bool:
    """Return whether the General Assembly may have voted on a day in a session.

    A regular session opens in or after September (the first in January 1946) and ends before the
    end of the next year. Special and emergency sessions are resumed over years, so any day fits.

    >>> is_within_session("37", "1982-02-21"), is_within_session("37", "1982-12-09")
    (False, True)
    """
    if not session.isdecimal():
        return True
    year = _YEAR_BEFORE_FIRST_SESSION + int(session)
    opening = f"{year}-01" if session == "1" else f"{year}-09"
    return opening <= day <= f"{year + 1}-12-31"


def session_of(symbol: str) -> str | None:
    """Return the key of the General Assembly session in a symbol, None if it has none.

    >>> session_of("A/RES/ES-11/6"), session_of("A/RES/2535(XXIV)[C]")
    ('ES-11', '24')
    >>> session_of("A/RES/1474(ES-IV)"), session_of("A/DEC/80/506"), session_of("S/RES/1(1946)")
    ('ES-4', '80', None)
    """
    if match := _NEW_STYLE.match(symbol):
        return match["session"]
    if match := _OLD_STYLE.match(symbol):
        number = match["number"]
        value = int(number) if number.isdecimal() else arabic(number)
        return f"{match['kind'] or ''}{value}"
    return None


def number_of(symbol: str) -> int | None:
    """Return the number of a resolution of either body, None if the symbol has none.

    >>> number_of("A/RES/2535(XXIV)[C]"), number_of("A/RES/ES-11/6"), number_of("S/RES/698(1991)")
    (2535, 6, 698)
    """
    match = _NUMBER.match(symbol)
    return int(match[1]) if match else None
