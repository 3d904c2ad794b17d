"""Queries that are rewritten for Oxigraph, and that nothing else is rewritten."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.errors import ForbiddenServiceError, QueryError
from kg.sparql.adaptation import adapted
from kg.sparql.evaluation import evaluate
from kg.sparql.saved_queries import library


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    store.update(
        "INSERT DATA { <urn:a> <urn:p> <urn:b>, 1, 'x'@en . <urn:b> <urn:p> <urn:c>, <urn:d> }"
    )
    return store


def _rows(store: ox.Store, query: str) -> tuple[list[str], list[list[str]]]:
    answer = evaluate(store, query)
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return names, sorted([str(term) for term in row] for row in answer)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT * { ?z <urn:p> ?a }", ["z", "a"]),
        ("SELECT DISTINCT * { ?z <urn:p> ?y OPTIONAL { ?y ?m ?b } }", ["z", "y", "m", "b"]),
        ("SELECT*{?z <urn:p> ?a}", ["z", "a"]),
        ("SELECT * { ?b <urn:p> ?a FILTER NOT EXISTS { ?hidden ?c ?a } }", ["b", "a"]),
        ("SELECT * { ?z ?y ?x MINUS { ?x ?inner ?z } } ORDER BY ?y", ["z", "y", "x"]),
        ("SELECT * { { SELECT ?y { ?y ?p ?hidden } } ?y <urn:p> ?a }", ["y", "a"]),
        ("SELECT * { # ?comment\n ?z ?p '?text' }", ["z", "p"]),
        ("SELECT * { $z <urn:p> ?a BIND(1 AS ?0) }", ["z", "a", "0"]),
        ("SELECT ?b ?a { ?a ?b ?c }", ["b", "a"]),
    ],
)
def test_the_variables_of_a_star_are_in_the_order_of_the_query(
    store: ox.Store, query: str, names: list[str]
) -> None:
    assert _rows(store, query)[0] == names


def test_a_reordered_star_has_the_same_solutions(store: ox.Store) -> None:
    rows = _rows(store, "SELECT * { ?z <urn:p> ?a }")[1]
    assert rows == _rows(store, "SELECT ?z ?a { ?z <urn:p> ?a }")[1]
    assert len(rows) == 5


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ("<urn:b> <urn:c>", '"urn:b urn:c"'),
        ("1 2.5", '"1 2.5"'),
        ("'2022-03-02'^^<http://www.w3.org/2001/XMLSchema#date> true", '"2022-03-02 true"'),
        ("<urn:b> 'text' 'Text'@en", '"urn:b text Text"'),
        # Strings alone are joined as Oxigraph joins them.
        ("'a'@en 'b'@en", '"a b"@en'),
        ("'a' 'b'", '"a b"'),
    ],
)
@pytest.mark.parametrize(
    "form", ["GROUP_CONCAT(?o)", "group_concat( DISTINCT ?o ; SEPARATOR = ' ')"]
)
def test_group_concat_joins_all_terms_by_their_text(
    store: ox.Store, form: str, values: str, text: str
) -> None:
    query = f"SELECT ({form} AS ?all) {{ VALUES ?o {{ {values} }} }}"
    assert _rows(store, query)[1] == [[text]]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("ASK { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 2)", True),
        ("ASK { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 3)", False),
        ("ASK WHERE { ?s ?p ?o } HAVING (COUNT(*) = 5)", True),
        ("ASK { ?s ?p ?o { ?o ?p ?x } } HAVING (COUNT(*) = 5)", False),
        ("ASK { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 2) VALUES ?s { <urn:b> }", False),
        ("BASE <urn:a> ASK { <> ?p ?o } HAVING (COUNT(?o) = 3) # the end", True),
    ],
)
def test_an_ask_has_solution_modifiers(store: ox.Store, query: str, answer: bool) -> None:
    assert bool(evaluate(store, query)) is answer


def test_an_ask_with_modifiers_cannot_use_service(store: ox.Store) -> None:
    with pytest.raises(ForbiddenServiceError):
        evaluate(store, "ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } } HAVING (COUNT(*) > 0)")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT (GROUP_CONCAT(?o) AS ?all)\n{ ?s ?p }", "line 2, column 9"),
        ("ASK { ?s ?p }\nHAVING (COUNT(*) > 1)", "line 1, column 13"),
    ],
)
def test_a_syntax_error_is_at_its_place_in_the_users_query(
    store: ox.Store, query: str, message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        evaluate(store, query)


@pytest.mark.parametrize(
    "query",
    [
        *(saved.text for saved in library().values() if "GROUP_CONCAT" not in saved.text),
        "SELECT (GROUP_CONCAT(STR(?o)) AS ?all) { ?s ?p ?o }",
        "SELECT ('GROUP_CONCAT(?o)' AS ?text) { ?s ?group_concat ?o }",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 2)",
        "ASK { { SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 2) } }",
        "GROUP_CONCAT(",
        "ASK HAVING \\",
    ],
)
def test_other_queries_are_unchanged(query: str) -> None:
    assert adapted(query) == query
