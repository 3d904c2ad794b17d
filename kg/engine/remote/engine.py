"""The engine that asks another SPARQL server for a release that was published into it.

The server says which release is in force: a graph of its own names the graph of its facts
(``kg publish`` writes both). The folder of the releases supplies what goes with it: manifest,
search index, description. So a switch on the server is a switch here, within seconds, and entity
tags stay true. A server that just holds our triples in its default graph will do too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from kg.engine.execution import STALL_TIMEOUT
from kg.engine.interface import Limits, QueryRequest
from kg.engine.remote.request import word
from kg.engine.remote.response import RemoteAnswer
from kg.engine.remote.server import Server
from kg.engine.scheduler import STALLED, Places
from kg.errors import InterruptedResponseError, KgError, LimitError, ReleaseError, UnavailableError
from kg.rdf.vocabulary import CURRENT_GRAPH, DATASET, DCAT, FACTS_GRAPHS, NAMED_GRAPHS, VOID
from kg.release.release import Pointer, Release
from kg.sparql.evaluation import Dataset

_LOG: Final = logging.getLogger("kg.engine")
#: Seconds between two looks at which release is in force, and seconds that a look may take.
_LOOK_AGAIN: Final = 3.0
_LOOK_SECONDS: Final = 10.0
#: Seconds that a query keeps its place while its client is waited for.
_PATIENCE: Final = 0.1
_IN_FORCE: Final = (
    f"SELECT ?graph {{ GRAPH <{CURRENT_GRAPH}> "
    f"{{ <{DATASET}> <{DCAT.hasCurrentVersion}> ?graph }} }}"
)
_SIZE: Final = f"SELECT ?n {{ <{DATASET}> <{VOID.triples}> ?n }}"
_ASK: Final = f"ASK {{ <{DATASET}> <{VOID.triples}> ?n }}"
_CONSTRUCT: Final = (
    f"CONSTRUCT {{ <{DATASET}> <{VOID.triples}> ?n }} WHERE {{ <{DATASET}> <{VOID.triples}> ?n }}"
)


@dataclass(frozen=True)
class _Held:
    """What the server holds: a release, and the graphs it is asked for (empty: its own default)."""

    release: Release
    graphs: Dataset


class RemoteEngine:
    """See ``kg.engine.interface.Engine``."""

    def __init__(self, data: Path, address: str, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        at_once = self.limits.workers + self.limits.light_lanes
        self._data = data
        self._pointer = Pointer(data)
        self._places = Places(replace(self.limits, light_lanes=at_once))
        self._threads = ThreadPoolExecutor(at_once + STALLED + 1, "remote-answer")
        self._server = Server(address, at_once + STALLED + 1)
        self._held: _Held | None = None
        self._problem: KgError = UnavailableError(f"{self._server.name} has not been asked yet")
        self._in_order = False
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Find out what the server holds and can do, and keep watch; it need not be up yet."""
        await self._look()
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """End the watch and all connections; queries under way break off."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        await self._server.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def release(self) -> Release:
        """Return the release that the server holds, as it was seen last.

        While the server is away this is what it held, so that what is cached goes on being served.

        Raises:
            ReleaseError: if it holds one that is not in the data folder.
            UnavailableError: if it has never answered.
        """
        if self._held is None:
            raise self._problem.with_traceback(None)
        return self._held.release

    async def execute(self, question: QueryRequest) -> _Placed:
        """Return the answer to a question once its first piece is ready.

        Raises:
            ForbiddenServiceError: if the query uses SERVICE.
            NotAcceptableError: if the answer has no format the client takes.
            QueryError: if the query is malformed.
            LimitError: if it passes a limit of ours or of the server before the first piece.
            BusyError: if there is no place for it, here or there.
            UnavailableError: if the server cannot be reached or sends no whole answer.
            ReleaseError: if the server holds a release that is not in the data folder.
        """
        if not self._in_order or self._held is None:
            raise self._problem.with_traceback(None)
        held = self._held
        await self._places.enter_light()
        try:
            answer = await self._begin(question, held, self.limits.seconds)
        except BaseException:
            self._places.leave_light()
            raise
        return _Placed(answer, self._places)

    async def _begin(self, question: QueryRequest, held: _Held, seconds: float) -> RemoteAnswer:
        worded = await asyncio.to_thread(word, question, held.graphs)
        reply = await self._server.ask(worded, seconds)
        answer = RemoteAnswer(reply, worded, question.content_coding, self.limits.response_bytes)
        await answer.begin(self._threads, held.release.name)
        return answer

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_AGAIN)
            await self._look()

    async def _look(self) -> None:
        """See which release is in force on the server, and whether it can be asked for it."""
        try:
            held = await self._seen()
            if held != self._held or not self._in_order:
                _LOG.warning("%s", await self._tried(held))
            self._held, self._in_order = held, True
        except LimitError:
            told = f"{self._server.name} does not answer, not even a small question"
            self._fail(UnavailableError(told))
        except KgError as error:
            self._fail(error)

    def _fail(self, error: KgError) -> None:
        if self._in_order or str(error) != str(self._problem):
            _LOG.warning("no answers for now: %s", error)
        self._problem, self._in_order = error, False
        if isinstance(error, ReleaseError):
            self._held = None

    async def _seen(self) -> _Held:
        """Return what the server holds.

        Raises:
            ReleaseError: if that is a release which is not in the data folder.
            UnavailableError: if it holds none.
        """
        rows, _ = await self._told(_IN_FORCE, Dataset())
        graphs = [row["graph"]["value"] for row in rows]
        if not graphs:
            return await self._unnamed()
        name = graphs[0].removeprefix(FACTS_GRAPHS)
        if len(graphs) > 1 or not re.fullmatch(r"\w[\w.-]*", name):
            raise UnavailableError(
                f"{self._server.name} names as the graph in force {' and '.join(graphs)}; expected "
                f"one below {FACTS_GRAPHS}"
            )
        release = Release(self._data / "releases" / name)
        if not release.manifest_file.is_file():
            raise ReleaseError(
                f"{self._server.name} holds release {name}, which is not in {self._data}: carry it "
                "over with kg adopt"
            )
        return _Held(release, Dataset((graphs[0],), NAMED_GRAPHS))

    async def _unnamed(self) -> _Held:
        """Return the release in force in the data folder, if the server's own default graph has it.

        Raises:
            ReleaseError: if it holds another one.
            UnavailableError: if it holds none.
        """
        release = self._pointer.release()
        rows, _ = await self._told(_SIZE, Dataset())
        if not rows:
            raise UnavailableError(
                f"{self._server.name} holds no release: kg publish puts one there"
            )
        sizes = {row["n"]["value"] for row in rows}
        described = (release.path / "description.nt").read_text(encoding="utf-8")
        ours = re.search(rf'<{re.escape(VOID.triples)}> "(\d+)"', described)
        if ours is None or sizes != {ours[1]}:
            raise ReleaseError(
                f"the default graph of {self._server.name} does not hold release {release.name}: "
                f"it describes {' and '.join(sorted(sizes))} triples"
            )
        return _Held(release, Dataset())

    async def _tried(self, held: _Held) -> str:
        """Try every form of query, and return what the server can do.

        Raises:
            UnavailableError: if it cannot be used.
        """
        found = {}
        for form, query in (("SELECT", _SIZE), ("ASK", _ASK), ("CONSTRUCT", _CONSTRUCT)):
            rows, media_type = await self._told(query, held.graphs)
            if not rows:
                raise UnavailableError(
                    f"{self._server.name} cannot be used: it gives an empty answer to {query}"
                )
            found[form] = media_type
        where = "its own default graph, asked without graph parameters"
        if held.graphs.default:
            where = f"graph {held.graphs.default[0]}"
            rows, _ = await self._told(_SIZE, Dataset((CURRENT_GRAPH,)))
            if rows:
                raise UnavailableError(
                    f"{self._server.name} cannot be used: it takes no notice of default-graph-uri"
                )
        forms = ", ".join(f"{form} as {media_type}" for form, media_type in found.items())
        return f"engine {self._server.name}: release {held.release.name} in {where}; {forms}"

    async def _told(self, query: str, graphs: Dataset) -> tuple[list[Any], str]:
        """Return the rows or triples of a small answer (of ASK one if true), and how they came."""
        held = _Held(Release(self._data), graphs)
        question = QueryRequest(
            query, format="ntriples" if query.startswith("CONSTRUCT") else "json"
        )
        answer = await self._begin(question, held, _LOOK_SECONDS)
        try:
            content = b"".join([piece async for piece in answer.chunks()])
        except InterruptedResponseError as error:
            raise UnavailableError(str(error)) from error
        finally:
            await answer.close()
        if question.format == "ntriples":
            return content.splitlines(), answer.media_type
        said = json.loads(content)
        rows = [True] * said["boolean"] if "boolean" in said else said["results"]["bindings"]
        return rows, answer.media_type


class _Placed:
    """An answer in a place, which it leaves to others while its client does not read on."""

    def __init__(self, answer: RemoteAnswer, places: Places) -> None:
        self._answer = answer
        self._places = places
        self._loop = asyncio.get_running_loop()
        self._has_place = True
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        self.metadata = answer.metadata

    @property
    def row_count(self) -> int | None:
        """How many solutions it held, once it has been read; None if that is not known."""
        return self._answer.row_count

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the answer, coded; raise InterruptedResponseError if it breaks off."""
        async for piece in self._answer.chunks():
            self._set_timer(_PATIENCE, self._stall)
            yield piece
            await self._go_on()
        self._leave()

    async def close(self) -> None:
        """Free what the answer holds; one that has not been read to the end is given up."""
        self._leave()
        await self._answer.close()

    async def _go_on(self) -> None:
        self._clear_timer()
        if self._has_place:
            return
        self._places.resume(self)
        if self._ending is not None:
            raise InterruptedResponseError("the client did not read on while others were waiting")
        try:
            await self._places.enter_light()
        except KgError as error:
            raise InterruptedResponseError(str(error)) from error
        self._has_place = True

    def _stall(self) -> None:
        """Leave the place to others until the client reads on; the server has to wait, too."""
        self._leave()
        self._set_timer(STALL_TIMEOUT, self._give_up)
        self._places.stall(self, self._give_up)

    def _give_up(self) -> None:
        self._places.resume(self)
        self._ending = asyncio.create_task(self._answer.close())

    def _leave(self) -> None:
        self._clear_timer()
        self._places.resume(self)
        if self._has_place:
            self._has_place = False
            self._places.leave_light()

    def _set_timer(self, seconds: float, do: Callable[[], None]) -> None:
        self._clear_timer()
        self._timer = self._loop.call_later(seconds, do)

    def _clear_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
