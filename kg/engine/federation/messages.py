"""The messages between the server and its gateway process, and their encoding.

A frame is four bytes for the length (big-endian), then a JSON object with a ``kind``; the bytes of
an answer are encoded in base64. ``id`` identifies the query of a message. The server sends
``RewriteRequest``, ``LocalAnswer`` and ``Cancel``, the gateway process ``Ready``, ``LocalQuery``,
``Rewritten`` and ``Failure``.
"""

from __future__ import annotations

import struct
from asyncio import StreamReader
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from kg.engine.federation.rewriter import RewrittenQuery
from kg.errors import BusyError, ForbiddenServiceError, KgError, QueryError, RemoteError

_LENGTH: Final = struct.Struct(">I")
ErrorName = Literal["forbidden", "query", "remote", "busy"]
_ERRORS: Final[dict[ErrorName, type[KgError]]] = {
    "forbidden": ForbiddenServiceError,
    "query": QueryError,
    "remote": RemoteError,
    "busy": BusyError,
}


@dataclass(frozen=True, slots=True)
class Ready:
    """The gateway process accepts requests."""

    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class RewriteRequest:
    """A query with SERVICE, to be answered with ``Rewritten`` or ``Failure``."""

    id: int
    query: str
    #: Terms in SPARQL's syntax, by variable.
    parameters: dict[str, str]
    user: str
    kind: Literal["rewrite"] = "rewrite"


@dataclass(frozen=True, slots=True)
class LocalQuery:
    """A query on the release, and its time limit in seconds, None for the engine's limit."""

    id: int
    query: str
    seconds: float | None
    kind: Literal["local query"] = "local query"


@dataclass(frozen=True, slots=True)
class LocalAnswer:
    """The answer to a ``LocalQuery`` in JSON, None if it exceeded its time limit."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    id: int
    content: bytes | None
    kind: Literal["local answer"] = "local answer"


@dataclass(frozen=True, slots=True)
class Cancel:
    """The answer to a request is no longer needed."""

    id: int
    kind: Literal["cancel"] = "cancel"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query without SERVICE."""

    id: int
    query: RewrittenQuery
    kind: Literal["rewritten"] = "rewritten"


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed request; errors without a name of their own are sent as ``query``."""

    id: int
    error: ErrorName
    message: str
    kind: Literal["failure"] = "failure"

    @classmethod
    def from_error(cls, number: int, error: KgError) -> Failure:
        """Return the message for an error."""
        names = (name for name, kind in _ERRORS.items() if type(error) is kind)
        return cls(number, next(names, "query"), str(error))

    def as_error(self) -> KgError:
        """Return the error of the message."""
        return _ERRORS[self.error](self.message)


ToGateway = RewriteRequest | LocalAnswer | Cancel
FromGateway = Ready | LocalQuery | Rewritten | Failure
_ADAPTER: Final[TypeAdapter[ToGateway | FromGateway]] = TypeAdapter(
    Annotated[ToGateway | FromGateway, Field(discriminator="kind")]
)


def encode(message: ToGateway | FromGateway) -> bytes:
    """Return a message as a frame."""
    content = _ADAPTER.dump_json(message)
    return _LENGTH.pack(len(content)) + content


async def receive(reader: StreamReader) -> ToGateway | FromGateway:
    """Return the next message of a stream.

    Raises:
        asyncio.IncompleteReadError: if the stream has ended.
    """
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return _ADAPTER.validate_json(await reader.readexactly(length))
