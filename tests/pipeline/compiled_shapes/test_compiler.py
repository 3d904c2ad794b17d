"""Which shapes have a compiled form, and the treatment of those without one."""

from __future__ import annotations

import pytest
from rdflib import Graph
from rdflib.namespace import SH

from kg.pipeline.compiled_shapes import compile_shapes, queries, record_queries
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.validation import (
    DERIVED_SHAPES,
    EVENT_SHAPES,
    record_shapes,
    shapes_graph,
    validate,
)
from tests.support.event_batches import batch

SHAPES = (*EVENT_SHAPES, *DERIVED_SHAPES, *record_shapes())
#: Shapes left to pySHACL, which costs time in each build, with the reason.
LEFT_TO_PYSHACL: dict[str, str] = {}


def test_the_shapes_of_events_records_and_derived_facts_are_compiled() -> None:
    """A new constraint is compiled by ``components.py``, a new or changed query by ``queries.py``.

    The queries of records are compiled by ``record_queries.py``.

    Until then, pySHACL validates all data against its shape: list that shape above.
    """
    not_compiled = compile_shapes(shapes_graph(SHAPES)).not_compiled
    assert not_compiled.keys() == LEFT_TO_PYSHACL.keys(), not_compiled


def test_every_form_belongs_to_a_query() -> None:
    selects = shapes_graph(SHAPES).objects(None, SH.select)
    forms = queries.FORMS.keys() | record_queries.FORMS.keys()
    assert {queries.digest(str(query)) for query in selects} == forms


PREFIXES = """
@prefix : <https://example.org/shapes#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (":s sh:targetClass :C ; sh:closed 'yes' .", "closed"),
        (":s sh:targetClass :C ; sh:pattern 'a' ; sh:flags 'i' .", "flags"),
        (":s sh:targetClass :C ; sh:deactivated true .", "deactivated"),
        (":s sh:targetNode :a ; sh:class :C .", "targetNode"),
        (":s a sh:NodeShape, rdfs:Class ; sh:class :C .", "Class"),
        (":s sh:targetClass :C ; sh:datatype xsd:double .", "double"),
        (":s sh:targetClass :C ; sh:nodeKind sh:Literal .", "Literal"),
        (":s sh:targetClass :C ; sh:in ( 1.5 ) .", "1.5"),
        (":s sh:targetClass :C ; sh:or ( [ sh:class :D ] [ sh:maxLength 2 ] ) .", "maxLength"),
        (":s sh:targetClass :C ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ] .", "path"),
        (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:property [ sh:path :q ] ] .",
         "property"),
        (":s sh:targetClass :C ; sh:sparql [ sh:select 'SELECT $this {}' ] .", "query"),
    ],
    ids=lambda text: text.split()[-1],
)  # fmt: skip
def test_a_shape_with_an_uncompiled_part_is_left_out_as_a_whole(shape: str, reason: str) -> None:
    other = ":other sh:targetClass :C ; sh:class :D ."
    compiled = compile_shapes(Graph().parse(data=PREFIXES + shape + other, format="turtle"))
    assert compiled.shapes.keys() == {"other"}
    assert compiled.not_compiled.keys() == {"s"}
    assert reason in compiled.not_compiled["s"]


def test_a_changed_query_is_left_to_pyshacl(monkeypatch: pytest.MonkeyPatch) -> None:
    for digest in list(queries.FORMS):
        monkeypatch.delitem(queries.FORMS, digest)
    validator = CompiledValidator(EVENT_SHAPES)
    assert "event-one-vote" in validator.compiled.not_compiled
    assert "Vote" in validator.compiled.shapes
    for seed in range(6):
        ntriples = batch(seed, faults=seed)
        assert validator.validate(ntriples) == validate(ntriples, EVENT_SHAPES)
