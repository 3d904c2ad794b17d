"""Arrow and Parquet over HTTP, from ``/sparql`` and from saved queries of a live server."""

from __future__ import annotations

import csv
import io
from datetime import date
from operator import attrgetter

import arro3.core
import httpx
import pytest
from arro3.io import read_ipc_stream, read_parquet

from kg.sparql.formats import ARROW, GRAPHS, PARQUET, RESULTS, TABLES, Format
from tests.web.test_sparql_protocol import CONSTRUCT, TALLY, YES

EVENTS = (
    "PREFIX unv: <https://w3id.org/un-votes/ontology#> "
    "SELECT ?event ?date ?yes ?symbol { ?event unv:date ?date ; unv:yesCount ?yes "
    "OPTIONAL { ?event unv:decides/unv:symbol ?symbol } } ORDER BY ?event"
)


def get(server: str, query: str, accept: str = "image/png", **more: str) -> httpx.Response:
    params, headers = {"query": query, **more}, {"Accept": accept}
    return httpx.get(f"{server}/sparql", params=params, headers=headers, timeout=60)


def table(answer: httpx.Response) -> arro3.core.Table:
    assert answer.status_code == 200, answer.text
    # Its content is compressed itself.
    assert "content-encoding" not in answer.headers
    read = {ARROW.media_type: read_ipc_stream, PARQUET.media_type: read_parquet}
    return read[answer.headers["content-type"]](io.BytesIO(answer.content)).read_all()


@pytest.mark.parametrize("written_in", TABLES, ids=attrgetter("name"))
def test_a_select_is_a_table_with_typed_columns(server: str, written_in: Format) -> None:
    for name in (written_in.name, written_in.extension, written_in.media_type):
        result = table(get(server, TALLY, format=name))
        columns = {column: result.column(column).to_pylist() for column in result.column_names}
        assert columns == {"yes": [141], "no": [7], "abstaining": [32], "absent": [13]}
    result = table(get(server, TALLY, f"{written_in.media_type}, text/csv;q=0.5"))
    assert result.column("yes").to_pylist() == [141]
    assert get(server, TALLY, "*/*").headers["content-type"] == RESULTS[0].media_type


@pytest.mark.parametrize("engine", ["oxigraph", "columnar"])
def test_tables_are_the_same_with_either_engine(server: str, engine: str) -> None:
    answer = get(server, EVENTS, format="parquet", engine=engine)
    assert answer.headers["kg-engine"] == engine
    result = table(answer)
    columns = [result.column(name).to_pylist() for name in result.column_names]
    rows = list(csv.reader(io.StringIO(get(server, EVENTS, "text/csv").text)))[1:]
    assert [
        ["" if c is None else str(c) for c in row] for row in zip(*columns, strict=True)
    ] == rows
    assert [type(column[0]) for column in columns] == [str, date, int, str]


@pytest.mark.parametrize("query", [YES, CONSTRUCT, "DESCRIBE <urn:s>"])
def test_only_a_select_is_a_table(server: str, query: str) -> None:
    offered = RESULTS if query == YES else GRAPHS
    for answer in (get(server, query, ARROW.media_type), get(server, query, format="parquet")):
        assert answer.status_code == 406
        assert all(written_in.media_type in answer.text for written_in in offered)
        assert "arrow and parquet are formats of the result of a SELECT" in answer.text


def test_a_saved_query_is_a_table_too(server: str) -> None:
    address = f"{server}/queries/tally"
    by_header = table(httpx.get(address, headers={"Accept": ARROW.media_type}))
    by_name = table(httpx.get(address, params={"format": "parquet"}))
    for result in (by_header, by_name):
        assert result.column("inFavour").to_pylist() == [141]
        assert result.column("_resolution").to_pylist()[0].endswith("/id/resolution/A-RES-ES-11-6")
        # A day or, where it is unknown, a month.
        assert result.column("date__datatype").to_pylist()[0].endswith("#date")
    page = httpx.get(address, headers={"Accept": "text/html"}).text
    assert all(f"format={written_in.name}" in page for written_in in TABLES)
