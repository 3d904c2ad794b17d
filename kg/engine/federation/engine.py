"""The engine that also answers queries with SERVICE, by way of any engine that does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from kg.engine.federation.gateway_process import GatewayProcess
from kg.engine.federation.response_headers import remarks, response_headers
from kg.engine.federation.rewriter import RewrittenQuery
from kg.engine.interface import Engine, Parameter, QueryRequest, QueryResponse
from kg.errors import ForbiddenServiceError, LimitError
from kg.limits import JOIN_VALUES_BYTES
from kg.release.release import Release
from kg.sparql.evaluation import term


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
            rewritten = await self._rewrite(request, releases)
            response = await self._inner.execute(replace(request, query=rewritten.query))
            if releases <= {response.metadata.release}:
                break
            # Another release was activated in between: the old one's values do not limit it.
            await response.close()
        response.metadata = replace(
            response.metadata, headers=response_headers(rewritten), remarks=remarks(rewritten)
        )
        return response

    async def _rewrite(self, request: QueryRequest, releases: set[str]) -> RewrittenQuery:
        """Have a query rewritten, and note the releases that values are taken from."""

        async def query_local(text: str, seconds: float | None) -> bytes | None:
            try:
                async with asyncio.timeout(seconds):
                    return await content_of(text)
            except TimeoutError:
                return None

        async def content_of(text: str) -> bytes:
            local = QueryRequest(text, dataset=request.dataset, format="json")
            response = await self._inner.execute(local)
            releases.add(response.metadata.release)
            try:
                content = bytearray()
                async for chunk in response.chunks():
                    content += chunk
                    if len(content) > JOIN_VALUES_BYTES:
                        raise LimitError("what stands beside SERVICE has too many values")
                return bytes(content)
            finally:
                await response.close()

        parameters = sparql_terms(request.parameters)
        return await self._gateway.rewrite(request.query, parameters, query_local, request.client)


def sparql_terms(parameters: Iterable[Parameter]) -> dict[str, str]:
    """Return parameters as terms in SPARQL's syntax, by variable."""
    return {name: str(term(value, datatype)) for name, value, datatype in parameters}
