"""The page of a body: its sessions, from the first vote to the last."""

from __future__ import annotations

import asyncio

from kg.rdf.vocabulary import UNV
from kg.web.pages.listings import sessions_of_body
from kg.web.pages.vote_index import VoteIndex
from tests.support.store_queries import StoreQueries


def test_a_session_whose_votes_are_known_only_to_the_month_has_its_votes() -> None:
    queries = StoreQueries.of_turtle("""
        <session/5> a unv:Session ; rdfs:label "5th session"@en ; unv:body unv:GeneralAssembly .
        <event/a> a unv:VotingEvent ; rdfs:label "Vote a"@en ; unv:body unv:GeneralAssembly ;
          unv:session <session/5> ; unv:month "1950-09"^^xsd:gYearMonth .
        <event/b> a unv:VotingEvent ; rdfs:label "Vote b"@en ; unv:body unv:GeneralAssembly ;
          unv:session <session/5> ; unv:month "1950-09"^^xsd:gYearMonth ;
          unv:date "1950-09-19"^^xsd:date .
        """)
    index = VoteIndex(queries)
    (session,) = asyncio.run(sessions_of_body(queries, index, UNV.GeneralAssembly))
    assert (session["n"], session["first"], session["last"]) == ("2", "1950-09", "1950-09-19")
