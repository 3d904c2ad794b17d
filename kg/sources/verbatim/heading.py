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
#: The heading of the Council's meeting before its item.
_NO_ITEM: Final = "Adoption of the agenda"
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
    """The agenda items, the report and their titles in the headings above the text."""

    def __init__(self, body: BodyName) -> None:
        self._numbered = body == "GeneralAssembly"
        #: The numbers of the items and sub-items that are considered together; in the Council, the
        #: title of the item.
        self.items: tuple[str, ...] = ()
        self.report = ""
        self.titles: dict[str, str] = {}
        self._number = ""
        self._block: list[str] = []

    def add(self, text: str) -> bool:
        """Add a heading, and return whether it begins another item or sub-item."""
        begins = not self._block
        self._block.append(text)
        if not self._numbered:
            if begins:
                self.items = () if text.startswith(_NO_ITEM) else (text,)
            return begins
        if items := _ITEMS.match(text):
            self.items, self.report = tuple(_ITEM.findall(items["numbers"])), ""
            self._number = self.items[0].split(" (")[0] if len(self.items) == 1 else ""
            return True
        letter = _SUB_ITEM.match(text)
        if letter and self._number:
            self._add_sub_item(f"{self._number} ({letter['letter']})", is_first=begins)
        elif report := _REPORT.search(text):
            self.report = report["symbol"]
        elif len(self.items) == 1 and len(self._block) > 1 and _ITEMS.match(self._block[-2]):
            self.titles.setdefault(self.items[0], text)
        return begins

    def end(self) -> None:
        """Note that text follows the headings."""
        self._block = []

    def _add_sub_item(self, item: str, *, is_first: bool) -> None:
        """Add a sub-item; several below one another are considered together, with their item."""
        earlier = [line for line in self._block[:-1] if _SUB_ITEM.match(line)]
        if is_first:
            self.report = ""
        if not earlier:
            self.items = (item,)
        elif len(earlier) == 1:
            self.items = (self._number, *self.items, item)
        else:
            self.items = (*self.items, item)
