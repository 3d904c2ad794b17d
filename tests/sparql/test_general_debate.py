"""The saved queries on the General Debate; answers are computed with pandas from the workbook."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd
import pyoxigraph as ox

from kg.model.state_register import StateRegister
from kg.rdf.record_mapper import RecordMapper
from kg.resources import DATA
from kg.sources import states as states_source
from kg.sources.general_debate import loader
from kg.sparql.saved_queries import library
from tests.support import workbook_files
from tests.support.saved_queries import ask

LEADERS: Final = library()["leaders-in-general-debate"]
SPEAKERS: Final = library()["general-debate-speakers"]
FILE: Final = "Speakers_by_session.xlsx"
WORDS: Final = (
    "(acting |interim )?(president|prime minister|premier|head of state|head of government|king|"
    "amir|emir|emperor|sovereign prince|chancellor)"
)
ROWS: Final = [
    ("1990", "45", "RUS", "USSR", "Mr. A", ""),
    ("1990", "45", "FRA", "France", "Mr. B", "Vice-President"),
    ("1991", "46", "RUS", "Russian Federation", "Mr. C", ""),
    ("1992", "47", "RUS", "Russia", "Mr. D", "PRESIDENT of the Republic"),
    ("1992", "47", "FRA", "France", "Mr. E", "Deputy Prime Minister"),
    ("1992", "47", "VAT", "Holy See", "Mr. F", "interim president"),
    ("1992", "47", "CUB", "Cuba", "Mr. G", "Minister of the President's office"),
]


def store(folder: Path, states: StateRegister) -> ox.Store:
    """Return a store with the states and the speeches."""
    mapper = RecordMapper()
    records = [*states_source.load(DATA, states).records, *loader.load(folder, states).records]
    lines = [line for record in records for line in mapper.record(record)]
    graph = ox.Store()
    graph.bulk_load("".join([*lines, *mapper.shared()]), ox.RdfFormat.N_TRIPLES)
    return graph


def leaders(folder: Path) -> list[tuple[int, ...]]:
    """Return year, speeches, posts and leaders by year, from the workbook itself."""
    table = pd.read_excel(folder / FILE, dtype=str, keep_default_na=False)
    table = table[table["ISO Code"].str.strip() + table["Year"] != "CSK1993"]
    post = table["Post"].str.split().str.join(" ")
    post = post.where(~post.isin(["missing", "Not indicated", "Spanish"]), "")
    counted = pd.DataFrame(
        {
            "year": table["Year"].astype(int),
            "posts": post != "",
            "leaders": post.str.match(WORDS, flags=re.IGNORECASE),
        }
    )
    sums = counted.groupby("year").agg(
        speeches=("posts", "size"), posts=("posts", "sum"), leaders=("leaders", "sum")
    )
    return [(int(year), *map(int, row)) for year, row in sums.iterrows() if row["posts"] > 0]


def answers(graph: ox.Store) -> list[tuple[int, ...]]:
    names = ("year", "speeches", "posts", "leaders")
    return [tuple(int(row[name]) for name in names) for row in ask(graph, LEADERS)]


def test_the_queries_on_a_few_speeches(tmp_path: Path, states: StateRegister) -> None:
    workbook_files.write_speakers(tmp_path / FILE, *ROWS)
    graph = store(tmp_path, states)
    assert answers(graph) == [(1990, 2, 1, 0), (1992, 4, 4, 2)]
    assert [(row["year"], row["state"], row["speaker"]) for row in ask(graph, SPEAKERS)] == [
        ("1992", "state/RUS", "Mr. D"),
        ("1991", "state/SUN", "Mr. C"),
        ("1990", "state/SUN", "Mr. A"),
    ]


def test_the_queries_on_the_real_file(real_data: Path, states: StateRegister) -> None:
    graph = store(real_data / "debates", states)
    known = leaders(real_data / "debates")
    assert answers(graph) == known
    assert known[-1] == (2024, 193, 193, 116)
    spoke = ask(graph, SPEAKERS)
    assert {row["state"] for row in spoke if int(row["year"]) <= 1991} == {"state/SUN"}
    assert {row["state"] for row in spoke if int(row["year"]) > 1991} == {"state/RUS"}
    table = pd.read_excel(real_data / "debates" / FILE, dtype=str, keep_default_na=False)
    assert len(spoke) == (table["ISO Code"].str.strip() == "RUS").sum()
