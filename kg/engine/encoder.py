"""An answer as it is written: coded, its rows counted, handed on in pieces, a short one whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

from kg.engine import content_coding
from kg.engine.row_counter import RowCounter
from kg.sparql.formats import Format

#: How much of an answer is gathered before the first piece, and in each one after.
CHUNK: Final = 1 << 16


class Body(io.RawIOBase):
    """A binary stream that hands on what is written to it; ``end`` after the last of it.

    When ``hand_on`` is called, ``coding`` is that of the answer, and ``is_whole`` tells whether the
    piece is all of it. A piece of a longer one is empty where the coder keeps back what it has.
    """

    def __init__(
        self, written_in: Format, wanted_coding: str, hand_on: Callable[[bytes], None]
    ) -> None:
        self.written_in = written_in
        self.coding = wanted_coding
        self.is_whole = False
        self._rows = RowCounter(written_in)
        self._hand_on = hand_on
        self._packer = content_coding.packer(wanted_coding)
        self._gathered = bytearray()
        self._begun = False

    @property
    def rows(self) -> int | None:
        """The number of rows handed on so far; None for formats of graphs."""
        return self._rows.total

    def writable(self) -> bool:
        """Tell that it takes content."""
        return True

    def write(self, content: Any) -> int:
        """Take more of the answer, as bytes."""
        self._gathered += content
        if len(self._gathered) >= CHUNK:
            self._begun = True
            self._hand_on(self._packer.compress(self._taken()))
        return len(content)

    def end(self) -> None:
        """Hand on what is left."""
        content = self._taken()
        if self._begun:
            self._hand_on(self._packer.compress(content) + self._packer.flush())
        else:
            self.is_whole = True
            whole, self.coding = content_coding.compress(content, self.coding)
            self._hand_on(whole)

    def _taken(self) -> bytes:
        content = bytes(self._gathered)
        self._gathered.clear()
        self._rows.count(content)
        return content
