"""A query with SERVICE becomes one without: each clause is answered and replaced by its solutions.

The clauses are taken in the order in which something limits them; a later one may be limited by
what an earlier one has found.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from kg.engine.federation import bindings
from kg.engine.federation.allowlist import Endpoint
from kg.engine.federation.ast import Names, Service
from kg.engine.federation.bindings import Row, Solutions, UnusableError, as_values
from kg.engine.federation.constraints import Around, around, correlated
from kg.engine.federation.gateway import Gateway
from kg.engine.federation.parser import Query, read
from kg.engine.federation.service_clause import Remote, remote
from kg.errors import BusyError, ForbiddenServiceError, QueryError, RemoteError
from kg.rdf.vocabulary import BASE

#: Rows of all answers to one query, and seconds that they may take together.
_MOST_ROWS: Final = 100_000
_SECONDS: Final = 180.0
#: Seconds that are spent on finding all that limits a clause; then less is looked at.
_THOROUGH: Final = 5.0
#: Asks the release in force: a SELECT and seconds (None for the engine's limit) in, its answer in
#: JSON out, or None if it took longer.
AskLocal = Callable[[str, float | None], Awaitable[bytes | None]]


@dataclass
class Call:
    """What was asked of one endpoint for a query, and what it took."""

    endpoint: str
    requests: int = 0
    cached: int = 0
    rows: int = 0
    sent: int = 0
    received: int = 0
    milliseconds: int = 0
    #: Why a SERVICE SILENT gave nothing.
    failed: str = ""


@dataclass
class Outcome:
    """A query without SERVICE, how it came about, and what to know of it."""

    query: str
    calls: list[Call] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Outcome:
        """Return what ``as_json`` returned."""
        return cls(said["query"], [Call(**one) for one in said["calls"]], said["warnings"])


async def federate(
    text: str,
    parameters: Mapping[str, str],
    gateway: Gateway,
    ask: AskLocal,
    user: str = "",
) -> Outcome:
    """Return a query with the solutions of its SERVICE clauses in their place.

    ``text`` is a valid query, ``parameters`` are terms in SPARQL's syntax for variables of it.

    Raises:
        ForbiddenServiceError: if it names an endpoint that is not on the list.
        QueryError: if it cannot be answered in this form; the message says what to change.
        RemoteError: if an endpoint does not answer as it should, and the clause is not SILENT.
        BusyError: if too many requests wait for it.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            return await _Join(text, parameters, gateway, ask, user).run()
    except TimeoutError as error:
        raise RemoteError(f"other endpoints took more than {_SECONDS:.0f} seconds") from error


