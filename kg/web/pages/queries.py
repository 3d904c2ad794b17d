"""Asking the engine for what pages show: small questions, answered as plain values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.engine.interface import Engine, Parameter, QueryRequest, ResponseMetadata
from kg.errors import BusyError, LimitError
from kg.limits import PAGE_QUERIES, PAGE_RESULT_BYTES, WAITING_PAGE_QUERIES
from kg.rdf.vocabulary import with_prefixes


class Row(dict[str, str]):
    """A solution: the text of each variable, empty for one that is not bound."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True)
class Table:
    """The answer to a SELECT: the variables, and the solutions as SPARQL JSON tells them.

    ``remarks`` tell how it came about, if there is something to tell.
    """

    variables: tuple[str, ...]
    rows: tuple[dict[str, dict[str, str]], ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Whole:
    """A whole answer as it was written, and what the engine tells of it."""

    content: bytes
    metadata: ResponseMetadata


def iri_text(iri: str) -> str:
    """Return an IRI as it stands in a query.

    Raises:
        ValueError: if it is no IRI, so that nothing else can be smuggled in.
    """
    return str(ox.NamedNode(iri))


def literal_text(value: str, language: str = "") -> str:
    """Return a text as it stands in a query, quoted and escaped."""
    return str(ox.Literal(value, language=language) if language else ox.Literal(value))


def iri_list(iris: Iterable[str]) -> str:
    """Return IRIs as they stand in VALUES.

    Raises:
        ValueError: if one is no IRI.
    """
    return " ".join(iri_text(iri) for iri in iris)


def table_of(answer: Whole) -> Table:
    """Return an answer in SPARQL JSON as a table; that of an ASK has one value."""
    said, remarks = json.loads(answer.content), answer.metadata.remarks
    if "boolean" in said:
        told = {"type": "literal", "value": str(said["boolean"]).lower()}
        return Table(("answer",), ({"answer": told},), remarks)
    return Table(tuple(said["head"]["vars"]), tuple(said["results"]["bindings"]), remarks)


class Asker:
    """Asks the release in force, through the engine's seam and within its limits."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._places = asyncio.Semaphore(PAGE_QUERIES)
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
    ) -> Table:
        """Return the answer to a SELECT or ASK as it was asked, the terms in full.

        Raises:
            KgError: if the engine cannot answer.
        """
        asked = QueryRequest(query, format="json", parameters=parameters, client=client)
        return table_of(await self.whole(asked))

    async def triples(self, query: str) -> list[ox.Triple]:
        """Return the triples of a CONSTRUCT; our prefixes need not be declared.

        Raises:
            KgError: if the engine cannot answer.
        """
        content = await self.read(QueryRequest(with_prefixes(query), format="ntriples"))
        return [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)]

    async def read(self, question: QueryRequest) -> bytes:
        """Return the whole answer to a question as it was written.

        Raises:
            KgError: if the engine cannot answer, or the answer is too long for a page.
        """
        return (await self.whole(question)).content

    async def whole(self, question: QueryRequest) -> Whole:
        """Return the whole answer to a question, with what the engine tells of it.

        Raises:
            KgError: if the engine cannot answer, or the answer is too long for a page.
        """
        if self._waiting >= WAITING_PAGE_QUERIES:
            raise BusyError("too many pages are being made; try again in a moment")
        self._waiting += 1
        try:
            async with self._places:
                return await self._read(question)
        finally:
            self._waiting -= 1

    async def _read(self, question: QueryRequest) -> Whole:
        answer = await self.engine().execute(question)
        try:
            gathered = bytearray()
            async for piece in answer.chunks():
                gathered += piece
                if len(gathered) > PAGE_RESULT_BYTES:
                    raise LimitError(
                        f"the answer is longer than {PAGE_RESULT_BYTES // 2**20} MiB, "
                        "too long for a page; "
                        "add a LIMIT, or download it from /sparql with format=csv"
                    )
            return Whole(bytes(gathered), answer.metadata)
        finally:
            await answer.close()
