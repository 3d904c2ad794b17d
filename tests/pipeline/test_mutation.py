"""Mutants of valid facts: each is found by the constraint it breaks, or listed with a reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg.pipeline.validation import shape_files, shapes_graph
from kg.release.release import require_current
from tests.support.mutation import table
from tests.support.mutation.constraints import Constraint, constraints
from tests.support.mutation.facts import TYPE, Facts
from tests.support.mutation.kinds import target_classes
from tests.support.mutation.making import UNCHANGED, mutants
from tests.support.mutation.outcomes import Outcome, outcomes
from tests.support.mutation.survivors import SURVIVORS
from tests.support.paths import ROOT

OF_EACH, MANY_OF_EACH = 2, 15
PAGE = ROOT / "docs" / "explanation" / "validation.md"


@pytest.fixture(scope="module")
def facts(sample: Path) -> Facts:
    return Facts(require_current(sample).open_store())


@pytest.fixture(scope="module")
def results(facts: Facts) -> list[Outcome]:
    return outcomes(facts, mutants(facts, OF_EACH))


def described(outcome: Outcome) -> str:
    mutant = outcome.mutant
    broken = sorted({(finding.shape, finding.component) for finding in outcome.findings})
    return f"{mutant.kind}, {mutant.place}, {mutant.site.thing}: {broken}"


def survivors(results: list[Outcome]) -> list[Outcome]:
    return [
        outcome for outcome in results if outcome.mutant.kind != UNCHANGED and not outcome.killed
    ]


def test_a_copy_without_a_change_has_no_violation(results: list[Outcome]) -> None:
    unchanged = [outcome for outcome in results if outcome.mutant.kind == UNCHANGED]
    assert unchanged
    wrong = [
        described(outcome)
        for outcome in unchanged
        if any(finding.is_violation for finding in outcome.findings)
    ]
    assert wrong == []


def test_each_mutant_is_killed_or_listed(results: list[Outcome]) -> None:
    left = survivors(results)
    not_listed = [
        described(outcome)
        for outcome in left
        if (outcome.mutant.kind, outcome.mutant.place) not in SURVIVORS
    ]
    assert not_listed == []
    # No mutant that is found may be listed.
    assert {(outcome.mutant.kind, outcome.mutant.place) for outcome in left} == SURVIVORS.keys()


def test_there_are_mutants_of_every_constraint(results: list[Outcome]) -> None:
    numbers: Counter[Constraint] = Counter(
        outcome.mutant.constraint for outcome in results if outcome.mutant.constraint
    )
    every = constraints(shapes_graph(tuple(shape_files())))
    of_constraint = Counter({(each.shape, each.component, each.target): 0 for each in every})
    for constraint, number in numbers.items():
        of_constraint[constraint.shape, constraint.component, constraint.target] += number
    assert [each for each, number in of_constraint.items() if number < OF_EACH] == []


def test_the_valid_graph_has_every_property_and_type(facts: Facts) -> None:
    """Mutants are made from the properties of the instances of a class in this graph."""
    for class_ in target_classes(shapes_graph(tuple(shape_files()))):
        known = facts.properties(class_)
        stated = [triple for thing in facts.instances(class_) for triple in facts.about(thing)]
        assert {predicate for _, predicate, _ in stated} == known.keys(), class_
        assert {value for _, predicate, value in stated if predicate == TYPE} == set(known[TYPE])


def test_the_table_is_up_to_date(results: list[Outcome]) -> None:
    assert table.counts_in(PAGE) == table.counts(results), (
        f"run: python -m tests.support.mutation {PAGE.relative_to(ROOT)}"
    )


@pytest.mark.endurance
def test_each_of_many_mutants_is_killed_by_pyshacl_alone_or_listed(facts: Facts) -> None:
    results = outcomes(facts, mutants(facts, MANY_OF_EACH, seed=2), by_pyshacl_alone=True)
    left = [
        described(outcome)
        for outcome in survivors(results)
        if (outcome.mutant.kind, outcome.mutant.place) not in SURVIVORS
    ]
    print(f"\n{len(results)} mutants, {len(survivors(results))} survive")
    assert left == []
