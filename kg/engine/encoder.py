"""Encoding a response while it is written: compression, row count, and splitting into chunks."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Final, cast

from kg.engine import content_coding
from kg.engine.row_counter import RowCounter
from kg.sparql.formats import Format

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: Size of a chunk before compression, in bytes.
CHUNK_BYTES: Final = 1 << 16


class ResponseEncoder(io.RawIOBase):
    """A binary stream that passes its content to ``emit`` in compressed chunks.

    ``end`` must be called after the last write. When ``emit`` is called, ``content_coding`` is that
    of the response, and ``is_complete`` is true if the chunk is the whole response. A chunk of a
    longer response is empty if the compressor is still buffering its input. Rows are not counted if
    the writer knows their number, which it sets as ``known_rows``.
    """

    def __init__(
        self,
        response_format: Format,
        accepted_coding: str,
        emit: Callable[[bytes], None],
        *,
        counts_rows: bool = True,
    ) -> None:
        self.response_format = response_format
        self.content_coding = "" if response_format.is_compressed else accepted_coding
        self.is_complete = False
        #: Bytes written so far, before compression.
        self.written_bytes = 0
        #: The number of rows, if the writer knows it.
        self.known_rows: int | None = None
        self._row_counter = RowCounter(response_format) if counts_rows else None
        self._emit = emit
        self._compressor = content_coding.compressor(self.content_coding)
        self._buffer = bytearray()
        self._has_begun = False

    @property
    def row_count(self) -> int | None:
        """The number of rows emitted so far; None for formats of graphs, and if it is not known."""
        counted = self._row_counter.total if self._row_counter else None
        return counted if self.known_rows is None else self.known_rows

    @property
    def stream(self) -> IO[bytes]:
        """The encoder, typed as the binary file that serializers expect."""
        return cast("IO[bytes]", self)

    def writable(self) -> bool:
        """Return True: the stream can be written to."""
        return True

    def write(self, content: ReadableBuffer, /) -> int:
        """Take the next part of the response."""
        length_before = len(self._buffer)
        self._buffer += content
        length = len(self._buffer) - length_before
        self.written_bytes += length
        if len(self._buffer) >= CHUNK_BYTES:
            self._has_begun = True
            self._emit(self._compressor.compress(self._take_buffer()))
        return length

    def end(self) -> None:
        """Emit the remaining content."""
        content = self._take_buffer()
        if self._has_begun:
            self._emit(self._compressor.compress(content) + self._compressor.flush())
        else:
            self.is_complete = True
            compressed, self.content_coding = content_coding.compress(content, self.content_coding)
            self._emit(compressed)

    def _take_buffer(self) -> bytes:
        content = bytes(self._buffer)
        self._buffer.clear()
        if self._row_counter:
            self._row_counter.count(content)
        return content
