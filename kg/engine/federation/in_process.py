"""Federated queries without a gateway process, for the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from kg.engine.federation import allowlist
from kg.engine.federation.gateway import Gateway
from kg.engine.federation.rewriter import RewrittenQuery, rewrite
from kg.sparql.algebra import Term
from kg.sparql.evaluation import evaluate


def rewrite_in_process(
    query: str,
    parameters: Mapping[str, Term],
    store: ox.Store,
    folder: Path,
    settings: Path | None,
) -> RewrittenQuery:
    """Return a query without SERVICE; ``folder`` is the data folder, for the cache.

    Raises:
        SettingError: if the settings are invalid.
        KgError: for the errors of ``kg.engine.federation.rewriter.rewrite``.
    """
    endpoints = allowlist.load(settings)

    async def query_local(text: str, _: float | None) -> bytes:
        answer = evaluate(store, text)
        assert isinstance(answer, ox.QuerySolutions)
        content = answer.serialize(format=ox.QueryResultsFormat.JSON)
        assert content is not None
        return content

    async def run() -> RewrittenQuery:
        gateway = Gateway(endpoints, folder)
        try:
            terms = {name: str(term) for name, term in parameters.items()}
            return await rewrite(query, terms, gateway, query_local)
        finally:
            await gateway.close()

    return asyncio.run(run())
