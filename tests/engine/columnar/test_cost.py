"""Which queries Oxigraph answers, by the numbers of facts."""

from __future__ import annotations

import pytest

from kg.engine.columnar.cost import is_cheap
from kg.engine.columnar.statistics import Statistics, TablePartition
from kg.engine.columnar.term_types import Storage
from kg.sparql.parser import parse

_NAMESPACE = "http://example.org/"
_IRIS = frozenset({"iri"})


def _partition(name: str, facts: int, subjects: int, **frequent: int) -> TablePartition:
    terms = {f"<{_NAMESPACE}{key}>": number for key, number in frequent.items()}
    return TablePartition(
        name=name,
        predicate=_NAMESPACE + name,
        storage=Storage.ID,
        subject_kinds=_IRIS,
        object_kinds=_IRIS,
        value_kinds=_IRIS,
        facts=facts,
        subjects=subjects,
        objects=len(terms) + 1000,
        frequent=terms,
    )


#: A million votes on ten thousand events, half of them with one option.
_PARTITIONS = (
    _partition("event", 1_000_000, 1_000_000),
    _partition("option", 1_000_000, 1_000_000, Yes=500_000, No=490_000),
    _partition("sponsor", 10_000, 1_000),
    _partition("label", 60_000, 60_000),
)
_STATISTICS = Statistics("test", "", {part.predicate: (part,) for part in _PARTITIONS}, {})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("?v :option :Rare ; :event ?e", True),
        ("?v :option :Yes ; :event ?e", False),
        # The terms of VALUES have their own frequencies, also for a path and in a sub-query.
        ("VALUES ?o { :Rare } ?v :option ?o ; :event ?e", True),
        ("VALUES ?o { :Rare :Yes } ?v :option ?o ; :event ?e", False),
        ("VALUES ?o { :Rare } ?v :option|:label ?o", True),
        ("{ SELECT ?v { VALUES ?o { :Rare } ?v :option ?o } } ?v :event ?e", True),
        # Paths, and predicates of a list, are looked up for each solution.
        ("?t :sponsor|^:sponsor :x . ?t :sponsor|:label ?s", True),
        ("VALUES ?t { :x } ?t ?p ?s FILTER(?p IN (:event, :option))", True),
        # With fewer predicates than subjects, Oxigraph begins with all facts of these.
        ("VALUES ?t { :x :y :z } VALUES ?p { :event :option } ?t ?p ?s", False),
        # A part of a UNION is ordered without what is known outside it.
        (
            "?v :option :Rare { ?v :label ?x } UNION { ?v :event ?e . ?w :event ?e ; :option :No }",
            False,
        ),
    ],
)
def test_oxigraph_answers_if_it_looks_up_few_facts(pattern: str, expected: bool) -> None:
    query = parse(f"PREFIX : <{_NAMESPACE}> SELECT * {{ {pattern} }}")
    assert is_cheap(query, _STATISTICS, {}) is expected
