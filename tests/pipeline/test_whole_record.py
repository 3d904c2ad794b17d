"""Every source merged, at full size; needs KG_TEST_DATA."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from kg.rdf import iris
from kg.rdf.vocabulary import UNV
from kg.release import release
from tests.support.releases import ask
from tests.support.saved_queries import QueryableRelease


def number(data: Path, pattern: str) -> int:
    return int(ask(data, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0][0])


def test_every_row_of_every_source_is_accounted_for(full_record: Path) -> None:
    manifest = release.require_current(full_record).manifest()
    entries = {source.name: source for source in manifest.sources if source.rows}
    assert {name: source.rows for name, source in entries.items()} == {
        "ukraine": 4_667,
        "undl-ga": 892_483,
        "undl-sc": 39_939,
        "unvotes": 870_109,
        "unsc-votes": 46_393,
        "dgacm": 122_456,
    }
    for source in entries.values():
        assert sum(source.outcomes().values()) == source.rows, source
    loaded = sum(source.loaded for source in entries.values())
    inferred = manifest.count("votes inferred")
    assert number(full_record, "?v unv:inferred true") == inferred == 2_480
    assert number(full_record, "?v a unv:Vote") == manifest.count("votes") == loaded + inferred
    assert loaded == 1_108_134
    assert manifest.refused == 1


def test_roll_calls_in_several_sources_are_one_event(full_record: Path) -> None:
    counts = release.require_current(full_record).manifest().counts
    assert (
        counts["events"]
        == number(full_record, "?e a unv:VotingEvent")
        == (
            # Of the UN Digital Library and unvotes, of unsc-votes only, of dgacm only: adoptions
            # without a vote, and recorded votes after the library's file and in session 79.
            9_468 + 477 + 1_365 + 122
        )
    )
    assert counts["events matched by symbol"] == 4_184
    assert counts["events matched by month and votes"] == 686
    # Twelve more are only in the embedded roll calls and the UN Digital Library, one in the
    # embedded votes of the Security Council and the library's. unsc-votes has all of the library's,
    # and two embedded vetoes and a resolution of 2025. 448 more are in the library and dgacm.
    assert counts["events in several sources"] == 4_184 + 686 + 12 + 2_721 + 3 + 448


def test_differences_between_sources_are_counted(full_record: Path) -> None:
    assert release.require_current(full_record).manifest().discrepancies == {
        "vote": 2_306 + 44,
        "date": 38 + 36,
        "session": 4,
        "symbol": 41,
        # One of an article, three of the printed totals of dgacm.
        "total": 1 + 3,
        "membership": 18,
        "content": 3,
        # Seven adoptions of the Council in dgacm, two in unsc-votes.
        "method": 7 + 2,
        "agenda item": 44,
    }


def test_votes_outside_membership_are_reported_by_state(full_record: Path) -> None:
    """The library has rows for states admitted later in a session: docs/explanation/sources.md."""
    query = """SELECT ?state (COUNT(?d) AS ?n) {
        ?d unv:aspect "membership" ; unv:concerns ?state . ?state a unv:State
        } GROUP BY ?state ORDER BY DESC(?n) ?state"""
    assert [((iris.parse(state) or "")[1], int(n)) for state, n in ask(full_record, query)] == [
        ("JPN", 7),
        ("DMA", 6),
        ("FJI", 2),
        ("ARE", 1),
        ("MNG", 1),
        ("WSM", 1),
    ]


@pytest.mark.parametrize(
    ("position", "times"),
    [
        ("inFavour", "timesInFavour"),
        ("against", "timesAgainst"),
        ("abstaining", "timesAbstaining"),
        ("nonVoting", "timesNonVoting"),
    ],
)
def test_yearly_tallies_add_up_to_the_recorded_votes(
    full_record_queries: QueryableRelease, position: str, times: str
) -> None:
    counted = f"""PREFIX unv: <{UNV.iri}> SELECT ?body ?state (COUNT(?event) AS ?n) {{
        ?event unv:{position} ?state ; unv:body ?body
        FILTER NOT EXISTS {{ ?event unv:possiblySameAs ?other }} }} GROUP BY ?body ?state"""
    summed = f"""PREFIX unv: <{UNV.iri}> SELECT ?body ?state (SUM(?times) AS ?n) {{
        ?tally unv:tallyBody ?body ; unv:state ?state ; unv:{times} ?times
        }} GROUP BY ?body ?state HAVING (SUM(?times) > 0)"""
    rows = [
        sorted(tuple(row.values()) for row in full_record_queries.rows(q))
        for q in (summed, counted)
    ]
    assert rows[0] == rows[1] != []


def test_the_official_record_takes_precedence(full_record: Path) -> None:
    query = """SELECT ?y ?n ?a ?x ?title { ?e unv:decides ?r ;
        unv:yesCount ?y ; unv:noCount ?n ; unv:abstentionCount ?a ; unv:nonVotingCount ?x .
        ?r unv:symbol "A/RES/68/262" ; dcterms:title ?title }"""
    assert ask(full_record, query) == [
        ["100", "11", "58", "24", "Territorial integrity of Ukraine"]
    ]


@pytest.mark.parametrize(
    ("symbol", "rcid"),
    # Checked by hand in both sources: the Universal Declaration, and the first resolution voted on
    # for which unvotes has another symbol.
    [("A/RES/217(III)[A]", "rcid 127"), ("A/RES/2262(XXII)", "rcid")],
)
def test_roll_calls_without_a_certain_symbol_are_found(
    full_record: Path, symbol: str, rcid: str
) -> None:
    query = f"""SELECT ?number {{ ?e unv:decides/unv:symbol "{symbol}" ;
        dcterms:identifier ?number FILTER (STRSTARTS(?number, "rcid")) }}"""
    ((event_key,),) = ask(full_record, query)
    assert event_key.startswith(rcid)


@pytest.mark.endurance
def test_many_readers_of_pages_at_once_are_all_answered(
    full_record: Path, start_server: Callable[[Path], str]
) -> None:
    keys = [
        row[0] for row in ask(full_record, "SELECT ?k { ?s a unv:State ; unv:iso3 ?k } ORDER BY ?k")
    ]
    address = start_server(full_record)

    def read(key: str) -> int:
        path = f"{address}/page/state/{key}"
        return httpx.get(path, headers={"Accept": "text/html"}, timeout=300).status_code

    # Each page runs several long queries; some are requested twice at the same time.
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(read, [*keys[:24], *keys[:8]])) == {200}
