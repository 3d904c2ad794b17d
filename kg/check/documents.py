"""Documents that a text names: symbols, and numbers of resolutions without their body."""

from __future__ import annotations

import re
from typing import Final

from kg.check.dates import date_places

_SYMBOL: Final = re.compile(
    r"\b[AS]/[A-Z0-9][A-Za-z0-9./\-]{2,40}(?:\s?\([A-Z0-9]{1,8}\))?(?:\[[A-Z]\])?"
)
_RESOLUTION: Final = re.compile(
    r"\b(?:resolutions?|r[eé]solutions?|resoluci[oó]n|UNSCR|UNGA|la|text)\s+(?:No\.?\s?)?[\"\u201c]?"
    r"(?:Resolution\s)?(?P<number>(?:ES-)?\d{1,5}(?:/\d{1,3})?)(?:\s?\((?P<year>[IVXLCDM]+|\d{4})\))?"
    r"(?:\s?(?P<letter>[A-Z])\b)?",
    re.IGNORECASE,
)
_BARE_SYMBOL: Final = re.compile(r"\b(?:ES-\d{1,2}/\d{1,2}|[4-9]\d/\d{1,3})\b")
#: A number that is that of a resolution: too large for states, and beside a verb of voting.
_BARE_NUMBER: Final = re.compile(
    r"(?:(?<=passed )|(?<=adopted ))(?:[2-9]\d\d|[1-4]\d{3})\b(?![\u2010-\u2015-])|"
    r"\b(?:[2-9]\d\d|[1-4]\d{3})(?= (?:was|had|got|passed|were) )"
)


def documents(text: str) -> tuple[list[str], list[str], list[tuple[int, int]]]:
    """Return symbols, numbers of resolutions without a body, and the places of both."""
    symbols: list[str] = []
    plain: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _SYMBOL.finditer(text):
        symbols.append(match[0].rstrip(".,;-"))
        places.append(match.span())
    days = date_places(text)
    for match in (
        *_RESOLUTION.finditer(text),
        *_BARE_SYMBOL.finditer(text),
        *_BARE_NUMBER.finditer(text),
    ):
        others = [*places, *days] if match.re is _BARE_NUMBER else places
        if any(match.start() < end and start < match.end() for start, end in others):
            continue
        if match.re is not _RESOLUTION:
            plain.append(match[0])
        else:
            year = f"({match['year']})" if match["year"] else ""
            letter = match["letter"] if match["letter"] and match["letter"].isupper() else ""
            plain.append(f"{match['number']}{year}{letter}".upper())
        places.append(match.span())
    return symbols, plain, places


#: The last resolution of the Assembly that has a number without a session, of 1975; the Council's
#: numbers are still below it.
_LAST_PLAIN: Final = 3541
_UNITED_NATIONS: Final = re.compile(r"\bU\.?N\b|\bUnited Nations\b|\b(?:General )?Assembly\b")


def misprinted(numbers: list[str], text: str, before: str) -> list[str]:
    """Return numbers of sessions and resolutions that lost their slash: 4686 for 46/86.

    Parliaments number resolutions too: the text, or one before it, must be about the UN.
    """
    if not (_UNITED_NATIONS.search(text) or any(documents(before)[:2])):
        return []
    return [
        f"{number[:2]}/{number[2:]}"
        for number in numbers
        if number.isdecimal() and len(number) in (4, 5) and int(number) > _LAST_PLAIN
    ]
