"""The first page of a record: body, session, number and date of the meeting; and item headings."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from kg.errors import SourceError
from kg.model.votes import BodyName

_MONTHS: Final = tuple(calendar.month_name)[1:]
_DATE: Final = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?P<day>\d\d?) "
    rf"(?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}})"
)
_SYMBOL: Final = re.compile(r"\b(?:A/(?:(?:ES-|S-)?\d+/)|S/)PV\.\d+(?: \(Resumption \d+\))?")
_NUMBER: Final = re.compile(r"\b(?P<number>\d+)(?:st|nd|rd|th)\s+(?:plenary )?meeting\b", re.I)
_SESSION: Final = re.compile(
    r"\b(?P<ordinal>[a-z]+(?:-[a-z]+)?) (?P<kind>(?:emergency )?special )?session\b", re.I
)
_UNITS: Final = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
#: Ordinals up to the nineteenth, and the tens as ordinals and before units.
_ORDINALS: Final = (
    {word: number for number, word in enumerate(_UNITS, 1)}
    | {word: 10 * number for number, word in enumerate(_TENS, 2)}
    | {f"{word[:-1]}ieth": 10 * number for number, word in enumerate(_TENS, 2)}
)
_KINDS: Final = {"": "", "special ": "S-", "emergency special ": "ES-"}

_ITEMS: Final = re.compile(
    r"agenda items? (?P<numbers>\d+(?: ?\([a-z]{1,5}\))?"
    r"(?:(?:, | and | to )\d+(?: ?\([a-z]{1,5}\))?)*)",
    re.I,
)
_ITEM: Final = re.compile(r"\d+(?: ?\([a-z]{1,5}\))?")
_SUB_ITEM: Final = re.compile(r"\((?P<letter>[a-z]{1,5})\) ")
_REPORT: Final = re.compile(
    r"\breport of .*\bcommittee\b.*?\((?P<symbol>A/[\w./-]+(?: \([^)]*\))?)", re.I
)


class Meeting(NamedTuple):
    """The meeting of a record; ``session`` is empty for the Security Council."""

    symbol: str
    body: BodyName
    session: str
    date: str


def read_meeting(paragraphs: Iterable[str], file: str) -> Meeting:
    """Return the meeting from the paragraphs of the first page above the text.

    Raises:
        SourceError: if it is not the first page of a verbatim record of one of the two bodies.
    """
    text = " ".join(paragraphs)
    number, day = _NUMBER.search(text), _DATE.search(text)
    body: BodyName | None = None
    if re.search(r"general\s+assembly", text, re.I):
        body = "GeneralAssembly"
    elif re.search(r"security\s+council", text, re.I):
        body = "SecurityCouncil"
    session = _session(text) if body == "GeneralAssembly" else ""
    missing = [
        name
        for name, value in (
            ("General Assembly or Security Council", body),
            ("the number of the meeting", number),
            ("its date", day),
            ("the session", session or body == "SecurityCouncil"),
        )
        if not value
    ]
    if missing or body is None or number is None or day is None:
        raise SourceError(
            f"{file}: its first page does not name {', '.join(missing)}; expected a verbatim "
            "record in English"
        )
    made = f"A/{session}/PV.{number['number']}" if session else f"S/PV.{number['number']}"
    printed = _SYMBOL.search(text)
    month = _MONTHS.index(day["month"]) + 1
    try:
        iso = date(int(day["year"]), month, int(day["day"])).isoformat()
    except ValueError as error:
        raise SourceError(f"{file}: impossible date {day[0]!r} ({error})") from error
    return Meeting(printed[0] if printed else made, body, session, iso)


def _session(text: str) -> str:
    for match in _SESSION.finditer(text):
        numbers = [_ORDINALS.get(word, 0) for word in match["ordinal"].lower().split("-")]
        if all(numbers):
            return f"{_KINDS[(match['kind'] or '').lower()]}{sum(numbers)}"
    return ""


class Headings:
    """The agenda item, the report and the drafts in the headings above the text."""

    def __init__(self) -> None:
        self.item = ""
        self.report = ""
        self.titles: dict[str, str] = {}
        self._number = ""
        self._block: list[str] = []

    def add(self, text: str) -> bool:
        """Add a heading, and return whether it begins another item or sub-item."""
        begins = not self._block
        self._block.append(text)
        if items := _ITEMS.match(text):
            numbers = _ITEM.findall(items["numbers"])
            self._number = numbers[0] if len(numbers) == 1 else ""
            self.item, self.report = self._number, ""
            return True
        letters = [m["letter"] for line in self._block if (m := _SUB_ITEM.match(line))]
        if self._number and _SUB_ITEM.match(text):
            # Several sub-items below one another are considered together.
            bare = self._number.split(" (")[0]
            self.item = f"{bare} ({letters[0]})" if len(letters) == 1 else bare
            self.report = "" if begins else self.report
        elif report := _REPORT.search(text):
            self.report = report["symbol"]
        elif self.item and len(self._block) > 1 and self._is_title():
            self.titles.setdefault(self.item, text)
        return begins

    def end(self) -> None:
        """Note that text follows the headings."""
        self._block = []

    def _is_title(self) -> bool:
        """Whether the last heading directly follows the number of the item."""
        return bool(_ITEMS.match(self._block[-2]))
