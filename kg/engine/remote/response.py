"""The result of another server, converted on arrival to the format that the client accepts.

Conversion blocks, so each response has a thread while it is read. Chunks wait in bounded queues on
both sides of the thread, so a client that reads slowly slows the server down and nothing
accumulates here.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import queue
import threading
from collections.abc import AsyncGenerator
from concurrent.futures import Executor
from typing import IO, TYPE_CHECKING, Final, cast

from kg.engine.encoder import ResponseEncoder
from kg.engine.interface import ResponseMetadata
from kg.engine.remote.conversion import BooleanNormalizer, SourceFormat, convert, source_format
from kg.engine.remote.request import PreparedQuery
from kg.engine.remote.server import ServerReply
from kg.errors import InterruptedResponseError, KgError, UnavailableError
from kg.limits import UNCONVERTED_BYTES

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Maximum number of chunks waiting on either side of the thread.
_QUEUE_LENGTH: Final = 4


class RemoteResponse:
    """See ``kg.engine.interface.QueryResponse``; call ``start`` first.

    A response longer than ``max_bytes`` is interrupted.
    """

    def __init__(
        self, reply: ServerReply, query: PreparedQuery, accepted_coding: str, max_bytes: int
    ) -> None:
        self._reply = reply
        self._query = query
        self._max_bytes = max_bytes
        self._loop = asyncio.get_running_loop()
        #: Chunks from the thread; an error or None ends them.
        self._chunks: asyncio.Queue[bytes | KgError | None] = asyncio.Queue()
        self._room = threading.Semaphore(_QUEUE_LENGTH)
        self._first_chunk: bytes | None = None
        self._sent_bytes = 0
        self._encoder = ResponseEncoder(query.response_format, accepted_coding, self._emit)
        self._source = _ChunkReader(self._loop, reply.server, self._encoder)
        self._feeding: asyncio.Task[None] | None = None
        self._is_closed = False
        self.metadata: ResponseMetadata
        self.row_count: int | None = None

    @property
    def source_media_type(self) -> str:
        """The media type that the server sent."""
        return self._reply.media_type

    async def start(self, threads: Executor, release: str) -> None:
        """Start the conversion, and wait for the first chunk.

        Raises:
            LimitError: if the server exceeds the time limit of a query.
            UnavailableError: if it does not send a complete result of the query.
        """
        try:
            result_format = source_format(self._reply, self._query)
            self._feeding = asyncio.create_task(self._feed())
            threads.submit(self._convert, result_format)
            first_chunk = await self._next_chunk()
        except BaseException:
            await self.close()
            raise
        self._first_chunk = first_chunk or b""
        encoder = self._encoder
        length = len(self._first_chunk) if encoder.is_complete else None
        content_type = self._query.response_format.content_type
        self.metadata = ResponseMetadata(
            content_type, encoder.content_coding, length, release, "remote"
        )

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the content; raise InterruptedResponseError if it ends early."""
        chunk, self._first_chunk = self._first_chunk, None
        try:
            while chunk is not None:
                self._sent_bytes += len(chunk)
                if self._sent_bytes > self._max_bytes:
                    raise InterruptedResponseError(
                        f"the response is longer than {self._max_bytes:,} bytes"
                    )
                if chunk:
                    yield chunk
                chunk = await self._next_chunk()
        except InterruptedResponseError:
            raise
        except KgError as error:
            raise InterruptedResponseError(str(error)) from error
        self.row_count = self._encoder.row_count

    async def close(self) -> None:
        """End the thread, and close the connection if the response is incomplete."""
        self._is_closed = True
        self._room.release()
        self._source.fail(UnavailableError("the response is no longer needed"))
        if self._feeding is not None:
            self._feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._feeding
        await self._reply.close()

    async def _feed(self) -> None:
        """Pass the server's chunks to the thread."""
        normalizer = BooleanNormalizer()
        try:
            async for chunk in self._reply.chunks():
                if content := normalizer.add(chunk):
                    await self._source.feed(content)
            if content := normalizer.end():
                await self._source.feed(content)
            await self._source.feed(b"")
        except KgError as error:
            self._source.fail(error)

    def _convert(self, result_format: SourceFormat) -> None:
        """Convert the result, and report its end or an error to the loop; runs in the thread."""
        source = cast("IO[bytes]", self._source)
        outcome: KgError | None = None
        try:
            convert(source, result_format, self._query, self._encoder, self._reply.server)
        except _AbandonedError:
            return
        except KgError as error:
            outcome = error
        self._loop.call_soon_threadsafe(self._chunks.put_nowait, outcome)

    def _emit(self, chunk: bytes) -> None:
        """Pass a chunk of the response to the loop when there is room; runs in the thread."""
        if not (chunk or self._encoder.is_complete):
            return
        self._room.acquire()
        if self._is_closed:
            raise _AbandonedError
        self._loop.call_soon_threadsafe(self._chunks.put_nowait, chunk)

    async def _next_chunk(self) -> bytes | None:
        chunk = await self._chunks.get()
        if isinstance(chunk, KgError):
            raise chunk
        if chunk is not None:
            self._room.release()
        return chunk


class _AbandonedError(Exception):
    """The response was closed before its end."""


class _ChunkReader(io.RawIOBase):
    """The server's chunks as a stream for the thread, which writes results to ``encoder``."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, server: str, encoder: ResponseEncoder
    ) -> None:
        self._loop = loop
        self._server = server
        self._encoder = encoder
        #: Bytes read since results were written, and how many bytes of results there were then.
        self._unconverted_bytes = 0
        self._written_bytes = 0
        self._room = asyncio.Semaphore(_QUEUE_LENGTH)
        self._chunks: queue.SimpleQueue[bytes | KgError] = queue.SimpleQueue()
        self._rest = memoryview(b"")
        self._is_at_end = False

    async def feed(self, chunk: bytes) -> None:
        """Add a chunk when there is room; an empty chunk marks the end."""
        await self._room.acquire()
        self._chunks.put(chunk)

    def fail(self, error: KgError) -> None:
        """End the stream with an error."""
        self._chunks.put(error)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while not self._rest and not self._is_at_end:
            chunk = self._chunks.get()
            if isinstance(chunk, KgError):
                self._chunks.put(chunk)
                raise chunk
            self._rest, self._is_at_end = memoryview(chunk), not chunk
            self._loop.call_soon_threadsafe(self._room.release)
        target = memoryview(buffer)
        length = min(len(target), len(self._rest))
        target[:length] = self._rest[:length]
        self._rest = self._rest[length:]
        self._check_progress(length)
        return length

    def _check_progress(self, length: int) -> None:
        """Raise UnavailableError if the results of what was read take too long to come.

        A single term without an end would fill the memory; and parsers read a term from its
        beginning again for every piece.
        """
        if self._encoder.written_bytes != self._written_bytes:
            self._written_bytes, self._unconverted_bytes = self._encoder.written_bytes, 0
        self._unconverted_bytes += length
        if self._unconverted_bytes > UNCONVERTED_BYTES:
            raise UnavailableError(
                f"{self._server} sent {UNCONVERTED_BYTES:,} bytes without a result in them"
            )
