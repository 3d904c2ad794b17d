"""SAMPLE and GROUP_CONCAT, whose value SPARQL leaves open: what the columnar engine chooses.

Elsewhere its answers are compared with those of Oxigraph with the same choices
(``benchmarks.gate.choices``); here these choices are compared with what Oxigraph itself returns.
"""

from __future__ import annotations

import io
import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.choices import ChoosingStore
from benchmarks.gate.compare import EnginePair, Outcome
from benchmarks.gate.data import PREFIX
from benchmarks.gate.data import release as hostile_release
from kg.sparql import evaluation
from kg.sparql.formats import RESULTS
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_TERMS = (
    "<urn:a>", "<urn:b>", '""', '"a"', '"b"', '"a"@en', '"b"@EN', '"a"@fr', "1", "10", "9", "1.0",
    "true", '"2020-01-01"^^xsd:date', '"x"^^ex:own', "UNDEF",
)  # fmt: skip
_EXPRESSIONS = ("?x", "STR(?x)", "?x + 1", "LANG(?x)", 'COALESCE(?x, "z")', 'IF(?x, ?x, "z")')


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> EnginePair:
    folder = tmp_path_factory.mktemp("hostile")
    return EnginePair(folder, hostile_release(folder))


def _solutions(store: ox.Store, query: str) -> list[ox.QuerySolution]:
    answer = evaluation.evaluate(store, query)
    assert isinstance(answer, ox.QuerySolutions)
    return list(answer)


def _literal(term: object) -> ox.Literal:
    assert isinstance(term, ox.Literal)
    return term


@given(
    st.lists(st.sampled_from(_TERMS), max_size=5),
    st.sampled_from(_EXPRESSIONS),
    st.sampled_from(["", "DISTINCT "]),
)
def test_oxigraph_might_have_made_each_choice(
    terms: list[str], expression: str, distinct: str
) -> None:
    values = f"VALUES ?x {{ {' '.join(terms)} }}"
    aggregates = (
        f"(SAMPLE({distinct}{expression}) AS ?sample) "
        f'(GROUP_CONCAT({distinct}{expression}; separator="|") AS ?joined)'
    )
    store, query = ox.Store(), f"{PREFIX}SELECT {aggregates} {{ {values} }}"
    (theirs,), (ours,) = _solutions(store, query), _solutions(ChoosingStore(store).as_store, query)
    members = _solutions(store, f"{PREFIX}SELECT ({expression} AS ?member) {{ {values} }}")
    listed = {member["member"] for member in members} - {None}
    assert {ours["sample"], theirs["sample"]} <= (listed or {None})
    assert (ours["joined"] is None) == (theirs["joined"] is None)
    if ours["joined"] is not None:
        mine, joined = _literal(ours["joined"]), _literal(theirs["joined"])
        assert mine.value.split("|") == sorted(joined.value.split("|"))
        assert (mine.language, mine.datatype) == (joined.language, joined.datatype)


@pytest.mark.parametrize(
    ("aggregate", "terms", "expected"),
    [
        ("GROUP_CONCAT(?x)", '"b" "a" "b"', '"a b b"'),
        ('GROUP_CONCAT(DISTINCT ?x; separator=", ")', '"b" "a" "b"', '"a, b"'),
        ("GROUP_CONCAT(?x; SEPARATOR='')", '"é" "z" ""', '"zé"'),
        ('GROUP_CONCAT(?x; separator="\'\\n")', '"b" "a"', '"a\'\\nb"'),
        # The language that all values have, or none; equal texts of two languages are two values.
        ("GROUP_CONCAT(?x)", '"b"@en "a"@EN', '"a b"@en'),
        ("GROUP_CONCAT(DISTINCT ?x)", '"b"@en "a"@fr "b"@en "b"', '"a b b"'),
        # Of a variable also the texts of other terms, but not of nothing.
        ("GROUP_CONCAT(?x)", "10 9 <urn:a> 1.0", '"1 10 9 urn:a"'),
        ("GROUP_CONCAT(?x)", '"a" UNDEF', None),
        ("GROUP_CONCAT(COALESCE(?x, ?x))", "<urn:a>", None),
        ("GROUP_CONCAT(?x + 1)", "1", None),
        ("GROUP_CONCAT(?x)", "", '""'),
        # The least value, by the kind of the term first; errors are no values.
        ("SAMPLE(?x)", "10 9 UNDEF", "9"),
        ("SAMPLE(DISTINCT ?x + 0.5)", "10 9", "9.5"),
        ("SAMPLE(?x)", '"a"@en 3 <urn:b> "a"', "<urn:b>"),
        ("SAMPLE(?x)", "UNDEF", None),
        ("SAMPLE(?x)", "", None),
    ],
)
def test_the_choice_is_as_documented(
    hostile: EnginePair, aggregate: str, terms: str, expected: str | None
) -> None:
    query = f"{PREFIX}SELECT ({aggregate} AS ?r) {{ VALUES ?x {{ {terms} }} }}"
    stream = io.BytesIO()
    hostile.columns.query(query, {}, include_cheap=True).write(RESULTS[0], stream)
    answer = json.loads(stream.getvalue())
    (expected_row,) = _solutions(ox.Store(), f"SELECT ({expected or '1 / 0'} AS ?r) {{}}")
    (row,) = answer["results"]["bindings"]
    term = expected_row["r"]
    text = None if term is None else term.value
    assert row.get("r", {}).get("value") == text
    assert row.get("r", {}).get("xml:lang") == (getattr(term, "language", None) or None)


