"""The cohesion of groups: votes counted by hand, and recomputed from the votes without SPARQL."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest

from kg.rdf.vocabulary import BASE, with_prefixes
from kg.release.release import require_current
from kg.sparql.saved_queries import library
from tests.support.saved_queries import ask

COHESION: Final = library()["cohesion-by-year"]
#: Four members, of which D joined in 2001 and C was barred from one vote; and five votes.
INVENTED: Final = f"""
PREFIX unv: <{BASE}ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX : <http://example.org/>
:g a unv:Group ; rdfs:label "Alliance"@en .
:ma unv:group :g ; unv:groupMember :A ; unv:certainFrom "1990-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .
:mb unv:group :g ; unv:groupMember :B ; unv:certainFrom "1990-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .
:mc unv:group :g ; unv:groupMember :C ; unv:certainFrom "1990-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .
:md unv:group :g ; unv:groupMember :D ; unv:certainFrom "2001-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .
:e1 unv:inFavour :A, :B, :D ; unv:against :C ; unv:decides :r .
:r dcterms:subject <{BASE}id/topic/peace> .
:e2 unv:inFavour :A ; unv:abstaining :B ; unv:nonVoting :C .
:v2 unv:event :e2 ; unv:castBy :C ; unv:underSuspension :s .
:e3 dcterms:subject <{BASE}id/topic/peace> ; unv:abstaining :A, :B ; unv:nonVoting :C .
:e4 unv:inFavour :A ; unv:nonVoting :B, :C .
:e5 unv:inFavour :A ; unv:against :B ; unv:voteOn "paragraph" .
"""  # noqa: E501

_VOTES: Final = """SELECT ?event ?year ?month ?date ?state {{
  ?event unv:{term} ?state ; unv:body unv:GeneralAssembly ; unv:year ?year ; unv:month ?month .
  FILTER NOT EXISTS {{ ?event unv:possiblySameAs ?other }}
  FILTER NOT EXISTS {{ ?event unv:voteOn ?kind FILTER(?kind != "document") }}
  OPTIONAL {{ ?event unv:date ?date }} }}"""


@pytest.fixture(scope="module")
def invented() -> ox.Store:
    about = "".join(
        f"<http://example.org/e{number}> <{BASE}ontology#body> <{BASE}ontology#GeneralAssembly> ; "
        f"<{BASE}ontology#year> 2000 ; "
        f'<{BASE}ontology#month> "2000-05"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> .\n'
        for number in range(1, 6)
    )
    store = ox.Store()
    store.load(INVENTED + about, ox.RdfFormat.TURTLE)
    return store


def test_votes_counted_by_hand(invented: ox.Store) -> None:
    # The first: 2 to 1, Rice 1/3, agreement (2 - 1/2) / 3 = 1/2; D is no member yet, C broke ranks.
    # The second: Rice 1, agreement (1 - 1/2) / 2 = 1/4. The third: all abstain, no Rice, 1. In the
    # fourth only one voted.
    (row,) = ask(invented, COHESION, group="alliance")
    assert row == {
        "_group": "alliance", "_votes": "final passage", "_topic": "all topics", "year": "2000",
        "n": "3", "rice": "0.6667", "riceVotes": "2", "agreement": "0.5833", "alike": "1",
        "positions": "7", "ranksBroken": "1", "absent": "1", "suspended": "1",
    }  # fmt: skip
    (row,) = ask(invented, COHESION, group="Alliance", votes="all votes")
    # With 1 to 1 in the fifth: Rice 0, agreement 1/4; nobody broke ranks, for want of a majority.
    assert (row["n"], row["rice"], row["agreement"], row["ranksBroken"]) == (
        "4", "0.4444", "0.5", "1",
    )  # fmt: skip
    # The first and the third are on peace, one by its text.
    (row,) = ask(invented, COHESION, group="Alliance", topic="peace")
    assert (row["n"], row["rice"], row["riceVotes"], row["agreement"], row["positions"]) == (
        "2", "0.3333", "1", "0.75", "5",
    )  # fmt: skip
    assert ask(invented, COHESION, group="Alliance", topic="war") == []


def test_the_european_union_is_recomputed_from_its_votes(sample: Path) -> None:
    store = require_current(sample).open_store()
    members = _rows(store, f"""SELECT ?state ?from ?until {{
        ?m unv:group <{BASE}id/agent/EU> ; unv:groupMember ?state ; unv:certainFrom ?from .
        OPTIONAL {{ ?m unv:certainUntil ?until }} }}""")  # fmt: skip
    votes: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, term in enumerate(("inFavour", "against", "abstaining")):
        for event, year, month, date, state in _rows(store, _VOTES.format(term=term)):
            day = date or f"{month}-01"
            if any(s == state and f <= day < (u or "9999") for s, f, u in members):
                votes[year, event][place] += 1
    years: dict[str, list[list[int]]] = defaultdict(list)
    for (year, _), counts in votes.items():
        if sum(counts) > 1:
            years[year].append(counts)
    answer = ask(store, COHESION)
    assert {row["year"] for row in answer} == set(years)
    for row in answer:
        counted = years[row["year"]]
        agreement = [(max(c) - (sum(c) - max(c)) / 2) / sum(c) for c in counted]
        rice = [abs(yes - no) / (yes + no) for yes, no, _ in counted if yes + no]
        assert int(row["n"]) == len(counted)
        assert float(row["agreement"]) == pytest.approx(sum(agreement) / len(agreement), abs=6e-5)
        assert float(row["rice"]) == pytest.approx(sum(rice) / len(rice), abs=6e-5)
        assert int(row["positions"]) == sum(map(sum, counted))
        assert int(row["alike"]) == sum(max(c) == sum(c) for c in counted)
        assert int(row["ranksBroken"]) == sum(
            sum(c) - max(c) for c in counted if 2 * max(c) > sum(c)
        )


def _rows(store: ox.Store, query: str) -> list[list[str]]:
    solutions = store.query(with_prefixes(query))
    assert isinstance(solutions, ox.QuerySolutions)
    return [[getattr(value, "value", "") for value in row] for row in solutions]
