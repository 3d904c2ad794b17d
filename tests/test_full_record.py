"""The record of 1946 to 2020 at full size; needs KG_TEST_DATA."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg import iris, release
from kg.evaluation import evaluate
from kg.vocabulary import PREFIXES

POSITIONS = {"inFavour": 693_664, "against": 65_548, "abstaining": 110_897}


def ask(data: Path, query: str) -> list[list[str]]:
    text = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items()) + query
    answer = evaluate(release.require(data).open(), text)
    assert isinstance(answer, ox.QuerySolutions)
    return [[getattr(term, "value", "") for term in row] for row in answer]


def number(data: Path, pattern: str) -> int:
    return int(ask(data, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0][0])


def test_every_vote_and_event_of_unvotes_is_there(unvotes: Path) -> None:
    assert number(unvotes, "?v a unv:Vote") == 870_109
    assert number(unvotes, "?e a unv:VotingEvent") == 6_203
    for position, expected in POSITIONS.items():
        assert number(unvotes, f"?e unv:{position} ?s") == expected
    assert number(unvotes, "?e unv:nonVoting ?s") == 0
    assert number(unvotes, "?e unv:nonVotingCount ?n") == 0


def test_68_262_as_unvotes_has_it(unvotes: Path) -> None:
    query = """SELECT ?y ?n ?a { ?e unv:decides/unv:symbol "A/RES/68/262" ;
        unv:yesCount ?y ; unv:noCount ?n ; unv:abstentionCount ?a }"""
    assert ask(unvotes, query) == [["100", "11", "58"]]


def test_symbols_dates_and_warnings_are_counted(unvotes: Path) -> None:
    manifest = release.require(unvotes).manifest()
    notes = manifest["sources"][-1]["notes"]
    kept = {k: v for k, v in notes.items() if k.startswith("symbols kept")}
    assert notes["symbols made official"] == 4_229
    assert notes["symbols made official"] + sum(kept.values()) == 6_203
    assert manifest["counts"]["dates known to the month"] == 4_610
    assert manifest["warnings"] == {"event-membership": 4}
    assert manifest["discrepancies"] == {"membership": 4}


def test_no_symbol_of_sessions_1_to_17_is_official(unvotes: Path) -> None:
    sessions = " ".join(f"<{iris.thing('session', str(n))}>" for n in range(1, 18))
    pattern = f"VALUES ?s {{ {sessions} }} ?e unv:session ?s ; a unv:VotingEvent"
    assert number(unvotes, pattern) > 800
    assert number(unvotes, pattern + " ; unv:decides ?r") == 0


def test_the_four_votes_outside_membership_are_told(unvotes: Path) -> None:
    """Two dates of unvotes fall before Fiji's admission; Yugoslavia still voted in 1992."""
    query = """SELECT ?event ?state { ?d unv:aspect "membership" ; unv:concerns ?event , ?state .
        ?event a unv:VotingEvent . ?state a unv:State } ORDER BY ?event"""
    assert [(iris.parse(event), iris.parse(state)) for event, state in ask(unvotes, query)] == [
        (("event", "A-RES-46-242"), ("state", "YUG")),
        (("event", "A-RES-47-1"), ("state", "YUG")),
        (("event", "unvotes-1110"), ("state", "FJI")),
        (("event", "unvotes-1111"), ("state", "FJI")),
    ]


def test_unvotes_and_ukraine_make_one_event_of_each_shared_roll_call(
    unvotes_and_ukraine: Path,
) -> None:
    data = unvotes_and_ukraine
    assert number(data, "?v a unv:Vote") == 873_397
    assert number(data, "?e a unv:VotingEvent") == 6_219
    manifest = release.require(data).manifest()
    assert manifest["counts"]["events in several sources"] == 7
    query = """SELECT ?symbol { ?e unv:decides/unv:symbol ?symbol ;
        prov:wasDerivedFrom/dcterms:title ?one , ?two
        FILTER (STRSTARTS(?one, "Roll calls of 23") && STRSTARTS(?two, "unvotes:")) }
        ORDER BY ?symbol"""
    assert [symbol for (symbol,) in ask(data, query)] == [
        "A/RES/68/262", "A/RES/71/205", "A/RES/72/190", "A/RES/73/194", "A/RES/73/263",
        "A/RES/74/168", "A/RES/74/17",
    ]  # fmt: skip
    # The two records agree on every vote, date and session of the seven.
    assert manifest["discrepancies"] == {"membership": 4}
