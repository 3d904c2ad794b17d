"""The page of a query result, for results of all kinds of terms, in the form a reader chooses."""

from __future__ import annotations

import html
import re
from typing import Final
from urllib.parse import unquote_plus

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.rdf import iris
from kg.rdf.vocabulary import BASE, UNV, XSD

_DATATYPES: Final = (
    "integer",
    "decimal",
    "double",
    "float",
    "boolean",
    "date",
    "gYear",
    "gYearMonth",
)
#: Characters that SPARQL allows in an IRI, among them some that mean something in URLs and HTML.
_IN_IRI: Final = st.text(st.sampled_from("aZ0é语/#?&=%+:;,!'()*~@[].-"), max_size=12)


_HTML: Final = {"Accept": "text/html"}
_BY_YEAR: Final = "/queries/votes-by-year"


def _is_iri(text: str) -> bool:
    try:
        return bool(ox.NamedNode(text))
    except ValueError:
        return False


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(character):08X}" for character in text) + '"'


_TEXTS: Final = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    st.integers().map(str),
    st.floats().map(repr),
    st.sampled_from(["1990", "9999", "0001", "NaN", "-INF", "1e400", "٣", "\0", "</td><script>"]),
).map(_quoted)
_IRIS: Final = (
    st.one_of(
        st.tuples(
            st.sampled_from([BASE, f"{BASE}id/", UNV.iri, "http://x/", "urn:x:"]), _IN_IRI
        ).map("".join),
        st.sampled_from([iris.state("UKR"), iris.state("XXX"), UNV.Yes, UNV.GeneralAssembly, "x:"]),
    )
    .filter(_is_iri)
    .map(lambda iri: f"<{iri}>")
)
_LITERALS: Final = st.one_of(
    _TEXTS,
    st.tuples(_TEXTS, st.sampled_from(_DATATYPES)).map(lambda p: f"{p[0]}^^<{XSD.iri}{p[1]}>"),
    st.tuples(_TEXTS, st.sampled_from(["en", "fr-CA", "ar"])).map("@".join),
)
_TERMS: Final = st.recursive(
    st.one_of(_IRIS, _LITERALS),
    lambda terms: st.tuples(_IRIS, _IRIS, terms).map(lambda t: f"<<( {' '.join(t)} )>>"),
    max_leaves=3,
)
_ROW: Final = st.tuples(*[st.one_of(_TERMS, st.just("UNDEF"))] * 3)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(_ROW, max_size=7),
    names=st.permutations(["year", "state", "share", "n"]).map(lambda names: names[:3]),
)
def test_every_result_is_shown(server: str, rows: list[tuple[str, ...]], names: list[str]) -> None:
    values = " ".join(f"({' '.join(row)})" for row in rows)
    query = f"SELECT * {{ VALUES ({' '.join(f'?{name}' for name in names)}) {{ {values} }} }}"
    response = httpx.post(f"{server}/run?part=result", data={"query": query})
    assert response.status_code == 200, (response.text, query)
    number = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}."
    assert f'<p role="status">{number}</p>' in response.text
    assert response.text.count("<tr>") == (len(rows) + 1 if rows else 0)
    assert "<script" not in response.text


def test_an_empty_query_is_refused_with_what_to_do(server: str) -> None:
    response = httpx.post(f"{server}/run?part=result", data={"query": " "})
    assert response.status_code == 400
    assert "The query is empty: write one, or choose an example" in response.text


def _column(page: str, number: int) -> list[str]:
    rows = re.findall(r"<tr><td.*?</tr>", page, re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[number] for row in rows]
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells]


def test_a_result_is_shown_in_the_chosen_form(server: str) -> None:
    def figures(**choice: str) -> list[str]:
        page = httpx.get(f"{server}{_BY_YEAR}", params=choice, headers=_HTML).text
        assert 'class="result"' in page, "the table is beside each figure"
        return re.findall(r'<figure [^>]*aria-label="([^"]+)"', page)

    assert figures() == figures(view="line") == ["Line chart"]
    assert figures(view="table") == figures(view="map") == []
    query = "SELECT ?state ?n { VALUES (?state ?n) { ('A' 3) ('B' 5) } }"
    page = httpx.get(f"{server}/run", params={"query": query, "view": "bar"}, headers=_HTML).text
    assert re.findall(r'<figure [^>]*aria-label="([^"]+)"', page) == ["Bar chart"]
    assert "<title>B: 5</title>" in page


