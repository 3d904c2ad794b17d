"""Statements and votes of a state on one axis, against the embedded files."""

from __future__ import annotations

import asyncio
from xml.etree import ElementTree

import pyoxigraph as ox

from kg.rdf import iris
from kg.web.pages.vote_index import VoteIndex
from kg.web.pages.words_and_votes import WordsAndVotes, decided_texts, words_and_votes
from tests.support.embedded_files import STATEMENTS, table
from tests.support.store_queries import StoreQueries

STYLES = {"Y": "yes", "N": "no", "A": "abstaining", "X": "nonvoting"}
#: The day of each resolution of the General Assembly about which there is a statement.
DAYS = {row["symbol"]: row["date"] for row in table("ukraine_resolutions")}
ABOUT = {
    target["resolution"]
    for statement in STATEMENTS
    for target in statement.get("about", ())
    if "resolution" in target
}


def shown(store: ox.Store, key: str) -> WordsAndVotes | None:
    queries = StoreQueries(store)
    decided = asyncio.run(decided_texts(queries))
    return asyncio.run(
        words_and_votes(queries, VoteIndex(queries), decided, iris.state(key), "The state")
    )


def test_the_rows_are_the_dated_statements_and_the_votes_on_texts_with_statements(
    embedded_store: ox.Store,
) -> None:
    for key in ("IND", "CHN", "BRA"):
        found = shown(embedded_store, key)
        assert found
        votes = [(row["date"], row["position"]) for row in found.rows if row["position"]]
        assert votes == sorted(
            (DAYS[row["resolution"]], STYLES[row["vote"]])
            for row in table("ukraine_roll_calls")
            if row["state"] == key and row["resolution"] in ABOUT
        )
        statements = {row["iri"].rpartition("/")[2] for row in found.rows if not row["position"]}
        assert statements == {
            statement["key"]
            for statement in STATEMENTS
            if statement["made_by"] == key and len(str(statement.get("date", ""))) == 10
        }
        days = [row["date"] for row in found.rows]
        assert days == sorted(days)


def test_a_line_leads_from_a_statement_to_the_vote_that_it_is_about(
    embedded_store: ox.Store,
) -> None:
    found = shown(embedded_store, "IND")
    assert found
    figure = ElementTree.fromstring(str(found.figure))
    circles = {circle.get("cx"): circle.get("class") for circle in figure.iter("circle")}
    assert set(circles.values()) == {"fill-abstaining"}
    lines = [line for line in figure.iter("line") if line.get("class") == "link"]
    # India explained its votes on ES-11/1, ES-11/4 and ES-11/6 on the days of the votes.
    assert len(lines) == 3
    assert {line.get("x2") for line in lines} < set(circles)
    assert "2022-10-12 abstaining" in figure.attrib["aria-label"]


def test_a_state_without_statements_has_no_figure(embedded_store: ox.Store) -> None:
    assert shown(embedded_store, "FRA") is None
