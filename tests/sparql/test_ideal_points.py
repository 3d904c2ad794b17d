"""The saved queries on ideal points; answers are computed from the rows themselves."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.model.state_register import StateRegister
from kg.rdf.record_mapper import RecordMapper
from kg.resources import DATA
from kg.sources import states as states_source
from kg.sources.ideal_points import loader as ideal_points
from kg.sparql.saved_queries import library
from tests.support.saved_queries import ask


@pytest.fixture(scope="module")
def file(real_data: Path) -> Path:
    return real_data / "idealpoints" / "voeten-2025-even-years.csv"


@pytest.fixture(scope="module")
def graph(file: Path, states: StateRegister) -> ox.Store:
    mapper = RecordMapper()
    records = [*states_source.load(DATA, states).records, *ideal_points.load(file, states).records]
    lines = [line for record in records for line in mapper.record(record)]
    store = ox.Store()
    store.bulk_load("".join([*lines, *mapper.shared()]), ox.RdfFormat.N_TRIPLES)
    return store


@pytest.fixture(scope="module")
def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_states_of_a_year_are_in_the_order_of_their_estimates(
    graph: ox.Store, rows: list[dict[str, str]]
) -> None:
    answer = ask(graph, library()["ideal-points-in-year"], year="2022")
    expected = [float(row["idealpointfp"]) for row in rows if row["year"] == "2022"]
    assert [float(row["estimate"]) for row in answer] == sorted(expected, reverse=True)
    assert answer[0]["name"] == "United States of America"


def test_a_state_is_shown_with_the_states_on_its_seat(
    graph: ox.Store, rows: list[dict[str, str]]
) -> None:
    answer = ask(graph, library()["ideal-points-of-state"], state="RUS", model="all votes")
    expected = [
        (row["year"], "state/SUN" if row["year"] < "1992" else "state/RUS", row["nvotesall"])
        for row in rows
        if row["ccode"] == "365" and row["idealpointall"]
    ]
    assert [(row["year"], row["state"], row["votes"]) for row in answer] == expected
