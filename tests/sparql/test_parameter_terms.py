"""Parameters as terms in the patterns of a query give the solutions of Oxigraph's substitutions."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.sparql.evaluation import evaluate
from kg.sparql.parameter_terms import with_terms

_FACTS = """
PREFIX : <http://example.org/>
:e1 :yes :a, :b ; :no :c ; :year 2022 .
:e2 :yes :a ; :no :b, :c ; :year 2023 .
:a :name "A"@en . :b :name "B"@en . :c :name "C"@en .
"""
_PREFIX = "PREFIX : <http://example.org/> "
_E1 = ox.NamedNode("http://example.org/e1")


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    store.load(_FACTS, ox.RdfFormat.TURTLE)
    return store


def _solutions(answer: object) -> list[tuple[str, ...]]:
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [tuple(names), *sorted(tuple(map(str, row)) for row in answer)]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("SELECT ?_e ?s { ?_e :yes ?s }", {"_e": _E1}),
        ("SELECT ?s ?_e { ?_e :yes ?s FILTER(?_e = :e1) } ORDER BY DESC(?_e) ?s", {"_e": _E1}),
        ("SELECT DISTINCT ?_e (STR(?_e) AS ?t) ?s { ?_e :yes|:no ?s }", {"_e": _E1}),
        ("SELECT ?_e ?s { ?s :name ?n OPTIONAL { ?_e :yes ?s . ?_e :year ?y } }", {"_e": _E1}),
        ("SELECT ?_e (COUNT(*) AS ?n) { ?_e :yes ?s } GROUP BY ?_e", {"_e": _E1}),
        (
            "SELECT ?_e ?y (COUNT(?s) AS ?n) { ?_e :no ?s ; :year ?y } GROUP BY ?_e ?y "
            "HAVING(COUNT(?s) > 0 && BOUND(?_e)) ORDER BY ?_e",
            {"_e": _E1},
        ),
        # The sub-select projects the parameter, so it is the same variable.
        (
            "SELECT ?_e ?s ?n { { SELECT ?_e ?s { ?_e :yes ?s } } ?s :name ?n } ORDER BY ?_e",
            {"_e": _E1},
        ),
        (
            "SELECT ?_e ?s ?n { { SELECT ?_e ?s (COUNT(?x) AS ?n) { ?_e :yes ?s . ?x :yes ?s } "
            "GROUP BY ?_e ?s } }",
            {"_e": _E1},
        ),
        (
            "SELECT ?_e ?y ?n { ?s :year ?y { SELECT ?_e (COUNT(*) AS ?n) { ?_e :yes :c } "
            "GROUP BY ?_e } }",
            {"_e": _E1},
        ),
        (
            "SELECT ?_e ?y ?n { ?_e :year ?y { SELECT ?_e (COUNT(*) AS ?n) { ?_e :yes ?s } "
            "GROUP BY ?_e } }",
            {"_e": _E1},
        ),
        # Here it does not: the variable inside is another one.
        (
            "SELECT ?_e ?n { { SELECT (COUNT(?s) AS ?n) { ?_e :yes ?s } } ?_e :year ?y }",
            {"_e": _E1},
        ),
        ("SELECT ?_e { ?_e :yes ?s FILTER EXISTS { ?_e :no :c } }", {"_e": _E1}),
        # Terms that cannot stand where the variable does, or would change the meaning.
        ("SELECT ?_e ?s { ?_e :yes ?s FILTER(BOUND(?_e)) }", {"_e": _E1}),
        ("SELECT * { ?_e :yes ?s }", {"_e": _E1}),
        ("SELECT ?_e ?s { ?_e :yes ?s MINUS { ?_e :no :c } }", {"_e": _E1}),
        ("SELECT ?_n ?s { ?s :name ?_n }", {"_n": ox.Literal("B", language="en")}),
        ("SELECT ?_e ?s { ?_e :yes ?s }", {"_e": ox.NamedNode("http://example.org/none")}),
    ],
)
def test_terms_and_substitutions_have_the_same_solutions(
    store: ox.Store, query: str, values: dict[str, ox.NamedNode | ox.Literal]
) -> None:
    text = _PREFIX + query
    substituted = store.query(
        text, substitutions={ox.Variable(name): term for name, term in values.items()}
    )
    expected = _solutions(substituted)
    assert _solutions(evaluate(store, text, parameters=values)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?_e :yes ?s }",
        "SELECT ?_e { ?_e :yes ?s MINUS { ?_e :no :c } }",
        "CONSTRUCT { ?_e :yes ?s } WHERE { ?_e :yes ?s }",
        "SELECT ?n { { SELECT ?_e { ?_e :yes ?s } } ?_e :year ?n }",
    ],
)
def test_a_query_whose_meaning_terms_may_change_is_left_to_oxigraph(query: str) -> None:
    assert with_terms(_PREFIX + query, {"_e": _E1}) is None


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s ?x { ?s :yes|:year ?x }",
        "SELECT (EXISTS { ?s ?p ?x } AS ?known) (COUNT(?s) AS ?n) ?x { ?s ?p ?x } GROUP BY ?x",
        "SELECT * { ?s :year ?x }",
        "SELECT ?s ?x WHERE { { SELECT ?s { ?s :year ?x } } OPTIONAL { ?x ?q ?y } }",
        "SELECT ?s ?n ?x { ?s :year ?o BIND(2 AS ?n) FILTER(?o != ?x) }",
        "ASK { ?s :year ?x }",
    ],
)
@pytest.mark.parametrize(
    "value", ["<http://example.org/a>", "2022", '"{ ?s"', "<http://example.org/none>"]
)
def test_any_term_has_the_solutions_of_its_substitution(
    store: ox.Store, query: str, value: str
) -> None:
    solutions = store.query(f"SELECT ?x {{ VALUES ?x {{ {value} }} }}")
    assert isinstance(solutions, ox.QuerySolutions)
    x = next(solutions)["x"]

    def rows(answer: object) -> object:
        if isinstance(answer, ox.QuerySolutions):
            return sorted([str(term) for term in row] for row in answer)
        return bool(answer)

    text = _PREFIX + query
    expected = store.query(text, substitutions={ox.Variable("x"): x})
    assert rows(evaluate(store, text, parameters={"x": x})) == rows(expected)
