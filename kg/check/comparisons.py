"""What a sentence states of several votes: vetoes in all, the first in years, numbers by year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.check.dates import DateSpan
from kg.check.numerals import Number, numbers, ordinal

_TEXTS: Final = r"(?:resolutions?|drafts?|documents?|texts?|measures?|motions?|proposals?)"
_VETOES: Final = re.compile(
    rf"\b(?:vetoed|blocked)\s+(?:a total of\s+)?(?P<texts>[\w-]+)\s+(?:\w+\s+){{0,3}}?{_TEXTS}\b|"
    r"\b(?:used|cast|exercised|wielded)\s+(?:its|their|the)\s+veto(?:\s+\w+)?\s+"
    r"(?P<times>[\w-]+)\s+times\b|\bcast\s+(?:a total of\s+)?(?P<vetoes>[\w-]+)\s+vetoes\b|"
    r"\b(?:its|their|the|a|['\u2019]s)\s+(?P<nth>[\w-]+)\s+veto\b",
    re.IGNORECASE,
)
#: The period of a count of vetoes.
_EVER: Final = re.compile(
    r"\b(?:in all|in total|altogether|overall|ever|over the UN['\u2019]s (?:existence|history)|"
    r"in (?:its|the UN['\u2019]s|UN) history|"
    r"since (?:the UN was founded|the UN['\u2019]s founding|1945|1946))\b",
    re.IGNORECASE,
)
_SINCE: Final = re.compile(r"\bsince (?P<year>(?:19|20)\d\d)\b", re.IGNORECASE)
#: A topic makes a count one of some vetoes only.
_ABOUT: Final = re.compile(
    r"\b(?:on|about|concerning|regarding|critical|against|condemning|relating|protecting|"
    r"to protect)\b",
    re.IGNORECASE,
)
_FIRST: Final = re.compile(
    rf"\b[Ff]irst\s+(?:(?P<before>(?:[A-Z][\w-]*\s+){{1,4}}){_TEXTS}|"
    rf"(?:\w+\s+)?{_TEXTS}\s+on\s+(?:the\s+)?"
    r"(?P<after>[A-Z][\w-]*(?:\s+[A-Z][\w-]*){0,3}))"
    r"[^.;]{0,60}?\b(?:pass(?:ed)?|adopted|approved|clear(?:ed)?)\b[^.;]{0,40}?"
    r"\bin\s+(?:more than\s+|nearly\s+|almost\s+|over\s+)?(?P<years>[\w-]+)\s+years\b"
)
_OCCASION: Final = re.compile(
    r"\bfor (?:the|a) (?P<nth>[\w-]+) (?:consecutive |straight |successive )?(?:time|year)\b",
    re.IGNORECASE,
)
_OF_YEAR: Final = re.compile(r"\s+(?:votes?\s+)?(?:in|of|for)\s+$|\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VetoTotal:
    """How often states have vetoed since a year, 0 for ever, None where that is not certain.

    ``is_latest`` if it is the number of one veto, "its third veto since 2022".
    """

    number: int
    since: int | None
    is_latest: bool = False


@dataclass(frozen=True, slots=True)
class FirstInYears:
    """The first adopted text on a topic, by its name, in a number of years."""

    topic: str
    years: int


def veto_total(text: str) -> VetoTotal | None:
    """Return the count of vetoes that a sentence states, or None.

    >>> veto_total("Washington has vetoed 20 resolutions since 1990.")
    VetoTotal(number=20, since=1990, is_latest=False)
    """
    for match in _VETOES.finditer(text):
        nth = ordinal(match["nth"]) if match["nth"] else 0
        value = nth or _value(match["texts"] or match["times"] or match["vetoes"] or "")
        if value is None or value < 2:
            continue
        since = _SINCE.search(text)
        if _ABOUT.search(text, match.end()) or not (since or _EVER.search(text)):
            # One veto of several is that of a roll call.
            return None if nth else VetoTotal(value, None)
        return VetoTotal(value, int(since["year"]) if since else 0, is_latest=nth > 0)
    return None


def occasion(text: str) -> int:
    """Return which time such a text was voted on, as a sentence states it, 0 if it does not.

    >>> occasion("It condemned the embargo for the 30th time.")
    30
    """
    match = _OCCASION.search(text)
    return ordinal(match["nth"]) if match else 0


def first_in_years(text: str) -> FirstInYears | None:
    """Return what a sentence says to be the first in years, or None.

    >>> first_in_years("It was the first resolution on Yemen to be adopted in ten years.")
    FirstInYears(topic='Yemen', years=10)
    """
    match = _FIRST.search(text)
    years = _value(match["years"]) if match else None
    if match is None or not years:
        return None
    return FirstInYears((match["before"] or match["after"]).strip(), years)


def numbers_by_year(
    text: str, counted: list[Number], spans: list[DateSpan]
) -> list[tuple[int, DateSpan]]:
    """Return the numbers of votes in favour in other years: "184 in 2021 and 185 last year"."""
    return [
        (number.value, span)
        for number in counted
        for span in spans
        if span.precision == "year" and _OF_YEAR.fullmatch(text, number.end, span.start)
    ]


def _value(word: str) -> int | None:
    found = numbers(word)
    return found[0].value if len(found) == 1 else None
