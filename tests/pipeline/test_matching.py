"""Roll calls of two sources are matched by votes where symbols do not identify them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, VoteOn, VotingEvent
from kg.pipeline.matching import match
from tests.support.releases import Real

Y, N, A, X = VoteOption

#: The sources of the two sides: one with official symbols, one with uncertain symbols.
ANCHOR, LOOSE = "undl-ga", "unvotes-package"

STATES = [f"S{n:02}" for n in range(60)]


def votes(text: str) -> dict[str, VoteOption]:
    """Return votes of the states in order, repeated to their number; a dot means no record."""
    spread = (text * len(STATES))[: len(STATES)]
    option_of = {option.value: option for option in VoteOption}
    return {
        state: option_of[code] for state, code in zip(STATES, spread, strict=True) if code != "."
    }


def event(
    source: str,
    key: str,
    cast: Mapping[str, VoteOption],
    date: str = "1960-12-05",
    symbol: str = "",
    vote_on: VoteOn | None = None,
) -> VotingEvent:
    decides = Document(symbol, "GeneralAssembly", date, "15") if symbol else None
    return VotingEvent(
        key=slug(symbol) if symbol else key,
        source=source,
        body="GeneralAssembly",
        date=date,
        session="15",
        votes=cast,
        records_non_voting=source == ANCHOR,
        decides=decides,
        vote_on=vote_on,
    )


OFFICIAL = [
    event(ANCHOR, "", votes("YYNA"), symbol="A/RES/1501(XV)"),
    event(ANCHOR, "", votes("YNYAX"), symbol="A/RES/1502(XV)", date="1960-12-19"),
    event(ANCHOR, "", votes("YYYYA"), symbol="A/RES/1503(XV)", date="1960-11-30"),
]


def without_non_voting(cast: Mapping[str, VoteOption]) -> dict[str, VoteOption]:
    return {state: option for state, option in cast.items() if option != X}


def with_changed_votes(cast: Mapping[str, VoteOption], number: int) -> dict[str, VoteOption]:
    votes_changed = dict(cast)
    for state in list(cast)[:number]:
        votes_changed[state] = N if cast[state] != N else Y
    return votes_changed


def test_the_same_votes_in_the_same_month_are_one_roll_call() -> None:
    # The other source does not record non-voting, and one vote differs.
    recorded = {s: o for s, o in with_changed_votes(OFFICIAL[1].votes, 1).items() if o != X}
    matched = match(OFFICIAL, [event(LOOSE, "unvotes-7", recorded)])
    assert [event.key for event in matched.events] == ["A-RES-1502-XV"]
    assert (matched.by_symbol, matched.by_votes, matched.discrepancies) == (0, 1, [])


@pytest.mark.parametrize(
    ("cast", "date", "vote_on"),
    [
        (with_changed_votes(OFFICIAL[0].votes, 2), "1960-12-05", None),
        (OFFICIAL[0].votes, "1961-12-05", None),
        (with_changed_votes(OFFICIAL[0].votes, 2), "1960-12-05", "paragraph"),
    ],
)
def test_different_votes_or_months_are_different_roll_calls(
    cast: Mapping[str, VoteOption], date: str, vote_on: VoteOn | None
) -> None:
    matched = match(OFFICIAL, [event(LOOSE, "unvotes-7", cast, date, vote_on=vote_on)])
    assert [event.key for event in matched.events] == ["unvotes-7"]


def test_an_ambiguous_match_is_rejected() -> None:
    """A row that differs from two candidates in one state each matches neither."""
    rival = event(ANCHOR, "", with_changed_votes(OFFICIAL[0].votes, 2), symbol="A/RES/1599(XV)")
    candidate = event(LOOSE, "unvotes-7", with_changed_votes(OFFICIAL[0].votes, 1))
    assert match([*OFFICIAL, rival], [candidate]).by_votes == 0
    candidates = [
        candidate,
        event(LOOSE, "unvotes-8", dict([*OFFICIAL[0].votes.items()][1:])),
    ]
    assert match(OFFICIAL, candidates).by_votes == 0


def test_identical_votes_are_preferred_to_nearly_identical_ones() -> None:
    rival = event(ANCHOR, "", with_changed_votes(OFFICIAL[0].votes, 1), symbol="A/RES/1599(XV)")
    candidates = [
        event(LOOSE, "unvotes-7", rival.votes),
        event(LOOSE, "unvotes-8", OFFICIAL[0].votes),
    ]
    matched = match([*OFFICIAL, rival], candidates)
    replaced_keys = {event.key: event.replaces for event in matched.events}
    assert replaced_keys == {"A-RES-1501-XV": ("unvotes-8",), "A-RES-1599-XV": ("unvotes-7",)}


@pytest.mark.parametrize("hint", ["symbol", "words"])
def test_symbol_or_words_decide_between_roll_calls_with_the_same_votes(hint: str) -> None:
    def titled(symbol: str, title: str) -> VotingEvent:
        roll_call = event(ANCHOR, "", OFFICIAL[0].votes, symbol=symbol)
        assert roll_call.decides
        return replace(roll_call, decides=replace(roll_call.decides, title=title))

    official = [
        titled("A/RES/40/257 A", "Emoluments of judges"),
        titled("A/RES/40/257 B", "Pension scheme of the Court"),
    ]
    changes = {
        "symbol": [{"source_symbol": "R/40/257B"}, {"source_symbol": "R/40/257A"}],
        "words": [{"description": "ICJ, PENSION SCHEME"}, {"description": "ICJ, EMOLUMENTS"}],
    }[hint]
    candidates = [
        replace(event(LOOSE, f"unvotes-{number}", OFFICIAL[0].votes), **change)  # type: ignore[arg-type]
        for number, change in enumerate(changes, 7)
    ]
    replaced_keys = {event.key: event.replaces for event in match(official, candidates).events}
    assert replaced_keys == {"A-RES-40-257-B": ("unvotes-7",), "A-RES-40-257-A": ("unvotes-8",)}


MINUTES = "Mr. Badji introduces an amendment. We turn to the draft _L.34_, entitled _{}<d3>. A"


@pytest.mark.parametrize(
    ("changes", "is_one_event"),
    [
        ({"source_symbol": "R/59/28"}, True),
        ({"source_symbol": "R/59/28", "description": MINUTES.format("Rights of peoples")}, True),
        ({"source_symbol": "R/59/28", "description": MINUTES.format("Other matters")}, False),
        ({"source_symbol": "R/59/28", "vote_on": "paragraph"}, False),
        ({"source_symbol": "R/59/28", "date": "1960-12-06"}, False),
        ({"source_symbol": "R/59/29"}, False),
    ],
)
def test_a_roll_call_recorded_twice_is_merged_or_linked(
    changes: dict[str, object], is_one_event: bool
) -> None:
    official = event(ANCHOR, "", OFFICIAL[0].votes, symbol="A/RES/59/28")
    assert official.decides
    official = replace(official, decides=replace(official.decides, title="Rights of peoples"))
    first = replace(
        event(LOOSE, "", OFFICIAL[0].votes, symbol="A/RES/59/28"), source_number="rcid 7"
    )
    second = replace(
        event(LOOSE, "unvotes-8", OFFICIAL[0].votes),
        **{"source_number": "rcid 8", **changes},  # type: ignore[arg-type]
    )
    matched = match([official], [first, second])
    if is_one_event:
        (merged_event,) = matched.events
        assert (merged_event.source_number, merged_event.replaces) == (
            "rcid 7, rcid 8",
            ("unvotes-8",),
        )
        assert matched.repeated == len(second.votes)
    else:
        assert [event.possibly_same_as for event in matched.events] == ["", "A-RES-59-28"]
        assert matched.repeated == 0


def test_a_vote_on_the_whole_is_matched_before_a_paragraph_with_the_same_votes() -> None:
    events = [
        event(LOOSE, "unvotes-7", OFFICIAL[0].votes, vote_on="paragraph"),
        event(LOOSE, "unvotes-8", OFFICIAL[0].votes),
    ]
    assert [event.key for event in match(OFFICIAL, events).events] == ["A-RES-1501-XV", "unvotes-7"]


def test_another_symbol_for_the_same_votes_is_reported() -> None:
    matched = match(OFFICIAL, [event(LOOSE, "", OFFICIAL[0].votes, symbol="A/RES/1591(XV)")])
    assert [event.key for event in matched.events] == ["A-RES-1501-XV"]
    (discrepancy,) = matched.discrepancies
    assert (discrepancy.aspect, discrepancy.accepted, discrepancy.other) == (
        "symbol", "A/RES/1501(XV)", "A/RES/1591(XV)",
    )  # fmt: skip
    assert discrepancy.concerns == (("event", "A-RES-1501-XV"),)


def test_related_events_follow_the_symbol_of_their_resolution() -> None:
    events = [
        event(LOOSE, "", OFFICIAL[0].votes, symbol="A/RES/1591(XV)"),
        replace(event(LOOSE, "unvotes-9", votes("A")), relates_to="A/RES/1591(XV)"),
    ]
    matched = {event.key: event for event in match(OFFICIAL, events).events}
    assert matched["unvotes-9"].relates_to == "A/RES/1501(XV)"


def test_votes_that_belong_to_another_symbol_are_reported() -> None:
    """Events are still joined by symbol; the difference is reported for review."""
    matched = match(OFFICIAL, [event(LOOSE, "", OFFICIAL[1].votes, symbol="A/RES/1501(XV)")])
    assert [event.key for event in matched.events] == ["A-RES-1501-XV"]
    (discrepancy,) = matched.discrepancies
    assert (discrepancy.accepted, discrepancy.other) == ("A/RES/1501(XV)", "A/RES/1502(XV)")


@given(st.randoms(use_true_random=False))
def test_the_order_of_events_changes_nothing(chance: random.Random) -> None:
    events = [
        event(LOOSE, "unvotes-7", OFFICIAL[0].votes, vote_on="paragraph"),
        event(LOOSE, "unvotes-8", OFFICIAL[1].votes),
        event(LOOSE, "", OFFICIAL[2].votes, "1960-11-02", symbol="A/RES/1503(XV)"),
        event(LOOSE, "unvotes-9", votes("A")),
    ]
    official, shuffled = list(OFFICIAL), list(events)
    chance.shuffle(official)
    chance.shuffle(shuffled)
    expected, result = match(OFFICIAL, events), match(official, shuffled)
    assert expected.events == result.events
    assert expected.discrepancies == result.discrepancies


def test_how_often_votes_match_the_event_of_the_symbol(
    real: dict[str, Real],
) -> None:
    """Symbols are readable from session 31, so the rule is tested there without them."""
    official, unofficial = real["undl-ga"].events, real["unvotes"].events
    official_keys = {event.key for event in official}
    hidden, expected_keys = [], {}
    for event in unofficial:
        if event.key in official_keys and event.session.isdecimal() and int(event.session) >= 31:
            expected_keys[f"hidden-{event.key}"] = event.key
            hidden.append(replace(event, key=f"hidden-{event.key}", decides=None, source_symbol=""))
        elif event.key not in official_keys:
            hidden.append(event)
    matched = match(official, hidden)
    hidden_key = {id(event.votes): event.key for event in hidden}
    matched_keys = {hidden_key[id(event.votes)]: event.key for event in matched.events}
    outcome = {
        key: (matched_keys[key], expected)
        for key, expected in expected_keys.items()
        if matched_keys[key] != key
    }
    assert len(expected_keys) == 3_932
    wrong = [pair for pair in outcome.values() if pair[0] != pair[1]]
    assert (len(outcome) - len(wrong), len(wrong)) == (3_786, 12)
    # Words may mislead among roll calls with the same votes, but no vote becomes wrong.
    votes_cast = {event.key: without_non_voting(event.votes) for event in official}
    with_other_votes = [pair for pair in wrong if votes_cast[pair[0]] != votes_cast[pair[1]]]
    # The votes of unvotes for 63/49 are those on 63/47.
    assert with_other_votes == [("A-RES-63-47", "A-RES-63-49")]


def test_session_74_is_matched_with_the_resolutions_in_xml(real: dict[str, Real]) -> None:
    """Without the library, as in the open release: all symbols of unvotes are right."""
    anchors = {event.key: event for event in real["dgacm"].events}
    matched = match(real["dgacm"].events, real["unvotes"].events)
    assert (matched.by_symbol, matched.by_votes, matched.repeated) == (90, 0, 0)
    assert matched.discrepancies == []
    of_session = {event.key: event for event in matched.events if event.session == "74"}
    assert of_session.keys() - anchors.keys() == {"A-RES-74-267"}
    differing = {
        (key, state)
        for key in of_session.keys() & anchors.keys()
        for state, option in without_non_voting(anchors[key].votes).items()
        if of_session[key].votes.get(state) != option
    }
    assert not differing


def test_how_often_another_event_is_matched_for_a_missing_one(
    real: dict[str, Real],
) -> None:
    """If unvotes has no row for a resolution, one of its paragraphs may have the same votes."""
    official, unofficial = real["undl-ga"].events, real["unvotes"].events
    official_by_key = {event.key: event for event in official}
    others = [event for event in unofficial if event.key not in official_by_key]
    unmatched = [
        official_by_key[event.key]
        for event in unofficial
        if event.key in official_by_key and event.session.isdecimal() and int(event.session) >= 31
    ]
    matched = match(unmatched, others)
    assert len(unmatched) == 3_932
    assert matched.by_votes == 12
