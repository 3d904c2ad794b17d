"""Days, months and years in a sentence, relative ones by the day of the article."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from kg.model.names import normalized

Precision = Literal["day", "weekday", "month", "year"]

_MONTHS: Final = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, name in enumerate(names.split(), 1)
} | {"sept": 9}
_WEEKDAYS: Final = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunes martes miercoles jueves viernes sabado domingo",
    )
    for number, name in enumerate(names.split())
}
_MONTH: Final = r"(?P<month>[^\W\d_]{3,10})\.?"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?(?: of| de)? {_MONTH}"
        r"(?:,?(?: de| of)? (?P<year>(?:19|20)\d\d))?\b",
        rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>(?:19|20)\d\d)\b)?",
        rf"\b{_MONTH}(?:,? (?:(?:of|de) )?(?P<year>(?:19|20)\d\d)\b)?(?P<last> last year)?",
        r"\b(?P<year>(?:19|20)\d\d)\b",
    )
)
_WORD: Final = re.compile(r"[^\W\d_]{5,}")
_YESTERDAY: Final = re.compile(r"\b(?:yesterday|hier|ayer)\b", re.IGNORECASE)
_YEAR_EARLIER: Final = re.compile(
    r"\b(?:last year|a year (?:earlier|ago|before)|the year before|the previous year|"
    r"l'an dernier|el año pasado)\b",
    re.IGNORECASE,
)
#: Words before a month or a year that make it an end of a period, not the day of a vote.
_PERIOD: Final = re.compile(
    r"(?:since|until|till|depuis|desde|between|from|to|by)\s+$", re.IGNORECASE
)
#: "may" and "mars", "march" in small letters are other words.
_AMBIGUOUS: Final = frozenset(("may", "mars", "mar", "mai", "march", "dec", "jan", "sep"))


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The days that a text may mean, both inclusive, and the place where it names them."""

    first: str
    last: str
    precision: Precision
    start: int
    end: int

    def covers(self, day: str) -> bool:
        """Return whether a day, or any day of a month, is among them; of two weekdays, either."""
        if self.precision == "weekday":
            return day in (self.first, self.last)
        return self.first[: len(day)] <= day <= self.last[: len(day)]


def date_spans(text: str, article_date: str = "") -> list[DateSpan]:
    """Return what a sentence says of dates; ``article_date`` is empty where it is not known.

    >>> [(s.first, s.precision) for s in date_spans("On Thursday it voted", "2023-02-24")]
    [('2023-02-23', 'weekday')]
    >>> [(s.first, s.last) for s in date_spans("in June 2017 the Assembly", "2019-05-23")]
    [('2017-06-01', '2017-06-30')]
    """
    today = _day(article_date)
    spans: list[DateSpan] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < span.end and span.start < match.end() for span in spans):
                continue
            span = _span(match, today)
            if span is not None:
                spans.append(span)
    if today is not None:
        spans += [
            span
            for span in _relative(text, today)
            if not any(span.start < other.end and other.start < span.end for other in spans)
        ]
    kept = [
        span for span in spans if not _PERIOD.search(text[max(0, span.start - 12) : span.start])
    ]
    return sorted(kept, key=lambda span: span.start)


def date_places(text: str) -> list[tuple[int, int]]:
    """Return the places of all dates in a text, also of periods: their numbers count no votes."""
    places: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if _span(match, date(2000, 1, 1)) is not None:
                places.append(match.span())
    return places


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _span(match: re.Match[str], today: date | None) -> DateSpan | None:
    """Return the days that a match means, or None if it is no date."""
    parts = match.groupdict()
    month = int(parts["number"]) if parts.get("number") else 0
    if name := parts.get("month"):
        month = _MONTHS.get(normalized(name), 0)
        is_bare = not parts.get("day") and not parts.get("year")
        if not month or (is_bare and (name[0].islower() or len(name) < 4) and name.islower()):
            return None
        if normalized(name) in _AMBIGUOUS and name[0].islower() and not parts.get("day"):
            return None
    year = int(parts["year"]) if parts.get("year") else 0
    if not year:
        if today is None:
            return None
        year = today.year - bool(parts.get("last"))
        day = int(parts.get("day") or 1)
        if not parts.get("last") and (month, day) > (today.month, today.day):
            year -= 1
    start, end = match.span()
    try:
        if parts.get("day"):
            exact = date(year, month, int(parts["day"])).isoformat()
            return DateSpan(exact, exact, "day", start, end)
        if month:
            last = calendar.monthrange(year, month)[1]
            return DateSpan(
                f"{year}-{month:02}-01", f"{year}-{month:02}-{last}", "month", start, end
            )
    except ValueError:
        return None
    return DateSpan(f"{year}-01-01", f"{year}-12-31", "year", start, end)


def _relative(text: str, today: date) -> Iterator[DateSpan]:
    """Yield the days of weekdays, of yesterday and of last year."""
    for match in _WORD.finditer(text):
        weekday = _WEEKDAYS.get(normalized(match[0]))
        if weekday is None:
            continue
        day = today - timedelta(days=(today.weekday() - weekday) % 7)
        first = day - timedelta(days=7)
        # On the same weekday a text may mean today or a week ago.
        first = first if day == today else day
        yield DateSpan(first.isoformat(), day.isoformat(), "weekday", *match.span())
    for match in _YESTERDAY.finditer(text):
        day = today - timedelta(days=1)
        yield DateSpan(day.isoformat(), day.isoformat(), "weekday", *match.span())
    for match in _YEAR_EARLIER.finditer(text):
        year = today.year - 1
        yield DateSpan(f"{year}-01-01", f"{year}-12-31", "year", *match.span())


def days_apart(first: str, second: str) -> int:
    """Return the days between two days; a month without a day counts as its 15th.

    >>> days_apart("1950-06-25", "1950-07")
    20
    """
    days = (
        date.fromisoformat(day if len(day) > len("1950-06") else f"{day}-15")
        for day in (first, second)
    )
    return abs((next(days) - next(days)).days)
