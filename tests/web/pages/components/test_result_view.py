"""Any result can be shown: chart and map where they fit, a table in every case."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from typing import Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.engine.interface import ResponseMetadata
from kg.limits import PAGE_ROWS
from kg.rdf import iris
from kg.rdf.vocabulary import UNV, XSD
from kg.web.pages.components.result_view import ResultView, result_view
from kg.web.pages.queries import BufferedResponse, result_table
from kg.web.pages.state_index import States
from tests.support.store_queries import StoreQueries

_STATES: Final = States({})
_INTEGER: Final = {"type": "literal", "datatype": XSD.integer}
_METADATA: Final = ResponseMetadata("application/sparql-results+json", "", None, "r", "oxigraph")


def shown(variables: list[str], rows: list[dict[str, Any]]) -> ResultView:
    """Return the view of a result in SPARQL JSON."""
    content = {"head": {"vars": variables}, "results": {"bindings": rows}}
    table = result_table(BufferedResponse(json.dumps(content).encode(), _METADATA))
    return asyncio.run(result_view(StoreQueries(ox.Store()), _STATES, table))


def by_year(values: dict[str, str], datatype: str = XSD.integer) -> ResultView:
    """Return the view of a result with a number for each year."""
    rows = [
        {
            "year": {"type": "literal", "value": year},
            "n": {"type": "literal", "datatype": datatype, "value": value},
        }
        for year, value in values.items()
    ]
    return shown(["year", "n"], rows)


def test_names_beside_links_with_the_same_text_can_be_left_out() -> None:
    link = {"type": "uri", "value": "http://example.org/a"}
    name = {"type": "literal", "value": "http://example.org/a"}
    other = {"type": "literal", "value": "http://example.org/b"}
    view = shown(["x", "name", "other"], [{"x": link, "name": name, "other": other}])
    assert view.columns(with_repeats=False) == [0, 2]
    assert view.columns(with_repeats=True) == [0, 1, 2]


@pytest.mark.parametrize(
    "values",
    [
        {"1990": "3", "1991": "-5"},
        {"1990": "-3", "1991": "-5"},
        {"1990": "0", "1991": "0"},
        {"1946": "1", "2026": "100000"},
    ],
)
def test_numbers_by_year_are_a_chart(values: dict[str, str]) -> None:
    view = by_year(values)
    assert view.chart
    assert (view.bars is None) == any(value.startswith("-") for value in values.values())
    for year, value in values.items():
        assert f"<title>n, {year}: {float(value):g}</title>" in view.chart


@pytest.mark.parametrize(
    ("values", "datatype"),
    [
        ({"1": "1", "30000000": "1"}, XSD.integer),
        ({"1000": "1", "9999": "1"}, XSD.integer),
        ({"1990": "NaN", "1991": "INF"}, f"{XSD.iri}double"),
        ({"1990": "1e308", "1991": "-1e308"}, f"{XSD.iri}double"),
        ({"1990": "many", "1991": "2x"}, XSD.integer),
        ({"1990": "1", "١٩٩١": "2"}, XSD.integer),
    ],
)
def test_what_does_not_fit_a_chart_is_a_table(values: dict[str, str], datatype: str) -> None:
    tracemalloc.start()
    view = by_year(values, datatype)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert view.chart is None
    assert [row[1].text for row in view.rows if row[1]] == list(values.values())
    # The work depends on the number of rows, never on their values.
    assert peak < 2**20


def test_triple_terms_are_shown_as_text() -> None:
    term: dict[str, Any] = {"type": "uri", "value": "urn:a"}
    for _ in range(20):
        term = {"type": "triple", "value": {"subject": {"type": "uri", "value": "urn:s"},
                                            "predicate": {"type": "uri", "value": "urn:p"},
                                            "object": term}}  # fmt: skip
    view = shown(["t"], [{"t": term}])
    (cell,) = view.rows[0]
    assert cell
    assert cell.text.startswith("<<( urn:s urn:p <<( urn:s urn:p ")
    assert "…" in cell.text


_TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_NUMBER_TEXT: Final = st.one_of(
    st.integers().map(str), st.floats().map(repr), st.sampled_from(["", "-INF", "1e400", "٣", "²"])
)
_LITERALS: Final = st.one_of(
    st.fixed_dictionaries({"type": st.just("literal"), "value": st.one_of(_TEXT, _NUMBER_TEXT)}),
    st.fixed_dictionaries(
        {
            "type": st.just("literal"),
            "value": st.one_of(_TEXT, _NUMBER_TEXT),
            "datatype": st.sampled_from(
                [XSD.integer, XSD.boolean, *(XSD.iri + n for n in ("double", "decimal", "float"))]
            ),
        }
    ),
)
_NODES: Final = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("uri"),
            "value": st.sampled_from(
                [iris.state("UKR"), iris.state("XXX"), UNV.Yes, "urn:x", iris.event("A-RES-1-1")]
            ),
        }
    ),
    st.just({"type": "bnode", "value": "b0"}),
)
_TERMS: Final = st.recursive(
    st.one_of(_LITERALS, _NODES),
    lambda terms: st.fixed_dictionaries(
        {
            "type": st.just("triple"),
            "value": st.fixed_dictionaries(
                dict.fromkeys(("subject", "predicate", "object"), terms)
            ),
        }
    ),
    max_leaves=4,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from(["year", "state", "share", "n"]), _TERMS, max_size=4),
        max_size=8,
    )
)
def test_a_result_of_any_terms_is_shown(rows: list[dict[str, Any]]) -> None:
    view = shown(["year", "state", "share", "n"], rows)
    assert view.total == len(rows)
    assert [[cell is not None for cell in row] for row in view.rows] == [
        [name in row for name in view.variables] for row in rows
    ]


def test_a_long_result_is_shown_by_its_first_rows_and_its_number() -> None:
    names = ["é" * 400 + str(number) for number in range(9000)]
    rows = [{"bindings": {"type": "literal", "value": name}} for name in names]
    content = {"head": {"vars": ["bindings"]}, "results": {"bindings": rows}}
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    response = BufferedResponse(text.encode(), _METADATA, len(rows))
    tracemalloc.start()
    table = result_table(response)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [row["bindings"]["value"] for row in table.rows] == names[: len(table.rows)]
    assert len(table.rows) == PAGE_ROWS
    assert (table.total, table.is_complete) == (9000, False)
    assert peak < len(response.content) * 2
    # Without a chart: it would need all rows.
    view = asyncio.run(result_view(StoreQueries(ox.Store()), _STATES, table))
    assert (view.total, len(view.rows), view.chart) == (9000, PAGE_ROWS, None)


def test_rows_longer_than_what_is_parsed_are_counted() -> None:
    rows = [{"x": {"type": "literal", "value": "x" * 2**21}}] * 3
    content = {"head": {"vars": ["x"]}, "results": {"bindings": rows}}
    text = json.dumps(content, separators=(",", ":"))
    table = result_table(BufferedResponse(text.encode(), _METADATA, len(rows)))
    assert (table.variables, table.rows, table.total) == (("x",), (), 3)
