"""The texts of the dictionary in a file that is mapped into memory and shared by all processes.

DuckDB would take two milliseconds to find a term, and a join to return the texts of a result; here
a term takes microseconds. The file has all texts in the order of their identifiers, in UTF-8; then
where each of them starts and the last one ends, in 64-bit integers; the CRC-32 of each; and their
number.
"""

from __future__ import annotations

import mmap
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Final
from zlib import crc32

#: The file beside the columns.
FILE_NAME: Final = "columns.terms"
_PLACE: Final = "Q"
_PLACE_BYTES: Final = 8
_CHECKSUM: Final = "I"
_CHECKSUM_BYTES: Final = 4
#: texts that are kept, as the same states and options are in most answers; 4 MB at most.
_KEPT_TEXTS: Final = 4_096


class DamagedTextError(ValueError):
    """A text, or another part of the file, is not what was written."""


class TermTexts:
    """The open file in the folder of a release.

    Raises:
        OSError: if it cannot be opened.
        DamagedTextError: if it is not such a file.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FILE_NAME
        if not path.stat().st_size:
            raise DamagedTextError(f"{path}: it is empty")
        with path.open("rb") as file:
            self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        content = memoryview(self._file)
        count = int.from_bytes(content[-_PLACE_BYTES:], "little")
        checksums = len(content) - _PLACE_BYTES - count * _CHECKSUM_BYTES
        starts = checksums - (count + 1) * _PLACE_BYTES
        if starts < 0:
            raise DamagedTextError(f"{path}: not a file of {count:,} texts")
        self._starts = content[starts:checksums].cast(_PLACE)
        self._checksums = content[checksums:-_PLACE_BYTES].cast(_CHECKSUM)
        #: Returns the text of a term by its identifier, or raises DamagedTextError.
        self.text = lru_cache(_KEPT_TEXTS)(self._text)

    def __len__(self) -> int:
        """Return the number of terms, whose identifiers count from 0."""
        return len(self._checksums)

    def _text(self, term_id: int) -> str:
        return self._encoded(term_id).decode()

    def find(self, text: str, ids: range) -> int | None:
        """Return the identifier of a text among those of a kind, or None.

        Raises:
            DamagedTextError: if the checksum of a text on the way is another one.
        """
        encoded = text.encode()
        place = bisect_left(ids, encoded, key=self._encoded)
        if place < len(ids) and self._encoded(ids[place]) == encoded:
            return ids[place]
        return None

    def _encoded(self, term_id: int) -> bytes:
        encoded = self._file[self._starts[term_id] : self._starts[term_id + 1]]
        if crc32(encoded) != self._checksums[term_id]:
            raise DamagedTextError(f"{FILE_NAME}: the text of term {term_id:,} is damaged")
        return encoded


def write(batches: Iterable[list[str]], folder: Path) -> None:
    """Write texts, in the order of their identifiers, into the folder of a release."""
    starts, checksums = array(_PLACE, [0]), array(_CHECKSUM)
    with (folder / FILE_NAME).open("wb") as file:
        for batch in batches:
            encoded = [text.encode() for text in batch]
            file.write(b"".join(encoded))
            starts.extend(accumulate(map(len, encoded), initial=starts.pop()))
            checksums.extend(map(crc32, encoded))
        file.write(starts)
        file.write(checksums)
        file.write(len(checksums).to_bytes(_PLACE_BYTES, "little"))