@pytest.mark.parametrize(
    "query",
    [
        # In HAVING, in ORDER BY, in a sub-query that is joined, of several groups at once.
        "SELECT ?s { ?s ex:count ?x } GROUP BY ?s HAVING(SAMPLE(?x) < 3) ORDER BY SAMPLE(?x) ?s",
        "SELECT ?s ?t { ?s ex:title ?t { SELECT (SAMPLE(?y) AS ?s) { ?y ex:title ?u } } }",
        "SELECT ?x (GROUP_CONCAT(DISTINCT ?c) AS ?all) { ?s ex:flag ?x ; ex:code ?c } GROUP BY ?x",
        'SELECT ?f (GROUP_CONCAT("a"@en) AS ?r) (SAMPLE(1) AS ?t) { ?s ex:flag ?f } GROUP BY ?f',
        "SELECT (SAMPLE(?x) AS ?r) { ?s ex:title|ex:count|ex:knows|ex:seat ?x } GROUP BY ?s",
        "SELECT (GROUP_CONCAT(?x) AS ?r) { ?s ex:title|ex:count|ex:date|ex:label ?x } GROUP BY ?s",
        "SELECT (GROUP_CONCAT(STR(?x)) AS ?r) { ?s ex:name ?n OPTIONAL { ?s ex:flag ?x } } "
        "GROUP BY ?s",
        "SELECT ?r (COUNT(*) AS ?n) { { SELECT ?s (GROUP_CONCAT(?t) AS ?r) { ?s ex:title ?t } "
        "GROUP BY ?s } } GROUP BY ?r",
    ],
)
def test_the_choice_is_the_same_wherever_it_is_used(hostile: EnginePair, query: str) -> None:
    result = hostile.compare(PREFIX + query)
    assert (result.outcome, result.reason, result.difference) == (Outcome.EQUAL, "", "")
    assert result.rows


_ORDERED = "{ SELECT ?s ?n { ?s ex:count ?n } ORDER BY DESC(?n) ?s LIMIT 9 }"


@pytest.mark.parametrize("by", ["", " GROUP BY ?s ORDER BY ?s", " GROUP BY (?n > 2 AS ?many)"])
def test_the_order_of_a_subquery_is_kept(hostile: EnginePair, by: str) -> None:
    """Many queries rely on it, though SPARQL does not define it."""
    query = f"{PREFIX}SELECT (GROUP_CONCAT(STR(?n)) AS ?all) {{ {_ORDERED} }}{by}"
    result = hostile.compare(query)
    assert (result.outcome, result.difference) == (Outcome.EQUAL, "")
    joined = [_literal(row["all"]).value.split() for row in _solutions(hostile.store, query)]
    assert all(sorted(numbers, key=int, reverse=True) == numbers for numbers in joined)
    assert any(len(numbers) > 1 for numbers in joined)


@pytest.mark.parametrize(
    ("distinct", "pattern"),
    [
        ("", f"{_ORDERED} ?s ex:name ?x"),
        ("", f"{_ORDERED} FILTER(?n > 0)"),
        ("DISTINCT ", _ORDERED),
    ],
)
def test_an_order_that_may_be_lost_is_left_to_oxigraph(
    hostile: EnginePair, distinct: str, pattern: str
) -> None:
    query = f"{PREFIX}SELECT (GROUP_CONCAT({distinct}STR(?n)) AS ?all) {{ {pattern} }}"
    with pytest.raises(UnsupportedQueryError) as refused:
        hostile.columns.query(query, {}, include_cheap=True)
    assert refused.value.reason is Reason.AGGREGATE
