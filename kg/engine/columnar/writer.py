"""Answers of the columnar engine in the result formats, streamed in batches.

JSON, CSV and TSV are written here; for XML Oxigraph parses and serialises the JSON.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from kg.engine.columnar.answer_columns import AnswerColumn
from kg.engine.columnar.result_rows import CSV, TSV, JsonObjects, Lines, LineSyntax, Rows
from kg.sparql.evaluation import serialize_results
from kg.sparql.formats import Format

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_END: Final = b"]}}"
_LINES: Final[dict[object, LineSyntax]] = {
    ox.QueryResultsFormat.CSV: CSV,
    ox.QueryResultsFormat.TSV: TSV,
}


def write_rows(
    variables: Sequence[str],
    columns: Sequence[AnswerColumn],
    batches: Iterable[Rows],
    written_in: Format,
    stream: IO[bytes],
) -> int:
    """Write the rows of a SELECT to a binary stream; return their number.

    Raises:
        DamagedTextError: if a text of the dictionary is damaged.
    """
    number = 0

    def counted() -> Iterator[Rows]:
        nonlocal number
        for rows in batches:
            number += len(rows)
            yield rows

    if syntax := _LINES.get(written_in.oxigraph):
        pieces = _lines(Lines(columns, variables, syntax), counted())
    else:
        pieces = _json(variables, columns, counted())
    if syntax or written_in.oxigraph is ox.QueryResultsFormat.JSON:
        for piece in pieces:
            stream.write(piece)
    else:
        _rewrite(pieces, written_in, stream)
    return number


def write_truth(answer: bool, written_in: Format, stream: IO[bytes]) -> None:
    """Write the answer of an ASK to a binary stream."""
    document = json.dumps({"head": {}, "boolean": answer}, separators=(",", ":")).encode()
    _rewrite(iter([document]), written_in, stream)


def _json(
    variables: Sequence[str], columns: Sequence[AnswerColumn], batches: Iterator[Rows]
) -> Iterator[bytes]:
    objects = JsonObjects(columns)
    head = json.dumps({"vars": variables}, separators=(",", ":"))
    yield f'{{"head":{head},"results":{{"bindings":['.encode()
    before = ""
    for rows in batches:
        yield (before + ",".join(objects(rows))).encode()
        before = ","
    yield _END


def _lines(lines: Lines, batches: Iterator[Rows]) -> Iterator[bytes]:
    yield lines.header.encode()
    for rows in batches:
        yield "".join(lines(rows)).encode()


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
