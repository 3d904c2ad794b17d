"""Questions of pages: long results as lists of values, and what is kept of a release."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import pyoxigraph as ox
import pytest

from kg.engine.interface import QueryRequest
from kg.web.pages.queries import QueryRunner
from kg.web.pages.state_index import StateIndex
from kg.web.pages.vote_index import VoteIndex
from tests.support.store_queries import StoreQueries


class _OneAnswer(QueryRunner):
    """A runner whose engine has one answer."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    async def content(self, request: QueryRequest) -> bytes:
        return self._answer.encode()


def _term(value: str) -> dict[str, str]:
    return {"value": value, "type": "literal"}


def _answer(rows: list[Mapping[str, str]], **style: object) -> str:
    bindings = [{name: _term(value) for name, value in row.items()} for row in rows]
    document = {"head": {"vars": ["a", "value"]}, "results": {"bindings": bindings}}
    return json.dumps(document, **style)  # type: ignore[arg-type]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"a": "1", "value": "2"}],
        [{"a": "1", "value": "2"}, {"a": "3", "value": '"value":"4"'}],
        [{"a": "b\\c", "value": "ü"}, {"a": '{"a":{', "value": ""}],
        [{"value": "2", "a": "1"}, {"value": "4", "a": "3"}],
    ],
)
def test_the_values_of_a_long_result_are_those_of_its_rows(
    rows: list[Mapping[str, str]], separators: tuple[str, str]
) -> None:
    runner = _OneAnswer(_answer(rows, separators=separators, ensure_ascii=False))
    columns = asyncio.run(runner.columns("", "value", "a"))
    assert columns == [[row["value"] for row in rows], [row["a"] for row in rows]]


def test_positions_are_the_same_whether_states_are_read_together_or_alone(
    embedded_store: ox.Store,
) -> None:
    queries = StoreQueries(embedded_store)
    keys = list(asyncio.run(StateIndex(queries).read()).by_key)
    together = asyncio.run(VoteIndex(queries).of_all(keys))
    alone = VoteIndex(queries)
    for key in ("IND", "CHN", "TUV"):
        assert asyncio.run(alone.positions([key])) == together[key]
    assert any(together["IND"])
