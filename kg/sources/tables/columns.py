"""Tables of millions of rows as columns, from CSV as from R's data files."""

from __future__ import annotations

from array import array
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kg.errors import SourceError
from kg.sources.days import is_day
from kg.sources.tables.faults import fault
from kg.sources.tables.reader import open_table
from kg.sources.tables.text import altered_date, altered_number

_MISSING_INTEGER: Final = -(2**31)
#: What R writes for a missing value.
_NOT_AVAILABLE: Final = frozenset(("", "NA"))
_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Column:
    """A column of a table: numbers, texts, or a factor (numbers with labels)."""

    _values: NDArray[np.generic] | list[str | None]
    _labels: list[str | None] | None = None

    def __len__(self) -> int:
        return len(self._values)

    @property
    def has_texts(self) -> bool:
        """Whether the values are texts, or numbers with labels."""
        return isinstance(self._values, list) or self._labels is not None

    def numbers(self) -> NDArray[np.float64]:
        """Return the column as an array of numbers, NaN for missing values and for texts."""
        if isinstance(self._values, list):
            return np.full(len(self._values), np.nan)
        numbers = self._values.astype(np.float64)
        if self._values.dtype.kind == "i":
            numbers[self._values == _MISSING_INTEGER] = np.nan
        return numbers

    def texts(self) -> list[str]:
        """Return the column as texts, empty for missing values and for numbers."""
        if isinstance(self._values, list):
            return [text or "" for text in self._values]
        if self._labels is None:
            return [""] * len(self._values)
        labels = ["", *(label or "" for label in self._labels)]
        codes = self._values.astype(np.int64)
        codes[(codes < 0) | (codes >= len(labels))] = 0
        return [labels[code] for code in codes.tolist()]


#: A table: its columns by name, all of the same length.
Table = dict[str, Column]


def read_columns(
    path: Path,
    required: Collection[str],
    table: str,
    *,
    optional: Collection[str] = (),
    numbers: Collection[str] = (),
    dates: Collection[str] = (),
    codes: Collection[str] = (),
    separators: str = ",",
) -> Table:
    """Return the columns of a CSV table that R, or a program like it, has written.

    ``table`` describes the table to people. ``numbers`` are the columns of numbers, ``dates`` those
    of days in ISO 8601, which become numbers of days since 1970. ``NA`` is a missing value, except
    in ``codes``, the columns where it may be the code of Namibia.

    Raises:
        SourceError: if the file is no such table, or a value is no number or no day.
    """
    with open_table(path, required, table, separators=separators) as reader:
        wanted = [name for name in reader.header if name in {*required, *optional}]
        columns: dict[str, list[str | None]] = {name: [] for name in wanted}
        parsed = {name: array("d") for name in wanted if name in {*numbers, *dates}}
        known: dict[tuple[bool, str], float] = {}
        places = [(name, reader.header.index(name)) for name in wanted]
        width = len(reader.header)
        for line, values in reader:
            if len(values) != width:
                problem = f"expected {width} values, one for each column"
                raise fault(path, line, "", ",".join(values), problem)
            for name, place in places:
                value = values[place]
                if name not in parsed:
                    missing = value in _NOT_AVAILABLE and name not in codes
                    columns[name].append(None if missing else value)
                    continue
                key = name in dates, value
                number = known.get(key)
                if number is None:
                    number = known[key] = _number(path, line, name, value, is_date=key[0])
                parsed[name].append(number)
    result = {
        name: Column(np.frombuffer(parsed[name]) if name in parsed else columns[name])
        for name in wanted
    }
    if not len(result[wanted[0]]):
        raise SourceError(f"{path}: the table has a header and no rows; download it again")
    return result


def _number(path: Path, line: int, column: str, text: str, *, is_date: bool) -> float:
    """Return a number, or the number of a day since 1970; NaN for a missing value."""
    value = text.strip()
    if value in _NOT_AVAILABLE:
        return float("nan")
    if is_date:
        if is_day(value):
            return float(date.fromisoformat(value).toordinal() - _EPOCH)
        what, altered = "a day such as 1946-12-31", altered_date(value)
    else:
        try:
            if not (altered := altered_number(value)):
                return float(value)
        except ValueError:
            altered = altered_date(value)
        what = "a number"
    raise fault(path, line, column, text, f"expected {what}" + (f" ({altered})" if altered else ""))
