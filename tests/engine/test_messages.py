"""Encoding and decoding of the messages between the server and a worker process."""

from __future__ import annotations

import pytest

from kg.engine import messages
from kg.engine.interface import Parameter, QueryRequest
from kg.engine.messages import (
    Chunk,
    CompleteResponse,
    Failure,
    FailureKind,
    Message,
    Ready,
    ResponseEnd,
    ResponseStart,
)
from kg.errors import ForbiddenServiceError, NotAcceptableError, QueryError
from kg.sparql.evaluation import Dataset

START = ResponseStart("text/csv; charset=utf-8", "zstd", "oxigraph")
CONTENT = b'x\r\n"T\xc3\xbcrkiye\n"\x00\xff'


@pytest.mark.parametrize(
    "message",
    [
        Ready(is_isolated=True),
        START,
        Chunk(CONTENT),
        ResponseEnd(3),
        ResponseEnd(None),
        CompleteResponse(START, ResponseEnd(0), CONTENT),
        CompleteResponse(START, ResponseEnd(None), b""),
        *(Failure(kind, "Türkiye\n") for kind in FailureKind),
    ],
)
def test_a_message_is_decoded_as_it_was_encoded(message: Message) -> None:
    frame = messages.encode(message)
    kind, length = messages.FRAME_HEADER.unpack_from(frame)
    content = frame[messages.FRAME_HEADER.size :]
    assert length == len(content)
    assert messages.decode(kind, content) == message


def test_a_frame_of_an_unknown_type_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown type"):
        messages.decode(b"?", b"")


def test_a_request_is_decoded_as_it_was_encoded() -> None:
    request = QueryRequest(
        "SELECT * {\n?s ?p 'Türkiye' }",
        Dataset(("urn:a", "urn:b"), ("urn:c",)),
        format="csv",
        accept="text/csv, */*;q=0.1",
        content_coding="gzip",
        parameters=(Parameter("state", "urn:s"), Parameter("year", "2022", "urn:integer")),
        engine="columnar",
        client="192.0.2.1",
    )
    line = messages.encode_request(request)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    # The worker does not need the client, and equality does not depend on it.
    assert messages.decode_request(line) == request
    assert messages.decode_request(line).client == ""


@pytest.mark.parametrize("error", [QueryError, ForbiddenServiceError, NotAcceptableError])
def test_a_failure_raises_the_error_of_the_worker(error: type[QueryError]) -> None:
    raised = Failure.from_error(error("no such prefix")).as_error()
    assert type(raised) is error
    assert str(raised) == "no such prefix"


def test_a_memory_error_has_its_own_kind() -> None:
    assert Failure.from_error(MemoryError()).kind is FailureKind.MEMORY
