"""RDF files in any supported format, loaded into a store as one graph."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph as ox

from kg.errors import FileError
from kg.limits import RDF_DEPTH
from kg.pipeline.rdf_depth import DepthCounter
from kg.rdf.vocabulary import NAMED_GRAPHS
from kg.sparql.formats import GRAPHS, Format, by_name

#: The formats by file extension.
BY_EXTENSION: Final = {f".{rdf.extension}": rdf for rdf in GRAPHS}
_COMPRESSED: Final = ".gz"
#: The number of bytes that the parser buffers to find the end of a term.
_PARSER_BUFFER_BYTES: Final = 16 * 2**20
_GZIP_MAGIC: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class RdfFile:
    """An RDF file or stream; its name appears in messages."""

    name: str
    format: Format
    #: Relative IRIs are resolved against it.
    base_iri: str
    #: None for a stream, which can be read once.
    path: Path | None = None


def rdf_file(path: Path, format_name: str | None = None) -> RdfFile:
    """Return a file with its format, given by name or by the file extension.

    Raises:
        FileError: if no format has its extension.
    """
    extension = path.with_suffix("").suffix if path.suffix == _COMPRESSED else path.suffix
    rdf = by_name(GRAPHS, format_name) if format_name else BY_EXTENSION.get(extension)
    if rdf is None:
        known = ", ".join(BY_EXTENSION)
        raise FileError(
            f"{path}: unknown format; expected one of the extensions {known}, each also with "
            f"{_COMPRESSED}, or the option --format"
        )
    return RdfFile(str(path), rdf, path.resolve().as_uri(), path)


def standard_input(format_name: str) -> RdfFile:
    """Return standard input; relative IRIs in it are resolved against the working directory."""
    rdf = by_name(GRAPHS, format_name)
    assert rdf is not None
    return RdfFile("standard input", rdf, f"{Path.cwd().as_uri()}/")


def load(store: ox.Store, file: RdfFile, stream: IO[bytes] | None = None) -> None:
    """Add the triples of a file, gzipped or not, to the default graph of a store.

    Named graphs are merged into it, except a release's graphs of metadata: ontology, shapes and
    report. ``stream`` is read if the file has no path.

    Raises:
        FileError: if the file is missing or invalid.
    """
    with ExitStack() as stack:
        with _reading(file.name):
            opened = stream if file.path is None else stack.enter_context(file.path.open("rb"))
            buffered = io.BufferedReader(cast("io.RawIOBase", opened))
            compressed = buffered.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC)
        content = cast("IO[bytes]", gzip.GzipFile(fileobj=buffered) if compressed else buffered)
        _load(store, file, content)
    _merge_graphs(store)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Raise a FileError with the name of a file if it cannot be read."""
    try:
        yield
    except EOFError as error:
        raise FileError(f"{name}: the file is truncated: {error}") from error
    except (OSError, zlib.error) as error:
        # For a system error, only its text: the message already begins with the file name.
        text = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise FileError(f"{name}: {text}") from error


def _load(store: ox.Store, file: RdfFile, content: IO[bytes]) -> None:
    rdf_format = file.format.oxigraph
    assert isinstance(rdf_format, ox.RdfFormat)
    reader = _LineCounter(file.name, content, by_line=rdf_format == ox.RdfFormat.RDF_XML)
    try:
        store.bulk_load(cast("IO[bytes]", reader), rdf_format, base_iri=file.base_iri)
    except SyntaxError as error:
        raise FileError(f"{file.name}: {_place(error, reader)}{_problem(error)}") from error
    except MemoryError as error:
        raise FileError(
            f"{file.name}: line {reader.line_of_long_term()}: expected terms of at most "
            f"{_PARSER_BUFFER_BYTES // 2**20} MiB, found a longer one"
        ) from error


def _place(error: SyntaxError, reader: _LineCounter) -> str:
    """Return the location of an error, where known."""
    if error.lineno is not None:
        return f"line {error.lineno}, column {error.offset}: "
    return f"line {reader.lines}: " if reader.by_line else ""


def _problem(error: SyntaxError) -> str:
    """Return the description of an error, without its location."""
    if "LoadDocumentCallback" in error.msg:
        return "contexts of other files are not loaded; expected one in the file itself"
    _, colon, problem = error.msg.partition(": ")
    return problem if colon and error.lineno is not None else error.msg


def _merge_graphs(store: ox.Store) -> None:
    """Copy the triples of named graphs into the default graph."""
    for graph in list(store.named_graphs()):
        if graph.value not in NAMED_GRAPHS:
            quads = store.quads_for_pattern(None, None, None, graph)
            store.bulk_extend(ox.Quad(*quad.triple) for quad in quads)
        store.remove_graph(graph)


class _LineCounter(io.RawIOBase):
    """Reads a stream and counts lines, for errors without a line number from the parser."""

    def __init__(self, name: str, stream: IO[bytes], *, by_line: bool) -> None:
        self.lines = 0
        self.by_line = by_line
        self._name = name
        self._stream = stream
        self._at_start = True
        self._depth = DepthCounter(is_xml=by_line)
        #: The chunks that may still be in the parser's buffer, and their size.
        self._held: deque[bytes] = deque()
        self._held_bytes = 0

    def readable(self) -> bool:
        """See ``io.RawIOBase``."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; line by line, so that the parser reads no further than needed."""
        with _reading(self._name):
            chunk = self._stream.readline(size) if self.by_line else self._stream.read(size)
        if self._at_start:
            self._at_start = False
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
        if self._depth.is_exceeded_in(chunk):
            raise FileError(
                f"{self._name}: line {self.lines + 1} or later: nested more than {RDF_DEPTH:,} deep"
            )
        self.lines += chunk.count(b"\n")
        if self.by_line:
            return chunk
        self._held.append(chunk)
        self._held_bytes += len(chunk)
        while self._held_bytes - len(self._held[0]) >= _PARSER_BUFFER_BYTES:
            self._held_bytes -= len(self._held.popleft())
        return chunk

    def line_of_long_term(self) -> int:
        """Return the line of a term that fills the buffer of the parser."""
        lines_held = sum(chunk.count(b"\n") for chunk in self._held)
        before = b"".join(self._held)[: self._held_bytes - _PARSER_BUFFER_BYTES]
        return self.lines - lines_held + before.count(b"\n") + 1
