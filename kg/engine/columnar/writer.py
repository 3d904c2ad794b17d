"""Answers of the columnar engine in the result formats, streamed in batches.

Rows are JSON objects. JSON results are passed on unchanged; for the other formats Oxigraph parses
and serialises the JSON, so that every term is spelled as Oxigraph spells it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from kg.sparql.evaluation import serialize_results
from kg.sparql.formats import Format

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_END: Final = b"]}}"


def write_rows(
    variables: list[str], batches: Iterator[list[str]], written_in: Format, stream: IO[bytes]
) -> int:
    """Write solutions, each a JSON object, to a binary stream; return their number."""
    rows = 0

    def counted() -> Iterator[list[str]]:
        nonlocal rows
        for batch in batches:
            rows += len(batch)
            yield batch

    pieces = _json(variables, counted())
    if written_in.oxigraph is ox.QueryResultsFormat.JSON:
        for piece in pieces:
            stream.write(piece)
    else:
        _rewrite(pieces, written_in, stream)
    return rows


def write_truth(answer: bool, written_in: Format, stream: IO[bytes]) -> None:
    """Write the answer of an ASK to a binary stream."""
    document = json.dumps({"head": {}, "boolean": answer}, separators=(",", ":")).encode()
    _rewrite(iter([document]), written_in, stream)


def _json(variables: list[str], batches: Iterator[list[str]]) -> Iterator[bytes]:
    head = json.dumps({"vars": variables}, separators=(",", ":"))
    yield f'{{"head":{head},"results":{{"bindings":['.encode()
    before = ""
    for batch in batches:
        yield (before + ",".join(batch)).encode()
        before = ","
    yield _END


def _rewrite(pieces: Iterator[bytes], written_in: Format, stream: IO[bytes]) -> None:
    results = ox.parse_query_results(cast("IO[bytes]", _Reader(pieces)), ox.QueryResultsFormat.JSON)
    serialize_results(results, written_in, stream)


class _Reader(io.RawIOBase):
    """A readable stream over pieces of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while not self._rest and (piece := next(self._pieces, None)) is not None:
            self._rest = piece
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        taken = self.read(len(view))
        view[: len(taken)] = taken
        return len(taken)
