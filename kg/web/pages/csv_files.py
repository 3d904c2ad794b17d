"""Tables of pages as CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

CSV_TYPE: Final = "text/csv; charset=utf-8"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table with a header as CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    return stream.getvalue()