class _Join:
    def __init__(
        self,
        text: str,
        parameters: Mapping[str, str],
        gateway: Gateway,
        ask: AskLocal,
        user: str,
    ) -> None:
        self._query = read(text)
        self._parameters = parameters
        self._gateway = gateway
        self._ask = ask
        self._user = user
        self._requests = 0
        self._rows = 0
        self._outcome = Outcome("")

    async def run(self) -> Outcome:
        # Everything is checked before anything is sent.
        waiting = {id(one): (one, *self._checked(one)) for one in self._query.services()}
        while waiting:
            service, endpoint, sent = self._next(list(waiting.values()))
            del waiting[id(service)]
            await self._answer(service, endpoint, sent)
        self._outcome.query = self._query.rendered()
        return self._outcome

    def _checked(self, service: Service) -> tuple[Endpoint, Remote]:
        listed = self._gateway.endpoints.listed
        iri = self._query.iri(service.name, BASE)
        if not iri:
            raise ForbiddenServiceError(
                f"SERVICE {service.name.text} is not allowed: name the endpoint itself, one of "
                + self._gateway.endpoints.told()
            )
        sent = remote(self._query, service, BASE)
        for one in (iri, *sent.inner):
            if one not in listed:
                raise ForbiddenServiceError(
                    f"SERVICE to {_without_password(one) or 'a variable'} is not allowed; "
                    f"allowed are {self._gateway.endpoints.told() or 'none'}"
                )
        if disturbing := correlated(self._query, service):
            names = " ".join(f"?{one}" for one in sorted(disturbing))
            raise QueryError(
                f"SERVICE <{iri}> stands inside EXISTS or LATERAL and uses {names} of the "
                "patterns around it without a triple pattern of its own: join it outside instead"
            )
        if sent.vendor:
            self._outcome.warnings.append(
                f"{', '.join(sent.vendor)}: only the software that Wikidata is about to replace "
                "knows these; use rdfs:label and FILTER(LANG(?label) = 'en') instead"
            )
        if sent.inner:
            self._outcome.warnings.append(f"{iri} is left to ask {', '.join(sent.inner)} itself")
        return listed[iri], sent

    def _next(
        self, waiting: Sequence[tuple[Service, Endpoint, Remote]]
    ) -> tuple[Service, Endpoint, Remote]:
        """Return the clause to answer first: one that is limited, else one that is small."""
        for one in waiting:
            if self._around(one[0]):
                return one
        for one in waiting:
            if one[2].is_small or one[1].unlimited:
                return one
        return waiting[0]

    def _around(self, service: Service) -> Around | None:
        found, given = around(self._query, service), self._given(service.body.certain)
        if found is None:
            return Around("", given) if given else None
        return Around(found.group, found.shared | given, found.narrow)

    def _given(self, names: Names) -> Names:
        return names & self._parameters.keys()

    async def _answer(self, service: Service, endpoint: Endpoint, sent: Remote) -> None:
        call = Call(endpoint.iri)
        self._outcome.calls.append(call)
        started = time.monotonic()
        values = await self._values(service, endpoint, sent)
        try:
            solutions = await self._solutions(endpoint, sent, values, call)
        except (RemoteError, BusyError) as error:
            if not service.silent:
                raise
            # One solution that binds nothing:
            # https://www.w3.org/TR/sparql11-federated-query/#defn_service
            call.failed = str(error)
            solutions = Solutions(sent.variables, (("",) * len(sent.variables),))
        call.milliseconds = round((time.monotonic() - started) * 1000)
        service.answer = f" {as_values(solutions.variables, solutions.rows)} "
        service.binds = solutions.always_bound(), frozenset(solutions.variables)

    async def _values(
        self, service: Service, endpoint: Endpoint, sent: Remote
    ) -> tuple[tuple[str, ...], list[Row]] | None:
        """Return the values to send, or None to send the clause as it is.

        Raises:
            QueryError: if neither is possible.
        """
        most = endpoint.batch * (endpoint.requests - self._requests)
        found = self._around(service)
        if found and not sent.is_limited:
            together = tuple(sorted(found.shared))
            choices = [together, *((one,) for one in together)] if len(together) > 1 else [together]
            for names in choices:
                rows = await self._asked(found, names, most)
                if rows is not None:
                    return names, rows
        if sent.is_small or endpoint.unlimited:
            return None
        where = f"SERVICE <{endpoint.iri}>"
        if found:
            shared = " ".join(f"?{one}" for one in sorted(found.shared))
            raise QueryError(
                f"{where} would be asked about more than {most:,} values of {shared}: narrow down "
                "what stands beside it, or put a LIMIT into a sub-select around it"
            )
        raise QueryError(
            f"{where} would be asked for everything it has: join it by a variable that the "
            "patterns beside it bind (such as ?state unv:wikidata ?item), or put a sub-select with "
            "a LIMIT into it"
        )

    async def _asked(self, found: Around, names: tuple[str, ...], most: int) -> list[Row] | None:
        """Return the values that variables have around a clause, None if they do not limit it."""
        given = {
            n: term for n, term in self._parameters.items() if f"?{n}" in found.group or n in names
        }
        values = as_values(tuple(given), [tuple(given.values())]) if given else ""
        text = (
            f"{self._query.text[: self._query.top.start]} SELECT DISTINCT "
            f"{' '.join(f'?{name}' for name in names)} {self._query.dataset} "
            f"WHERE {{ {values} {found.group} }} LIMIT {most + 1}"
        )
        content = await self._ask(text, _THOROUGH if found.narrow else None)
        if content is None:
            return await self._asked(Around(found.narrow, found.shared), names, most)
        try:
            rows = bindings.read(content, names, most).rows
        except UnusableError:
            return None
        if not all(all(row) for row in rows):
            return None
        return sorted(rows)

    async def _solutions(
        self,
        endpoint: Endpoint,
        sent: Remote,
        values: tuple[tuple[str, ...], list[Row]] | None,
        call: Call,
    ) -> Solutions:
        """Fetch all solutions of a clause that can join, in as many requests as it takes."""
        gathered: list[Row] = []
        for text in _texts(sent, values, endpoint.batch):
            if self._requests >= endpoint.requests:
                raise QueryError(
                    f"the query takes more than {endpoint.requests} requests to other endpoints"
                )
            fetched = await self._gateway.fetch(endpoint, text, sent.variables, self._user)
            found = fetched.answer.solutions
            call.rows += len(found.rows)
            call.cached += fetched.from_cache
            if not fetched.from_cache:
                self._requests += 1
                call.requests += 1
                call.sent += fetched.sent
                call.received += fetched.answer.received
            self._rows += len(found.rows)
            if self._rows > _MOST_ROWS:
                raise QueryError(f"other endpoints answer with more than {_MOST_ROWS:,} rows")
            gathered += found.rows
        return Solutions(sent.variables, tuple(gathered))


def _texts(
    sent: Remote, values: tuple[tuple[str, ...], list[Row]] | None, batch: int
) -> Iterator[str]:
    if values is None:
        yield sent.text()
        return
    names, rows = values
    for start in range(0, len(rows), batch):
        block = as_values(names, rows[start : start + batch])
        yield sent.text(block, frozenset(names))


def _without_password(iri: str) -> str:
    """Return an address without the name and password in it, for a message."""
    try:
        parts = urlsplit(iri)
        if parts.username is None and parts.password is None:
            return iri
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return "an address that is none"


__all__ = ["Call", "Outcome", "Query", "federate"]
