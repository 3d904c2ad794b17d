"""Results as Arrow and Parquet: the terms of SPARQL in typed columns, the same from each engine.

Arrow is read by nanoarrow and Parquet by DuckDB, not by the library that writes them.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import IO, cast

import arro3.core
import duckdb
import nanoarrow
import nanoarrow.ipc
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanoarrow._utils import NanoarrowException

from benchmarks.gate.choices import ChoosingStore
from benchmarks.gate.compare import EnginePair
from benchmarks.gate.data import PREFIX
from benchmarks.gate.data import release as hostile_release
from benchmarks.gate.generator import Generator
from kg.engine.column_types import column_types
from kg.engine.columnar import statistics
from kg.engine.interface import Limits, QueryRequest
from kg.engine.local import LocalEngine
from kg.errors import InterruptedResponseError, QueryError
from kg.rdf.vocabulary import PREFIXES, XSD
from kg.release.release import require_current
from kg.sparql import evaluation
from kg.sparql.formats import ARROW, PARQUET, TABLES
from kg.sparql.result_columns import ANY, ColumnType, ResultColumn, ResultColumns, description
from kg.sparql.saved_queries import library
from kg.sparql.service_guard import uses_service
from kg.sparql.unsupported import UnsupportedQueryError

_NODES = (
    "<urn:a>", '""', '"NULL"', '"Türkiye"', '"votes"@en', '"votes"@EN', '"votes"@fr', "true",
    "1", "1.5", "2e0", '"x"^^<urn:own>',
)  # fmt: skip
_TYPED = (
    (XSD.integer, ("0", "007", "-9223372036854775808", "9223372036854775807",
                   "99999999999999999999", "many")),
    (XSD.decimal, ("0.1", "-0.000000000000000001", "99999999999999999.5", "1e3", ".5")),
    (XSD.double, ("NaN", "-INF", "INF", "1e-300", "-0.0", "", "1_0")),
    (XSD.boolean, ("true", "0", "yes")),
    (XSD.date, ("2022-03-02", "2022-03-02Z", "-0044-03-15", "0001-01-01", "2022-02-30")),
    (XSD.dateTime, ("2022-03-02T10:00:00Z", "2022-03-02T10:00:00.25Z", "2022-03-02T24:00:00Z",
                    "2022-03-02T10:00:00+02:00", "0000-01-01T00:00:00", "2022-03-02T10:00:00")),
    (XSD.gYear, ("2022",)),
)  # fmt: skip
_LITERALS = [f'"{text}"^^<{datatype}>' for datatype, texts in _TYPED for text in texts]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> EnginePair:
    folder = tmp_path_factory.mktemp("hostile")
    return EnginePair(folder, hostile_release(folder))


@pytest.fixture(scope="module")
def hostile_statistics(
    hostile: EnginePair, tmp_path_factory: pytest.TempPathFactory
) -> statistics.Statistics:
    read = statistics.read(next(tmp_path_factory.getbasetemp().glob("hostile*")))
    assert read is not None
    return read


Cells = list[tuple[object, ...]]


def read_arrow(content: bytes) -> tuple[dict[str, tuple[str, dict[str, str]]], Cells]:
    """Return the columns with their types and metadata, and the rows."""
    with nanoarrow.ipc.InputStream.from_readable(io.BytesIO(content)) as source:
        stream = nanoarrow.ArrayStream(source)
        columns = {
            field.name: (
                str(field).rpartition(": ")[2].strip(),
                {key.decode(): value.decode() for key, value in (field.metadata or {}).items()},
            )
            for field in stream.schema.fields
        }
        # The values of nanoarrow 0.9 are wrong for negative decimals.
        table = arro3.core.Table.from_arrow(stream)
    return columns, list(zip(*(table.column(name).to_pylist() for name in columns), strict=True))


def count_rows(content: bytes) -> int:
    with nanoarrow.ipc.InputStream.from_readable(io.BytesIO(content)) as source:
        return len(nanoarrow.ArrayStream(source).read_all())


def read_parquet(content: bytes, folder: Path) -> tuple[list[str], Cells]:
    file = folder / "table.parquet"
    file.write_bytes(content)
    with duckdb.connect() as connection:
        table = connection.sql(f"FROM '{file}'")
        # Without pytz, DuckDB returns no times with a time zone.
        selected = ", ".join(
            f"'epoch', epoch_us({name})" if "ZONE" in str(kind) else f"'', {name}"
            for name, kind in zip(table.columns, table.types, strict=True)
        )
        rows = [
            tuple(
                value
                if unit != "epoch" or value is None
                else datetime.fromtimestamp(0, UTC) + timedelta(microseconds=value)
                for unit, value in zip(row[::2], row[1::2], strict=True)
            )
            for row in connection.sql(f"SELECT {selected} FROM '{file}'").fetchall()
        ]
        return table.columns, rows


def written(
    store: ox.Store, query: str, columns: ResultColumns, written_in: object = ARROW
) -> bytes:
    stream = io.BytesIO()
    answer = evaluation.evaluate(store, query)
    rows = evaluation.write(answer, ARROW if written_in is ARROW else PARQUET, stream, columns)
    assert rows is not None
    return stream.getvalue()


def cells(term: ox.Literal | ox.NamedNode | None, column: ResultColumn) -> tuple[object, ...]:
    """Return the cells of a term that a reader should see."""
    if term is None:
        return (None,) if column.is_typed else (None,) * 4
    match column.type:
        case ColumnType.ANY:
            return description(term)
        case ColumnType.INTEGER:
            return (int(term.value),)
        case ColumnType.DECIMAL:
            return (Decimal(term.value),)
        case ColumnType.DOUBLE:
            return (repr(float(term.value.replace("INF", "inf"))),)
        case ColumnType.BOOLEAN:
            return (term.value == "true",)
        case ColumnType.DATE | ColumnType.DATE_TIME:
            moment = datetime.fromisoformat(term.value)
            return (moment.date() if column.type is ColumnType.DATE else moment,)
    return (term.value,)


def comparable(rows: Cells) -> Cells:
    return [tuple(repr(cell) if isinstance(cell, float) else cell for cell in row) for row in rows]


kinds = st.sampled_from([list(_NODES), *([t for t in _LITERALS if d in t] for d, _ in _TYPED)])
column_terms = kinds.flatmap(
    lambda terms: st.lists(st.sampled_from([*terms, "UNDEF"]), min_size=3, max_size=3)
)


@settings(max_examples=60, deadline=None)
@given(first=column_terms, second=column_terms)
def test_any_terms_are_read_as_they_are(
    first: list[str], second: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = " ".join(f"({one} {two})" for one, two in zip(first, second, strict=True))
    query = f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {lines} }} }}"
    columns = column_types(query, {}, None)
    answer = evaluation.evaluate(ox.Store(), query)
    assert isinstance(answer, ox.QuerySolutions)
    expected = [(*cells(row["x"], columns["x"]), *cells(row["y"], columns["y"])) for row in answer]
    fields, rows = read_arrow(written(ox.Store(), query, columns))
    assert comparable(rows) == expected
    content = written(ox.Store(), query, columns, PARQUET)
    names, rows = read_parquet(content, tmp_path_factory.getbasetemp())
    assert (names, comparable(rows)) == (list(fields), expected)


def test_columns_say_what_their_terms_are() -> None:
    query = (
        "SELECT * { VALUES (?iri ?name ?day ?any) { (<urn:a> 'x'@en "
        f"'2022-03-02'^^<{XSD.date}> 1) (<urn:b> 'y'@EN UNDEF 'one') }} "
        "BIND(3 AS ?n) BIND(?n / 2 AS ?half) BIND(NOW() AS ?now) }"
    )
    columns, _ = read_arrow(written(ox.Store(), query, column_types(query, {}, None)))
    assert columns["iri"] == ("string", {"type": "uri"})
    tagged = {"type": "literal", "datatype": f"{PREFIXES['rdf']}langString", "lang": "en"}
    assert columns["name"] == ("string", tagged)
    assert columns["half"][1] == {"type": "literal", "datatype": XSD.decimal}
    assert [columns[name][0] for name in ("day", "n", "half", "now")] == [
        "date32", "int64", "decimal128(38, 18)", "timestamp('us', 'UTC')"
    ]  # fmt: skip
    assert [name for name in columns if name.startswith("any")] == [
        "any", "any__type", "any__datatype", "any__lang",
    ]  # fmt: skip


@pytest.mark.parametrize("written_in", TABLES, ids=lambda form: form.name)
def test_what_a_table_cannot_hold_is_an_error(written_in: object) -> None:
    with pytest.raises(QueryError, match="has the name of a column that describes the terms of"):
        written(ox.Store(), "SELECT ?x ?x__lang {}", {}, written_in)
    query = "SELECT (150000000000000000000.5 AS ?x) {}"
    with pytest.raises(QueryError, match=r"15000.* does not fit into its column; select STR"):
        written(ox.Store(), query, {"x": ResultColumn(ColumnType.DECIMAL)}, written_in)
    with pytest.raises(QueryError, match='expected only terms of type integer, found "a"'):
        written(
            ox.Store(), "SELECT ('a' AS ?x) {}", {"x": ResultColumn(ColumnType.INTEGER)}, written_in
        )


def test_results_without_rows_or_columns_are_tables() -> None:
    assert read_arrow(written(ox.Store(), "SELECT * { ?s ?p ?o }", {}))[1] == []
    assert read_arrow(written(ox.Store(), "SELECT * {}", {})) == ({}, [])


# What is inferred.
def test_expressions_have_values_of_the_inferred_types_only() -> None:
    calls = [
        "?x + ?y", "?x - ?y", "?x * ?y", "?x / ?y", "-?x", "ABS(?x)", "ROUND(?x)", "FLOOR(?x)",
        "CEIL(?x)", "?x = ?y", "?x < ?y", "?x IN (?y, 1)", "!?x", "?x && ?y", "STR(?x)", "LANG(?x)",
        "DATATYPE(?x)", "STRLEN(?x)", "UCASE(?x)", "SUBSTR(?x, 1)", "REPLACE(?x, 'a', 'b')",
        "STRBEFORE(?x, 'v')", "STRAFTER(?x, 't')", "CONCAT(?x, ?y)", "ENCODE_FOR_URI(?x)",
        "YEAR(?x)", "HOURS(?x)", "SECONDS(?x)", "TZ(?x)", "TIMEZONE(?x)", "IF(?x, ?y, ?x)",
        "COALESCE(?y, ?x)", "IRI(?x)", "STRDT(?x, xsd:integer)", "STRLANG(?x, 'en')", "MD5(?x)",
        "RAND()", "UUID()", "STRUUID()", "isNumeric(?x)", "xsd:integer(?x)", "xsd:decimal(?x)",
        "xsd:double(?x)", "xsd:float(?x)", "xsd:boolean(?x)", "xsd:string(?x)", "xsd:date(?x)",
        "xsd:dateTime(?x)", "REGEX(?x, 'v')", "CONTAINS(?x, 'v')", "BNODE()",
        "langMatches(?x, 'en')",
    ]  # fmt: skip
    store, prefix = ox.Store(), f"PREFIX xsd: <{PREFIXES['xsd']}> "
    # Two of each datatype, those that Oxigraph has operators for.
    terms = [*_NODES, *(t for d, _ in _TYPED for t in [t for t in _LITERALS if d in t][:2])]
    typed = 0
    for one, two in product(terms, terms[::3]):
        values = " ".join(f"({call} AS ?v{n})" for n, call in enumerate(calls))
        query = f"{prefix}SELECT {values} {{ VALUES (?x ?y) {{ ({one} {two}) }} }}"
        columns = column_types(query, {}, None)
        # It raises an error for a term of another type.
        written(store, query, columns)
        typed += sum(columns[f"v{n}"].is_typed for n in range(len(calls)))
    assert typed > len(terms) * len(terms[::3]) * 30


@pytest.mark.parametrize(
    "aggregate", ["COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"]
)
def test_aggregates_have_values_of_the_inferred_types_only(aggregate: str) -> None:
    for terms in (
        ["1", "2"], ["1", "0.5"], ["2e0", "1e0"], ['"a"', "1"], ["UNDEF"], [],
        ['"a"'], ['"a"@en', '"b"@EN'], ['"a"@en', '"b"@fr'], ['"a"@en', '"b"'], ["<urn:a>"],
    ):  # fmt: skip
        values = f"VALUES (?g ?x) {{ {' '.join(f'(1 {term})' for term in terms)} }}"
        for group in ("", " GROUP BY ?g"):
            query = f"SELECT ({aggregate}(?x) AS ?v) {{ {values} }}{group}"
            written(ox.Store(), query, column_types(query, {}, None))


def test_what_is_inferred_from_patterns(embedded: Path) -> None:
    read = statistics.read(require_current(embedded).path)
    unv = f"PREFIX unv: <{PREFIXES['unv']}> PREFIX rdfs: <{PREFIXES['rdfs']}> "

    def types(query: str) -> dict[str, str]:
        return {name: str(c.type) for name, c in column_types(unv + query, {}, read).items()}

    query = (
        "SELECT ?event ?date (COUNT(?state) AS ?n) (AVG(?yes) AS ?mean) (SAMPLE(?label) AS ?name)"
        "{ ?event unv:date ?date ; unv:yesCount ?yes ; unv:against ?state ; rdfs:label ?label } "
        "GROUP BY ?event ?date"
    )
    assert types(query) == {
        "event": "iri", "date": "date", "n": "integer", "mean": "decimal",
        "name": "language string",
    }  # fmt: skip
    # A UNION of types, and a query outside what is parsed.
    union = "SELECT * { { ?e unv:date ?x } UNION { ?e unv:yesCount ?x } OPTIONAL { ?e unv:no ?y } }"
    assert types(union) == {"e": "iri", "x": "any", "y": "string"}
    assert types("SELECT ?s ?x { ?s ?p ?x }") == {}
    assert types("SELECT ?s ?x { SERVICE <urn:s> { ?s a ?x } }") == {}
    # Of another dataset, the statistics say nothing.
    assert column_types(unv + "SELECT ?d { ?e unv:date ?d }", {}, None)["d"] == ANY


# The engines.
def test_both_engines_write_the_same_table(
    hostile: EnginePair, hostile_statistics: statistics.Statistics
) -> None:
    outcomes = compare_tables(hostile, hostile_statistics, 120, seed=27)
    assert outcomes["equal"] > 60
    assert outcomes["only Oxigraph"] > 4


@pytest.mark.endurance
def test_both_engines_write_the_same_tables(
    hostile: EnginePair, hostile_statistics: statistics.Statistics, embedded: Path
) -> None:
    assert compare_tables(hostile, hostile_statistics, 5000, seed=1)["equal"] > 2000
    folder = require_current(embedded).path
    pair, read = EnginePair(folder), statistics.read(folder)
    for saved in library().values():
        if not uses_service(saved.text):
            parameters = saved.bind({})
            stream = io.BytesIO()
            answer = evaluation.evaluate(pair.store, saved.text, None, parameters)
            if isinstance(answer, ox.QuerySolutions):
                columns = column_types(saved.text, parameters, read)
                evaluation.write(answer, ARROW, stream, columns)


def compare_tables(
    engines: EnginePair, read: statistics.Statistics, number: int, seed: int
) -> Counter[str]:
    """Compare the tables that both engines write of random queries, and those of Oxigraph alone."""
    generator, outcomes = Generator(seed), Counter[str]()
    for _ in range(number):
        query = generator.query()
        if query.startswith(f"{PREFIX}ASK"):
            continue
        columns = column_types(query, {}, read)
        ours = io.BytesIO()
        try:
            table = engines.columns.query_table(query, {}, columns, include_cheap=True)
            rows = table.write(ARROW, ours)
        except UnsupportedQueryError:
            rows = None
        except MemoryError:
            continue
        if rows is None and "ORDER BY" in query:
            # Oxigraph ends the process if it has to order some of these terms.
            continue
        # It raises an error for a term of a type that was not inferred.
        theirs = read_arrow(written(ChoosingStore(engines.store).as_store, query, columns))
        if rows is None:
            outcomes["only Oxigraph"] += 1
            continue
        fields, our_rows = read_arrow(ours.getvalue())
        assert fields == theirs[0], query
        assert len(our_rows) == rows == len(theirs[1])
        if "LIMIT" not in query and "OFFSET" not in query:
            assert Counter(map(repr, our_rows)) == Counter(map(repr, theirs[1])), query
        outcomes["equal"] += 1
    return outcomes


def test_a_table_of_a_query_that_is_refused_is_not_evaluated(hostile: EnginePair) -> None:
    service = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    for query in (service, "CONSTRUCT { ?s a ?o } { ?s a ?o }"):
        with pytest.raises(UnsupportedQueryError):
            hostile.columns.query_table(query, {}, {})


# Errors in mid-stream.
class _Pieces(io.RawIOBase):
    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object, /) -> int:
        self.pieces.append(bytes(cast("bytes", content)))
        return len(self.pieces[-1])


def test_a_stream_that_ends_early_is_an_error_for_readers(tmp_path: Path) -> None:
    numbers = "VALUES ?a { 0 1 2 3 4 5 6 7 8 9 }"
    patterns = " ".join(f"{{ {numbers.replace('?a', name)} }}" for name in ("?a", "?b", "?c", "?d"))
    query = f"SELECT ?a ?b ?e {{ {patterns} VALUES ?e {{ 1 2 3 4 5 }} }}"
    columns = column_types(query, {}, None)
    for written_in in TABLES:
        stream = _Pieces()
        answer = evaluation.evaluate(ox.Store(), query)
        assert evaluation.write(answer, written_in, cast("IO[bytes]", stream), columns) == 50_000
        whole = b"".join(stream.pieces)
        ends = [sum(map(len, stream.pieces[:n])) for n in range(1, len(stream.pieces))]
        for end in (*ends, len(whole) - 1):
            if written_in is ARROW:
                with pytest.raises(NanoarrowException):
                    count_rows(whole[:end])
            else:
                with pytest.raises(duckdb.Error):
                    read_parquet(whole[:end], tmp_path)
        if written_in is ARROW:
            assert len(ends) > 3
            assert count_rows(whole) == 50_000


def test_the_limits_hold_in_the_middle_of_a_table(embedded: Path) -> None:
    content = bytearray()

    async def cut() -> None:
        limits = Limits(workers=1, seconds=600, memory_mib=512, response_bytes=10**6, light_lanes=1)
        engine = LocalEngine(embedded, limits)
        await engine.start()
        query = "SELECT ?s ?p ?o ?t { ?s ?p ?o . ?t a ?u }"
        response = await engine.execute(QueryRequest(query, format="arrow", content_coding="gzip"))
        assert response.metadata.content_type == ARROW.media_type
        assert response.metadata.content_coding == ""
        try:
            async for chunk in response.chunks():
                content.extend(chunk)
        finally:
            await response.close()
            await engine.close()

    with pytest.raises(InterruptedResponseError, match="longer than 1,000,000 bytes"):
        asyncio.run(cut())
    assert len(content) > 1000
    with pytest.raises(NanoarrowException):
        count_rows(bytes(content))
