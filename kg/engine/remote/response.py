"""An answer of another server, turned into the format the client takes while it comes.

Parsing and writing block, and what pyoxigraph reads must stay in one thread: each answer has a
thread while it is read. Pieces wait for one another on both sides of it, so a client that reads
slowly slows the server down, and nothing is gathered here.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import queue
import re
import threading
from collections.abc import AsyncGenerator
from concurrent.futures import Executor
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from kg.engine.encoder import CHUNK, Body
from kg.engine.interface import ResponseMetadata
from kg.engine.remote.request import Worded
from kg.engine.remote.server import Reply
from kg.errors import InterruptedResponseError, KgError, UnavailableError
from kg.rdf.vocabulary import PREFIXES

#: Pieces that may wait on either side of the thread.
_WAITING: Final = 4
_EMPTY: Final = ox.Store()
#: How Virtuoso spells booleans in JSON and N-Triples; in a text its quotes would be escaped.
_BOOLEAN: Final = re.compile(
    rb'("datatype": *"http://www.w3.org/2001/XMLSchema#boolean", *"value": *")([01])"'
    rb'|(")([01])"(?=\^\^<http://www.w3.org/2001/XMLSchema#boolean>)'
)
#: Bytes that such a spelling may have.
_LONGEST: Final = 128
#: Formats whose end cannot be told from a connection that broke.
_OPEN_ENDED: Final = (ox.QueryResultsFormat.TSV, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE)


class RemoteAnswer:
    """See ``kg.engine.interface.QueryResponse``; ``begin`` first."""

    def __init__(self, reply: Reply, worded: Worded, wanted_coding: str, limit: int) -> None:
        self._reply = reply
        self._worded = worded
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[bytes | KgError | None] = asyncio.Queue()
        self._first: bytes | None = None
        self._sent = 0
        self._source = _Source(self._loop)
        self._body = Body(worded.written_in, wanted_coding, self._hand_on)
        self._room = threading.Semaphore(_WAITING)
        self._closed = False
        self._pumping: asyncio.Task[None] | None = None
        self.metadata: ResponseMetadata
        self.row_count: int | None = None

    @property
    def media_type(self) -> str:
        """What the server sent it as."""
        return self._reply.media_type

    async def begin(self, threads: Executor, release: str) -> None:
        """Begin to read, and wait for the first piece.

        Raises:
            LimitError: if the server takes longer than a query may.
            UnavailableError: if what it sends is no whole answer to the query.
        """
        try:
            form = self._form()
            self._pumping = asyncio.create_task(self._pump())
            threads.submit(self._convert, form)
            first = await self._next()
        except BaseException:
            await self.close()
            raise
        self._first = first or b""
        length = len(self._first) if self._body.is_whole else None
        kind = self._worded.written_in.content_type
        self.metadata = ResponseMetadata(kind, self._body.coding, length, release, "remote")

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the answer; raise InterruptedResponseError if it breaks off."""
        piece, self._first = self._first, None
        try:
            while piece is not None:
                self._sent += len(piece)
                if self._sent > self._limit:
                    raise InterruptedResponseError(
                        f"the answer is longer than {self._limit:,} bytes"
                    )
                if piece:
                    yield piece
                piece = await self._next()
        except InterruptedResponseError:
            raise
        except KgError as error:
            raise InterruptedResponseError(str(error)) from error
        self.row_count = self._body.rows

    async def close(self) -> None:
        """End the connection if there is more to come, and the thread."""
        self._closed = True
        self._room.release()
        self._source.fail(UnavailableError("the answer is no longer wanted"))
        if self._pumping is not None:
            self._pumping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._pumping
        await self._reply.close()

    def _form(self) -> ox.QueryResultsFormat | ox.RdfFormat:
        """Return the format of what the server sends."""
        kind = ox.RdfFormat if self._worded.is_graph else ox.QueryResultsFormat
        form = kind.from_media_type(self._reply.media_type)
        if form is None or form == ox.QueryResultsFormat.CSV:
            raise UnavailableError(
                f"{self._reply.server} answered a {self._worded.form} with "
                f"{self._reply.media_type or 'no Content-Type'}, which holds no such answer"
            )
        if form in _OPEN_ENDED and not self._reply.shows_its_end:
            raise UnavailableError(
                f"{self._reply.server} does not say where its answer ends, so it may not be whole"
            )
        return form

    async def _pump(self) -> None:
        """Pass on what comes from the server to the thread."""
        try:
            held = b""
            async for piece in self._reply.chunks():
                content = _BOOLEAN.sub(_spelled, held + piece)
                # What is replaced may be cut in two by the end of a piece.
                content, held = content[:-_LONGEST], content[-_LONGEST:]
                if content:
                    await self._source.feed(content)
            if held:
                await self._source.feed(held)
            await self._source.feed(b"")
        except KgError as error:
            self._source.fail(error)

    def _convert(self, form: ox.QueryResultsFormat | ox.RdfFormat) -> None:
        """Read what the server sends and write it as the client takes it (in the thread)."""
        stream, source = cast("IO[bytes]", self._body), cast("IO[bytes]", self._source)
        try:
            if isinstance(form, ox.RdfFormat):
                written_in = self._worded.written_in.oxigraph
                assert isinstance(written_in, ox.RdfFormat)
                triples = (quad.triple for quad in ox.parse(source, format=form))
                ox.serialize(triples, stream, written_in, prefixes=PREFIXES)
            else:
                written_in = self._worded.written_in.oxigraph
                assert isinstance(written_in, ox.QueryResultsFormat)
                self._as_asked(ox.parse_query_results(source, form)).serialize(stream, written_in)
            # Whatever follows must be read too: it may be that it breaks off.
            while self._source.read(CHUNK):
                pass
            self._body.end()
            told: KgError | None = None
        except _AbandonedError:
            return
        except KgError as error:
            told = error
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            told = UnavailableError(
                f"{self._reply.server} sent an answer that cannot be read: {error}"
            )
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, told)

    def _as_asked(
        self, found: ox.QuerySolutions | ox.QueryBoolean
    ) -> ox.QuerySolutions | ox.QueryBoolean:
        """Return an answer as the form of the query has it: some tell that of an ASK as a table."""
        if isinstance(found, ox.QueryBoolean) == (self._worded.form == "ASK"):
            return found
        values = (
            [getattr(term, "value", "") for row in found for term in row]
            if isinstance(found, ox.QuerySolutions)
            else []
        )
        if self._worded.form != "ASK" or values not in (["1"], ["0"], ["true"], ["false"]):
            raise UnavailableError(
                f"{self._reply.server} answered a {self._worded.form} with something else"
            )
        boolean = _EMPTY.query("ASK {}" if values[0] in {"1", "true"} else "ASK { FILTER(false) }")
        assert isinstance(boolean, ox.QueryBoolean)
        return boolean

    def _hand_on(self, piece: bytes) -> None:
        """Pass on a piece of the answer from the thread, when there is room."""
        if not (piece or self._body.is_whole):
            return
        self._room.acquire()
        if self._closed:
            raise _AbandonedError
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)

    async def _next(self) -> bytes | None:
        piece = await self._pieces.get()
        if isinstance(piece, KgError):
            raise piece
        if piece is not None:
            self._room.release()
        return piece


def _spelled(match: re.Match[bytes]) -> bytes:
    """Return a boolean in its canonical form."""
    before, digit = (match[1], match[2]) if match[1] else (match[3], match[4])
    return before + (b"true" if digit == b"1" else b"false") + b'"'


class _AbandonedError(Exception):
    """Nobody reads on."""


class _Source(io.RawIOBase):
    """What the server sends, for a thread to read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._room = asyncio.Semaphore(_WAITING)
        self._pieces: queue.SimpleQueue[bytes | KgError] = queue.SimpleQueue()
        self._rest = memoryview(b"")
        self._ended = False

    async def feed(self, piece: bytes) -> None:
        """Add a piece when there is room; an empty one is the end."""
        await self._room.acquire()
        self._pieces.put(piece)

    def fail(self, error: KgError) -> None:
        """End with an error."""
        self._pieces.put(error)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and not self._ended:
            piece = self._pieces.get()
            if isinstance(piece, KgError):
                self._pieces.put(piece)
                raise piece
            self._rest, self._ended = memoryview(piece), not piece
            self._loop.call_soon_threadsafe(self._room.release)
        length = min(len(buffer), len(self._rest))
        buffer[:length] = self._rest[:length]
        self._rest = self._rest[length:]
        return length
