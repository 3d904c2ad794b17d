"""Terms in the place of parameters: the text says what the engine's own binding of them says."""

from __future__ import annotations

from itertools import product

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.evaluation import Term, evaluate
from kg.inlining import with_terms

_DATA = """
@prefix : <http://example.org/> .
:a :p :b , :c ; :n 1 , 2 . :b :p :c ; :n 2 . :c :p :a ; :n 3 ; :l "a ?_x" .
"""
_PREFIX = "PREFIX : <http://example.org/>\n"
_A = ox.NamedNode("http://example.org/a")
_TWO = ox.Literal("2", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))


@pytest.fixture(scope="module")
def store() -> ox.Store:
    made = ox.Store()
    made.load(_DATA.encode(), ox.RdfFormat.TURTLE)
    return made


def _same(store: ox.Store, query: str, terms: dict[str, Term]) -> bool:
    """Compare with Oxigraph's own substitution; return whether there is an answer."""
    # Oxigraph takes terms for the columns of the whole query only.
    terms = {name: term for name, term in terms.items() if f"?{name} " in query.partition("{")[0]}
    text = with_terms(query, terms)
    bound = evaluate(store, _PREFIX + query, parameters=terms)
    said = evaluate(store, _PREFIX + text)
    assert isinstance(bound, ox.QuerySolutions)
    assert isinstance(said, ox.QuerySolutions)
    found = sorted(map(str, bound))
    assert sorted(map(str, said)) == found, text
    return bool(found)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?_x ?y { ?_x :p ?y }",
        "SELECT ?_x (STR(?_x) AS ?text) ?y WHERE { ?_x :p ?y } ORDER BY DESC(?_x) ?y",
        "SELECT ?_x (COUNT(*) AS ?n) WHERE { ?_x :p ?y } GROUP BY ?_x",
        "SELECT ?_x ?_n ?y { ?_x :p ?y } GROUP BY ?_x ?_n ?y HAVING (COUNT(?_x) < 2) ORDER BY ?y",
        "SELECT ?_x ?_n ?y ?m { { SELECT ?_x ?_n ?y (MAX(?n) AS ?m) WHERE "
        "{ ?_x :p ?y . ?y :n ?n FILTER(?n >= ?_n) } GROUP BY ?_x ?_n ?y ORDER BY ?_x ?y } }",
        "SELECT ?_x ?y ?k { { SELECT ?_x ?y { ?_x :p ?y } } { SELECT ?_x ?k { ?_x :n ?k } } }",
        "SELECT ?_n ?_x ?y { ?y :n ?_n # not ?_x } {\n }",
        "SELECT ?_x ?y { ?y :l 'a ?_x' }",
        'SELECT ?_x ?y { ?y :l """a ?_x""" }',
        "SELECT ?_n ?y { ?y :n ?n FILTER(?n - ?_n = 0 && EXISTS { ?z :p ?y }) }",
    ],
)
def test_text_with_terms_says_what_bound_variables_say(query: str, store: ox.Store) -> None:
    assert _same(store, query, {"_x": _A, "_n": _TWO})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { { SELECT ?_x { ?_x :p ?y } } }",
        "SELECT * { { SELECT ?_x (COUNT(*) AS ?n) { ?_x :p ?y } GROUP BY ?_x } }",
    ],
)
def test_what_would_mean_something_else_is_no_query(query: str, store: ox.Store) -> None:
    text = _PREFIX + with_terms(query, {"_x": _A})
    with pytest.raises(SyntaxError):
        store.query(text)


_PATTERNS = ("?_x :p ?y .", "?y :p ?_x .", "?y :n ?n .", "FILTER(?n >= ?_n)", "?y :n ?_n .",
             "OPTIONAL { ?y :p ?_x }", "{ ?_x :p ?y } UNION { ?y :n ?_n }")  # fmt: skip
_HEADS = list(product(("?_x ?_n ?y", "?_x ?n", "?_n (STR(?_x) AS ?s) ?y"), (True, False)))


@settings(max_examples=300, deadline=None)
@given(patterns=st.lists(st.sampled_from(_PATTERNS), min_size=1, max_size=4),
       head=st.sampled_from(_HEADS), x=st.sampled_from("abc"), n=st.integers(0, 3))  # fmt: skip
def test_generated_queries(
    store: ox.Store, patterns: list[str], head: tuple[str, bool], x: str, n: int
) -> None:
    columns, is_nested = head
    group = " ".join(patterns)
    inner = f"{{ SELECT ?_x ?_n ?y ?n WHERE {{ {group} }} }}" if is_nested else group
    terms: dict[str, Term] = {
        "_x": ox.NamedNode(f"http://example.org/{x}"),
        "_n": ox.Literal(str(n), datatype=_TWO.datatype),
    }
    _same(store, f"SELECT {columns} WHERE {{ {inner} }}", terms)


def test_text_cannot_leave_its_literal(store: ox.Store) -> None:
    for value in ('x" } #', "x> . ?s ?p ?o . <y", "'''", "\\", "\n#", "?_x"):
        assert _same(store, "SELECT ?_x ?y { VALUES ?y { 1 } }", {"_x": ox.Literal(value)})
