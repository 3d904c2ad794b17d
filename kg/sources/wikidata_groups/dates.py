"""Dates of Wikidata, which are written as moments whatever is known of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.sources.days import is_day

#: Values of ``wikibase:timePrecision``: year, month and day (Wikibase's data model), each with the
#: number of characters of an ISO 8601 date that are known.
_KNOWN: Final = {"9": len("1973"), "10": len("1973-01"), "11": len("1973-01-01")}
_MOMENT: Final = re.compile(r"\+?(\d{4}-\d\d-\d\d)(?:T00:00:00(?:\.0+)?Z?)?")
UNKNOWN_PRECISION: Final = "a date without its precision: 1 January is read as its year"
TOO_IMPRECISE: Final = "a date less precise than a year: not used"
UNKNOWN_VALUE: Final = "a date marked as unknown: not used"


@dataclass(frozen=True, slots=True)
class WikidataDate:
    """A date as far as it is known, empty if nothing can be used; ``rule`` is how it was read.

    ``rule`` is empty for a date that is read as it is written.
    """

    text: str
    rule: str = ""


def read_date(moment: str, precision: str) -> WikidataDate | None:
    """Return the date of a moment such as "1973-01-01T00:00:00Z" with a precision, or None.

    Wikidata writes a month as its first day, and a year as 1 January. None means that the value is
    no date of the Common Era.

    >>> read_date("1973-01-01T00:00:00Z", "9").text, read_date("1973-05-01T00:00:00Z", "10").text
    ('1973', '1973-05')
    >>> read_date("1973-01-01T00:00:00Z", "11").text
    '1973-01-01'
    """
    if "/.well-known/genid/" in moment or moment.startswith("_:"):
        return WikidataDate("", UNKNOWN_VALUE)
    match = _MOMENT.fullmatch(moment)
    if match is None or not is_day(match[1], first=""):
        return None
    day = match[1]
    if not precision:
        new_year = day.endswith("-01-01")
        return WikidataDate(day[:4], UNKNOWN_PRECISION) if new_year else WikidataDate(day)
    if precision not in _KNOWN:
        return WikidataDate("", TOO_IMPRECISE) if precision.isdecimal() else None
    return WikidataDate(day[: _KNOWN[precision]])
