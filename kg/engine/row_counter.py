"""Counting the solutions of a response in its bytes, for the access log.

Oxigraph does not report the number of rows, but outside quoted strings its bytes show where rows
end.
"""

from __future__ import annotations

from typing import Final

from kg.sparql.formats import Format

#: Bytes that occur once per row outside quoted strings, as Oxigraph writes each format: in JSON the
#: start of the list before the first row and the comma between two rows, in CSV and TSV the end of
#: a line. All marks of a format have the same length.
_ROW_MARKS: Final[dict[str, tuple[bytes, ...]]] = {
    "json": (b":[{", b"},{"),
    "xml": (b"</result>",),
    "csv": (b"\n",),
    "tsv": (b"\n",),
}


class RowCounter:
    """Counts the rows of a response in pieces; the result of an ASK has none."""

    def __init__(self, response_format: Format) -> None:
        self._format = response_format.name
        self._marks = _ROW_MARKS.get(self._format, ())
        self._mark_count = 0
        #: The end of the last piece, which may be the beginning of a mark.
        self._tail = b""
        #: A backslash at the end of the last piece, whose escape sequence continues in the next.
        self._open_escape = b""
        self._is_quoted = False

    @property
    def total(self) -> int | None:
        """The number of rows so far; None for graph formats."""
        if not self._marks:
            return None
        # The header line of CSV and TSV does not count.
        return max(self._mark_count - 1, 0) if self._marks == (b"\n",) else self._mark_count

    def count(self, piece: bytes) -> None:
        """Count the rows of a piece."""
        if not self._marks:
            return
        if self._format == "json":
            piece = self._without_escapes(piece)
        if self._format in {"json", "csv"}:
            piece = self._unquoted(piece)
        piece = self._tail + piece
        self._mark_count += sum(piece.count(mark) for mark in self._marks)
        tail_length = len(self._marks[0]) - 1
        self._tail = piece[-tail_length:] if tail_length else b""

    def _without_escapes(self, piece: bytes) -> bytes:
        piece = self._open_escape + piece
        end = len(piece) - (len(piece) - len(piece.rstrip(b"\\"))) % 2
        self._open_escape = piece[end:]
        return piece[:end].replace(b"\\\\", b"").replace(b'\\"', b"")

    def _unquoted(self, piece: bytes) -> bytes:
        parts = piece.split(b'"')
        outside = b"".join(parts[self._is_quoted :: 2])
        self._is_quoted ^= len(parts) % 2 == 0
        return outside
