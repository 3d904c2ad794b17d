"""Events as triples: drafts that were not adopted, vetoes, adoptions without a vote."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest

from kg.model.discrepancies import ReportedTally
from kg.model.sponsorship import Sponsors, Sponsorship
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, VotingEvent
from kg.rdf import iris
from kg.rdf.record_mapper import RecordMapper
from kg.rdf.vocabulary import BASE, PREFIXES
from tests.support.merging import merge

Y, N, A, X = VoteOption

#: Invented, in the form of a source of drafts.
DRAFT = VotingEvent(
    key="S-1980-900003",
    source="undl-sc",
    body="SecurityCouncil",
    date="1980-06-02",
    session="",
    votes={"FRA": Y, "GBR": N, "NOR": A},
    records_non_voting=True,
    vote_on="document",
    meeting="S/PV.9000",
    drafts=("S/1980/900003",),
    outcome="vetoed",
    vetoed_by=("GBR",),
    cast_as={"GBR": "UNITED KINGDOM"},
)
UNVOTED = replace(
    DRAFT,
    key="S-RES-900-1980",
    votes={},
    records_non_voting=False,
    decides=Document("S/RES/900(1980)", "SecurityCouncil", "1980-06-02", ""),
    outcome=None,
    vetoed_by=(),
    cast_as={},
    without_vote=True,
)


def written(*records: VotingEvent) -> ox.Store:
    (merged,) = merge(*([record] for record in records))
    writer = RecordMapper()
    lines = [*writer.event(merged), *writer.shared()]
    store = ox.Store()
    store.load("".join(lines), ox.RdfFormat.N_TRIPLES)
    return store


def holds(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"ASK {{ {pattern} }}", prefixes=PREFIXES, base_iri=f"{BASE}id/"))


def test_the_vote_on_a_draft_decides_nothing() -> None:
    store = written(DRAFT)
    assert DRAFT.name == "S/1980/900003"
    event = f"<{iris.event('S-1980-900003')}>"
    assert holds(store, f"{event} rdfs:label 'Vote on draft S/1980/900003'@en")
    assert holds(store, f"{event} unv:draft <draft/S-1980-900003> ; unv:outcome 'vetoed'")
    assert holds(store, f"{event} unv:vetoedBy <state/GBR> ; unv:against <state/GBR>")
    assert holds(store, "<vote/S-1980-900003/GBR> unv:castAs 'UNITED KINGDOM'")
    assert not holds(store, "?vote unv:castAs ?name ; unv:castBy <state/FRA>")
    assert not holds(store, "?event unv:decides ?resolution")
    assert not holds(store, "?thing unv:session ?session")
    assert holds(store, "<meeting/S-PV-9000> unv:body unv:SecurityCouncil")


@pytest.mark.parametrize(
    ("symbol", "iri"),
    [("S/RES/562(1985)", "resolution/S-RES-562-1985"), ("S/3502", "draft/S-3502")],
)
def test_a_vote_on_a_part_relates_to_a_resolution_or_a_draft(symbol: str, iri: str) -> None:
    part = replace(DRAFT, key="unsc-votes-1", vote_on="paragraph", relates_to=symbol)
    assert holds(written(part), f"<event/unsc-votes-1> unv:relatesTo <{iri}>")


def test_an_unknown_day_is_not_written() -> None:
    store = written(DRAFT)
    assert holds(store, "?event unv:date '1980-06-02'^^xsd:date ; unv:year 1980")
    decides = replace(UNVOTED.decides, date="1980-06") if UNVOTED.decides else None
    store = written(replace(UNVOTED, date="1980-06", decides=decides))
    assert holds(store, "?event unv:month '1980-06'^^xsd:gYearMonth ; unv:year 1980")
    assert holds(store, "?resolution dcterms:date '1980-06'^^xsd:gYearMonth")
    assert not holds(store, "?event unv:date ?date")


def test_an_adoption_without_a_vote_has_no_counts() -> None:
    store = written(UNVOTED)
    assert holds(store, "?event unv:adoptedWithoutVote true ; unv:outcome 'adopted'")
    assert holds(store, "?event unv:decides <resolution/S-RES-900-1980>")
    assert holds(store, "?r unv:document <https://undocs.org/S/RES/900(1980)>")
    assert not holds(store, "?event unv:yesCount|unv:nonVotingCount ?count")
    assert not holds(store, "?vote a unv:Vote")


def test_a_vote_has_its_own_sources_only_where_they_differ_from_the_event() -> None:
    other = replace(DRAFT, source="undl-ga", votes={"FRA": Y, "GBR": N}, records_non_voting=False)
    store = written(DRAFT, other)
    both, council_only = iris.source_set(["undl-ga", "undl-sc"]), iris.source_set(["undl-sc"])
    assert holds(store, f"<event/S-1980-900003> unv:recordedBy <{both}>")
    assert holds(store, f"<{both}> prov:hadMember <source/undl-ga> , <source/undl-sc>")
    assert holds(store, f"<vote/S-1980-900003/NOR> unv:recordedBy <{council_only}>")
    assert not holds(store, "<vote/S-1980-900003/GBR> unv:recordedBy ?set")


def test_a_decision_is_a_document_without_a_file() -> None:
    decision = Document("A/DEC/80/506", "GeneralAssembly", "2025-09-12", "80", "Peace")
    store = written(replace(DRAFT, key="A-DEC-80-506", decides=decision, outcome="adopted"))
    assert holds(store, "<event/A-DEC-80-506> unv:decides <decision/A-DEC-80-506>")
    assert holds(store, "<event/A-DEC-80-506> rdfs:label 'Vote on A/DEC/80/506'@en")
    this = "<decision/A-DEC-80-506>"
    assert holds(store, f"{this} a unv:Decision , unv:Document ; unv:symbol 'A/DEC/80/506'")
    assert holds(store, f"{this} dcterms:title 'Peace'@en ; unv:decidedBy <event/A-DEC-80-506>")
    assert not holds(store, "?thing a unv:Resolution")
    assert not holds(store, "?thing unv:document ?address")


def test_a_document_of_which_no_draft_is_known_has_its_sponsors() -> None:
    sponsorship = Sponsorship(Sponsors(("FRA",), ("a-group",)), Sponsors(("NOR",)), ("a-group",))
    recorded = Document("S/RES/900(1980)", "SecurityCouncil", "1980-06-02", "",
                        sponsorship=sponsorship)  # fmt: skip
    store = written(replace(UNVOTED, decides=recorded))
    assert holds(
        store,
        """<resolution/S-RES-900-1980> unv:sponsor <state/FRA> , <agent/a-group> ;
           unv:additionalSponsor <state/NOR> ; unv:onBehalfOf <agent/a-group>""",
    )


def test_a_document_has_every_spelling_of_its_symbol() -> None:
    recorded = Document("S/RES/900(1980)", "SecurityCouncil", "1980-06-02", "",
                        variants=("S/RES//900(1980)",))  # fmt: skip
    store = written(replace(UNVOTED, decides=recorded))
    for symbol in ("S/RES/900(1980)", "S/RES/900 (1980)", "S/RES//900(1980)"):
        pattern = f"<resolution/S-RES-900-1980> unv:symbol|unv:symbolVariant '{symbol}'"
        assert holds(store, pattern)
    assert not holds(store, "?thing unv:symbolVariant 'S/RES/900(1980)'")


def test_an_adopted_text_without_a_symbol_is_not_a_draft() -> None:
    store = written(
        replace(
            DRAFT,
            key="undl-ga-900001",
            outcome="adopted",
            source_symbol="A/RES/79/XX",
            source_number="record 900001",
            vetoed_by=(),
        )
    )
    event = "<event/undl-ga-900001>"
    assert holds(store, f"{event} dcterms:identifier 'A/RES/79/XX' , 'record 900001'")
    assert holds(store, f"{event} rdfs:label 'Roll call A/RES/79/XX (undl-ga-900001)'@en")
    assert holds(store, f"{event} unv:voteOn 'document' ; unv:outcome 'adopted'")
    assert not holds(store, "?event unv:decides ?document")
    assert not holds(store, "?document unv:symbol 'A/RES/79/XX'")


def test_an_adoption_without_a_vote_is_labelled_as_such() -> None:
    store = written(UNVOTED)
    assert UNVOTED.decides
    label = f"Adoption of {UNVOTED.decides.symbol}"
    assert holds(store, f"?event rdfs:label '{label}'@en ; unv:adoptedWithoutVote true")
    assert not holds(store, "?event unv:yesCount ?count")


def test_an_inferred_absence_is_marked() -> None:
    absent = replace(
        UNVOTED,
        votes={"FRA": Y, "GBR": X},
        without_vote=False,
        records_non_voting=True,
        inferred=frozenset({"GBR"}),
    )
    store = written(absent)
    assert holds(
        store,
        "?vote unv:castBy <state/GBR> ; unv:option unv:NonVoting ; "
        "unv:inferred true . ?event unv:nonVoting <state/GBR>",
    )
    assert not holds(store, "?vote unv:castBy <state/FRA> ; unv:inferred ?mark")


def test_a_source_with_votes_shows_that_a_vote_was_taken() -> None:
    other = replace(UNVOTED, source="undl-ga", votes={"FRA": Y}, without_vote=False)
    (merged,) = merge([UNVOTED], [other])
    assert not merged.event.without_vote


def test_values_of_only_one_source_are_kept() -> None:
    council_record = replace(
        DRAFT, committee_report="A/1", agenda=("S1",), vote_notes=("Note",), recorded_in="S/1",
        printed={Y: 2}, agreeing={},
    )  # fmt: skip
    assembly_record = replace(
        DRAFT, source="undl-ga", drafts=(), cast_as={}, outcome=None, vetoed_by=(),
        session="34", votes={"FRA": Y, "GBR": A},
    )  # fmt: skip
    compiled = replace(
        assembly_record, source="ukraine-roll-calls", votes={"FRA": Y, "GBR": N},
        agreeing={"FRA": 2, "GBR": 2},
    )  # fmt: skip
    (merged,) = merge([compiled], [council_record], [assembly_record])
    event = merged.event
    assert (event.drafts, event.agenda, event.vote_notes) == (
        ("S/1980/900003",),
        ("S1",),
        ("Note",),
    )
    assert (event.committee_report, event.recorded_in) == ("A/1", "S/1")
    assert (event.outcome, event.vetoed_by) == ("vetoed", ("GBR",))
    assert event.cast_as == {"GBR": "UNITED KINGDOM"}
    # The number of agreeing compilations is stated only for the accepted vote.
    assert event.votes["GBR"] == A
    assert event.agreeing == {"FRA": 2}
    # A missing value is not a difference: only the votes differ, and the printed total is a report.
    assert event.session == "34"
    assert {discrepancy.aspect for discrepancy in merged.discrepancies} == {"vote"}
    assert merged.tallies == (
        ReportedTally("undl-sc-S-1980-900003", "S-1980-900003", {Y: 2}, "undl-sc"),
    )
