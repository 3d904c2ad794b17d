"""The messages between the server and a worker process, and their encoding.

The server writes requests to the standard input of the process, each a JSON object on a line. The
process writes frames to its standard output: one byte for the type of the message, four for the
length of its content (big-endian), then the content.

The first message of a process is ``Ready``. The response to a request is ``CompleteResponse`` if it
is short, else ``ResponseStart``, any number of ``Chunk`` and ``ResponseEnd``. ``Failure`` may
replace any of these.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from kg.engine.interface import Parameter, QueryRequest, request_fields
from kg.errors import ForbiddenServiceError, NotAcceptableError, QueryError, StorageError
from kg.sparql.evaluation import Dataset

#: The header of a frame: the type of the message and the length of the content.
FRAME_HEADER: Final = struct.Struct(">cI")
#: The length of the JSON object that precedes the content of a complete response.
_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True)
class Ready:
    """The process has opened its release; ``is_isolated`` means that it has no network access."""

    is_isolated: bool


@dataclass(frozen=True)
class ResponseStart:
    """A response has begun."""

    content_type: str
    content_coding: str
    engine: str


@dataclass(frozen=True)
class Chunk:
    """The next part of the content of a response."""

    content: bytes


@dataclass(frozen=True)
class ResponseEnd:
    """A response has ended; ``row_count`` is None for a graph."""

    row_count: int | None


@dataclass(frozen=True)
class CompleteResponse:
    """A short response in one message."""

    start: ResponseStart
    end: ResponseEnd
    content: bytes


class FailureKind(StrEnum):
    """The kind of error with which a query failed."""

    FORBIDDEN_SERVICE = "forbidden service"
    NOT_ACCEPTABLE = "not acceptable"
    QUERY = "query"
    #: The memory of the process is used up.
    MEMORY = "memory"
    #: A file of the store is damaged, or the store cannot be opened.
    STORAGE = "storage"


_ERRORS: Final[dict[FailureKind, type[QueryError]]] = {
    FailureKind.FORBIDDEN_SERVICE: ForbiddenServiceError,
    FailureKind.NOT_ACCEPTABLE: NotAcceptableError,
    FailureKind.QUERY: QueryError,
}
_KINDS: Final = {error: kind for kind, error in _ERRORS.items()}


@dataclass(frozen=True)
class Failure:
    """A query failed, before its response or in the middle of it, or the process did not start."""

    kind: FailureKind
    message: str

    @classmethod
    def from_error(cls, error: QueryError | StorageError | MemoryError) -> Failure:
        """Return the message for an error raised in the worker."""
        if isinstance(error, MemoryError):
            return cls(FailureKind.MEMORY, str(error))
        if isinstance(error, StorageError):
            return cls(FailureKind.STORAGE, str(error))
        return cls(_KINDS.get(type(error), FailureKind.QUERY), str(error))

    def as_error(self) -> QueryError:
        """Return the error to raise in the server, for the kinds of errors in the query."""
        return _ERRORS[self.kind](self.message)


Message = Ready | ResponseStart | Chunk | ResponseEnd | CompleteResponse | Failure


def encode_request(request: QueryRequest) -> bytes:
    """Return a request as a line."""
    fields = request_fields(request) | {"is_rewritten": request.is_rewritten}
    return json.dumps(fields).encode() + b"\n"


def decode_request(line: bytes) -> QueryRequest:
    """Return the request of a line."""
    fields = json.loads(line)
    return QueryRequest(
        query=fields["query"],
        dataset=Dataset(tuple(fields["default"]), tuple(fields["named"])),
        format=fields["format"],
        accept=fields["accept"],
        content_coding=fields["coding"],
        parameters=tuple(Parameter(*parameter) for parameter in fields["parameters"]),
        engine=fields["engine"],
        is_rewritten=fields["is_rewritten"],
    )


def encode(message: Message) -> bytes:
    """Return a message as a frame."""
    match message:
        case Chunk(content):
            return _frame(b"d", content)
        case CompleteResponse(start, end, content):
            head = _json({**vars(start), **vars(end)})
            return _frame(b"w", _LENGTH.pack(len(head)) + head + content)
        case ResponseStart():
            return _frame(b"h", _json(vars(message)))
        case ResponseEnd():
            return _frame(b"e", _json(vars(message)))
        case Failure():
            return _frame(b"f", _json(vars(message)))
        case Ready():
            return _frame(b"r", _json(vars(message)))


def decode(kind: bytes, content: bytes) -> Message:
    """Return the message of a frame, given its first byte and its content."""
    match kind:
        case b"d":
            return Chunk(content)
        case b"w":
            (length,) = _LENGTH.unpack_from(content)
            end_of_head = _LENGTH.size + length
            start, end = _decode_head(content[_LENGTH.size : end_of_head])
            return CompleteResponse(start, end, content[end_of_head:])
        case b"h":
            return ResponseStart(**json.loads(content))
        case b"e":
            return ResponseEnd(**json.loads(content))
        case b"f":
            fields = json.loads(content)
            return Failure(FailureKind(fields["kind"]), fields["message"])
        case b"r":
            return Ready(**json.loads(content))
    raise ValueError(f"a worker sent a frame of unknown type {kind!r}")


@lru_cache(maxsize=1024)
def _decode_head(head: bytes) -> tuple[ResponseStart, ResponseEnd]:
    """Return the start and the end of a complete response; few responses differ in them."""
    fields = json.loads(head)
    end = ResponseEnd(fields.pop("row_count"))
    return ResponseStart(**fields), end


def _json(fields: dict[str, str | int | bool | None]) -> bytes:
    return json.dumps(fields).encode()


def _frame(kind: bytes, content: bytes) -> bytes:
    return FRAME_HEADER.pack(kind, len(content)) + content
