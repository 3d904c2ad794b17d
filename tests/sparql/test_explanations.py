"""Explanations of vote at a meeting, in a saved query and on pages, against the count by hand."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.model.state_register import StateRegister
from kg.pipeline.vote_remarks import VoteRemarks
from kg.rdf import iris
from kg.rdf.record_mapper import RecordMapper
from kg.resources import DATA
from kg.sources import states as states_source
from kg.sources.verbatim import loader
from kg.sparql.saved_queries import library
from kg.web.pages.explanations import explanations_of
from tests.support.merging import merge
from tests.support.paths import DATA as TEST_DATA
from tests.support.saved_queries import ask
from tests.support.store_queries import StoreQueries

#: The decisions in rows of the count, as the query names them.
WHAT = {"vote": "vote", "adoption": "adoption without a vote", "correction": "correction"}


@pytest.fixture(scope="module")
def store(real_data: Path, states: StateRegister) -> ox.Store:
    """A store with the states, and the speeches and votes of A/79/PV.29."""
    loaded = loader.load(real_data / "verbatim" / "A-79-PV.29.pdf", states)
    mapper = RecordMapper()
    records = [*states_source.load(DATA, states).records, *loaded.records]
    lines = [line for record in records for line in mapper.record(record)]
    remarks = VoteRemarks([], loaded.corrections)
    for event in merge(loaded.events):
        lines += mapper.event(remarks.annotate(event))
    store = ox.Store()
    store.bulk_load("".join([*lines, *mapper.shared()]), ox.RdfFormat.N_TRIPLES)
    return store


def test_the_list_of_a_meeting_is_that_counted_by_hand(store: ox.Store) -> None:
    with (TEST_DATA / "verbatim_counts.csv").open(encoding="utf-8", newline="") as stream:
        counted = [
            (row["kind"], row["spoken_for"], row["language"] or "English", row["page"])
            for row in csv.DictReader(stream)
            if row["record"] == "A/79/PV.29" and row["what"] == "speech" and row["kind"]
        ]
    rows = ask(store, library()["explanations-at-meeting"])
    assert len(counted) == 8
    assert [(r["kind"], r["name"], r["language"], r["page"]) for r in rows] == counted
    # As in the lists printed on page 16; replies are about no vote.
    assert [(r["name"], r["event"], r["position"]) for r in rows if r["event"]] == [
        ("Nicaragua", "event/A-RES-79-6", "against"),
        ("Belarus", "event/A-RES-79-6", "against"),
        ("India", "event/A-RES-79-6", "abstaining"),
    ]


def test_the_page_of_a_vote_has_the_explanations_of_it_alone(store: ox.Store) -> None:
    rows = asyncio.run(explanations_of(StoreQueries(store), iris.event("A-RES-79-6")))
    assert [(row["name"], row["speaker"], row["page"]) for row in rows] == [
        ("Nicaragua", "Mrs. Llano", "15"),
        ("Belarus", "Mr. Evseenko", "17"),
        ("India", "Mrs. Rangasamy", "17"),
    ]
    assert {row["record"] for row in rows} == {"https://undocs.org/A/79/PV.29"}
    assert asyncio.run(explanations_of(StoreQueries(store), iris.event("A-RES-ES-11-6"))) == []


def test_decisions_and_corrections_are_where_they_were_counted_by_hand(store: ox.Store) -> None:
    with (TEST_DATA / "verbatim_counts.csv").open(encoding="utf-8", newline="") as stream:
        counted = [
            (row["page"], WHAT[row["what"]])
            for row in csv.DictReader(stream)
            if row["record"] == "A/79/PV.29" and row["what"] in WHAT and row["adopted"]
        ]
    rows = ask(store, library()["decisions-in-record"])
    assert sorted((row["page"], row["what"]) for row in rows) == sorted(counted)
    (correction,) = ask(store, library()["intended-votes"])
    assert {
        name: correction[name]
        for name in ("event", "name", "recorded", "intended", "record", "page", "paragraph")
    } == {
        "event": "event/A-RES-79-6", "name": "Sudan", "recorded": "against",
        "intended": "abstaining", "record": "A/79/PV.29", "page": "17", "paragraph": "2",
    }  # fmt: skip
