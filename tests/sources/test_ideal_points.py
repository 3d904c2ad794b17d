"""The source ``ideal-points``: estimates of the states of the day, and unusable rows."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.ideal_points import IdealPoint
from kg.model.state_register import StateRegister
from kg.sources.ideal_points import loader as ideal_points
from kg.sources.loader import LoadResult

HEADER = (
    "iso3c,ccode,countryname,year,idealpointfp,idealpointall,nvotesfp,nvotesall,"
    "q5fp,q50fp,q95fp,q5all,q50all,q95all"
)
REAL = "idealpoints/voeten-2025-even-years.csv"


def load(folder: Path, states: StateRegister, *rows: str) -> LoadResult:
    path = folder / "Idealpointestimates.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return ideal_points.load(folder, states)


def points(loaded: LoadResult) -> list[IdealPoint]:
    return [record for record in loaded.records if isinstance(record, IdealPoint)]


def test_a_row_is_an_estimate_for_each_model(tmp_path: Path, states: StateRegister) -> None:
    row = "USA,2,United States,1946,1.66338,6.1e-05,25,39,0.975186,1.64553,2.3944,-1.0,0,2.5"
    loaded = load(tmp_path, states, row)
    assert points(loaded) == [
        IdealPoint(
            *("USA", 1946, "final passage", "1.66338", "0.975186", "2.3944", 25),
            source="voeten-ideal-points",
        ),
        IdealPoint(
            *("USA", 1946, "all votes", "0.000061", "-1", "2.5", 39),
            source="voeten-ideal-points",
        ),
    ]
    assert points(loaded)[1].key == "voeten-ideal-points-all-votes-USA-1946"
    assert (loaded.rejected, loaded.normalized) == ([], [])


@pytest.mark.parametrize(
    ("code", "year", "state"),
    [
        ("365", 1990, "SUN"),
        ("365", 1992, "RUS"),
        ("651", 1956, "EGY"),
        ("651", 1958, "UAR"),
        ("345", 1990, "YUG"),
        ("260", 1988, "GER"),
        ("255", 1990, "DEU"),
    ],
)
def test_an_estimate_is_that_of_the_state_at_the_end_of_the_year(
    code: str, year: int, state: str, tmp_path: Path, states: StateRegister
) -> None:
    loaded = load(tmp_path, states, f"XXX,{code},,{year},1,1,9,9,0,1,2,0,1,2")
    assert {point.state for point in points(loaded)} == {state}


def test_missing_estimates_and_unusable_rows_are_listed(
    tmp_path: Path, states: StateRegister
) -> None:
    loaded = load(
        tmp_path,
        states,
        "USA,2,,2020,NA,1,NA,9,NA,NA,NA,0,1,2",
        "GHA,452,,1956,1,1,9,9,0,1,2,0,1,2",
        "XXX,9999,,2020,1,1,9,9,0,1,2,0,1,2",
        "CAN,20,,20,1,1,9,9,0,1,2,0,1,2",
        "CAN,20,,2020,one,1,9,9,0,1,2,0,1,2",
        "CUB,40,,2020,1,1,9,9,0,1,2,0,1,2",
        "CUB,40,,2020,1,1,9,9,0,1,2,0,1,2",
    )
    assert [(point.state, point.model) for point in points(loaded)] == [
        ("USA", "all votes"),
        ("CUB", "final passage"),
        ("CUB", "all votes"),
    ]
    assert [(row.row, row.rule) for row in loaded.normalized] == [
        (2, ideal_points.NO_ESTIMATE),
        (3, ideal_points.NO_MEMBER),
    ]
    assert [(row.row, row.column, row.value) for row in loaded.rejected] == [
        (4, "ccode", "9999"),
        (5, "year", "20"),
        (6, "idealpointfp", "one"),
        (8, "year", "2020"),
    ]


def test_another_table_is_refused(tmp_path: Path, states: StateRegister) -> None:
    path = tmp_path / "other.csv"
    path.write_text("ccode,year\n2,1946\n", encoding="utf-8")
    with pytest.raises(SourceError, match="line 1: no column idealpointfp"):
        ideal_points.load(path, states)


def test_the_real_table_is_read_whole(real_data: Path, states: StateRegister) -> None:
    file = real_data / REAL
    loaded = ideal_points.load(file, states)
    assert loaded.rejected == []
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    unusable = Counter(row.rule for row in loaded.normalized)
    # Ghana in 1956 and Israel in 1948 were not yet members.
    assert unusable[ideal_points.NO_MEMBER] == 2
    missing = sum(row[name] == "" for row in rows for name in ("idealpointfp", "idealpointall"))
    both = [
        row for row in rows if (row["ccode"], row["year"]) in {("452", "1956"), ("666", "1948")}
    ]
    of_both = sum(row[name] == "" for row in both for name in ("idealpointfp", "idealpointall"))
    assert len(points(loaded)) == 2 * (len(rows) - 2) - (missing - of_both)
    for point in points(loaded):
        assert float(point.lower) <= float(point.estimate) <= float(point.upper)
