"""The engine that adds SERVICE to any other engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from kg.engine.federation.gateway_process import GatewayProcess
from kg.engine.federation.response_headers import remarks, response_headers
from kg.engine.federation.rewriter import RewrittenQuery
from kg.engine.interface import Engine, Parameter, QueryRequest, QueryResponse
from kg.errors import ForbiddenServiceError, LimitError
from kg.limits import JOIN_VALUES_BYTES
from kg.release.monitor import ReleaseMonitor
from kg.release.release import Release
from kg.sparql.evaluation import term


class FederatedEngine:
    """See ``kg.engine.interface.Engine``; a gateway fetches the solutions of SERVICE clauses."""

    def __init__(self, inner: Engine, gateway: GatewayProcess) -> None:
        self._inner = inner
        self._gateway = gateway

    async def start(self) -> None:
        """Start the inner engine; the first query with SERVICE starts the gateway process."""
        await self._inner.start()

    @property
    def monitor(self) -> ReleaseMonitor:
        """The monitor of the inner engine."""
        return self._inner.monitor

    async def close(self) -> None:
        """Stop both; running queries are aborted."""
        await self._gateway.close()
        await self._inner.close()

    def release(self) -> Release:
        """Return the release that is served, on which new queries are evaluated."""
        return self._inner.release()

    def next_release(self) -> AbstractAsyncContextManager[Release]:
        """Open the next release of the inner engine, and serve it at the end of the context."""
        return self._inner.next_release()

    def warnings(self) -> tuple[str, ...]:
        """Return those of the inner engine."""
        return self._inner.warnings()

    async def execute(self, request: QueryRequest) -> QueryResponse:
        """Return the response to a query once its first chunk is ready.

        Raises:
            ForbiddenServiceError: if the query uses SERVICE with an endpoint that is not allowed.
            RemoteError: if an endpoint does not give a valid answer.
            KgError: for the errors of the inner engine.
        """
        try:
            return await self._inner.execute(request)
        except ForbiddenServiceError:
            # The parser of the inner engine found that the query is valid and uses SERVICE.
            if "service" not in request.query.lower():
                raise
        while True:
            releases: set[str] = set()
            rewritten = await self._rewrite(request, releases)
            local = replace(request, query=rewritten.query, is_rewritten=True)
            response = await self._inner.execute(local)
            if releases <= {response.metadata.release}:
                break
            # Another release was activated meanwhile: values of the old one do not limit it.
            await response.close()
        response.metadata = replace(
            response.metadata, headers=response_headers(rewritten), remarks=remarks(rewritten)
        )
        return response

    async def _rewrite(self, request: QueryRequest, releases: set[str]) -> RewrittenQuery:
        """Have the gateway rewrite a query, and record the releases its values come from."""

        async def query_local(text: str, seconds: float | None) -> bytes | None:
            try:
                async with asyncio.timeout(seconds):
                    return await content_of(text)
            except TimeoutError:
                return None

        async def content_of(text: str) -> bytes:
            local = QueryRequest(
                text,
                dataset=request.dataset,
                format="json",
                client=request.client,
                is_page=request.is_page,
            )
            response = await self._inner.execute(local)
            releases.add(response.metadata.release)
            try:
                content = bytearray()
                async for chunk in response.chunks():
                    content += chunk
                    if len(content) > JOIN_VALUES_BYTES:
                        raise LimitError(
                            f"the values to join with SERVICE exceed {JOIN_VALUES_BYTES:,} bytes; "
                            "restrict the patterns beside it"
                        )
                return bytes(content)
            finally:
                await response.close()

        parameters = sparql_terms(request.parameters)
        return await self._gateway.rewrite(request.query, parameters, query_local, request.client)


def sparql_terms(parameters: Iterable[Parameter]) -> dict[str, str]:
    """Return parameters as terms in SPARQL's syntax, by variable."""
    return {name: str(term(value, datatype)) for name, value, datatype in parameters}
