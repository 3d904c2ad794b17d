"""Execution of queries for pages, with results as plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import pyoxigraph as ox

from kg.engine.fair_lanes import FairLanes, LaneUser
from kg.engine.interface import Engine, Parameter, QueryRequest, ResponseMetadata
from kg.errors import LimitError
from kg.limits import (
    PAGE_QUESTIONS,
    PAGE_RESULT_BYTES,
    PAGE_ROWS,
    WAITING_PAGE_QUESTIONS,
)
from kg.rdf.vocabulary import with_prefixes
from kg.web.admission import CURRENT_CLIENT
from kg.web.pages.kept_values import KeptByRelease, KeptValues

#: Binds ``?date`` of ``?event`` to a string: the day, or the month where the day is unknown.
DATE_OF_EVENT: Final = (
    "?event unv:month ?month . OPTIONAL { ?event unv:date ?day } "
    "BIND(COALESCE(STR(?day), STR(?month)) AS ?date)"
)

#: Bytes of a result that are parsed for a page: more than 500 rows of usual length.
_PARSED_BYTES: Final = 2 * 2**20
#: The beginning of the list of rows, as the engines write it.
_ROWS: Final = '"bindings":['
#: The value of a term in SPARQL JSON, if it has no escapes.
_VALUE: Final = re.compile(r'"value":"([^"]*)"')
#: Levels of triple terms in triple terms that a page shows.
_MAX_TRIPLE_DEPTH: Final = 4


class Row(dict[str, str]):
    """A solution: the value of each variable as a string, empty if it is unbound."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True)
class ResultTable:
    """The result of a SELECT: the variables, and the first solutions as in SPARQL JSON.

    ``total`` is the number of all solutions; ``remarks`` are sentences of the engine about how they
    were computed.
    """

    variables: tuple[str, ...]
    rows: tuple[dict[str, dict[str, str]], ...]
    total: int
    remarks: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether ``rows`` are all solutions."""
        return len(self.rows) == self.total


@dataclass(frozen=True)
class BufferedResponse:
    """A complete response of the engine, with its metadata and the number of its solutions."""

    content: bytes
    metadata: ResponseMetadata
    row_count: int | None = None


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

    Of a long result only the first rows are parsed: all of them would take some ten times the
    memory of the text.

    Raises:
        LimitError: if it has triple terms in triple terms on too many levels.
    """
    remarks = response.metadata.remarks
    try:
        if len(response.content) > _PARSED_BYTES and response.row_count is not None:
            variables, first = _first_rows(response.content)
            return ResultTable(variables, first, response.row_count, remarks)
        result = json.loads(response.content)
    except RecursionError as error:
        raise LimitError("the result has too many levels of triple terms for a page") from error
    if "boolean" in result:
        value = {"type": "literal", "value": str(result["boolean"]).lower()}
        return ResultTable(("answer",), ({"answer": value},), 1, remarks)
    rows = result["results"]["bindings"]
    # Few results have triple terms, and pages read many results.
    if b'"triple"' in response.content:
        rows = [_with_texts(row) for row in rows]
    return ResultTable(tuple(result["head"]["vars"]), tuple(rows), len(rows), remarks)


def _first_rows(content: bytes) -> tuple[tuple[str, ...], tuple[dict[str, dict[str, str]], ...]]:
    """Return the variables, and the rows at the beginning of a result that a page shows."""
    text = content[:_PARSED_BYTES].decode(errors="ignore")
    # Names of variables contain no quotation marks, so the first list of this name is that of rows.
    head, _, rest = text.partition(_ROWS)
    rows: list[dict[str, dict[str, str]]] = []
    decoder, position = json.JSONDecoder(), 0
    while len(rows) < PAGE_ROWS:
        try:
            row, end = decoder.raw_decode(rest, position)
        except ValueError:
            break
        rows.append(_with_texts(row))
        # After the row comes a comma.
        position = end + 1
    return tuple(json.loads(f"{head}}}}}")["head"]["vars"]), tuple(rows)


