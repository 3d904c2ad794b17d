"""The engine that runs queries in worker processes over the current release of a data folder.

A query starts in a light lane. One that has not ended when its light budget is used up is stopped
until one of the heavy places is free, and then goes on: so a short query never waits behind long
ones. One that passes a limit ends with its process, and a fresh one takes its place.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from kg.engine.columnar.database import unproven
from kg.engine.execution import Run
from kg.engine.interface import Limits, QueryRequest
from kg.engine.pool import Pool
from kg.engine.scheduler import Places
from kg.release.release import Pointer, Release

_LOG: Final = logging.getLogger("kg.engine")


class LocalEngine:
    """See ``kg.engine.interface.Engine``.

    With ``columnar`` its workers answer from the columns of a release what these are sooner for.
    """

    def __init__(self, data: Path, limits: Limits | None = None, *, columnar: bool = True) -> None:
        self.limits = limits or Limits()
        self._columnar = columnar
        self._pointer = Pointer(data)
        self._places = Places(self.limits)
        self._pool = Pool(
            self.limits.light_lanes, self.limits.memory_mib, self.release, columnar=columnar
        )

    async def start(self) -> None:
        """Start a worker for each light lane.

        Raises:
            ReleaseError: if there is no release to serve.
        """
        if not await self._pool.start():
            _LOG.warning(
                "workers cannot be cut off from the network on this system; queries with SERVICE "
                "are refused before they reach one, but nothing stands behind that"
            )
        if self._columnar and (versions := unproven()):
            _LOG.warning(
                "long queries are not answered from columns: the answers have not been compared "
                "with the versions installed here, %s",
                versions,
            )

    async def close(self) -> None:
        """End all workers; queries under way break off."""
        await self._pool.close()

    def release(self) -> Release:
        """Return the release that new queries are asked of.

        Raises:
            ReleaseError: if there is none.
        """
        return self._pointer.release()

    async def execute(self, request: QueryRequest) -> Run:
        """Return the answer to a question once its first piece is ready.

        Raises:
            ForbiddenServiceError: if the query uses SERVICE.
            NotAcceptableError: if the answer has no format the client takes.
            QueryError: if the query is malformed or cannot be evaluated.
            LimitError: if it passes a limit before the first piece.
            BusyError: if there is no place for it.
            ReleaseError: if there is no release.
        """
        await self._places.enter_light()
        try:
            run = Run(self._pool, self._places, self.limits, await self._pool.take())
        except BaseException:
            self._places.leave_light()
            raise
        await run.begin(request)
        return run
