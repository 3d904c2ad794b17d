"""The engine that also answers queries with SERVICE, by way of any engine that does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from kg.engine.federation.gateway_process import GatewayProcess
from kg.engine.federation.response_headers import headers_of, remarks_on
from kg.engine.federation.rewriter import Outcome
from kg.engine.interface import Engine, Parameter, QueryRequest, QueryResponse
from kg.errors import ForbiddenServiceError, LimitError
from kg.release.release import Release
from kg.sparql.evaluation import term

#: Bytes of an answer of ours that holds values to send on.
_LONGEST: Final = 32 * 2**20


class FederatedEngine:
    """See ``kg.engine.interface.Engine``; a gateway fetches what SERVICE clauses ask for."""

    def __init__(self, inner: Engine, gateway: GatewayProcess) -> None:
        self._inner = inner
        self._gateway = gateway

    async def start(self) -> None:
        """Make ready."""
        await self._inner.start()
        await self._gateway.start()

    async def close(self) -> None:
        """End; queries under way break off."""
        await self._gateway.close()
        await self._inner.close()

    def release(self) -> Release:
        """Return the release that new queries are asked of."""
        return self._inner.release()

    async def execute(self, request: QueryRequest) -> QueryResponse:
        """Return the answer to a request once its first piece is ready.

        Raises:
            ForbiddenServiceError: if the query uses SERVICE of an endpoint that is not allowed.
            RemoteError: if an endpoint does not answer as it should.
            KgError: what the engine inside raises.
        """
        try:
            return await self._inner.execute(request)
        except ForbiddenServiceError:
            # Its own parser says that the query is valid, and uses SERVICE.
            if "service" not in request.query.lower():
                raise
        while True:
            releases: set[str] = set()
            outcome = await self._federate(request, releases)
            answer = await self._inner.execute(replace(request, query=outcome.query))
            if releases <= {answer.metadata.release}:
                break
            # A new release came in between: values of the old one do not limit the new one.
            await answer.close()
        answer.metadata = replace(
            answer.metadata, headers=headers_of(outcome), remarks=remarks_on(outcome)
        )
        return answer

    async def _federate(self, request: QueryRequest, releases: set[str]) -> Outcome:
        async def ask(text: str, seconds: float | None) -> bytes | None:
            try:
                async with asyncio.timeout(seconds):
                    return await read(text)
            except TimeoutError:
                return None

        async def read(text: str) -> bytes:
            asked = QueryRequest(text, dataset=request.dataset, format="json")
            answer = await self._inner.execute(asked)
            releases.add(answer.metadata.release)
            try:
                gathered = bytearray()
                async for piece in answer.chunks():
                    gathered += piece
                    if len(gathered) > _LONGEST:
                        raise LimitError("what stands beside SERVICE has too many values")
                return bytes(gathered)
            finally:
                await answer.close()

        parameters = terms_of(request.parameters)
        return await self._gateway.federate(request.query, parameters, ask, request.client)


def terms_of(parameters: Iterable[Parameter]) -> dict[str, str]:
    """Return parameters as terms in SPARQL's syntax, by variable."""
    return {name: str(term(value, datatype)) for name, value, datatype in parameters}
