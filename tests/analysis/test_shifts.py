"""Shifts between two periods: recomputed from the votes, on simulated votes, and as a command."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from kg.analysis import shifts
from kg.analysis.agenda import topics
from kg.analysis.periods import ABSENT, PeriodVotes
from kg.analysis.shifts import Shift, Shifts
from kg.cli.main import cli
from kg.model.similarity import MEASURES
from kg.settings import Settings
from tests.support.releases import ask

BEFORE, AFTER = (1946, 1949), (2013, 2014)
#: The seat that moves in simulated votes.
MOVED: Final = 0
RATE: Final = 0.05


def run(data: Path, *arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(cli, ["shifts", *arguments], obj=Settings(data=data))
    assert result.exit_code == status, result.output
    return f"{result.stderr}{result.exception}" if status else result.stdout


def simulate(seed: int, moved: float, seats: int = 16, topics: int = 50) -> PeriodVotes:
    """Draw votes on texts that return each year, on which seats have views of their own."""
    draw = np.random.default_rng(seed)
    topic = np.tile(np.repeat(np.arange(topics), 3), 2)
    period = np.repeat((0, 1), len(topic) // 2)
    theta = draw.normal(size=seats) + moved * np.outer(period, np.arange(seats) == MOVED)
    slope, middle = 2 * draw.normal(size=topics), draw.normal(size=topics) / 2
    latent = slope[topic][:, None] * theta - middle[topic][:, None]
    latent += draw.normal(size=(topics, seats))[topic] + 0.3 * draw.normal(size=latent.shape)
    option = (latent > -0.4).astype(int) + (latent > 0.4)
    option[draw.random(option.shape) < 0.1] = ABSENT
    names = [f"topic {number}" for number in range(topics)]
    return PeriodVotes(option, period, topic, names, [str(seat) for seat in range(seats)])


def test_false_discoveries_are_rare_and_the_seat_that_moved_is_found() -> None:
    lijphart = MEASURES["lijphart"]
    false, true, by_chance = [], [], []
    for seed in range(8):
        pairs = Shifts(simulate(seed, 4.0), lijphart).pairs()
        found = [shift for shift in pairs if shift.is_shift(RATE)]
        assert all(not shift.lower <= 0 <= shift.upper for shift in found)
        wrong = [shift for shift in found if shift.seat != MOVED]
        false.append(len(wrong) / max(len(found), 1))
        true.append(len(found) - len(wrong))
        by_chance += [shift.p for shift in pairs if shift.seat != MOVED]
        none = Shifts(simulate(100 + seed, 0.0), lijphart).pairs()
        false.append(float(any(shift.is_shift(RATE) for shift in none)))
    assert np.mean(false) <= RATE
    assert np.mean(true) > 4
    # Without a shift, 5 percent of the changes are outside their intervals of 95 percent.
    assert 0.03 < np.mean(np.array(by_chance) < 0.05) < 0.07


def test_topics_add_up_to_the_change_and_the_one_that_turned_is_first() -> None:
    votes = simulate(3, 0.0)
    # One seat turns round on one topic.
    turned = (votes.topic == 7) & (votes.period == 1)
    votes.option[(votes.topic == 7) & (votes.period == 0)] = 0
    votes.option[turned] = 2
    votes.option[turned, MOVED] = 0
    changes = Shifts(votes, MEASURES["s-squared"])
    pair = next(shift for shift in changes.pairs() if (shift.seat, shift.other) == (MOVED, 1))
    alone = changes.of_seats()[MOVED]
    for shift in (pair, alone):
        parts = changes.contributions(shift)
        assert sum(part.change for part in parts) == pytest.approx(shift.change)
        assert parts[0].topic == "topic 7"
        assert parts[0].change < 0
        assert sum(part.votes[1] for part in parts) == shift.votes[1]
    means = [shift for shift in changes.pairs() if MOVED in {shift.seat, shift.other}]
    for period in (0, 1):
        mean = np.mean([shift.values[period] for shift in means])
        assert alone.values[period] == pytest.approx(mean)


def test_few_topics_are_not_tested() -> None:
    assert Shifts(simulate(1, 2.0, topics=9), MEASURES["identical"]).pairs() == []
    assert Shifts(simulate(1, 2.0, topics=9), MEASURES["identical"]).of_seats() == []
    with pytest.raises(ValueError, match="kappa is not a mean"):
        Shifts(simulate(1, 2.0), MEASURES["kappa"])


def test_no_change_within_its_interval_is_a_shift() -> None:
    shift = Shift(0, 1, (9, 9), (9, 9), (0.1, 0.2), lower=-0.01, upper=0.21, p=0.06, q=0.06)
    assert not shift.is_shift(0.2)


def test_events_with_a_title_in_common_have_one_topic() -> None:
    titles = [["The question of X", "X"], ["Question of X."], ["Y", "x"], ["Z"], [], []]
    numbers, names = topics(titles)
    assert numbers == [0, 0, 0, 1, 2, 3]
    assert names == ["Question of X.", "Z", "", ""]


@pytest.mark.usefixtures("real_data")
def test_numbers_equal_those_of_duckdb_and_two_runs_are_identical(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The numbers below do not depend on it, and fewer draws are cheaper.
    monkeypatch.setattr(shifts, "_DRAWS", 100)
    periods = [f"{first}-{last}" for first, last in (BEFORE, AFTER)]
    written = run(sample, *periods, "--measure", "s-squared", "--format", "csv")
    assert written == run(sample, *periods, "--measure", "s-squared", "--format", "csv")
    table = pd.read_csv(StringIO(written), keep_default_na=False)
    votes = pd.DataFrame(
        ask(
            sample,
            """SELECT ?event ?year ?seat ?position {
              VALUES (?term ?position) {
                (unv:inFavour 1) (unv:abstaining 0) (unv:against -1) }
              ?event unv:body unv:GeneralAssembly ; unv:year ?year ; ?term ?state .
              ?state unv:seat ?seat .
              FILTER NOT EXISTS { ?event unv:possiblySameAs ?another }
              FILTER NOT EXISTS { ?event unv:voteOn ?kind FILTER(?kind != "document") }
            }""",
        ),
        columns=["event", "year", "seat", "position"],
    ).astype({"year": int, "position": int})
    states = dict(
        ask(
            sample,
            "SELECT ?key ?seat { ?s unv:seat ?seat BIND(REPLACE(STR(?s), '^.*/', '') AS ?key) }",
        )
    )
    period = pd.Series(-1, votes.index)
    for number, (first, last) in enumerate((BEFORE, AFTER)):
        period[votes.year.between(first, last)] = number
    votes = votes.assign(period=period).query("period >= 0")
    joined = duckdb.sql(
        """SELECT a.seat, b.seat, a.period, count(*),
             1 - 2 * sum((a.position - b.position) ** 2) / (4.0 * count(*))
           FROM votes a JOIN votes b ON a.event = b.event AND a.seat < b.seat GROUP BY ALL"""
    )
    assert joined
    expected = joined.fetchall()
    known = {(frozenset((one, other)), p): (n, value) for one, other, p, n, value in expected}
    assert len(table) > 100
    for row in table.itertuples():
        pair = frozenset((states[row.state], states[row.other]))
        for number, n, value in (
            (0, row.votes_before, row.before),
            (1, row.votes_after, row.after),
        ):
            assert n == known[pair, number][0]
            assert value == pytest.approx(known[pair, number][1], abs=6e-5)
        assert row.change == pytest.approx(row.after - row.before, abs=2e-4)
        assert row.lower <= row.change <= row.upper
        assert not row.shift or not row.lower <= 0 <= row.upper
        assert bool(row.topics) == row.shift
    # The rate over all rows, by the definition of Benjamini and Hochberg.
    p = np.sort(table.p.to_numpy())
    below = np.flatnonzero(p <= RATE * np.arange(1, len(p) + 1) / len(p))
    assert table["shift"].sum() == (below.max() + 1 if len(below) else 0)
    alone = json.loads(run(sample, *periods, "--of", "states", "--format", "json"))
    assert {row["other"] for row in alone} == {""}
    shown = run(sample, *periods, "--state", "India", "--state", "USA")
    assert shown.count("India and United States of America: ") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("2022", "22"), 2, "'22': expected a year or years, as in 2022 or 2018-2022"),
        (("2018-2022", "2022-2024"), 2, "AFTER must begin after the last year of BEFORE"),
        (("2013", "2022", "--state", "Narnia"), 2, "Narnia"),
        (("2013", "2022", "--measure", "kappa"), 2, "'lijphart'"),
        (("1950", "2022"), 1, "no votes of the General Assembly in 1950-1950"),
        (("2014", "2022"), 1, "too few topics in these periods"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    embedded: Path, arguments: tuple[str, ...], status: int, message: str
) -> None:
    assert message in run(embedded, *arguments, status=status)
