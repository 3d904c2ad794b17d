"""Values of tables as text: white space, control characters, what spreadsheets made of them."""

from __future__ import annotations

import re
from typing import Final

#: The rule, as printed in the list of normalised rows.
CONTROL: Final = "a control character is read as white space"
#: Unicode's category Cc without tabs and ends of lines, which are white space.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

# What spreadsheets make of dates and numbers when they open a CSV file.
_PRINTED_DATE: Final = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[/.]\d{1,2}[/.]\d{1,2}|\d{1,2}[- ][A-Za-z]{3}[- ]\d{2,4}"
)
_DATE_WITH_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?")
_SERIAL_DATE: Final = re.compile(r"\d{5}(?:\.0)?")
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_AGAIN: Final = "use the file as downloaded, or import this column as text"


def normalized(text: str) -> str:
    """Return a text with runs of white space and control characters as one blank.

    >>> normalized(" A title\\x07 in\\n two lines ")
    'A title in two lines'
    """
    return " ".join(_CONTROLS.sub(" ", text).split())


def has_controls(text: str) -> bool:
    """Return whether a text has control characters other than tabs and ends of lines."""
    return bool(_CONTROLS.search(text))


def visible(text: str) -> str:
    r"""Return a text with its control characters as escapes.

    >>> print(visible("bell \x07"))
    bell \x07
    """
    return _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def altered_date(value: str) -> str:
    """Return what a spreadsheet has done to a date and what to do, empty if nothing known.

    >>> altered_date("05/12/2024").partition(";")[0]
    'a spreadsheet printed it in another order'
    """
    if _PRINTED_DATE.fullmatch(value):
        return f"a spreadsheet printed it in another order; {_AGAIN}"
    if _DATE_WITH_TIME.fullmatch(value):
        return f"a program added a time; {_AGAIN}"
    if _SERIAL_DATE.fullmatch(value):
        return f"a spreadsheet printed its number of the day; {_AGAIN}"
    return ""


def altered_number(value: str) -> str:
    """Return what a spreadsheet has done to a number and what to do, empty if nothing known.

    >>> altered_number("4.10E+06").partition(";")[0]
    'a spreadsheet rounded it, and its last digits are lost'
    """
    if _SCIENTIFIC.fullmatch(value):
        return f"a spreadsheet rounded it, and its last digits are lost; {_AGAIN}"
    return ""
