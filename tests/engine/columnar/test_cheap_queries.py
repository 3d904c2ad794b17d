"""The shapes by which queries are known to be cheap."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.engine.columnar.cheap_queries import CheapQueries
from kg.engine.columnar.statistics import Statistics, TablePartition
from kg.engine.columnar.term_types import Storage

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
    cheap = CheapQueries(STATISTICS)
    cheap.add(cheap.shape(QUERY, {}))
    assert cheap.shape(other, {}) in cheap


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
    cheap = CheapQueries(STATISTICS)
    cheap.add(cheap.shape(QUERY, {}))
    assert cheap.shape(other, {}) not in cheap


def test_parameters_are_part_of_the_shape() -> None:
    cheap = CheapQueries(STATISTICS)
    cheap.add(cheap.shape(QUERY, {"t": ox.NamedNode(f"{EX}rare")}))
    assert cheap.shape(QUERY, {"t": ox.NamedNode(f"{EX}another")}) in cheap
    assert cheap.shape(QUERY, {"t": ox.NamedNode(f"{EX}common")}) not in cheap
    assert cheap.shape(QUERY, {"s": ox.NamedNode(f"{EX}rare")}) not in cheap
    assert cheap.shape(QUERY, {}) not in cheap


def test_the_latest_shapes_are_kept() -> None:
    cheap = CheapQueries(STATISTICS)
    shapes = [cheap.shape(f"SELECT ?v{n} {{}}", {}) for n in range(600)]
    for shape in shapes:
        cheap.add(shape)
    assert [shape in cheap for shape in shapes] == [False] * 100 + [True] * 500
    cheap.add("")
    assert "" not in cheap
