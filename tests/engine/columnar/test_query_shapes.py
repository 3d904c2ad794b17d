"""The shapes by which plans are kept, and queries are known to be cheap, or not."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.engine.columnar.query_shapes import QueryShape, QueryShapes
from kg.engine.columnar.recently_used import RecentlyUsed
from kg.engine.columnar.statistics import Statistics, TablePartition
from kg.engine.columnar.term_types import Storage
from kg.rdf.vocabulary import XSD
from kg.sparql.lexer import tokenize

EX = "http://example.org/"
_KINDS = frozenset({"iri"})
_FREQUENT = {
    f"<{EX}common>": 9000,
    f"<{EX}as-common>": 8500,
    f"<{EX}less-common>": 4000,
    '"common"': 9000,
}
_PARTITION = TablePartition(
    "t1", f"{EX}p", Storage.ID, _KINDS, _KINDS, _KINDS, 20_000, 10_000, 2_000, _FREQUENT
)
STATISTICS = Statistics("r", "1", {f"{EX}p": (_PARTITION,)}, {})
QUERY = f'PREFIX ex: <{EX}>\nSELECT * {{ ?s ex:p ex:rare ; ex:p "rare" . ?t ex:p ?s }} LIMIT 9'


@pytest.mark.parametrize(
    "other",
    [
        QUERY.replace("ex:rare", "ex:another"),
        QUERY.replace("ex:rare", "<urn:another#one>"),
        QUERY.replace('"rare"', "'# no comment'"),
        QUERY.replace("\n", " # a 'comment' <urn:x>\n\t"),
    ],
)
def test_other_rare_constants_have_the_same_shape(other: str) -> None:
    assert _shape(other) == _shape(QUERY) is not None


@pytest.mark.parametrize(
    "other",
    [
        QUERY.replace("ex:rare", "ex:common"),
        QUERY.replace("ex:rare", f"<{EX}common>"),
        QUERY.replace('"rare"', '"common"'),
        QUERY.replace('"rare"', "'common'"),
        QUERY.replace('"rare"', '"rare"@en'),
        QUERY.replace("?t ex:p ?s", "?t ex:q ?s"),
        QUERY.replace(EX, "urn:other/"),
        QUERY.replace("?t", "?s"),
        QUERY.replace("LIMIT 9", "LIMIT 99"),
        QUERY.replace('"rare"', '"\\u0072are"'),
        QUERY + "#" * 9000,
    ],
)
def test_what_decides_an_estimate_is_part_of_the_shape(other: str) -> None:
    assert _shape(other) != _shape(QUERY)


def test_parameters_are_part_of_the_shape() -> None:
    shape = _shape(QUERY, t=ox.NamedNode(f"{EX}another"))
    assert _shape(QUERY, t=ox.NamedNode(f"{EX}third")) == shape
    others = [
        _shape(QUERY, t=ox.NamedNode(f"{EX}common")),
        _shape(QUERY, s=ox.NamedNode(f"{EX}another")),
        # The same IRI as in the query.
        _shape(QUERY, t=ox.NamedNode(f"{EX}rare")),
        _shape(QUERY),
    ]
    assert shape not in others


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Constants of about the same frequency.
        ("?s ex:p ex:common", "?s ex:p ex:as-common"),
        # Frequent only as the object of a predicate that the query does not have.
        ("?s ex:q ex:common", "?s ex:q ex:rare"),
        ("?s ex:q ex:a, ex:b, ex:a", "?s ex:q ex:c, ex:d, ex:c"),
    ],
)
def test_constants_that_decide_the_same_share_a_shape(one: str, other: str) -> None:
    assert _shape(_select(one)) == _shape(_select(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("?s ex:p ex:common", "?s ex:p ex:less-common"),
        ("?s ex:q ex:a, ex:b", "?s ex:q ex:a, ex:a"),
        ("?s ex:q ex:a, ex:b, ex:a", "?s ex:q ex:a, ex:b, ex:b"),
        ('?s ex:q "1"^^ex:a', '?s ex:q "1"^^ex:b'),
        ("?s ex:q ?o FILTER(ex:a(?o))", "?s ex:q ?o FILTER(ex:b(?o))"),
        (f"BIND(STRDT('1', <{XSD.integer}>) AS ?x)", f"BIND(STRDT('1', <{XSD.date}>) AS ?x)"),
        ("?s ex:q <urn:a>", "?s ex:q <urn:/./a>"),
        ("?s ex:q ?o FILTER(?o = 1)", "?s ex:q ?o FILTER(?o = 2)"),
    ],
)
def test_constants_that_decide_otherwise_do_not(one: str, other: str) -> None:
    assert _shape(_select(one)) != _shape(_select(other))


def test_the_name_of_a_prefix_is_part_of_the_shape() -> None:
    queries = [
        f"PREFIX a: <{EX}> PREFIX b: <{EX}> PREFIX {name}: <urn:x/> SELECT * {{ ?s a:q b:c }}"
        for name in ("a", "b")
    ]
    assert len({_shape(query) for query in queries}) == 2


def test_a_shape_has_the_constants_that_are_marked() -> None:
    query = f'PREFIX ex: <{EX}> SELECT * {{ ex:a ex:p "one", "two"@en, <urn:b> ; ex:q ex:a }}'
    shape = _shape_of(query, t=ox.NamedNode("urn:c"), u=ox.Literal("three"))
    assert shape is not None
    assert shape.iris == (f"{EX}a", "urn:b", f"{EX}q", "urn:c")
    assert shape.strings == ('"one"', '"three"')


def test_the_items_that_were_used_last_are_kept() -> None:
    kept: RecentlyUsed[int, bool] = RecentlyUsed(3)
    for number in range(3):
        kept.keep(number, number % 2 == 0)
    assert kept.get(0) is True
    kept.keep(3, False)
    assert [kept.get(number) for number in range(4)] == [True, None, True, False]


def _select(pattern: str) -> str:
    return f"PREFIX ex: <{EX}> SELECT * {{ {pattern} }}"


def _shape(query: str, **parameters: ox.NamedNode) -> str | None:
    shape = _shape_of(query, **parameters)
    return shape.text if shape else None


def _shape_of(query: str, **parameters: ox.NamedNode | ox.Literal) -> QueryShape | None:
    return QueryShapes(STATISTICS).shape(query, tokenize(query), parameters)
