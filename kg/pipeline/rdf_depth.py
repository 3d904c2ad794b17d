"""The depth of nesting in RDF as it is read, so that no parser recurses without a bound.

Oxigraph's parsers recurse for triple terms in triple terms and take quadratic time for elements in
elements of RDF/XML. Depth is counted by the opening and closing marks, also of those in texts, of
which no text has thousands that are never closed.
"""

from __future__ import annotations

import re
from typing import Final

from kg.limits import RDF_DEPTH

#: The marks of triple terms, and those of elements with what only looks like one.
_TERMS: Final = re.compile(rb"<<|>>")
_ELEMENTS: Final = re.compile(rb"</|/>|<[?!]?")
_OPENING: Final = (b"<<", b"<")
_CLOSING: Final = (b">>", b"</", b"/>")


class DepthCounter:
    """Counts the depth at the end of what has been read so far."""

    def __init__(self, *, is_xml: bool) -> None:
        self._marks = _ELEMENTS if is_xml else _TERMS
        self._first = b"<" if is_xml else b"<<"
        self._depth = 0

    def is_exceeded_in(self, chunk: bytes) -> bool:
        """Read the next bytes; return whether the depth exceeds ``RDF_DEPTH`` in them."""
        if not self._depth and self._first not in chunk:
            return False
        for mark in self._marks.findall(chunk):
            if mark in _OPENING:
                self._depth += 1
                if self._depth > RDF_DEPTH:
                    return True
            elif mark in _CLOSING:
                self._depth = max(self._depth - 1, 0)
        return False
