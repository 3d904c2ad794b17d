"""Queries that would overflow the stack of a parser are rejected before they are parsed."""

from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.limits import QUERY_BRACKETS, QUERY_OPERATORS
from kg.sparql.service_guard import check_syntax


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("{", "}"), ("OPTIONAL {", "}"), ("FILTER EXISTS {", "}"), ("{ SELECT * {", "}}")],
)
def test_groups_may_be_nested_to_the_limit(opening: str, closing: str) -> None:
    levels = QUERY_BRACKETS // len(closing) - 1
    check_syntax("SELECT * {" + opening * levels + closing * levels + "}")
    for deeper in (levels + 1, 30_000):
        with pytest.raises(QueryError, match="nested more than 200 deep"):
            check_syntax("SELECT * {" + opening * deeper + closing * deeper + "}")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("IF(true, ", ", 1)"), ("!(", ")"), ("<<( <urn:s> <urn:p> ", ")>>")],
)
def test_expressions_may_be_nested_to_the_limit(opening: str, closing: str) -> None:
    with pytest.raises(QueryError, match="nested more than 200 deep"):
        check_syntax("SELECT * { BIND(" + opening * 30_000 + "1" + closing * 30_000 + " AS ?x) }")


def test_brackets_in_strings_and_comments_do_not_count() -> None:
    check_syntax(f"# {'(' * 500}\nSELECT * {{ FILTER('{'{(' * 500}' = ?x) }}")


@pytest.mark.parametrize(
    "element", ["UNION {} ", "OPTIONAL {} ", "MINUS {} ", "FILTER(true) ", "VALUES ?x {} "]
)
def test_a_query_may_not_have_too_many_clauses(element: str) -> None:
    with pytest.raises(QueryError, match="more than 2,000 operators and clauses"):
        check_syntax("SELECT * { {} " + element * (QUERY_OPERATORS + 1) + "}")


@pytest.mark.parametrize("operator", ["|| true ", "&& true ", "+ 1 ", "* 1 "])
def test_an_expression_may_not_have_too_many_operators(operator: str) -> None:
    check_syntax("SELECT * { FILTER(1 " + operator * 100 + ") }")
    with pytest.raises(QueryError, match="more than 2,000 operators and clauses"):
        check_syntax("SELECT * { FILTER(1 " + operator * (QUERY_OPERATORS + 1) + ") }")


def test_a_long_list_of_values_is_allowed() -> None:
    values = " ".join(f"(<https://example.org/a/b/{number}> {number})" for number in range(20_000))
    check_syntax(f"SELECT * {{ VALUES (?a ?b) {{ {values} }} }}")
