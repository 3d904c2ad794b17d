"""The texts of the dictionary in a file that is mapped into memory and shared by all processes.

DuckDB would take two milliseconds to find a term, and a join to return the texts of a result; here
a term takes microseconds. The file has all texts in the order of their identifiers, in UTF-8; then
where each of them starts and the last one ends, and their number, as 64-bit integers.
"""

from __future__ import annotations

import mmap
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import Final

#: The file beside the columns.
FILE_NAME: Final = "columns.terms"
_INTEGER: Final = "Q"
_INTEGER_BYTES: Final = 8


class TermTexts:
    """The open file in the folder of a release.

    Raises:
        OSError: if it cannot be opened.
        ValueError: if it is not such a file.
    """

    def __init__(self, folder: Path) -> None:
        with (folder / FILE_NAME).open("rb") as file:
            self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        integers = memoryview(self._file)
        count = int.from_bytes(integers[-_INTEGER_BYTES:], "little")
        # The starts, the end of the last text, and the number.
        size = (count + 2) * _INTEGER_BYTES
        if size > len(integers):
            raise ValueError(f"{folder / FILE_NAME}: not a file of {count:,} texts")
        self._starts = integers[-size:-_INTEGER_BYTES].cast(_INTEGER)

    def __len__(self) -> int:
        """Return the number of terms, whose identifiers count from 0."""
        return len(self._starts) - 1

    def text(self, term_id: int) -> str:
        """Return the text of a term."""
        return self._encoded(term_id).decode()

    def find(self, text: str, ids: range) -> int | None:
        """Return the identifier of a text among those of a kind, or None."""
        encoded = text.encode()
        place = bisect_left(ids, encoded, key=self._encoded)
        if place < len(ids) and self._encoded(ids[place]) == encoded:
            return ids[place]
        return None

    def _encoded(self, term_id: int) -> bytes:
        return self._file[self._starts[term_id] : self._starts[term_id + 1]]


def write(batches: Iterable[list[str]], folder: Path) -> None:
    """Write texts, in the order of their identifiers, into the folder of a release."""
    starts = array(_INTEGER, [0])
    with (folder / FILE_NAME).open("wb") as file:
        for batch in batches:
            encoded = [text.encode() for text in batch]
            file.write(b"".join(encoded))
            starts.extend(accumulate(map(len, encoded), initial=starts.pop()))
        starts.append(len(starts) - 1)
        file.write(starts)
