"""Syntax errors are reported with the mistake that a user made, at its line and column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.rdf.vocabulary import with_prefixes
from kg.sparql.saved_queries import library
from kg.sparql.service_guard import check_syntax

_QUERIES = [query.text for query in library().values()]


def _message(query: str) -> str:
    with pytest.raises(QueryError) as caught:
        check_syntax(query)
    return str(caught.value)


@pytest.mark.parametrize(
    ("query", "place", "mistake"),
    [
        ("", (1, 1), "DESCRIBE, found no query"),
        ("# only a comment", (1, 17), "found no query"),
        ("SELEC ?s { ?s ?p ?o }", (1, 1), "found SELEC; did you mean SELECT?"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", (1, 1), "found the update INSERT"),
        ("SELECT ?s {\n  ?s ?p }", (2, 9), "expected the object of a triple, found }"),
        ("SELECT * { ?s a <urn:c> . ?s a . }", (1, 32), "expected the object of a triple"),
        ("SELECT ?s {\n ?s ?p ?o", (1, 11), "this { is never closed"),
        ("SELECT ?s { ?s ?p ?o } }", (1, 24), "this } closes nothing"),
        ("SELECT ?s { FILTER(?s = 1 }", (1, 27), "expected ) for the ( in line 1, column 19"),
        ("SELECT ?s { ?s ex:p ?o }", (1, 16), "the prefix ex: is not declared"),
        ("SELECT ?s {\n?s unv:date ?o }", (2, 4), "add PREFIX unv: <https://w3id.org/un-votes/"),
        ("SELECT ?s { ?s ?p 'a }", (1, 19), "the text that begins with ' has no end"),
        ("SELECT ?s { ?s ?p “a” }", (1, 19), 'a straight quotation mark ("), found “'),
        ("SELECT COUNT(?s) { ?s ?p ?o }", (1, 8), "(COUNT(...) AS ?name)"),
        ("SELECT (COUNT(?s) AS n) { ?s ?p ?o }", (1, 22), "a variable after AS, such as ?n"),
        ("SELECT ?x { ?s ?p ?x } GROUP BY ?s", (1, 1), "neither in GROUP BY nor inside"),
        ("SELECT ?s { ?s ?p ?o } LIMIT few", (1, 30), "not valid SPARQL at or before few"),
    ],
)
def test_the_mistake_is_named_at_its_place(
    query: str, place: tuple[int, int], mistake: str
) -> None:
    line, column = place
    assert _message(query).startswith(f"syntax error in line {line}, column {column}: ")
    assert mistake in _message(query)


def test_added_prefixes_are_not_counted() -> None:
    message = _message(with_prefixes("SELECT ?s {\n  ?s ?p }"))
    assert message.startswith("syntax error in line 2, column 9: ")


@given(st.sampled_from(_QUERIES), st.data())
def test_any_error_is_one_short_sentence_with_a_place_in_the_query(
    query: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(query)))
    broken = query[:start] + data.draw(st.text(max_size=3)) + query[start + 3 :]
    try:
        check_syntax(broken)
    except QueryError as error:
        message = str(error)
    else:
        return
    assert len(message) < 300
    if message.startswith("syntax error"):
        line, column = (int(word.strip(",:")) for word in message.split()[4:7:2])
        lines = broken.split("\n")
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
