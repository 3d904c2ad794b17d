"""Federated queries give the same answers as a plain evaluation of both data sets.

For the plain evaluation the remote data is a named graph, and GRAPH replaces SERVICE, so that each
pattern can match the same data. ``KG_FUZZ_REQUESTS=500 python -m pytest
tests/engine/federation/test_equality.py -s`` is the long form.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from kg.engine.federation import allowlist
from kg.engine.federation.gateway import Gateway
from kg.engine.federation.rewriter import rewrite
from kg.errors import QueryError
from kg.sparql.evaluation import evaluate
from tests.support.endpoints import alias, oxigraph, settings

QUERIES: Final = int(os.environ.get("KG_FUZZ_REQUESTS") or 120)
#: Two endpoints at the same address: the first accepts only limited clauses.
STRICT, OPEN = "https://strict.example/sparql", "https://open.example/sparql"
_PREFIX: Final = "PREFIX : <urn:x:> "
_LOCAL: Final = """
:a :p :b , :c ; :q 1 ; :name "A"@en , "Aa"@de . :b :p :c ; :q 2 ; :name "B"@en . :c :p :a ; :q 2 .
:d :q 3 ; :name "D" . :e :p :e , :a ; :name "E"@en .
"""
_REMOTE: Final = """
:a :s :b ; :t 1 , 2 ; :label "A"@en , "Ä"@de . :b :s :c , :d ; :t 2 ; :label "B"@en . :c :s :a .
:d :t 3 ; :label "D"@de . :f :s :a , :b ; :t 1 ; :label "F"@en . :g :t 9 .
"""
_GRAPH: Final = ":a :p :d . :d :p :b ; :q 7 ."

_VARIABLES: Final = st.sampled_from(["?v", "?w", "?x", "?y", "?z"])
_NODES: Final = st.one_of(_VARIABLES, _VARIABLES, st.sampled_from([":a", ":b", ":f"]))
_OBJECTS: Final = st.one_of(_VARIABLES, _VARIABLES, st.sampled_from([":a", "1", "2", '"B"@en']))
_HERE: Final = st.sampled_from([":p", ":q", ":name", ":p/:p", "^:p", ":p|:q", ":p*"])
_THERE: Final = st.sampled_from([":s", ":t", ":label", ":s/:t", "^:s", ":s|:t", ":s?", ":s+"])
_EXPRESSIONS: Final = st.one_of(
    st.builds("{0} = {1}".format, _VARIABLES, _VARIABLES),
    st.builds("{0} != {1}".format, _VARIABLES, st.sampled_from([":a", "2"])),
    st.builds("BOUND({0})".format, _VARIABLES),
    st.builds("!BOUND({0}) || {1} > 1".format, _VARIABLES, _VARIABLES),
    st.builds('LANG({0}) = "en"'.format, _VARIABLES),
    st.builds("ISIRI({0})".format, _VARIABLES),
    st.builds("{0} IN (:a, :b, 2)".format, _VARIABLES),
)


@st.composite
def _triples(draw: st.DrawFn, paths: st.SearchStrategy[str]) -> str:
    patterns = st.builds("{0} {1} {2} .".format, _NODES, paths, _OBJECTS)
    return " ".join(draw(st.lists(patterns, min_size=1, max_size=2)))


@st.composite
def _selects(draw: st.DrawFn, groups: st.SearchStrategy[str]) -> str:
    """A sub-select; with a limit it is ordered by all its variables, so it is deterministic."""
    names = draw(st.lists(_VARIABLES, min_size=1, max_size=2, unique=True))
    variables, group = " ".join(names), draw(groups)
    form = draw(st.sampled_from(["SELECT * {1}", "SELECT {0} {1}", "SELECT DISTINCT {0} {1}",
                                 "SELECT {0} {1} ORDER BY {0} LIMIT 3",
                                 "SELECT {0} (COUNT(*) AS ?n) {1} GROUP BY {0}",
                                 "SELECT (COUNT(*) AS ?n) {1}"]))  # fmt: skip
    return f"{{ {form.format(variables, group)} }}"


def _elements(
    groups: st.SearchStrategy[str], paths: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    """Elements of a group other than SERVICE."""
    return st.one_of(
        _triples(paths),
        st.builds("FILTER({0})".format, _EXPRESSIONS),
        st.builds("OPTIONAL {0}".format, groups),
        st.builds("{0} UNION {1}".format, groups, groups),
        groups,
        st.builds("MINUS {0}".format, groups),
        st.builds("FILTER {0}EXISTS {1}".format, st.sampled_from(["", "NOT "]), groups),
        st.builds("VALUES {0} {{ :a :b :f }}".format, _VARIABLES),
        st.builds("VALUES ({0} ?u) {{ (:b 1) (UNDEF 2) (:a UNDEF) }}".format, _VARIABLES),
        _selects(groups),
    )


def _grouped(
    elements: st.SearchStrategy[str], first: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    """Groups that begin with triple patterns, as in queries that people write."""
    return st.builds(
        lambda begin, rest: f"{{ {' '.join([begin, *rest])} }}",
        first,
        st.lists(elements, max_size=2),
    )


_THERE_GROUPS: Final = st.recursive(
    _grouped(st.builds("FILTER({0})".format, _EXPRESSIONS), _triples(_THERE)),
    lambda inner: _grouped(_elements(inner, _THERE), _triples(_THERE)),
    max_leaves=3,
)
_SERVICES: Final = st.builds(
    "SERVICE {0}<ENDPOINT> {1}".format, st.sampled_from(["", "", "SILENT "]), _THERE_GROUPS
)
_HERE_GROUPS: Final = st.recursive(
    _grouped(_SERVICES, st.one_of(_triples(_HERE), _triples(_HERE), _SERVICES)),
    lambda inner: _grouped(
        st.one_of(
            _SERVICES,
            _elements(inner, _HERE),
            st.builds("GRAPH <urn:x:graph> {0}".format, inner),
            st.builds("BIND({0} AS ?new)".format, _VARIABLES),
        ),
        st.one_of(_triples(_HERE), _triples(_HERE), _SERVICES),
    ),
    max_leaves=4,
)
_QUERIES: Final = st.builds(
    "{0} {1}".format,
    st.sampled_from(["SELECT *", "SELECT ?x ?y", "SELECT DISTINCT ?x", "SELECT (COUNT(*) AS ?n)"]),
    _HERE_GROUPS,
).filter(lambda query: "SERVICE" in query)


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[allowlist.Allowlist]:
    folder = tmp_path_factory.mktemp("equality")
    file = folder / "remote.ttl"
    file.write_text(_PREFIX_TURTLE + _REMOTE, encoding="utf-8")
    with oxigraph(folder / "store", file) as address:
        limits = {"cache_hours": 0, "per_minute": 1_000_000, "requests": 1000}
        tables = (
            alias(STRICT, address, batch=3, **limits),
            alias(OPEN, address, batch=100, unlimited="true", **limits),
        )
        yield allowlist.load(settings(folder, *tables))


_PREFIX_TURTLE: Final = "@prefix : <urn:x:> .\n"


def _loaded(**graphs: str) -> ox.Store:
    store = ox.Store()
    for name, turtle in graphs.items():
        graph = None if name == "default" else ox.NamedNode(f"urn:x:{name}")
        store.load((_PREFIX_TURTLE + turtle).encode(), format=ox.RdfFormat.TURTLE, to_graph=graph)
    return store


_OURS: Final = _loaded(default=_LOCAL, graph=_GRAPH)
_BOTH: Final = _loaded(default=_LOCAL, graph=_GRAPH, remote=_REMOTE)


def _rows(store: ox.Store, query: str) -> Counter[tuple[tuple[str, str], ...]]:
    answer = evaluate(store, query)
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return Counter(
        tuple(sorted((n, str(t)) for n, t in zip(names, row, strict=True) if t is not None))
        for row in answer
    )


async def _local(text: str, seconds: float | None) -> bytes | None:
    # Half of the queries behave as if they exceeded their time limit.
    if seconds is not None and len(text) % 2:
        return None
    answer = evaluate(_OURS, text)
    assert isinstance(answer, ox.QuerySolutions)
    content = answer.serialize(format=ox.QueryResultsFormat.JSON)
    assert content is not None
    return content


@dataclass
class Comparison:
    """Evaluates queries in both ways, and counts the outcomes."""

    loop: asyncio.Runner
    gateway: Gateway
    counts: Counter[str] = field(default_factory=Counter)

    def check(self, query: str, iri: str) -> None:
        """Compare the answers to a query in which ENDPOINT stands for the endpoint."""
        plain = query.replace("SERVICE SILENT", "SERVICE").replace(
            "SERVICE <ENDPOINT>", "GRAPH <urn:x:remote>"
        )
        try:
            expected = _rows(_BOTH, _PREFIX + plain)
        except QueryError:
            self.counts["malformed"] += 1
            return
        text = _PREFIX + query.replace("ENDPOINT", iri)
        try:
            rewritten = self.loop.run(rewrite(text, {}, self.gateway, _local))
        except QueryError as error:
            # Nothing limits the clause, or it depends on the outer solution.
            if iri == OPEN and "inside EXISTS" not in str(error):
                raise AssertionError(query) from error
            self.counts["refused"] += 1
            return
        self.counts["compared"] += 1
        self.counts["not empty"] += bool(expected)
        self.counts["requests"] += sum(call.requests for call in rewritten.calls)
        assert not any(call.failed for call in rewritten.calls), (query, rewritten.calls)
        rows = _rows(_OURS, rewritten.query)
        assert rows == expected, f"{query}\n{rewritten.query}\n{rows - expected}\n{expected - rows}"


@pytest.fixture
def comparison(listed: allowlist.Allowlist) -> Iterator[Comparison]:
    with asyncio.Runner() as loop:
        gateway = loop.run(_opened(listed))
        yield Comparison(loop, gateway)
        loop.run(gateway.close())


#: Groups that are answered wrongly if one of the rules in ``constraints`` is missing.
_TRAPS: Final = (
    "?x :p ?y OPTIONAL { SERVICE <ENDPOINT> { ?y :s ?w } } ?w :q 1",
    "?x :p ?y MINUS { SERVICE <ENDPOINT> { ?x :s ?y } } ?y :q 1",
    "?x :p ?y OPTIONAL { ?y :p ?z SERVICE <ENDPOINT> { ?z :s ?w } } ?w :q 1",
    "?x :p ?y FILTER(?z != :b) SERVICE <ENDPOINT> { ?x :s ?z }",
    "?x :p ?y BIND(?z AS ?new) SERVICE <ENDPOINT> { ?x :s ?new }",
    "?x :p ?y { SELECT ?x ?z { SERVICE <ENDPOINT> { ?x :t ?z } } ORDER BY DESC(?z) ?x LIMIT 2 }",
    "?x :p ?y { SELECT (COUNT(*) AS ?n) { SERVICE <ENDPOINT> { ?x :s ?z } } }",
    "?x :p ?y { SELECT ?x (COUNT(*) AS ?n) { SERVICE <ENDPOINT> { ?x :s ?z } } GROUP BY ?x }",
    "?x :p ?y { SELECT ?z { SERVICE <ENDPOINT> { ?x :s ?z } } }",
    "?x :p ?y SERVICE <ENDPOINT> { OPTIONAL { ?x :s ?z } ?x :t ?w }",
    "?x :p ?y SERVICE <ENDPOINT> { ?x :s ?z OPTIONAL { ?z :t ?y } }",
    "?x :p ?y SERVICE <ENDPOINT> { BIND(?x AS ?w) ?x :s ?z }",
    "?x :p ?y SERVICE <ENDPOINT> { ?x :s ?z MINUS { ?x :t 1 } FILTER(?y = :b) }",
    "GRAPH <urn:x:graph> { ?x :p ?y OPTIONAL { SERVICE <ENDPOINT> { ?x :t ?z } } }",
    "SERVICE <ENDPOINT> { ?x :s ?z OPTIONAL { ?z :u ?y } } OPTIONAL { ?y :q ?w } ?x :p ?y",
    "GRAPH <urn:x:graph> { ?x :p ?y SERVICE <ENDPOINT> { ?y :s ?z } }",
    "{ ?x :p :b } UNION { ?x :q ?n SERVICE <ENDPOINT> { ?x :t ?n } }",
    "?x :p ?y FILTER NOT EXISTS { SERVICE <ENDPOINT> { ?x :s ?y } }",
    "VALUES (?x ?y) { (:a UNDEF) (UNDEF :b) } SERVICE <ENDPOINT> { ?x :s ?y }",
    "OPTIONAL { ?x :p :c } SERVICE <ENDPOINT> { ?x :s ?y }",
    "SERVICE <ENDPOINT> { ?x :t 3 . ?x :label ?l } SERVICE <ENDPOINT> { ?y :s ?x } ?y :p ?z",
    "?x :name ?n SERVICE <ENDPOINT> { ?f :label ?n FILTER(LANG(?n) = 'en') }",
    "?x :p ?y SERVICE SILENT <ENDPOINT> { ?x :s+/:t? ?z }",
    "?x :q ?n SERVICE <ENDPOINT> { :a :s :b }",
    "?x :p ?y SERVICE <ENDPOINT> { { ?x :s ?z } UNION { ?y :t ?z } }",
)


@pytest.mark.parametrize("group", _TRAPS)
def test_each_rule_of_constraints_is_followed(group: str, comparison: Comparison) -> None:
    for iri in (STRICT, OPEN):
        comparison.check(f"SELECT * {{ {group} }}", iri)
    assert not comparison.counts["malformed"]
    assert comparison.counts["compared"]


def test_generated_queries_have_the_answers_of_a_single_store(comparison: Comparison) -> None:
    @bounded(
        max_examples=QUERIES,
        derandomize="KG_FUZZ_REQUESTS" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(_QUERIES)
    def search(query: str) -> None:
        comparison.counts["queries"] += 1
        for iri in (STRICT, OPEN):
            comparison.check(query, iri)

    search()
    print(f"\n{dict(comparison.counts)}")
    assert comparison.counts["not empty"] >= QUERIES / 4


async def _opened(listed: allowlist.Allowlist) -> Gateway:
    return Gateway(listed, None)