def _with_texts(row: dict[str, dict[str, Any]]) -> dict[str, dict[str, str]]:
    return {name: _with_text(term) for name, term in row.items()}


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
    """Executes queries for pages, on behalf of the client of the current request.

    The questions of a page itself have lanes of their own; queries that a client wrote or chose
    share those of the endpoint.
    """

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._questions = FairLanes(
            PAGE_QUESTIONS,
            WAITING_PAGE_QUESTIONS,
            page_lanes=0,
            full_message="too many pages are being created; try again in a moment",
        )
        self._kept = KeptByRelease()

    def kept(self) -> KeptValues:
        """Return what pages have read of the release that queries are evaluated on, to add to it.

        Raises:
            ReleaseError: if there is none.
        """
        return self._kept.of(self.release_name())

    def forget_other_releases(self) -> None:
        """Drop what pages have read of all releases but this one.

        Raises:
            ReleaseError: if there is none.
        """
        self._kept.forget_all_but(self.release_name())

    def engine(self) -> Engine:
        """Return the engine, which exists once the application has started."""
        return self._engine()

    def release_name(self) -> str:
        """Return the name of the release that queries are evaluated on.

        Raises:
            ReleaseError: if there is none.
        """
        return self._engine().release().name

    async def rows(self, query: str) -> list[Row]:
        """Return the solutions of a SELECT; our prefixes need not be declared.

        Raises:
            KgError: if the engine cannot answer.
        """
        table = await self.table(with_prefixes(query), is_page=True)
        return [Row((n, term["value"]) for n, term in row.items()) for row in table.rows]

    async def columns(self, query: str, *names: str) -> list[list[str]]:
        """Return the values of the variables of a SELECT, a list for each; all of them are bound.

        For results of thousands of rows: reading them takes a fifth of the time of ``rows``.

        Raises:
            KgError: if the engine cannot answer.
        """
        request = QueryRequest(with_prefixes(query), format="json", is_page=True)
        text = (await self.content(request)).decode()
        values = _VALUE.findall(text)
        bound = [text.count(f'"{name}":{{') for name in names]
        # Without escapes, and with all variables in each row, their values are in turn.
        if values and "\\" not in text and bound == [len(values) // len(names)] * len(names):
            start = text.find(_ROWS)
            order = sorted(names, key=lambda name: text.find(f'"{name}":{{', start))
            return [values[order.index(name) :: len(names)] for name in names]
        rows = json.loads(text)["results"]["bindings"]
        return [[row[name]["value"] for row in rows] for name in names]

    async def table(
        self,
        query: str,
        parameters: tuple[Parameter, ...] = (),
        *,
        is_page: bool,
    ) -> ResultTable:
        """Return the result of a SELECT or ASK with complete terms; prefixes must be declared.

        It has all rows for a question of a page (``is_page``), else those that a page can show.

        Raises:
            KgError: if the engine cannot answer.
        """
        request = QueryRequest(query, format="json", parameters=parameters, is_page=is_page)
        response = await self.response(request)
        return result_table(replace(response, row_count=None) if is_page else response)

    async def triples(self, query: str) -> list[ox.Triple]:
        """Return the triples of a CONSTRUCT; our prefixes need not be declared.

        Raises:
            KgError: if the engine cannot answer.
        """
        request = QueryRequest(with_prefixes(query), format="ntriples", is_page=True)
        content = await self.content(request)
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
        request = replace(request, client=CURRENT_CLIENT.get())
        if not request.is_page:
            return await self._execute(request)
        user = LaneUser.of(request)
        await self._questions.acquire(user)
        try:
            return await self._execute(request)
        finally:
            self._questions.release(user)

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
            return BufferedResponse(bytes(content), response.metadata, response.row_count)
        finally:
            await response.close()
