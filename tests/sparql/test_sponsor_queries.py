"""Queries on sponsors, agenda items, attendance and adoptions without a vote.

The invented events are mapped as in a build; no state took these positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pyoxigraph as ox
import pytest

from kg.model.agents import Agent
from kg.model.documents import AgendaItem, Draft, MergedDraft
from kg.model.sponsorship import UNSPONSORED, Sponsors, Sponsorship
from kg.model.states import Period, Suspension
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, MergedEvent, Topic, VotingEvent
from kg.rdf.record_mapper import RecordMapper
from kg.sparql.saved_queries import library
from tests.support.merging import STATES
from tests.support.saved_queries import ask

LIBRARY: Final = library()
Y, N, A, X = VoteOption
GROUP: Final = Agent("invented-group", "Invented Group", ("group",))
WEATHER: Final = Topic("weather", "WEATHER", "invented", "", "invented")
SUSPENSION: Final = Suspension("ZAF", "credentials", Period("2024-01-01", "2025-01-01", ("s",)))


def event(
    session: int,
    number: int,
    votes: Mapping[str, VoteOption] | None = None,
    *,
    inferred: frozenset[str] = frozenset(),
    suspended: tuple[str, ...] = (),
    sponsorship: Sponsorship | None = None,
) -> MergedEvent:
    """Return a vote, or without votes an adoption, on resolution ``number`` of a session.

    A resolution with a ``sponsorship`` of its own has no known draft.
    """
    symbol, date = f"A/RES/{session}/{number}", f"{1945 + session}-12-01"
    topics = (WEATHER.key,)
    document = Document(symbol, "GeneralAssembly", date, str(session), "Rain", topics)
    merged = VotingEvent(
        key=f"A-RES-{session}-{number}",
        source="invented",
        body="GeneralAssembly",
        date=date,
        session=str(session),
        votes=votes or {},
        records_non_voting=bool(votes),
        decides=replace(document, sponsorship=sponsorship or UNSPONSORED),
        vote_on="document",
        topics=topics,
        drafts=() if sponsorship else (f"A/{session}/L.{number}",),
        agenda_items=(f"{session}-9",),
        without_vote=not votes,
        outcome="adopted",
        inferred=inferred,
    )
    return MergedEvent(
        merged,
        ("invented",),
        ("invented",),
        vote_sources=dict.fromkeys(merged.votes, ("invented",)),
        suspensions=dict.fromkeys(suspended, SUSPENSION.key),
    )


def draft(symbol: str, sponsorship: Sponsorship) -> MergedDraft:
    return MergedDraft(
        Draft(symbol, "GeneralAssembly", "79", "invented", sponsorship=sponsorship), ("invented",)
    )


@pytest.fixture(scope="module")
def store() -> ox.Store:
    mapper = RecordMapper()
    lines = [
        *(line for key in STATES for line in mapper.record(STATES[key])),
        *mapper.record(GROUP),
        *mapper.record(WEATHER),
        *mapper.record(SUSPENSION),
        *mapper.record(AgendaItem("78-9", "Wet days", "invented", "78", "9")),
        *mapper.record(AgendaItem("79-9", "Wet days", "invented", "79", "9")),
    ]
    events = [
        event(78, 1, {"IND": A, "FRA": A, "BRA": N, "USA": Y}),
        event(
            79,
            1,
            {"IND": N, "FRA": Y, "BRA": N, "USA": X, "ZAF": X, "EGY": X},
            inferred=frozenset({"USA", "ZAF"}),
            suspended=("ZAF",),
        ),
        event(79, 2),
        event(79, 3),
        # The record has few of the resolutions of this session: its share would be wrong.
        event(80, 40),
        # Its source has its sponsors, but not the symbol of its draft.
        event(
            81,
            40,
            {"CUB": N, "PER": A, "FJI": Y},
            sponsorship=Sponsorship(Sponsors(("CUB", "FJI")), Sponsors(("PER",))),
        ),
    ]
    lines += [line for each in events for line in mapper.event(each)]
    sponsors = Sponsors(("IND", "FRA", "USA"), (GROUP.key,))
    drafts = [
        draft("A/79/L.1", Sponsorship(sponsors, Sponsors(("BRA", "IND")), (GROUP.key,))),
        draft("A/79/L.2", Sponsorship(Sponsors(("IND",)), Sponsors(("BRA",)))),
        draft("A/79/L.3", Sponsorship(Sponsors(("FRA",)))),
    ]
    lines += [line for each in drafts for line in mapper.draft(each)]
    store = ox.Store()
    store.load("".join([*lines, *mapper.shared()]), ox.RdfFormat.N_TRIPLES)
    return store


def answer(store: ox.Store, name: str, columns: str, **values: str) -> list[tuple[str, ...]]:
    rows = ask(store, LIBRARY[name], **values)
    return [tuple(row[column] for column in columns.split()) for row in rows]


def test_sponsors_together(store: ox.Store) -> None:
    assert answer(store, "co-sponsors", "sponsor texts share", state="IND") == [
        ("state/BRA", "2", "1"),
        ("state/FRA", "1", "0.5"),
        ("agent/invented-group", "1", "0.5"),
        ("state/USA", "1", "0.5"),
    ]


def test_sponsors_of_a_document_without_a_known_draft(store: ox.Store) -> None:
    assert answer(store, "co-sponsors", "sponsor texts share", state="FJI") == [
        ("state/CUB", "1", "1"),
        ("state/PER", "1", "1"),
    ]


def test_sponsors_that_did_not_vote_in_favour(store: ox.Store) -> None:
    columns = "event state role position inferred"
    assert answer(store, "sponsors-not-in-favour", columns) == [
        ("event/A-RES-79-1", "state/BRA", "additional sponsor", "against", ""),
        ("event/A-RES-79-1", "state/IND", "sponsor", "against", ""),
        ("event/A-RES-79-1", "state/USA", "sponsor", "non-voting", "true"),
        ("event/A-RES-81-40", "state/PER", "additional sponsor", "abstaining", ""),
        ("event/A-RES-81-40", "state/CUB", "sponsor", "against", ""),
    ]


def test_adoptions_without_a_vote_by_topic_and_year(store: ox.Store) -> None:
    columns = "topic year withoutVote byVote share"
    assert answer(store, "adopted-without-vote-by-topic", columns) == [
        ("topic/weather", "2024", "2", "1", "0.6667"),
        ("topic/weather", "2025", "1", "0", "1"),
    ]
    assert len(answer(store, "adopted-without-vote-by-topic", columns, until="2024")) == 1


def test_the_share_adopted_without_a_vote_needs_all_resolutions(store: ox.Store) -> None:
    columns = "session numbers highest withoutVote share"
    assert answer(store, "share-adopted-without-vote", columns) == [
        ("session/79", "3", "3", "2", "0.6667"),
    ]


def test_attendance_has_absence_suspension_and_inference_apart(store: ox.Store) -> None:
    columns = "state votes tookPart suspended absent inferred"
    assert answer(store, "attendance-by-session", columns, session="79") == [
        ("state/EGY", "1", "0", "0", "1", "0"),
        ("state/ZAF", "1", "0", "1", "0", "0"),
        ("state/USA", "1", "0", "0", "0", "1"),
        ("state/BRA", "1", "1", "0", "0", "0"),
        ("state/FRA", "1", "1", "0", "0", "0"),
        ("state/IND", "1", "1", "0", "0", "0"),
    ]


def test_states_that_moved_from_abstaining_to_against(store: ox.Store) -> None:
    assert answer(store, "abstaining-to-against", "state before after") == [
        ("state/IND", "event/A-RES-78-1", "event/A-RES-79-1"),
    ]
    assert answer(store, "abstaining-to-against", "state", session="78") == []
