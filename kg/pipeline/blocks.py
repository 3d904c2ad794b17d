"""Blocks of the facts that a build writes: the parts in which two builds are compared.

A block is a range of bytes of a file of N-Triples: an event with its votes, the derived facts of a
kind and year, some records. Blocks are equal if their SHA-256 is; what one of them contains does
not depend on the others, so that a correction changes few.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from zlib import crc32

#: One subject in this many, selected by its IRI, begins a new block of records.
_RECORDS_BLOCK_SUBJECTS: Final = 64


@dataclass(frozen=True)
class Block:
    """A range of bytes of a file, of whole lines."""

    path: Path
    start: int
    end: int

    @property
    def lines(self) -> bytes:
        """The lines, read from the file."""
        with self.path.open("rb") as stream:
            stream.seek(self.start)
            return stream.read(self.end - self.start)

    @cached_property
    def digest(self) -> str:
        """Their SHA-256, in hexadecimal."""
        return hashlib.sha256(self.lines).hexdigest()


def subjects(lines: bytes) -> set[str]:
    """Return the subjects of lines of N-Triples.

    >>> sorted(subjects(b'<x:a> <x:p> "1" .\\n<x:b> <x:p> <x:a> .\\n'))
    ['<x:a>', '<x:b>']
    """
    return {line.partition(b" ")[0].decode() for line in lines.split(b"\n") if line}


def of_records(path: Path) -> Iterator[Block]:
    """Yield the blocks of a file of records; where they end depends on the subjects only."""
    start = end = 0
    subject = b""
    with path.open("rb") as stream:
        for line in stream:
            before, subject = subject, line.partition(b" ")[0]
            is_first = subject != before and crc32(subject) % _RECORDS_BLOCK_SUBJECTS == 0
            if is_first and end > start:
                yield Block(path, start, end)
                start = end
            end += len(line)
    if end > start:
        yield Block(path, start, end)
