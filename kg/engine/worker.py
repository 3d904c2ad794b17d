"""A process that evaluates one query after another, started by ``kg.engine.template_process``.

It reads requests from standard input and writes messages (``kg.engine.messages``) to standard
output. A query goes to the columnar engine first, then to Oxigraph if it is not supported there.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine import sandbox
from kg.engine.columnar import statistics
from kg.engine.columnar.engine import ColumnarEngine
from kg.engine.columnar.statistics import Statistics
from kg.engine.encoder import ResponseEncoder
from kg.engine.interface import EngineName, QueryRequest
from kg.engine.messages import (
    Chunk,
    CompleteResponse,
    Failure,
    FailureKind,
    Message,
    Ready,
    ResponseEnd,
    ResponseStart,
    decode_request,
    encode,
)
from kg.engine.table_request import table_columns
from kg.errors import QueryError, StorageError
from kg.sparql import evaluation
from kg.sparql.algebra import Term
from kg.sparql.formats import Format, choose
from kg.sparql.storage_faults import storage_fault
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Seconds without a request after which a new process opens its columns. Opening takes half a
#: second, which no query should have to wait for.
_IDLE_SECONDS: Final = 1.0


def main(release: str, memory_mib: int, is_columnar: int) -> None:
    """Open the release in a folder, and answer queries until end of input.

    A query may use ``memory_mib`` of memory.
    """
    folder = Path(release)
    sandbox.die_with_parent()
    sandbox.write_no_core_dumps()
    sandbox.leave_signals_to_parent()
    is_isolated = sandbox.isolate_network()
    try:
        store = ox.Store.read_only(str(folder / "store"))
    except (OSError, RuntimeError) as error:
        _send(sys.stdout.fileno(), Failure(FailureKind.STORAGE, storage_fault(error)))
        return
    columns = None
    if is_columnar:
        columns = ColumnarEngine(
            folder, memory_mib, lambda: sandbox.without_memory_limit(memory_mib)
        )
    known = columns.statistics if columns else statistics.read(folder)
    sandbox.limit_memory(memory_mib)
    worker = _Worker(store, columns, known, memory_mib, sys.stdout.fileno())
    worker.send(Ready(is_isolated))
    if columns and _is_idle():
        columns.open()
    threading.excepthook = _end_process
    line = b""
    while line := line or sys.stdin.buffer.readline():
        thread = _QueryThread(worker, line)
        thread.start()
        thread.join()
        line = thread.line


def _end_process(arguments: threading.ExceptHookArgs) -> None:
    """End the process after an unexpected error."""
    threading.__excepthook__(arguments)
    os._exit(1)


def _is_idle() -> bool:
    """Return whether no request arrives within ``_IDLE_SECONDS``."""
    # Nothing has been read yet, so Python's own buffer is empty.
    return os.name == "posix" and not select.select([sys.stdin], [], [], _IDLE_SECONDS)[0]


def _send(pipe: int, message: Message) -> None:
    # Python's buffered writer is not used: it loses bytes if the process is stopped and continued
    # in the middle of a write.
    rest = memoryview(encode(message))
    while rest:
        rest = rest[os.write(pipe, rest) :]


@dataclass(frozen=True)
class _Worker:
    """The engines of this process, and the pipe to the server."""

    store: ox.Store
    columns: ColumnarEngine | None
    statistics: Statistics | None
    memory_mib: int
    pipe: int

    def answer(self, request: QueryRequest) -> None:
        """Evaluate a query and send the response."""
        try:
            parameters = {
                parameter.variable: evaluation.term(parameter.value, parameter.datatype)
                for parameter in request.parameters
            }
            try:
                self._evaluate_in_columns(request, parameters)
            except UnsupportedQueryError as reason:
                if request.engine == "columnar":
                    message = f"the columnar engine does not support this query: {reason}"
                    raise QueryError(message) from reason
                self._evaluate_in_store(request, parameters)
        except (QueryError, StorageError, MemoryError) as error:
            self.send(Failure.from_error(error))

    def send(self, message: Message) -> None:
        """Write a message to the server."""
        _send(self.pipe, message)

    def _evaluate_in_columns(self, request: QueryRequest, parameters: Mapping[str, Term]) -> None:
        if self.columns is None:
            raise UnsupportedQueryError(Reason.NO_COLUMNS)
        if request.engine == "oxigraph":
            raise UnsupportedQueryError(Reason.FORCED)
        if request.dataset.default or request.dataset.named:
            raise UnsupportedQueryError(Reason.DATASET)
        is_forced = request.engine == "columnar"
        types = table_columns(request, parameters, self.statistics)
        answer = (
            self.columns.query(request.query, parameters, include_cheap=is_forced)
            if types is None
            else self.columns.query_table(request.query, parameters, types, include_cheap=is_forced)
        )
        response_format = choose(answer.formats, request.format, request.accept)
        sender = _ResponseSender(self, response_format, request.content_coding, "columnar")
        rows = answer.write(response_format, sender.encoder.stream)
        sender.end(rows)
        # DuckDB keeps the blocks it has read; the next query still gets its full memory.
        sandbox.limit_memory(self.memory_mib)

    def _evaluate_in_store(self, request: QueryRequest, parameters: Mapping[str, Term]) -> None:
        answer = evaluation.evaluate(self.store, request.query, request.dataset, parameters)
        response_format = choose(evaluation.formats_of(answer), request.format, request.accept)
        types = table_columns(request, parameters, self.statistics)
        sender = _ResponseSender(self, response_format, request.content_coding, "oxigraph")
        rows = evaluation.write(answer, response_format, sender.encoder.stream, types)
        sender.end(rows)


class _QueryThread(threading.Thread):
    """Answers the request ``line`` and those that follow, until its priority has been lowered.

    The server lowers it for a long query, and an unprivileged process cannot raise it again. At the
    end ``line`` is a request that was read but not answered, or empty.
    """

    def __init__(self, worker: _Worker, line: bytes) -> None:
        super().__init__()
        self.line = line
        self._worker = worker

    def run(self) -> None:
        """Answer requests; see the class."""
        nice = _nice_value()
        while self.line and _nice_value() == nice:
            self._worker.answer(decode_request(self.line))
            self.line = b""
            if _nice_value() == nice:
                self.line = sys.stdin.buffer.readline()


def _nice_value() -> int:
    """Return the nice value of this thread."""
    return os.getpriority(os.PRIO_PROCESS, 0) if os.name == "posix" else 0


class _ResponseSender:
    """Sends a response while it is written to the encoder."""

    def __init__(
        self, worker: _Worker, response_format: Format, accepted_coding: str, engine: EngineName
    ) -> None:
        # The columnar engine knows the number of rows.
        counts_rows = engine == "oxigraph"
        self.encoder = ResponseEncoder(
            response_format, accepted_coding, self._send, counts_rows=counts_rows
        )
        self._worker = worker
        self._engine = engine
        self._has_begun = False

    def end(self, known_rows: int | None) -> None:
        """Send the remaining content and the end of the response.

        ``known_rows`` is the number of rows, if the engine knows it.
        """
        self.encoder.known_rows = known_rows
        self.encoder.end()
        if not self.encoder.is_complete:
            self._worker.send(ResponseEnd(self.encoder.row_count))

    def _send(self, content: bytes) -> None:
        encoder, worker = self.encoder, self._worker
        if not self._has_begun:
            self._has_begun = True
            content_type = encoder.response_format.content_type
            start = ResponseStart(content_type, encoder.content_coding, self._engine)
            if encoder.is_complete:
                worker.send(CompleteResponse(start, ResponseEnd(encoder.row_count), content))
                return
            worker.send(start)
        if content:
            worker.send(Chunk(content))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
