"""A process that evaluates one query after another, for ``kg.engine.worker_process``.

It reads requests from standard input and writes framed answers to standard output: one byte for
the kind, four for the length (big-endian), then the content. A request is a JSON object on a line.

A short answer is one frame, ``whole``: the length of a JSON object in four bytes, that object (the
content type, the coding, the engine, the number of rows), and the content. A longer one is
``head`` (such an object without the rows), any number of ``data``, and ``end`` (the rows). A query
that fails gives ``fail`` (JSON: the kind of error and its message), also after data. The first
frame of all is ``ready`` (JSON: whether the process is cut off from the network).

A query goes to the columnar engine first, and to Oxigraph if that refuses it.
"""

from __future__ import annotations

import json
import os
import select
import struct
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from kg.engine import sandbox
from kg.engine.columnar.engine import ColumnarEngine
from kg.engine.encoder import Body
from kg.errors import ForbiddenServiceError, NotAcceptableError, QueryError
from kg.sparql import evaluation
from kg.sparql.evaluation import Dataset
from kg.sparql.formats import RESULTS, Format, choose
from kg.sparql.unsupported import Reason, UnsupportedQueryError

HEAD, DATA, END, FAIL, READY, WHOLE = b"h", b"d", b"e", b"f", b"r", b"w"
PREFIX: Final = struct.Struct(">cI")
SIZE: Final = struct.Struct(">I")
#: Seconds without a request after which a new process opens its columns: that takes half a second,
#: which nobody should have to wait for.
_MOMENT: Final = 1.0


def main() -> None:
    """Open the release in the folder of the first argument; answer until standard input ends."""
    folder, memory, columnar = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "1"
    sandbox.die_with_parent()
    isolated = sandbox.cut_network()
    store = ox.Store.read_only(str(folder / "store"))
    columns = None
    if columnar:
        columns = ColumnarEngine(folder, memory, lambda: sandbox.more_memory(memory))
    sandbox.limit_memory(memory)
    engines = _Engines(store, columns, memory)
    requests, answers = sys.stdin.buffer, sys.stdout.fileno()
    _send(answers, READY, json.dumps({"isolated": isolated}).encode())
    if columns and _is_idle():
        columns.open()
    threading.excepthook = _end_process
    while line := requests.readline():
        # In a thread of its own: a query that takes long is given less of a core, and nobody may
        # take that back afterwards.
        query = threading.Thread(target=engines.answer, args=(json.loads(line), answers))
        query.start()
        query.join()


def _end_process(raised: threading.ExceptHookArgs) -> None:
    """End the process after an error that is not the query's."""
    threading.__excepthook__(raised)
    os._exit(1)


def _is_idle() -> bool:
    """Tell whether no request comes for a moment."""
    # Nothing has been read yet, so that nothing can be in Python's own buffer.
    return os.name == "posix" and not select.select([sys.stdin], [], [], _MOMENT)[0]


def _send(pipe: int, kind: bytes, content: bytes) -> None:
    # Not through Python's buffered writer: it loses bytes when the process is stopped and continued
    # in the middle of a write.
    rest = memoryview(PREFIX.pack(kind, len(content)) + content)
    while rest:
        rest = rest[os.write(pipe, rest) :]


class _Sender:
    """Sends an answer in frames as it is written."""

    def __init__(self, pipe: int, written_in: Format, wanted_coding: str, engine: str) -> None:
        self.body = Body(written_in, wanted_coding, self._hand_on)
        self._pipe = pipe
        self._engine = engine
        self._begun = False

    def end(self) -> None:
        """Send what is left, and the end."""
        self.body.end()
        if not self.body.is_whole:
            _send(self._pipe, END, json.dumps({"rows": self.body.rows}).encode())

    def _hand_on(self, piece: bytes) -> None:
        body = self.body
        head: dict[str, Any] = {
            "content_type": body.written_in.content_type,
            "coding": body.coding,
            "engine": self._engine,
        }
        if body.is_whole:
            told = json.dumps({**head, "rows": body.rows}).encode()
            _send(self._pipe, WHOLE, SIZE.pack(len(told)) + told + piece)
            return
        if not self._begun:
            self._begun = True
            _send(self._pipe, HEAD, json.dumps(head).encode())
        if piece:
            _send(self._pipe, DATA, piece)


@dataclass(frozen=True)
class _Engines:
    """What answers in this process."""

    store: ox.Store
    columns: ColumnarEngine | None
    #: What a query may take, in MiB.
    memory: int

    def answer(self, request: dict[str, Any], pipe: int) -> None:
        """Answer a request."""
        try:
            parameters = {
                name: evaluation.term(value, kind) for name, value, kind in request["parameters"]
            }
            try:
                self._from_columns(request, parameters, pipe)
            except UnsupportedQueryError as refusal:
                if request["engine"] == "columnar":
                    message = f"the columnar engine leaves this to the other one: {refusal}"
                    raise QueryError(message) from refusal
                self._from_store(request, parameters, pipe)
        except ForbiddenServiceError as error:
            _fail(pipe, "forbidden", error)
        except NotAcceptableError as error:
            _fail(pipe, "not acceptable", error)
        except QueryError as error:
            _fail(pipe, "query", error)
        except MemoryError as error:
            _fail(pipe, "memory", error)

    def _from_columns(
        self, request: dict[str, Any], parameters: dict[str, evaluation.Term], pipe: int
    ) -> None:
        if self.columns is None:
            raise UnsupportedQueryError(Reason.NO_COLUMNS)
        if request["engine"] == "oxigraph":
            raise UnsupportedQueryError(Reason.FORCED)
        if request["default"] or request["named"]:
            raise UnsupportedQueryError(Reason.DATASET)
        is_forced = request["engine"] == "columnar"
        answer = self.columns.ask(request["query"], parameters, even_cheap=is_forced)
        written_in = choose(RESULTS, request["format"], request["accept"])
        sender = _Sender(pipe, written_in, request["coding"], "columnar")
        answer.write(written_in, cast("IO[bytes]", sender.body))
        sender.end()
        # DuckDB keeps what it has read; the next query has all of its memory nevertheless.
        sandbox.limit_memory(self.memory)

    def _from_store(
        self, request: dict[str, Any], parameters: dict[str, evaluation.Term], pipe: int
    ) -> None:
        dataset = Dataset(tuple(request["default"]), tuple(request["named"]))
        answer = evaluation.evaluate(self.store, request["query"], dataset, parameters)
        written_in = choose(evaluation.formats_of(answer), request["format"], request["accept"])
        sender = _Sender(pipe, written_in, request["coding"], "oxigraph")
        evaluation.write(answer, written_in, cast("IO[bytes]", sender.body))
        sender.end()


def _fail(pipe: int, kind: str, error: BaseException) -> None:
    _send(pipe, FAIL, json.dumps({"kind": kind, "message": str(error)}).encode())


if __name__ == "__main__":
    main()
