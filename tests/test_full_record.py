"""The record of 1946 to 2020 at full size; needs KG_TEST_DATA."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg import iris, release, resources
from kg.evaluation import evaluate
from kg.merge import merge_events
from kg.sources import LOADERS
from kg.states import StateRegister
from kg.vocabulary import PREFIXES
from tests.conftest import Real

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


def test_unvotes_and_the_embedded_roll_calls_agree_on_the_seven_they_share(
    real: dict[str, Real], states: StateRegister
) -> None:
    embedded = list(LOADERS["ukraine"].load(resources.DATA, states).events)
    merged = list(merge_events([embedded, real["unvotes"].events]))
    assert len(merged) == 6_223
    assert sum(len(one.event.votes) for one in merged) == 873_457
    assert [one.event.name for one in merged if len(one.told_by) > 1] == [
        "A/RES/68/262", "A/RES/71/205", "A/RES/72/190", "A/RES/73/194", "A/RES/73/263",
        "A/RES/74/168", "A/RES/74/17",
    ]  # fmt: skip
    assert not any(one.discrepancies for one in merged)
