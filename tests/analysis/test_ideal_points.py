"""Ideal points: honest intervals on simulated votes, and estimates from a release as a source."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from kg.analysis.ideal_points import estimate
from kg.analysis.ordinal_model import Floats, Posterior, Votes, fit
from kg.analysis.uncertainty import standard_errors
from kg.analysis.votes import Record, read_record
from kg.cli.main import cli
from kg.errors import KgError, SourceError
from kg.model.ideal_points import IdealPoint
from kg.model.sources import Source
from kg.model.state_register import StateRegister
from kg.release.release import require_current
from kg.settings import Settings
from kg.sources import estimated_ideal_points
from tests.support.releases import ask


def simulate(
    seed: int, states: int = 60, years: int = 15, events: int = 20
) -> tuple[Floats, Votes]:
    """Draw ideal points that walk, and votes on events; return both, without unanimous events."""
    draw = np.random.default_rng(seed)
    walk = 0.1 * draw.normal(size=(states, years))
    walk[:, 0] *= 10
    theta = walk.cumsum(axis=1)
    point, item, option, number = [], [], [], 0
    for year in range(years):
        for _ in range(events):
            slope, middle, width = draw.normal(), draw.normal(), np.exp(draw.normal() / 2 - 0.5)
            latent = slope * theta[:, year] - middle + draw.normal(size=states)
            votes = (latent > -width / 2).astype(int) + (latent > width / 2)
            present = np.flatnonzero(draw.random(states) > 0.1)
            if len(set(votes[present])) > 1:
                point.append(present * years + year)
                item.append(np.full(len(present), number))
                option.append(votes[present])
                number += 1
    return theta.ravel(), Votes(
        point=np.concatenate(point),
        item=np.concatenate(item),
        option=np.concatenate(option),
        seat=np.repeat(np.arange(states), years),
        year=np.tile(np.arange(years), states),
    )


def test_intervals_of_90_percent_cover_the_true_points_of_simulated_votes() -> None:
    covered = []
    for seed in range(4):
        theta, votes = simulate(seed)
        start = np.where(theta > 0, 0.5, -0.5)
        mode = fit(votes, start)
        scale = mode.theta.std()
        errors = standard_errors(Posterior(votes), mode) / scale
        true = (theta - theta.mean()) / theta.std()
        estimated = (mode.theta - mode.theta.mean()) / scale
        assert np.corrcoef(true, estimated)[0, 1] > 0.97
        covered.append(np.abs(true - estimated) < 1.645 * errors)
    assert 0.87 <= np.mean(covered) <= 0.93


def test_the_gradient_is_that_of_the_posterior() -> None:
    theta, votes = simulate(7, states=6, years=3, events=3)
    posterior = Posterior(votes)
    x = np.random.default_rng(1).normal(size=len(theta) + 3 * votes.items)
    _, gradient = posterior(x)
    for row in range(len(x)):
        step = np.zeros_like(x)
        step[row] = 1e-6
        slope = (posterior(x + step)[0] - posterior(x - step)[0]) / 2e-6
        assert slope == pytest.approx(gradient[row], rel=1e-4, abs=1e-5)


def test_estimates_of_a_release_are_a_source_of_a_build(
    thinned: Path, states: StateRegister, tmp_path: Path
) -> None:
    files = [tmp_path / "first.csv", tmp_path / "second.csv"]
    for file in files:
        result = CliRunner().invoke(cli, ["ideal-points", str(file)], obj=Settings(data=thinned))
        assert result.exit_code == 0, result.output
    assert files[0].read_bytes() == files[1].read_bytes()
    loaded = estimated_ideal_points.load(files[0], states)
    points = [record for record in loaded.records if isinstance(record, IdealPoint)]
    (source,) = (record for record in loaded.records if isinstance(record, Source))
    record = read_record(require_current(thinned).open_store())
    assert record.checksum()[:12] in source.key
    assert not loaded.rejected
    assert {point.source for point in points} == {source.key}
    # Each state that voted on a divided document in a year has one estimate, with all these votes.
    expected = ask(
        thinned,
        """
        SELECT ?state ?year (COUNT(*) AS ?votes) WHERE {
          ?event unv:body unv:GeneralAssembly ; unv:year ?year .
          ?event unv:inFavour|unv:abstaining|unv:against ?s .
          { SELECT DISTINCT ?event { ?event unv:inFavour ?a ; unv:abstaining|unv:against ?b } }
          FILTER NOT EXISTS { ?event unv:possiblySameAs ?another }
          FILTER NOT EXISTS { ?event unv:voteOn ?kind FILTER(?kind != "document") }
          BIND(REPLACE(STR(?s), "^.*/", "") AS ?state)
        } GROUP BY ?state ?year
        """,
    )
    final = [point for point in points if point.model == "final passage"]
    assert {(p.state, str(p.year), str(p.votes)) for p in final} == {tuple(row) for row in expected}
    for point in points:
        assert float(point.lower) < float(point.estimate) < float(point.upper)
    values = [float(point.estimate) for point in final]
    assert np.mean(values) == pytest.approx(0, abs=1e-3)
    assert np.std(values) == pytest.approx(1, abs=1e-3)
    united_states = [float(point.estimate) for point in final if point.state == "USA"]
    assert min(united_states) > 0.5


def test_a_record_without_divided_votes_has_no_estimates() -> None:
    none = np.zeros(0, dtype=np.int64)
    record = Record(none, none, none, [], none, np.zeros(0, dtype=bool), [], [])
    with pytest.raises(KgError, match="no vote of the General Assembly that divided states"):
        next(estimate(record, "final passage"))


def table(folder: Path, *rows: tuple[str, ...]) -> Path:
    file = folder / "estimated-ideal-points.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([estimated_ideal_points.COLUMNS, *rows])
    return file


ROW = ("IND", "2022", "final passage", "-0.5", "-0.7", "-0.3", "80", "a" * 64)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (0, "XYZ", "the key of a state"),
        (1, "22", "a year, as in 1946"),
        (2, "some votes", "final passage or all votes"),
        (3, "1e5", "a decimal number"),
        (6, "-1", "a number of votes"),
    ],
)
def test_unusable_rows_are_listed(
    tmp_path: Path, states: StateRegister, column: int, value: str, expected: str
) -> None:
    bad = (*ROW[:column], value, *ROW[column + 1 :])
    loaded = estimated_ideal_points.load(table(tmp_path, ROW, bad, ROW), states)
    assert [(row.row, row.value, row.expected) for row in loaded.rejected] == [
        (3, value, expected),
        (4, "2022", "one row for each state, year and model"),
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "no estimates"),
        ([(*ROW[:7], "abc")], "line 2, column votes_sha256: 'abc' is not a SHA-256"),
        ([ROW, (*ROW[:7], "b" * 64)], "line 3, column votes_sha256"),
    ],
)
def test_estimates_from_other_votes_are_not_mixed(
    tmp_path: Path, states: StateRegister, rows: list[tuple[str, ...]], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        estimated_ideal_points.load(table(tmp_path, *rows).parent, states)


def test_a_folder_without_estimates_or_with_several_is_refused(
    tmp_path: Path, states: StateRegister
) -> None:
    with pytest.raises(SourceError, match=r"as written by kg ideal-points, or a folder[^;]*$"):
        estimated_ideal_points.load(tmp_path, states)
    file = table(tmp_path, ROW)
    file.with_stem("estimated-ideal-points-2").write_bytes(file.read_bytes())
    with pytest.raises(SourceError, match="do not show which is the latest; pass one of these"):
        estimated_ideal_points.load(tmp_path, states)
