"""Rewriting a query so that each SERVICE clause is answered and replaced by its solutions.

Clauses that are already limited are answered first; their solutions may limit later ones.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from kg.engine.federation.allowlist import Endpoint
from kg.engine.federation.ast import Names, Service
from kg.engine.federation.bindings import (
    InvalidResultsError,
    Row,
    Solutions,
    parse_solutions,
    values_block,
)
from kg.engine.federation.constraints import JoinContext, correlated_variables, join_context
from kg.engine.federation.gateway import Gateway
from kg.engine.federation.parser import parse
from kg.engine.federation.service_clause import ServiceQuery, service_query
from kg.errors import BusyError, ForbiddenServiceError, QueryError, RemoteError
from kg.limits import (
    FEDERATED_QUERY_ROWS,
    FEDERATED_QUERY_SECONDS,
    JOIN_VALUES_SECONDS,
)
from kg.rdf.vocabulary import BASE

#: Queries the current release: takes a SELECT and a time limit in seconds (None for that of the
#: engine), and returns the answer in JSON, or None if it took longer.
QueryLocal = Callable[[str, float | None], Awaitable[bytes | None]]


@dataclass
class EndpointCall:
    """The requests to an endpoint for one clause, and their cost; sizes are in bytes."""

    endpoint: str
    requests: int = 0
    cached: int = 0
    rows: int = 0
    sent: int = 0
    received: int = 0
    milliseconds: int = 0
    #: Why a SERVICE SILENT clause failed.
    failed: str = ""


@dataclass
class RewrittenQuery:
    """A query without SERVICE, the endpoint calls made for it, and warnings."""

    query: str
    calls: list[EndpointCall] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class _Clause(NamedTuple):
    """A SERVICE clause to be answered, its endpoint, and the query to send."""

    service: Service
    endpoint: Endpoint
    query: ServiceQuery


class _JoinValues(NamedTuple):
    """The values that the variables of a clause can have."""

    variables: tuple[str, ...]
    rows: list[Row]


class _NoValuesError(Exception):
    """The values of variables do not limit a clause; the message is the reason."""


async def rewrite(
    text: str,
    parameters: Mapping[str, str],
    gateway: Gateway,
    query_local: QueryLocal,
    user: str = "",
) -> RewrittenQuery:
    """Return a query with its SERVICE clauses replaced by their solutions.

    ``text`` is a valid query, ``parameters`` are terms in SPARQL syntax for its variables.

    Raises:
        ForbiddenServiceError: if it names an endpoint that is not allowed.
        QueryError: if it cannot be answered in this form; the message explains what to change.
        RemoteError: if an endpoint does not give a valid answer and the clause is not SILENT.
        BusyError: if too many requests are waiting for it.
    """
    try:
        async with asyncio.timeout(FEDERATED_QUERY_SECONDS):
            return await _Rewriter(text, parameters, gateway, query_local, user).run()
    except TimeoutError as error:
        message = f"other endpoints took longer than {FEDERATED_QUERY_SECONDS:.0f} seconds"
        raise RemoteError(message) from error


class _Rewriter:
    def __init__(
        self,
        text: str,
        parameters: Mapping[str, str],
        gateway: Gateway,
        query_local: QueryLocal,
        user: str,
    ) -> None:
        self._query = parse(text)
        self._parameters = parameters
        self._gateway = gateway
        self._query_local = query_local
        self._user = user
        self._requests = 0
        self._rows = 0
        self._rewritten = RewrittenQuery("")

    async def run(self) -> RewrittenQuery:
        # Everything is checked before anything is sent.
        pending = [self._checked(service) for service in self._query.services()]
        while pending:
            clause = self._next(pending)
            pending.remove(clause)
            await self._answer(clause)
        self._rewritten.query = self._query.render()
        return self._rewritten

    def _checked(self, service: Service) -> _Clause:
        allowlist = self._gateway.allowlist
        iri = self._query.iri(service.endpoint, BASE)
        if not iri:
            raise ForbiddenServiceError(
                f"SERVICE {service.endpoint.text} is not allowed: expected the IRI of an endpoint, "
                f"one of {allowlist.listing()}"
            )
        query = service_query(self._query, service, BASE)
        for named in (iri, *query.inner_services):
            if named not in allowlist.by_iri:
                raise ForbiddenServiceError(
                    f"SERVICE to {_without_password(named) or 'a variable'} is not allowed; "
                    f"allowed endpoints: {allowlist.listing() or 'none'}"
                )
        if correlated := correlated_variables(self._query, service):
            raise QueryError(
                f"SERVICE <{iri}> inside EXISTS or LATERAL uses {_listed(correlated)} from the "
                "outer patterns without binding it in a triple pattern of its own; join the clause "
                "outside EXISTS or LATERAL"
            )
        self._warn(iri, query)
        return _Clause(service, allowlist.by_iri[iri], query)

    def _warn(self, iri: str, query: ServiceQuery) -> None:
        warnings = self._rewritten.warnings
        if query.vendor_iris:
            warnings.append(
                f"{', '.join(query.vendor_iris)}: supported only by the software that Wikidata is "
                "replacing; use rdfs:label and FILTER(LANG(?label) = 'en') instead"
            )
        if query.inner_services:
            warnings.append(f"{iri} itself queries {', '.join(query.inner_services)}")

    def _next(self, pending: Sequence[_Clause]) -> _Clause:
        """Return the clause to answer next: a limited one, else a selective one."""
        for clause in pending:
            if self._join_context(clause.service):
                return clause
        for clause in pending:
            if clause.query.is_selective or clause.endpoint.unlimited:
                return clause
        return pending[0]

    def _join_context(self, service: Service) -> JoinContext | None:
        context = join_context(self._query, service)
        bound = service.body.always_bound & self._parameters.keys()
        if context is None:
            return JoinContext("", bound) if bound else None
        return JoinContext(context.group, context.shared | bound, context.narrow)

    async def _answer(self, clause: _Clause) -> None:
        """Fetch the solutions of a clause and replace it with them."""
        call = EndpointCall(clause.endpoint.iri)
        self._rewritten.calls.append(call)
        started = time.monotonic()
        values = await self._join_values(clause)
        service, variables = clause.service, clause.query.variables
        try:
            solutions = await self._solutions(clause, values, call)
        except (RemoteError, BusyError) as error:
            if not service.silent:
                raise
            # A single solution that binds nothing:
            # https://www.w3.org/TR/sparql11-federated-query/#defn_service
            call.failed = str(error)
            solutions = Solutions(variables, (("",) * len(variables),))
        call.milliseconds = round((time.monotonic() - started) * 1000)
        service.replacement = f" {values_block(solutions.variables, solutions.rows)} "
        service.replacement_bound = solutions.always_bound()
        service.replacement_scope = frozenset(solutions.variables)

    async def _join_values(self, clause: _Clause) -> _JoinValues | None:
        """Return the values to send, or None to send the clause unchanged.

        Raises:
            QueryError: if neither is possible.
        """
        _, endpoint, query = clause
        max_values = endpoint.batch * (endpoint.requests - self._requests)
        context = self._join_context(clause.service)
        reason = ""
        if context and not query.has_limit:
            together = tuple(sorted(context.shared))
            choices = [together]
            if len(together) > 1:
                choices += [(name,) for name in together]
            for names in choices:
                try:
                    return _JoinValues(names, await self._values_of(context, names, max_values))
                except _NoValuesError as error:
                    reason = reason or str(error)
        if query.is_selective or endpoint.unlimited:
            return None
        where = f"SERVICE <{endpoint.iri}>"
        if reason:
            raise QueryError(f"nothing limits the results of {where}: {reason}")
        raise QueryError(
            f"nothing limits the results of {where}; join it on a variable bound by the patterns "
            "beside it (such as ?state unv:wikidata ?item), or put a sub-select with a LIMIT "
            "inside it"
        )

    async def _values_of(
        self, context: JoinContext, names: tuple[str, ...], max_values: int
    ) -> list[Row]:
        """Return the values of variables around a clause.

        Raises:
            _NoValuesError: if they do not limit it.
        """
        parameters = {
            name: term
            for name, term in self._parameters.items()
            if f"?{name}" in context.group or name in names
        }
        block = values_block(tuple(parameters), [tuple(parameters.values())]) if parameters else ""
        text = (
            f"{self._query.text[: self._query.top.start]} SELECT DISTINCT "
            f"{' '.join(f'?{name}' for name in names)} {self._query.dataset} "
            f"WHERE {{ {block} {context.group} }} LIMIT {max_values + 1}"
        )
        content = await self._query_local(text, JOIN_VALUES_SECONDS if context.narrow else None)
        if content is None:
            narrow = JoinContext(context.narrow, context.shared)
            return await self._values_of(narrow, names, max_values)
        listed = _listed(frozenset(names))
        try:
            rows = parse_solutions(content, names, max_values + 1).rows
        except InvalidResultsError as error:
            raise _NoValuesError(
                f"the values of {listed} cannot be sent, since the result {error}"
            ) from error
        if len(rows) > max_values:
            raise _NoValuesError(
                f"it would be sent more than {max_values:,} values of {listed}; restrict the "
                "patterns beside it, or wrap them in a sub-select with a LIMIT"
            )
        columns = zip(names, zip(*rows, strict=True), strict=True) if rows else ()
        if unbound := frozenset(name for name, values in columns if not all(values)):
            raise _NoValuesError(
                f"{_listed(unbound)} is unbound in some solutions of the patterns beside it, and "
                "such a solution joins with every result; bind it in all of them, or add "
                f"FILTER(BOUND(?{min(unbound)}))"
            )
        return sorted(rows)

    async def _solutions(
        self, clause: _Clause, values: _JoinValues | None, call: EndpointCall
    ) -> Solutions:
        """Fetch all solutions of a clause that can join, in one or more requests."""
        _, endpoint, query = clause
        rows: list[Row] = []
        for text in _request_texts(query, values, endpoint.batch):
            if self._requests >= endpoint.requests:
                raise QueryError(
                    f"the query needs more than {endpoint.requests} requests to other endpoints"
                )
            result = await self._gateway.fetch(endpoint, text, query.variables, self._user)
            fetched = result.answer.solutions.rows
            call.rows += len(fetched)
            call.cached += result.from_cache
            if not result.from_cache:
                self._requests += 1
                call.requests += 1
                call.sent += result.sent
                call.received += result.answer.size
            self._rows += len(fetched)
            if self._rows > FEDERATED_QUERY_ROWS:
                raise QueryError(
                    f"other endpoints returned more than {FEDERATED_QUERY_ROWS:,} rows"
                )
            rows += fetched
        return Solutions(query.variables, tuple(rows))


def _request_texts(query: ServiceQuery, values: _JoinValues | None, batch: int) -> Iterator[str]:
    if values is None:
        yield query.text()
        return
    for start in range(0, len(values.rows), batch):
        block = values_block(values.variables, values.rows[start : start + batch])
        yield query.text(block, frozenset(values.variables))


def _listed(names: Names) -> str:
    return " ".join(f"?{name}" for name in sorted(names))


def _without_password(iri: str) -> str:
    """Return an address without its user name and password, for a message."""
    try:
        parts = urlsplit(iri)
        if parts.username is None and parts.password is None:
            return iri
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return "an invalid address"
