"""What XML cannot hold: some characters of literals, and predicates that are not XML names.

Oxigraph writes both, and the result is not well-formed: no client can read it.
https://www.w3.org/TR/xml/#charsets, https://www.w3.org/TR/rdf-syntax-grammar/#section-Serialising
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from kg.errors import NotAcceptableError
from kg.sparql.formats import Format

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: Control characters, U+FFFE and U+FFFF, in UTF-8.
_FORBIDDEN: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
#: Bytes of the longest of them, less one: it may be divided between two writes.
_OVERLAP: Final = 2
#: The end of an IRI that can be the local part of an XML name.
_LOCAL_NAME: Final = re.compile(r"[^\W\d][\w.-]*\Z")


def checked_stream(stream: IO[bytes], written_in: Format) -> IO[bytes]:
    """Return a stream that takes only what the format can hold.

    Its ``write`` raises NotAcceptableError for a character that XML cannot hold.
    """
    is_xml = written_in.media_type.endswith("+xml")
    return cast("IO[bytes]", _XmlStream(stream, written_in)) if is_xml else stream


def checked_triples(triples: Iterable[ox.Triple], written_in: Format) -> Iterable[ox.Triple]:
    """Return triples whose predicates the format can hold.

    The iterator raises NotAcceptableError for a predicate that RDF/XML cannot hold.
    """
    return _with_names(triples) if written_in.oxigraph == ox.RdfFormat.RDF_XML else triples


class _XmlStream(io.RawIOBase):
    def __init__(self, stream: IO[bytes], written_in: Format) -> None:
        self._stream = stream
        self._format = written_in
        self._tail = b""

    def writable(self) -> bool:
        """Return True: the stream can be written to."""
        return True

    def write(self, content: ReadableBuffer, /) -> int:
        """Write the next part."""
        written = bytes(content)
        if match := _FORBIDDEN.search(self._tail + written):
            code = ord(match[0].decode())
            raise NotAcceptableError(
                f"the result contains the character U+{code:04X}, which {self._format.name} "
                "cannot hold; request a format that is not XML"
            )
        self._tail = (self._tail + written)[-_OVERLAP:]
        self._stream.write(written)
        return len(written)


def _with_names(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    checked: set[str] = set()
    for triple in triples:
        predicate = triple.predicate.value
        if predicate not in checked:
            if not _LOCAL_NAME.search(predicate):
                raise NotAcceptableError(
                    f"RDF/XML cannot hold the predicate <{predicate}>, which does not end in a "
                    "name; request another format"
                )
            checked.add(predicate)
        yield triple
