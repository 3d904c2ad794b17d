"""Execution of queries for pages, with results as plain values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from kg.engine.interface import Engine, Parameter, QueryRequest, ResponseMetadata
from kg.errors import BusyError, LimitError
from kg.limits import PAGE_QUERIES, PAGE_RESULT_BYTES, WAITING_PAGE_QUERIES
from kg.rdf.vocabulary import with_prefixes

#: Binds ``?date`` of ``?event`` to a string: the day, or the month where the day is unknown.
DATE_OF_EVENT: Final = (
    "?event unv:month ?month . OPTIONAL { ?event unv:date ?day } "
    "BIND(STR(COALESCE(?day, ?month)) AS ?date)"
)

#: Levels of triple terms in triple terms that a page shows.
_MAX_TRIPLE_DEPTH: Final = 4


class Row(dict[str, str]):
    """A solution: the value of each variable as a string, empty if it is unbound."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True)
class ResultTable:
    """The result of a SELECT: the variables, and the solutions as in SPARQL JSON.

    ``remarks`` are sentences of the engine about how it was computed.
    """

    variables: tuple[str, ...]
    rows: tuple[dict[str, dict[str, str]], ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class BufferedResponse:
    """A complete response of the engine, with its metadata."""

    content: bytes
    metadata: ResponseMetadata


def iri_text(iri: str) -> str:
    """Return an IRI in SPARQL syntax.

    Raises:
        ValueError: if it is not an IRI, so that nothing else can be injected.
    """
    return str(ox.NamedNode(iri))


def literal_text(value: str, language: str = "") -> str:
    """Return a string literal in SPARQL syntax, quoted and escaped."""
    return str(ox.Literal(value, language=language) if language else ox.Literal(value))


def iri_list(iris: Iterable[str]) -> str:
    """Return IRIs in the syntax of VALUES.

    Raises:
        ValueError: if one is not an IRI.
    """
    return " ".join(iri_text(iri) for iri in iris)


def result_table(response: BufferedResponse) -> ResultTable:
    """Return a response in SPARQL JSON as a table; the result of ASK is a table with one value.

    Raises:
        LimitError: if it has triple terms in triple terms on too many levels.
    """
    remarks = response.metadata.remarks
    try:
        result = json.loads(response.content)
    except RecursionError as error:
        raise LimitError("the result has too many levels of triple terms for a page") from error
    if "boolean" in result:
        value = {"type": "literal", "value": str(result["boolean"]).lower()}
        return ResultTable(("answer",), ({"answer": value},), remarks)
    rows = result["results"]["bindings"]
    # Few results have triple terms, and pages read many results.
    if b'"triple"' in response.content:
        rows = [{name: _with_text(term) for name, term in row.items()} for row in rows]
    return ResultTable(tuple(result["head"]["vars"]), tuple(rows), remarks)


def _with_text(term: dict[str, Any]) -> dict[str, str]:
    """Return a term whose value is text, also of a triple term."""
    return {**term, "value": _text(term["value"])} if term["type"] == "triple" else term


def _text(value: object, depth: int = 0) -> str:
    """Return the value of a term as text; triple terms are abbreviated below some levels."""
    if not isinstance(value, dict):
        return str(value)
    if depth == _MAX_TRIPLE_DEPTH:
        return "…"
    parts = (_text(value[part]["value"], depth + 1) for part in ("subject", "predicate", "object"))
    return f"<<( {' '.join(parts)} )>>"


class QueryRunner:
    """Executes queries for pages; few at the same time, so that other queries are not delayed."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._slots = asyncio.Semaphore(PAGE_QUERIES)
        self._waiting = 0

    def engine(self) -> Engine:
        """Return the engine, which exists once the application has started."""
        return self._engine()

    async def rows(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT; our prefixes need not be declared.

        Raises:
            KgError: if the engine cannot answer.
        """
        table = await self.table(with_prefixes(query))
        return [Row((n, term["value"]) for n, term in row.items()) for row in table.rows]

    async def table(
        self, query: str, parameters: tuple[Parameter, ...] = (), client: str = ""
    ) -> ResultTable:
        """Return the result of a SELECT or ASK with complete terms; prefixes must be declared.

        Raises:
            KgError: if the engine cannot answer.
        """
        request = QueryRequest(query, format="json", parameters=parameters, client=client)
        return result_table(await self.response(request))

    async def triples(self, query: str) -> list[ox.Triple]:
        """Return the triples of a CONSTRUCT; our prefixes need not be declared.

        Raises:
            KgError: if the engine cannot answer.
        """
        content = await self.content(QueryRequest(with_prefixes(query), format="ntriples"))
        return [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)]

    async def content(self, request: QueryRequest) -> bytes:
        """Return the response to a request as the engine wrote it.

        Raises:
            KgError: if the engine cannot answer, or the response is too long for a page.
        """
        return (await self.response(request)).content

    async def response(self, request: QueryRequest) -> BufferedResponse:
        """Return the response to a request with its metadata.

        Raises:
            KgError: if the engine cannot answer, or the response is too long for a page.
        """
        if self._waiting >= WAITING_PAGE_QUERIES:
            raise BusyError("too many pages are being created; try again in a moment")
        self._waiting += 1
        try:
            async with self._slots:
                return await self._execute(request)
        finally:
            self._waiting -= 1

    async def _execute(self, request: QueryRequest) -> BufferedResponse:
        response = await self.engine().execute(request)
        try:
            content = bytearray()
            async for chunk in response.chunks():
                content += chunk
                if len(content) > PAGE_RESULT_BYTES:
                    raise LimitError(
                        f"the result exceeds {PAGE_RESULT_BYTES // 2**20} MiB, the limit for a "
                        "page; add a LIMIT, or download it from /sparql with format=csv"
                    )
            return BufferedResponse(bytes(content), response.metadata)
        finally:
            await response.close()
