"""A process that evaluates one query after another, for ``kg.engine``.

It reads requests from standard input and writes framed answers to standard output: one byte for
the kind, four for the length (big-endian), then the content. A request is a JSON object. An answer
is ``head`` (JSON: the content type, and the length if it is known), any number of ``data``, and
``end``; or ``fail`` (JSON: the kind of error and its message), also after data. The first frame
of all is ``ready`` (JSON: whether the process is cut off from the network).
"""

from __future__ import annotations

import io
import json
import struct
import sys
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from kg import evaluation, isolation
from kg.errors import ForbiddenServiceError, QueryError
from kg.evaluation import Dataset
from kg.formats import Format, by_name, negotiate

HEAD, DATA, END, FAIL, READY = b"h", b"d", b"e", b"f", b"r"
PREFIX: Final = struct.Struct(">cI")
#: How much of an answer is gathered before the first frame, and in each one after.
CHUNK: Final = 1 << 16


class NotAcceptableError(QueryError):
    """No format of the answer is one the client accepts."""


def main() -> None:
    """Open the store named by the first argument and answer until standard input ends."""
    store_path, memory = sys.argv[1], int(sys.argv[2])
    isolation.die_with_parent()
    isolated = isolation.cut_network()
    store = ox.Store.read_only(store_path)
    isolation.limit_memory(memory)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    send(answers, READY, json.dumps({"isolated": isolated}).encode())
    while line := requests.readline():
        _answer(store, json.loads(line), answers)


def send(stream: IO[bytes], kind: bytes, content: bytes) -> None:
    """Write one frame."""
    stream.write(PREFIX.pack(kind, len(content)) + content)
    stream.flush()


class _Body(io.RawIOBase):
    """Gathers an answer into data frames, after a head that is sent with the first of them.

    Oxigraph writes in pieces of 8 KiB and flushes at the end; what is flushed here waits for
    ``end``, so that a short answer goes out whole and with its length.
    """

    def __init__(self, stream: IO[bytes], written_in: Format) -> None:
        self._stream = stream
        self._content_type = written_in.content_type
        self._begun = False
        self._gathered = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._gathered += content
        if len(self._gathered) >= CHUNK:
            self._begin(None)
            self._send()
        return len(content)

    def end(self) -> None:
        """Send what is left, and the end."""
        self._begin(len(self._gathered))
        if self._gathered:
            self._send()
        send(self._stream, END, b"")

    def _begin(self, length: int | None) -> None:
        if not self._begun:
            self._begun = True
            head = {"content_type": self._content_type, "length": length}
            send(self._stream, HEAD, json.dumps(head).encode())

    def _send(self) -> None:
        send(self._stream, DATA, bytes(self._gathered))
        self._gathered.clear()


def _answer(store: ox.Store, request: dict[str, Any], stream: IO[bytes]) -> None:
    try:
        dataset = Dataset(tuple(request["default"]), tuple(request["named"]))
        answer = evaluation.evaluate(store, request["query"], dataset)
        written_in = _format(answer, request["format"], request["accept"])
        body = _Body(stream, written_in)
        evaluation.write(answer, written_in, cast("IO[bytes]", body))
        body.end()
    except ForbiddenServiceError as error:
        _fail(stream, "forbidden", error)
    except NotAcceptableError as error:
        _fail(stream, "not acceptable", error)
    except QueryError as error:
        _fail(stream, "query", error)
    except MemoryError as error:
        _fail(stream, "memory", error)


def _format(answer: evaluation.Answer, wanted: str, accept: str) -> Format:
    formats = evaluation.formats_of(answer)
    found = by_name(formats, wanted) if wanted else negotiate(formats, accept)
    if found is None:
        offered = ", ".join(f"{one.name} ({one.media_type})" for one in formats)
        raise NotAcceptableError(f"this query can be answered in: {offered}")
    return found


def _fail(stream: IO[bytes], kind: str, error: BaseException) -> None:
    send(stream, FAIL, json.dumps({"kind": kind, "message": str(error)}).encode())


if __name__ == "__main__":
    main()
