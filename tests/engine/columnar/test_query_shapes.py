"""The shapes by which queries are known to be cheap, or not."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.engine.columnar.query_shapes import QueryShapes
from kg.engine.columnar.statistics import Statistics, TablePartition
from kg.engine.columnar.term_types import Storage
from kg.sparql.lexer import tokenize

EX = "http://example.org/"
_KINDS = frozenset({"iri"})
_FREQUENT = {f"<{EX}common>": 9000, '"common"': 9000}
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
    assert _shape(other) == _shape(QUERY) != ""


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
        QUERY + "#" * 5000,
    ],
)
def test_what_decides_an_estimate_is_part_of_the_shape(other: str) -> None:
    assert _shape(other) != _shape(QUERY)


def test_parameters_are_part_of_the_shape() -> None:
    shape = _shape(QUERY, t=ox.NamedNode(f"{EX}rare"))
    assert _shape(QUERY, t=ox.NamedNode(f"{EX}another")) == shape
    others = [
        _shape(QUERY, t=ox.NamedNode(f"{EX}common")),
        _shape(QUERY, s=ox.NamedNode(f"{EX}rare")),
        _shape(QUERY),
    ]
    assert shape not in others


def test_the_latest_shapes_are_kept() -> None:
    shapes = QueryShapes(STATISTICS)
    for n in range(600):
        shapes.remember(f"shape {n}", is_cheap=n % 2 == 0)
    kept = [shapes.is_cheap(f"shape {n}") for n in range(600)]
    assert kept == [None] * 100 + [True, False] * 250
    shapes.remember("", is_cheap=True)
    assert shapes.is_cheap("") is None


def _shape(query: str, **parameters: ox.NamedNode) -> str:
    return QueryShapes(STATISTICS).shape(query, tokenize(query), parameters)
