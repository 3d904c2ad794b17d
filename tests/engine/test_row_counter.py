"""The number of rows in the access log, counted from the bytes of a response."""

from __future__ import annotations

import io
import itertools

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.engine.row_counter import RowCounter
from kg.sparql.evaluation import serialize_results
from kg.sparql.formats import GRAPHS, RESULTS, Format


def counted(content: bytes, response_format: Format, cuts: list[int]) -> int | None:
    counter = RowCounter(response_format)
    edges = [0, *sorted(cut % (len(content) + 1) for cut in cuts), len(content)]
    for start, stop in itertools.pairwise(edges):
        counter.count(content[start:stop])
    return counter.total


def table(texts: list[str | None]) -> ox.QuerySolutions:
    rows = " ".join("(UNDEF 1)" if text is None else f"({ox.Literal(text)} 1)" for text in texts)
    answer = ox.Store().query(f"SELECT ?text ?n {{ VALUES (?text ?n) {{ {rows} }} }}")
    assert isinstance(answer, ox.QuerySolutions)
    return answer


hostile = st.text(alphabet='"\\{}[],: \n\r\t<>/resultab', max_size=12)


@pytest.mark.parametrize("response_format", RESULTS, ids=lambda form: form.name)
@given(
    texts=st.lists(st.none() | hostile, max_size=8), cuts=st.lists(st.integers(0, 4000), max_size=9)
)
def test_rows_are_counted_for_any_content_and_any_chunking(
    response_format: Format, texts: list[str | None], cuts: list[int]
) -> None:
    stream = io.BytesIO()
    serialize_results(table(texts), response_format, stream)
    assert counted(stream.getvalue(), response_format, cuts) == len(texts)


@pytest.mark.parametrize("response_format", RESULTS, ids=lambda form: form.name)
def test_rows_without_a_value_count(response_format: Format) -> None:
    stream = io.BytesIO()
    answer = ox.Store().query("SELECT ?x { VALUES ?y { 1 2 3 } }")
    assert isinstance(answer, ox.QuerySolutions)
    serialize_results(answer, response_format, stream)
    assert counted(stream.getvalue(), response_format, []) == 3


def test_graphs_have_no_rows() -> None:
    assert counted(b"<a:b> <a:c> <a:d> .\n", GRAPHS[1], []) is None
