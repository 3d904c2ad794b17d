"""Days as printed in documents."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

_DAY: Final = re.compile(r"\d{1,2} [A-Za-z]+ \d{4}|\d{4}-\d\d-\d\d(?= 00:00:00)")


def day(text: str) -> str:
    """Return a date in ISO 8601, or the text if its form is unknown.

    >>> day("17 December 2024"), day("2019-12-18 00:00:00"), day("3 May 2004 in Nairobi")
    ('2024-12-17', '2019-12-18', '2004-05-03')
    """
    match = _DAY.match(text)
    for form in ("%d %B %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(match[0] if match else text, form).date().isoformat()
        except ValueError:
            continue
    return text
