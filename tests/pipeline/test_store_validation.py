"""Validation of a store in batches: the findings are those of pySHACL on the whole store."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib.namespace import SH
from rich.console import Console

from kg.errors import FileError
from kg.pipeline import store_validation
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.store_validation import StoreFindings
from kg.pipeline.validation import DERIVED_SHAPES, EVENT_SHAPES, shape_files, shapes_graph
from kg.pipeline.validation import validate as validate_at_once
from kg.progress import ProgressReporter
from kg.rdf.vocabulary import PREFIXES
from tests.pipeline.shape_cases import CASES, EVENT, IDS, OTHER_EVENT, VOTE
from tests.support.event_batches import batch
from tests.support.paths import ROOT

VALID = ROOT / "tests" / "shapes" / "valid.ttl"
#: The number of cases combined in one graph, which then has findings of many shapes.
EVERY = 12


def valid(*updates: str) -> str:
    """Return the valid graph after changes, as N-Triples."""
    store = ox.Store()
    store.load(path=str(VALID))
    for update in updates:
        store.update(update, base_iri=IDS, prefixes=PREFIXES)
    return "".join(f"{quad.triple} .\n" for quad in store)


def validate(ntriples: str, folder: Path) -> StoreFindings:
    store = ox.Store(str(folder / "store"))
    # Blank nodes keep their names for the comparison.
    quads = ox.parse(ntriples, ox.RdfFormat.N_TRIPLES)
    store.bulk_extend(quads)
    store.flush()
    del store
    progress = ProgressReporter(Console(quiet=True))
    return store_validation.validate(folder / "store", progress)


def first_by_default(values: Iterable[int]) -> list[Any]:
    """Return parameters of which only the first is not one of endurance."""
    first, *others = values
    return [first, *(pytest.param(value, marks=pytest.mark.endurance) for value in others)]


@pytest.mark.parametrize("first", first_by_default(range(8, -1, -4)))
def test_constraints_of_all_shapes(first: int, tmp_path: Path) -> None:
    ntriples = valid(*(case.update for case in CASES[first::EVERY]))
    expected = validate_at_once(ntriples, shape_files())
    assert len({finding.shape for finding in expected}) > 15
    assert validate(ntriples, tmp_path).findings == expected


@pytest.mark.parametrize("seed", first_by_default(range(5)))
def test_faults_of_events(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One event per batch.
    monkeypatch.setattr(store_validation, "BATCH_EVENTS", 1)
    monkeypatch.setattr(store_validation, "BATCH_NODES", 1)
    ntriples = batch(seed, faults=6)
    assert validate(ntriples, tmp_path).findings == validate_at_once(ntriples, shape_files())


SUBCLASS = "<x:Ballot> rdfs:subClassOf unv:Vote . <x:ballot> a <x:Ballot>"


UNWRITTEN = [
    f"INSERT DATA {{ {VOTE} unv:event {OTHER_EVENT} }}",
    f'INSERT DATA {{ {VOTE} unv:event "900001" }}',
    "INSERT DATA { <x:vote> unv:event <x:event> ; unv:castBy <x:state> ; unv:option unv:Yes }",
    f"DELETE DATA {{ {EVENT} a unv:VotingEvent }}",
    f"INSERT DATA {{ {EVENT} a unv:Statement , unv:State , unv:YearlyTally }}",
    f"INSERT DATA {{ {OTHER_EVENT} unv:event {EVENT} ; unv:decidedBy {EVENT} }}",
    f"INSERT DATA {{ {SUBCLASS} ; unv:event {EVENT} ; unv:castBy <x:state> }}",
    "INSERT DATA { <session/34> a unv:VotingEvent , prov:Activity }",
    "DELETE WHERE { <session/34> ?property ?value }",
]


@pytest.mark.parametrize(
    "updates",
    [
        # A third of them takes no longer than one.
        UNWRITTEN[::3],
        UNWRITTEN[1::3],
        UNWRITTEN[2::3],
        *(pytest.param([update], marks=pytest.mark.endurance) for update in UNWRITTEN),
    ],
)
def test_data_that_no_build_writes(updates: list[str], tmp_path: Path) -> None:
    ntriples = valid(*updates)
    expected = validate_at_once(ntriples, shape_files())
    assert expected
    assert validate(ntriples, tmp_path).findings == expected


def test_resources_without_an_iri(tmp_path: Path) -> None:
    ntriples = valid()
    for thing in ("session/34", "state/AAA", "event/900001", "vote/900001/AAA"):
        ntriples = ntriples.replace(f"<{IDS}{thing}>", f"_:{thing.replace('/', '')}")
    expected = validate_at_once(ntriples, shape_files())
    assert validate(ntriples, tmp_path).findings == expected


def test_many_batches_are_validated_in_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_validation, "JUDGED_BATCHES", 1)
    monkeypatch.setattr(store_validation, "BATCH_NODES", 2)
    ntriples = valid(*(case.update for case in CASES[1::EVERY]))
    result = validate(ntriples, tmp_path)
    assert result.findings == validate_at_once(ntriples, shape_files())
    assert result.batches > result.judged == 1
    assert f"a sample of 1 of {result.batches} batches" in result.method


def test_few_batches_are_all_validated_by_pyshacl(tmp_path: Path) -> None:
    result = validate(valid(), tmp_path)
    assert result.findings == []
    assert result.batches == result.judged
    assert result.method == "pySHACL validated all data against all shapes."


def test_a_literal_that_cannot_be_validated_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parser(*_: object, **__: object) -> None:
        raise MemoryError("Reached the buffer maximal size of 16777216")

    monkeypatch.setattr(CompiledValidator, "validate", parser)
    note = f'INSERT DATA {{ {EVENT} unv:voteNote "{"long " * 99}" }}'
    with pytest.raises(FileError, match=f"^<{IDS}event/900001> <.*#voteNote>: expected a shorter"):
        validate(valid(note), tmp_path)


def test_every_kind_of_target_is_known() -> None:
    """Resources are found by these three kinds of targets; others would be missed."""
    shapes = shapes_graph((*EVENT_SHAPES, *DERIVED_SHAPES))
    names = {str(predicate).removeprefix(str(SH)) for predicate in shapes.predicates()}
    targets = {name for name in names if name.startswith("target")}
    assert targets == {"targetClass", "targetSubjectsOf", "targetObjectsOf"}
