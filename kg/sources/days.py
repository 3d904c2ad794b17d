"""Days in the files of sources."""

from __future__ import annotations

from datetime import date
from typing import Final

#: The day on which the Charter came into force.
FIRST_DAY: Final = "1945-10-24"


def is_day(text: str, first: str = FIRST_DAY) -> bool:
    """Return whether a text is a day in ISO 8601 (``2014-03-27``), not before the first one.

    >>> is_day("2014-03-27"), is_day("20140327"), is_day("1945-10-23"), is_day("2014-02-30")
    (True, False, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text >= first
    except ValueError:
        return False
