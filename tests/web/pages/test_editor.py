"""The page of a query result, for results of all kinds of terms."""

from __future__ import annotations

from typing import Final

import httpx
import pyoxigraph as ox
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
    deadline=None,
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
