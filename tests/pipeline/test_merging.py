"""Merging records of one roll call from several sources; comparing reports with the record."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.model.discrepancies import ReportedTally, ReportedVote
from kg.model.sponsorship import Sponsors, Sponsorship
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, MergedEvent, VotingEvent
from kg.pipeline.differences import compare_reports
from tests.support.merging import STATES, merge

EMBEDDED, UNVOTES = "ukraine-roll-calls", "unvotes-package"


Y, N, A, X = VoteOption
SPONSORSHIP = Sponsorship(Sponsors(("UKR",)))


def event(key: str = "A-RES-68-262", **changes: object) -> VotingEvent:
    base = VotingEvent(
        key=key,
        source=EMBEDDED,
        body="GeneralAssembly",
        date="2014-03-27",
        session="68",
        votes={"UKR": Y, "RUS": N, "IRN": X},
        records_non_voting=True,
        decides=Document("A/RES/68/262", "GeneralAssembly", "2014-03-27", "68", "Title"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def merged(*events: VotingEvent) -> MergedEvent:
    (merged_event,) = merge(*([e] for e in events))
    return merged_event


def test_events_of_one_source_pass_through() -> None:
    events = [event("A"), event("B")]
    assert [m.event for m in merge(events)] == events


def test_sources_that_agree_make_one_event() -> None:
    other = event(source=UNVOTES, votes={"UKR": Y, "RUS": N}, records_non_voting=False)
    merged_event = merged(other, event())
    assert merged_event.event.votes == {"UKR": Y, "RUS": N, "IRN": X}
    assert merged_event.recorded_by == (EMBEDDED, UNVOTES)
    assert merged_event.discrepancies == ()
    assert merged_event.event.records_non_voting
    both = (EMBEDDED, UNVOTES)
    assert merged_event.vote_sources == {"UKR": both, "RUS": both, "IRN": (EMBEDDED,)}
    assert merged_event.usual_sources == both


def test_a_source_that_differs_is_not_among_the_sources_of_the_vote() -> None:
    other = event(source=UNVOTES, votes={"UKR": Y, "RUS": A}, records_non_voting=False)
    merged_event = merged(other, event())
    assert merged_event.vote_sources["RUS"] == (EMBEDDED,)
    (discrepancy,) = merged_event.discrepancies
    assert discrepancy.concerns == (("event", "A-RES-68-262"), ("vote", "A-RES-68-262/RUS"))
    assert discrepancy.other_from == (UNVOTES,)


def test_a_record_is_replaced_by_its_compilations() -> None:
    compiled = event(compiled_from={"UKR": ("voeten", "undl"), "RUS": ("undl",)})
    other = event(source="undl-ga", votes={"UKR": Y, "RUS": A, "IRN": X})
    merged_event = merged(compiled, other)
    assert merged_event.vote_sources == {
        "UKR": ("undl", "undl-ga", "voeten"),
        "RUS": ("undl-ga",),
        "IRN": (EMBEDDED, "undl-ga"),
    }
    # Each records one vote: the first in alphabetical order, whatever the order of the records.
    assert merged_event.usual_sources == (EMBEDDED, "undl-ga")


def test_lower_ranked_sources_may_differ_where_the_first_has_no_vote() -> None:
    first = event(source="undl-ga", votes={"UKR": Y}, records_non_voting=False)
    third = event(source=UNVOTES, votes={"UKR": Y, "RUS": Y}, records_non_voting=False)
    merged_event = merged(first, event(), third)
    assert merged_event.event.votes == {"UKR": Y, "RUS": N, "IRN": X}
    (discrepancy,) = merged_event.discrepancies
    assert (discrepancy.accepted, discrepancy.accepted_from) == ("against", (EMBEDDED,))
    assert (discrepancy.other, discrepancy.other_from) == ("in favour", (UNVOTES,))


def test_a_vote_belongs_to_the_entity_of_the_day() -> None:
    """unvotes has only the month of A/RES/1631(XVI) and Egypt as the earlier entity."""
    official = event(source="undl-ga", date="1961-10-27", votes={"EGY": N, "SYR": Y})
    coarse = event(
        source=UNVOTES,
        date="1961-10",
        votes={"UAR": N},
        records_non_voting=False,
    )
    merged_event = merged(official, coarse)
    assert merged_event.event.votes == {"EGY": N, "SYR": Y}
    assert merged_event.vote_outcomes["unvotes"] == {"merged": 1}
    assert [discrepancy.aspect for discrepancy in merged_event.discrepancies] == []


def test_no_vote_of_a_non_member_is_added_to_a_complete_record() -> None:
    """Fiji was admitted the day after A/RES/2621(XXV), but unvotes records its vote against."""
    official = event(source="undl-ga", date="1970-10-12", votes={"GBR": N, "USA": N})
    coarse = event(
        source=UNVOTES,
        date="1970-10",
        votes={"GBR": N, "FJI": N},
        records_non_voting=False,
    )
    merged_event = merged(official, coarse)
    assert merged_event.event.votes == {"GBR": N, "USA": N}
    assert merged_event.vote_outcomes["unvotes"] == {"merged": 1, "discrepant": 1}
    (discrepancy,) = merged_event.discrepancies
    assert (discrepancy.accepted, discrepancy.other) == ("no vote", "against")
    assert discrepancy.concerns == (("event", "A-RES-68-262"), ("state", "FJI"))


def test_a_missing_vote_is_not_a_difference_and_a_vote_of_one_source_is_kept() -> None:
    other = event(source=UNVOTES, votes={"UKR": Y, "GEO": Y}, records_non_voting=False)
    merged_event = merged(event(), other)
    assert merged_event.event.votes == {"UKR": Y, "RUS": N, "IRN": X, "GEO": Y}
    assert merged_event.discrepancies == ()


def test_a_differing_vote_follows_precedence_and_is_reported() -> None:
    other = event(source=UNVOTES, votes={"UKR": Y, "RUS": A, "IRN": N})
    for order in ((event(), other), (other, event())):
        merged_event = merged(*order)
        assert merged_event.event.votes == {"UKR": Y, "RUS": N, "IRN": X}
        discrepancies = {
            d.key: (d.accepted, d.other, d.accepted_from, d.other_from)
            for d in merged_event.discrepancies
        }
        assert discrepancies == {
            f"A-RES-68-262-vote-RUS-{UNVOTES}": ("against", "abstaining", (EMBEDDED,), (UNVOTES,)),
            f"A-RES-68-262-vote-IRN-{UNVOTES}": ("non-voting", "against", (EMBEDDED,), (UNVOTES,)),
        }
        assert merged_event.discrepancies[0].concerns == (
            ("event", "A-RES-68-262"),
            ("vote", "A-RES-68-262/RUS"),
        )


def test_a_date_known_to_the_month_differs_only_in_year_or_month() -> None:
    coarse = event(source=UNVOTES, date="2014-03")
    merged_event = merged(event(), coarse)
    assert (merged_event.event.date, merged_event.day_refined) == ("2014-03-27", True)
    assert merged_event.discrepancies == ()
    merged_event = merged(event(), replace(coarse, date="2014-04"))
    assert [(d.aspect, d.accepted, d.other) for d in merged_event.discrepancies] == [
        ("date", "2014-03-27", "2014-04")
    ]


def test_a_more_precise_date_of_a_lower_ranked_source_is_used() -> None:
    coarse = event(date="2014-03")
    merged_event = merged(coarse, event(source=UNVOTES))
    assert (merged_event.event.date, merged_event.day_refined) == ("2014-03-27", True)
    assert merged_event.event.decides is not None
    assert merged_event.event.decides.date == "2014-03-27"


def test_differing_days_are_reported() -> None:
    merged_event = merged(event(), event(source=UNVOTES, date="2014-03-28"))
    assert [d.aspect for d in merged_event.discrepancies] == ["date"]


def test_a_later_source_fills_in_missing_values() -> None:
    other = event(
        source=UNVOTES,
        description="coder's words",
        topics=("human-rights",),
        important=True,
        source_symbol="R/68/262",
        decides=Document(
            "A/RES/68/262", "GeneralAssembly", "2014-03-27", "68", sponsorship=SPONSORSHIP
        ),
    )
    merged_event = merged(event(), other).event
    assert merged_event.description == "coder's words"
    assert merged_event.important
    assert merged_event.decides is not None
    assert (merged_event.decides.title, merged_event.decides.topics) == ("Title", ("human-rights",))
    assert merged_event.decides.sponsorship == SPONSORSHIP


def test_other_spellings_of_a_symbol_are_kept() -> None:
    first = event(source="undl-ga", decides=document("A/RES/68/262", "A/RES/68//262"))
    other = event(decides=document("A/RES/68/262[1]", "68/262"))
    merged_document = merged(other, first).event.decides
    assert merged_document is not None
    assert merged_document.symbol == "A/RES/68/262"
    assert merged_document.variants == ("68/262", "A/RES/68//262", "A/RES/68/262[1]")


def document(symbol: str, *variants: str) -> Document:
    return Document(symbol, "GeneralAssembly", "2014-03-27", "68", variants=variants)


def test_two_records_of_one_source_are_never_merged() -> None:
    with pytest.raises(SourceError, match="two records of one document: A-RES-68-262"):
        list(merge([event(), event()]))


def test_a_source_out_of_order_is_an_error() -> None:
    with pytest.raises(SourceError, match="out of order"):
        list(merge([event("B"), event("A")]))


@given(st.data())
def test_the_order_of_sources_does_not_matter(data: st.DataObject) -> None:
    votes = st.dictionaries(
        st.sampled_from(["UKR", "RUS", "IND", "CHN"]), st.sampled_from(VoteOption)
    )
    keys = data.draw(st.lists(st.sampled_from("ABCDEF"), unique=True, min_size=1).map(sorted))
    first = [event(k, votes=data.draw(votes)) for k in keys]
    second = [
        event(k, source=UNVOTES, votes=data.draw(votes))
        for k in data.draw(st.lists(st.sampled_from("ABCDEF"), unique=True).map(sorted))
    ]
    assert list(merge(first, second)) == list(merge(second, first))


def tally(counts: dict[VoteOption, int]) -> ReportedTally:
    return ReportedTally("r", "A-RES-68-262", counts, "article")


def test_a_tally_that_agrees_is_not_a_difference() -> None:
    assert compare_reports(merged(event()), [tally({Y: 1, N: 1, A: 0, X: 1})], [], STATES) == []


def test_each_differing_figure_is_reported() -> None:
    discrepancies = compare_reports(merged(event()), [tally({Y: 2, N: 1, X: 9})], [], STATES)
    assert [(d.aspect, d.accepted, d.other) for d in discrepancies] == [
        ("total", "1 in favour", "2 in favour"),
        ("total", "1 non-voting", "9 non-voting"),
    ]
    assert discrepancies[0].concerns == (("event", "A-RES-68-262"), ("report", "r"))


def test_non_voting_is_not_compared_where_the_record_has_none() -> None:
    silent = merged(event(votes={"UKR": Y}, records_non_voting=False))
    assert compare_reports(silent, [tally({X: 9})], [], STATES) == []


def test_a_differing_reported_vote_refers_to_its_report() -> None:
    votes = [
        ReportedVote("r1", "A-RES-68-262", "RUS", X, "article"),
        ReportedVote("r2", "A-RES-68-262", "UKR", Y, "article"),
        ReportedVote("r3", "A-RES-68-262", "FRA", Y, "article"),
    ]
    (discrepancy,) = compare_reports(merged(event()), [], votes, STATES)
    assert (discrepancy.accepted, discrepancy.other) == ("against", "non-voting")
    expected = "Russian Federation is recorded as against, elsewhere as non-voting"
    assert discrepancy.description.endswith(expected)
    assert discrepancy.concerns[1:] == (("vote", "A-RES-68-262/RUS"), ("report", "r1"))


# What is inferred, and adoptions without a vote.
def test_an_inferred_absence_gives_way_to_a_recorded_vote() -> None:
    inferring = event(votes={"UKR": Y, "RUS": X, "IRN": X}, inferred=frozenset({"RUS", "IRN"}))
    recording = event(source=UNVOTES, votes={"UKR": Y, "RUS": N}, records_non_voting=False)
    merged_event = merged(inferring, recording)
    assert merged_event.event.votes == {"UKR": Y, "RUS": N, "IRN": X}
    assert merged_event.event.inferred == {"IRN"}
    assert merged_event.discrepancies == ()
    assert merged_event.vote_sources["RUS"] == (UNVOTES,)
    assert merged_event.vote_sources["IRN"] == (EMBEDDED,)
    assert merged_event.vote_outcomes == {
        "ukraine": {"loaded": 1},
        "unvotes": {"merged": 1, "loaded": 1},
    }


@pytest.mark.parametrize("recorded", [X, A])
def test_an_inferred_absence_of_a_poorer_source_changes_nothing(recorded: VoteOption) -> None:
    recording = event(votes={"UKR": Y, "RUS": N, "IRN": recorded})
    inferring = event(
        source=UNVOTES,
        votes={"UKR": Y, "RUS": N, "IRN": X},
        inferred=frozenset({"IRN"}),
    )
    merged_event = merged(recording, inferring)
    assert merged_event.event.votes["IRN"] == recorded
    assert merged_event.event.inferred == frozenset()
    assert merged_event.discrepancies == ()
    assert merged_event.vote_sources["IRN"] == (EMBEDDED,)
    assert merged_event.vote_outcomes["unvotes"] == {"merged": 2}


@pytest.mark.parametrize("recorded", [Y, X])
def test_an_inferred_absence_in_a_whole_council_gives_way_to_a_recorded_vote(
    recorded: VoteOption,
) -> None:
    council = sorted(STATES.council("2014-03-27"))
    silent, *others = council
    inferring = event(
        body="SecurityCouncil",
        votes=dict.fromkeys(others, Y) | {silent: X},
        inferred=frozenset({silent}),
    )
    # A vote of a state that was not a member is not added.
    votes = dict.fromkeys(others, Y) | {silent: recorded, "UKR": N}
    recording = replace(inferring, source=UNVOTES, votes=votes, inferred=frozenset())
    merged_event = merged(inferring, recording)
    assert merged_event.event.votes == dict.fromkeys(others, Y) | {silent: recorded}
    assert merged_event.event.inferred == frozenset()
    assert [d.aspect for d in merged_event.discrepancies] == ["vote"]


def test_two_adoptions_without_a_vote_are_one_event_without_votes() -> None:
    adopted = event(votes={}, records_non_voting=False, without_vote=True, outcome="adopted")
    merged_event = merged(adopted, replace(adopted, source=UNVOTES))
    assert merged_event.event.without_vote
    assert (merged_event.event.votes, merged_event.discrepancies) == ({}, ())


@pytest.mark.parametrize("voted", [EMBEDDED, UNVOTES])
def test_votes_and_an_adoption_without_a_vote_are_a_discrepancy(voted: str) -> None:
    (unvoted,) = {EMBEDDED, UNVOTES} - {voted}
    adopted = event(source=unvoted, votes={}, records_non_voting=False, without_vote=True)
    merged_event = merged(event(source=voted), adopted)
    assert not merged_event.event.without_vote
    assert merged_event.event.votes == {"UKR": Y, "RUS": N, "IRN": X}
    (found,) = merged_event.discrepancies
    assert (found.aspect, found.accepted, found.other) == ("method", "by vote", "without a vote")
    assert (found.accepted_from, found.other_from) == ((voted,), (unvoted,))


def test_circumstances_are_those_of_the_first_source_that_has_them() -> None:
    first = event(agenda_items=("68-33",), drafts=("A/68/L.39",), outcome="adopted")
    second = event(
        source=UNVOTES,
        agenda_items=("68-33", "68-33-a"),
        drafts=("A/68/L.39 ", "A/68/L.39/Add.1"),
        committee="third-committee",
        voting_method="recorded vote",
        sdgs=(16,),
    )
    merged_event = merged(first, second)
    accepted = merged_event.event
    assert (accepted.agenda_items, accepted.committee) == (("68-33",), "third-committee")
    assert (accepted.voting_method, accepted.sdgs) == ("recorded vote", (16,))
    assert accepted.drafts == ("A/68/L.39", "A/68/L.39/Add.1")
    assert merged_event.draft_sources == {
        "A/68/L.39": (EMBEDDED, UNVOTES),
        "A/68/L.39/Add.1": (UNVOTES,),
    }
    # An item and its sub-item do not contradict each other.
    assert merged_event.discrepancies == ()


@pytest.mark.parametrize(
    ("changes", "aspect"),
    [({"agenda_items": ("68-99",)}, "agenda item"), ({"outcome": "not adopted"}, "outcome")],
)
def test_different_circumstances_are_a_discrepancy(changes: dict[str, object], aspect: str) -> None:
    first = event(agenda_items=("68-33",), outcome="adopted")
    merged_event = merged(first, replace(first, source=UNVOTES, **changes))  # type: ignore[arg-type]
    (found,) = merged_event.discrepancies
    assert (found.aspect, found.other_from) == (aspect, (UNVOTES,))
    assert merged_event.event.agenda_items == ("68-33",)
