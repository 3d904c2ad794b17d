"""Counting the solutions of an answer from its bytes, for the access log.

Oxigraph tells only the bytes it writes. Outside of quoted strings these show where a row is.
"""

from __future__ import annotations

from typing import Final

from kg.sparql.formats import Format

#: What stands once for each row outside of quoted strings, as Oxigraph writes the format: in JSON
#: the list before the first row and the comma between two, in CSV and TSV the end of a line. The
#: marks of one format are of one length.
_MARKS: Final[dict[str, tuple[bytes, ...]]] = {
    "json": (b":[{", b"},{"),
    "xml": (b"</result>",),
    "csv": (b"\n",),
    "tsv": (b"\n",),
}


class RowCounter:
    """Counts the rows of an answer, piece by piece; the result of an ASK has none."""

    def __init__(self, written_in: Format) -> None:
        self._format = written_in.name
        self._marks = _MARKS.get(self._format, ())
        self._found = 0
        self._seam = b""
        self._escape = b""
        self._quoted = False

    @property
    def total(self) -> int | None:
        """The number of rows so far; None for formats of graphs."""
        if not self._marks:
            return None
        # The line of the variables is no row.
        return max(self._found - 1, 0) if self._marks == (b"\n",) else self._found

    def count(self, piece: bytes) -> None:
        """Count the rows of a piece."""
        if not self._marks:
            return
        if self._format == "json":
            piece = self._without_escapes(piece)
        if self._format in {"json", "csv"}:
            piece = self._unquoted(piece)
        piece = self._seam + piece
        self._found += sum(piece.count(mark) for mark in self._marks)
        # A mark may be cut in two by the end of a piece.
        kept = len(self._marks[0]) - 1
        self._seam = piece[-kept:] if kept else b""

    def _without_escapes(self, piece: bytes) -> bytes:
        piece = self._escape + piece
        cut = len(piece) - (len(piece) - len(piece.rstrip(b"\\"))) % 2
        self._escape = piece[cut:]
        return piece[:cut].replace(b"\\\\", b"").replace(b'\\"', b"")

    def _unquoted(self, piece: bytes) -> bytes:
        parts = piece.split(b'"')
        outside = b"".join(parts[self._quoted :: 2])
        self._quoted ^= len(parts) % 2 == 0
        return outside
