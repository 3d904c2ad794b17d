"""The seats behind the codes of the Correlates of War project that the data set uses."""

from __future__ import annotations

from typing import Final

from kg import resources
from kg.sources import csv_table

#: The seats of each code; a code may stand for seats that followed each other.
FILE: Final = "voeten_codes.csv"
#: What a code must be, for the list of rejected rows.
EXPECTED: Final = f"a code of the Correlates of War project in {FILE}"


def seats_by_code() -> dict[str, tuple[str, ...]]:
    """Return the keys of the seats of each code.

    Raises:
        SourceError: if the table is unusable.
    """
    rows = csv_table.read(resources.DATA / FILE, "ccode seats")
    return {row["ccode"]: row.keys("seats") for row in rows}
