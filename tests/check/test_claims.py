"""Sentences of published pages with known verdicts, checked against the whole record."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.claims import Judged, judge, judge_altered, precision, recall


@pytest.fixture(scope="module")
def judged(real_data: Path, full_record: Path) -> list[Judged]:
    return judge(real_data / "claims" / "dev.csv", full_record)


@pytest.mark.endurance
def test_contradictions_are_certain(judged: list[Judged]) -> None:
    assert precision(judged) >= 0.98


@pytest.mark.endurance
def test_what_agrees_is_recognised_and_what_claims_nothing_left_alone(
    judged: list[Judged],
) -> None:
    english = [j for j in judged if j.row["language"] == "en"]
    assert recall(english, "agrees") >= 0.86
    assert recall(english, "unbound") >= 0.98


@pytest.mark.endurance
def test_plain_errors_are_found(judged: list[Judged]) -> None:
    plain = [j for j in judged if j.row["language"] == "en" and j.is_plain_error]
    assert recall(plain, "contradicts") >= 0.85


@pytest.mark.endurance
def test_what_is_bound_is_bound_to_the_right_roll_call(judged: list[Judged]) -> None:
    bound = [j for j in judged if j.finding.event]
    assert sum(j.is_bound_rightly for j in bound) / len(bound) >= 0.97


@pytest.mark.endurance
def test_a_number_made_wrong_does_not_agree(real_data: Path, full_record: Path) -> None:
    verdicts = judge_altered(real_data / "claims" / "dev.csv", full_record)
    assert verdicts["agrees"] == 0
    assert verdicts["contradicts"] / verdicts.total() > 0.65
