"""Drafts: one for each symbol, whichever sources name it, and where their sponsors differ."""

from __future__ import annotations

from dataclasses import replace

from kg.model.documents import Draft
from kg.model.sponsorship import Sponsors, Sponsorship
from kg.model.votes import Document, MergedEvent, VotingEvent
from kg.pipeline.drafts import drafts_of, merge_drafts

DRAFT = Draft("A/C.3/79/L.44", "GeneralAssembly", "79", "first")
ADOPTED = Document("A/RES/79/184", "GeneralAssembly", "2024-12-17", "79")
EVENT = VotingEvent(
    key="A-RES-79-184",
    source="first",
    body="GeneralAssembly",
    date="2024-12-17",
    session="79",
    votes={},
    records_non_voting=False,
    decides=ADOPTED,
    vote_on="document",
    drafts=("A/C.3/79/L.44",),
)


def merged_event(event: VotingEvent) -> MergedEvent:
    sources = dict.fromkeys(event.drafts, ("first", "second"))
    return MergedEvent(event, ("first", "second"), ("first", "second"), draft_sources=sources)


def test_an_event_gives_its_drafts_their_outcome() -> None:
    drafts = list(drafts_of(merged_event(EVENT)))
    assert [(draft.source, draft.outcome) for draft in drafts] == [
        ("first", "adopted"),
        ("second", "adopted"),
    ]
    assert {draft.adopted_as for draft in drafts} == {("A/RES/79/184",)}


def test_a_vote_on_a_part_gives_a_draft_no_outcome() -> None:
    part = replace(EVENT, decides=None, vote_on="paragraph", outcome="not adopted")
    assert {draft.outcome for draft in drafts_of(merged_event(part))} == {None}


def test_records_of_a_draft_are_merged_in_the_order_of_trust() -> None:
    sponsors = Sponsorship(Sponsors(("UKR",)), Sponsors(("POL",)), ("group-of-77",))
    records = [
        replace(DRAFT, adopted_as=("A/RES/79/184",), outcome="adopted"),
        replace(DRAFT, symbol="A/C.3/79/L.44 ", source="second", sponsorship=sponsors),
        replace(DRAFT, source="second", date="2024-11-06", adopted_as=("A/RES/79/999",)),
    ]
    (merged,), discrepancies = merge_drafts(records, {"A-RES-79-184"})
    assert merged.sources == ("first", "second")
    assert merged.variants == ("A/C.3/79/L.44 ",)
    assert (merged.draft.sponsorship, merged.draft.date) == (sponsors, "2024-11-06")
    # What is not in the record is not referred to.
    assert merged.draft.adopted_as == ("A/RES/79/184",)
    assert discrepancies == []


def test_one_text_may_become_several_documents() -> None:
    records = [replace(DRAFT, adopted_as=(f"A/RES/79/{n}",)) for n in (1, 2)]
    (merged,), _ = merge_drafts(records, {"A-RES-79-1", "A-RES-79-2"})
    assert merged.draft.adopted_as == ("A/RES/79/1", "A/RES/79/2")


def test_a_draft_put_to_the_vote_again_may_be_adopted_then() -> None:
    records = [replace(DRAFT, outcome="not adopted"), replace(DRAFT, outcome="adopted")]
    (merged,), _ = merge_drafts(records, set())
    assert merged.draft.outcome == "adopted"


def test_earlier_versions_are_drafts() -> None:
    revised = replace(DRAFT, symbol="A/C.3/79/L.44/Rev.1", versions=("A/C.3/79/L.44",))
    merged, _ = merge_drafts([revised], set())
    assert [draft.draft.symbol for draft in merged] == ["A/C.3/79/L.44", "A/C.3/79/L.44/Rev.1"]


def test_sponsors_that_differ_between_sources_are_a_discrepancy() -> None:
    first = replace(DRAFT, sponsorship=Sponsorship(Sponsors(("UKR", "POL"))))
    same = replace(first, source="second", sponsorship=Sponsorship(Sponsors(("POL", "UKR"))))
    assert merge_drafts([first, same], set())[1] == []
    other = replace(first, source="second", sponsorship=Sponsorship(Sponsors(("UKR",))))
    (merged,), (found,) = merge_drafts([first, other], set())
    assert merged.draft.sponsorship == first.sponsorship
    assert (found.aspect, found.accepted, found.other) == ("sponsors", "POL, UKR", "UKR")
    assert found.concerns == (("draft", "A-C-3-79-L-44"),)