def test_a_result_is_sorted_by_numbers_and_the_link_keeps_the_choice(server: str) -> None:
    query = "SELECT ?name ?n { VALUES (?name ?n) { ('a' 9) ('b' 10) ('c' UNDEF) ('d' -1) } }"
    choice = {"query": query, "sort": "n", "order": "desc", "view": "table"}
    page = httpx.get(f"{server}/run", params=choice, headers=_HTML).text
    assert _column(page, 0) == ["b", "a", "d", "c"]
    assert 'aria-sort="descending"' in page
    # The header of the column reverses the order, and keeps the form.
    (link,) = re.findall(r'<a href="([^"]+)" data-choice>n</a>', page)
    reverse = httpx.get(server + html.unescape(link), headers=_HTML).text
    assert _column(reverse, 0) == ["d", "a", "b", "c"]
    assert '<span class="type">whole number</span>' in page
    assert '<span class="type">text</span>' in page


@pytest.mark.parametrize(
    ("choice", "expected"),
    [({"view": "pie"}, "table, map, line, bar"), ({"order": "up"}, "asc, desc")],
)
def test_unknown_forms_are_refused_with_the_list(
    server: str, choice: dict[str, str], expected: str
) -> None:
    for path in (_BY_YEAR, "/run"):
        answer = httpx.get(f"{server}{path}", params=choice, headers=_HTML)
        assert answer.status_code == 400
        assert expected in answer.text


def test_an_error_has_its_place_and_a_link_that_corrects_it(server: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) {\n  ?event unv:yesCount 141 }"
    page = httpx.get(f"{server}/run", params={"query": query}, headers=_HTML)
    assert page.status_code == 400
    assert 'data-line="2" data-column="10"' in page.text
    assert page.text.count("Syntax error") == 1
    (link,) = re.findall(r'<a href="([^"]+)" data-declaration', page.text)
    assert query in unquote_plus(html.unescape(link))
    corrected = httpx.get(server + html.unescape(link), headers=_HTML)
    assert corrected.status_code == 200
    assert int(_column(corrected.text, 0)[0]) > 0


def test_the_gallery_is_by_subject_and_opens_without_other_endpoints(server: str) -> None:
    page = httpx.get(f"{server}/sparql", headers=_HTML).text
    subjects = re.findall(r'<h3 class="inline-heading">([^<]+)', page)
    assert len(subjects) > 4
    names = re.findall(r'data-example="([^"]+)"', page)
    assert len(names) == len(set(names))
    first = httpx.get(f"{server}/queries/{names[0]}/template", headers={"Accept": "*/*"}).text
    last = httpx.get(f"{server}/queries/{names[-1]}/template", headers={"Accept": "*/*"}).text
    assert "SERVICE" not in first
    assert "SERVICE" in last


def test_the_figure_of_a_result_is_a_file(server: str) -> None:
    page = httpx.get(f"{server}{_BY_YEAR}", headers=_HTML).text
    links = dict(re.findall(r'<a href="(/[^"]*format=(?:svg|png|csv)[^"]*)">(SVG|PNG|CSV)<', page))
    kinds = {name: httpx.get(server + html.unescape(link)) for link, name in links.items()}
    assert kinds["SVG"].headers["content-type"] == "image/svg+xml"
    assert "line-c0" in kinds["SVG"].text
    assert "year,member,name" in kinds["CSV"].text
    if "PNG" in kinds:
        assert kinds["PNG"].content.startswith(b"\x89PNG")
    none = {"query": "SELECT (1 AS ?a) {}", "format": "svg"}
    assert httpx.get(f"{server}/run", params=none).status_code == 400
