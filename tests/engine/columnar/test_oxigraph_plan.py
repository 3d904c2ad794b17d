"""The order of joins that the cost of a query assumes is that of Oxigraph's own plans."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from benchmarks import servers
from kg.engine.columnar.oxigraph_plan import certain_names, is_optional_looked_up, join_steps
from kg.sparql.algebra import (
    Extend,
    Filter,
    Join,
    LeftJoin,
    PathAlternatives,
    Pattern,
    PredicateAlternatives,
    Select,
    Triple,
    Union,
    Values,
)
from kg.sparql.parser import parse

_NAMESPACE = "http://example.org/"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans") / "store"
    ox.Store(str(folder))
    return folder


@pytest.mark.parametrize(
    "pattern",
    [
        "?a :p ?b . ?b :q ?c . ?c :r :x",
        "?a :p ?b ; :q :x ; :r ?c . ?c :s ?d",
        "?a :p :x . ?b :q :y . ?b :r ?a",
        "{ SELECT ?a { ?a :p ?b ; :q ?c } } ?a :r ?d",
        "{ SELECT ?a { ?a :p :x } } ?a :r ?d . ?d :s ?e",
        "{ ?a :p :x ; :q ?b BIND(1 AS ?n) } ?a :s ?c",
        "{ ?a :p ?x } UNION { ?a :q ?x } ?a :s ?c . ?c :t :z",
        "VALUES ?a { :x :y } ?a :p ?b . ?b :q ?c",
        "?a :p :x OPTIONAL { ?a :q ?b }",
        "?a :p :x OPTIONAL { ?a :q ?b . ?b :r ?c }",
        "?a :p :x OPTIONAL { ?a :q/:r ?c }",
        "?a :p :x OPTIONAL { ?a :q ?b ; :r ?c }",
        "?a :p :x OPTIONAL { ?a :q ?b ; :r ?c ; :s ?d }",
        "?a :p :x OPTIONAL { ?a :q ?b OPTIONAL { ?b :r ?c } } OPTIONAL { ?a :s ?d }",
        "?a :p :x OPTIONAL { ?a :q ?b FILTER(?b != :y) }",
        "?a :p :x OPTIONAL { { SELECT ?a ?b { ?a :q ?b } } }",
        "?a :p :x OPTIONAL { ?a :q ?b } ?a :r :y",
        "?a :p|:q :x . ?a :r|:s ?b",
        "{ SELECT ?b (COUNT(?a) AS ?n) { ?a :p|^:q :x . ?a :r ?b } GROUP BY ?b } ?b :s ?c",
        "?a :p :x OPTIONAL { ?a :q ?b . ?b :r|:s ?c }",
        "?a :p ?b . ?b (:q/:r)|:s ?c . ?c :t :x",
        "VALUES ?a { :x :y :z } VALUES ?p { :q :r } ?a ?p ?b",
        "VALUES ?a { :x } VALUES ?p { :q :r } ?b ?p ?a",
        "?a :p :x ; ?p ?b FILTER(?p IN (:q, :r))",
        "?a :p :x . { ?a :q :x } UNION { ?a :r ?b . ?b :q :x }",
        "?a :p :x . { ?a :r ?b ; :s ?c } UNION { ?a :q ?b }",
    ],
)
def test_the_order_of_joins_is_that_of_oxigraph(store: Path, pattern: str) -> None:
    query = f"PREFIX : <{_NAMESPACE}> SELECT * WHERE {{ {pattern} }}"
    assert list(_assumed(parse(query).select.pattern)) == list(_planned(_plan(store, query)))


def _plan(store: Path, query: str) -> dict[str, Any]:
    program = servers.find_oxigraph()
    if program is None:
        pytest.skip("oxigraph is not installed")
    explained = store.with_name("plan.json")
    subprocess.run(
        [program, "query", "--location", store, "--query", query, "--results-format", "csv",
         "--results-file", store.with_name("result"), "--explain-file", explained],
        check=True,
    )  # fmt: skip
    plan: dict[str, Any] = json.loads(explained.read_text())
    top: dict[str, Any] = plan.get("plan", plan)
    return top


def _planned(node: dict[str, Any]) -> Iterator[str]:
    """Yield the predicates of a plan in order, and its hash joins after what they join."""
    name, children = node["name"], node.get("children", [])
    for child in children:
        yield from _planned(child)
    if name.startswith("QuadPattern"):
        yield name.split("<" + _NAMESPACE)[1].partition(">")[0] if name.count("?") < 3 else "any"
    elif name.startswith("Path"):
        yield "path"
    elif "Hash" in name:
        yield "hash"


def _assumed(pattern: Pattern, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    match pattern:
        case PathAlternatives():
            yield "path"
        case PredicateAlternatives():
            yield "any"
        case Triple():
            yield pattern.predicate.removeprefix(_NAMESPACE)
        case Join(parts):
            for number, (part, is_looked_up) in enumerate(join_steps(parts, bound)):
                yield from _assumed(part, bound)
                if number and not is_looked_up:
                    yield "hash"
        case LeftJoin(left, right, _):
            yield from _assumed(left, bound)
            yield from _assumed(right, bound)
            if not is_optional_looked_up(right, certain_names(left), bound):
                yield "hash"
        case Union(parts):
            for part in parts:
                yield from _assumed(part, bound)
        case Filter(inner, _) | Extend(inner, _, _) | Select(pattern=inner):
            yield from _assumed(inner, bound)
        case Values():
            pass
