"""Roll calls that two sources tell of are found by their votes where symbols do not show them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import Resolution, VoteOn, VotingEvent
from kg.pipeline.matching import match
from tests.support.releases import Real

Y, N, A, X = VoteOption

#: The Sources of the two sides: one with official symbols, one whose symbols are uncertain.
ANCHOR, LOOSE = "undl-ga", "unvotes-package"

STATES = [f"S{n:02}" for n in range(60)]


def votes(text: str) -> dict[str, VoteOption]:
    """Return votes of the states in order, repeated to their number; a dot is no record."""
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
    decides = Resolution(symbol, "GeneralAssembly", date, "day", "15") if symbol else None
    return VotingEvent(
        key=slug(symbol) if symbol else key,
        source=source,
        body="GeneralAssembly",
        date=date,
        date_precision="day",
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


def voted(cast: Mapping[str, VoteOption]) -> dict[str, VoteOption]:
    return {state: option for state, option in cast.items() if option != X}


def changed(cast: Mapping[str, VoteOption], number: int) -> dict[str, VoteOption]:
    other = dict(cast)
    for state in list(cast)[:number]:
        other[state] = N if cast[state] != N else Y
    return other


def test_the_same_votes_in_the_same_month_are_one_roll_call() -> None:
    # Who did not vote is not recorded by the other source, and one vote differs.
    told = {s: o for s, o in changed(OFFICIAL[1].votes, 1).items() if o != X}
    matched = match(OFFICIAL, [event(LOOSE, "unvotes-7", told)])
    assert [one.key for one in matched.events] == ["A-RES-1502-XV"]
    assert (matched.by_symbol, matched.by_votes, matched.discrepancies) == (0, 1, [])


@pytest.mark.parametrize(
    ("told", "date", "vote_on"),
    [
        (changed(OFFICIAL[0].votes, 2), "1960-12-05", None),
        (OFFICIAL[0].votes, "1961-12-05", None),
        (changed(OFFICIAL[0].votes, 2), "1960-12-05", "paragraph"),
    ],
)
def test_other_votes_or_another_month_are_another_roll_call(
    told: Mapping[str, VoteOption], date: str, vote_on: VoteOn | None
) -> None:
    matched = match(OFFICIAL, [event(LOOSE, "unvotes-7", told, date, vote_on=vote_on)])
    assert [one.key for one in matched.events] == ["unvotes-7"]


def test_what_could_be_either_of_two_is_neither() -> None:
    """One state apart from each: neither leads by two states."""
    like_it = event(ANCHOR, "", changed(OFFICIAL[0].votes, 2), symbol="A/RES/1599(XV)")
    between = event(LOOSE, "unvotes-7", changed(OFFICIAL[0].votes, 1))
    assert match([*OFFICIAL, like_it], [between]).by_votes == 0
    twice = [between, event(LOOSE, "unvotes-8", dict([*OFFICIAL[0].votes.items()][1:]))]
    assert match(OFFICIAL, twice).by_votes == 0


def test_equal_votes_lead_over_nearly_equal_ones() -> None:
    like_it = event(ANCHOR, "", changed(OFFICIAL[0].votes, 1), symbol="A/RES/1599(XV)")
    rows = [
        event(LOOSE, "unvotes-7", like_it.votes),
        event(LOOSE, "unvotes-8", OFFICIAL[0].votes),
    ]
    matched = match([*OFFICIAL, like_it], rows)
    numbers = {one.key: one.replaces for one in matched.events}
    assert numbers == {"A-RES-1501-XV": ("unvotes-8",), "A-RES-1599-XV": ("unvotes-7",)}


@pytest.mark.parametrize("by", ["symbol", "words"])
def test_of_roll_calls_with_the_same_votes_symbol_and_words_decide(by: str) -> None:
    def titled(symbol: str, title: str) -> VotingEvent:
        made = event(ANCHOR, "", OFFICIAL[0].votes, symbol=symbol)
        assert made.decides
        return replace(made, decides=replace(made.decides, title=title))

    official = [
        titled("A/RES/40/257 A", "Emoluments of judges"),
        titled("A/RES/40/257 B", "Pension scheme of the Court"),
    ]
    hints = {
        "symbol": [{"source_symbol": "R/40/257B"}, {"source_symbol": "R/40/257A"}],
        "words": [{"description": "ICJ, PENSION SCHEME"}, {"description": "ICJ, EMOLUMENTS"}],
    }[by]
    rows = [
        replace(event(LOOSE, f"unvotes-{number}", OFFICIAL[0].votes), **hint)  # type: ignore[arg-type]
        for number, hint in enumerate(hints, 7)
    ]
    matched = {one.key: one.replaces for one in match(official, rows).events}
    assert matched == {"A-RES-40-257-B": ("unvotes-7",), "A-RES-40-257-A": ("unvotes-8",)}


MINUTES = "Mr. Badji introduces an amendment. We turn to the draft _L.34_, entitled _{}<d3>. A"


@pytest.mark.parametrize(
    ("again", "is_one_event"),
    [
        ({"source_symbol": "R/59/28"}, True),
        ({"source_symbol": "R/59/28", "description": MINUTES.format("Rights of peoples")}, True),
        ({"source_symbol": "R/59/28", "description": MINUTES.format("Other matters")}, False),
        ({"source_symbol": "R/59/28", "vote_on": "paragraph"}, False),
        ({"source_symbol": "R/59/28", "date": "1960-12-06"}, False),
        ({"source_symbol": "R/59/29"}, False),
    ],
)
def test_a_roll_call_recorded_twice_is_one_event_or_may_be(
    again: dict[str, object], is_one_event: bool
) -> None:
    official = event(ANCHOR, "", OFFICIAL[0].votes, symbol="A/RES/59/28")
    assert official.decides
    official = replace(official, decides=replace(official.decides, title="Rights of peoples"))
    first = replace(
        event(LOOSE, "", OFFICIAL[0].votes, symbol="A/RES/59/28"), source_number="rcid 7"
    )
    second = replace(
        event(LOOSE, "unvotes-8", OFFICIAL[0].votes),
        **{"source_number": "rcid 8", **again},  # type: ignore[arg-type]
    )
    matched = match([official], [first, second])
    if is_one_event:
        (one,) = matched.events
        assert (one.source_number, one.replaces) == ("rcid 7, rcid 8", ("unvotes-8",))
        assert matched.repeated == len(second.votes)
    else:
        assert [one.possibly_same_as for one in matched.events] == ["", "A-RES-59-28"]
        assert (matched.possible, matched.repeated) == (1, 0)


def test_the_whole_goes_before_a_paragraph_with_the_same_votes() -> None:
    told = [
        event(LOOSE, "unvotes-7", OFFICIAL[0].votes, vote_on="paragraph"),
        event(LOOSE, "unvotes-8", OFFICIAL[0].votes),
    ]
    assert [one.key for one in match(OFFICIAL, told).events] == ["A-RES-1501-XV", "unvotes-7"]


def test_another_symbol_for_the_same_votes_is_told() -> None:
    matched = match(OFFICIAL, [event(LOOSE, "", OFFICIAL[0].votes, symbol="A/RES/1591(XV)")])
    assert [one.key for one in matched.events] == ["A-RES-1501-XV"]
    (found,) = matched.discrepancies
    assert (found.aspect, found.accepted, found.other) == (
        "symbol", "A/RES/1501(XV)", "A/RES/1591(XV)",
    )  # fmt: skip
    assert found.concerns == (("event", "A-RES-1501-XV"),)


def test_what_relates_to_a_resolution_follows_its_symbol() -> None:
    told = [
        event(LOOSE, "", OFFICIAL[0].votes, symbol="A/RES/1591(XV)"),
        replace(event(LOOSE, "unvotes-9", votes("A")), relates_to="A/RES/1591(XV)"),
    ]
    matched = {one.key: one for one in match(OFFICIAL, told).events}
    assert matched["unvotes-9"].relates_to == "A/RES/1501(XV)"


def test_votes_that_belong_to_another_symbol_are_told() -> None:
    """Events are joined by symbol all the same; the difference is for people to judge."""
    matched = match(OFFICIAL, [event(LOOSE, "", OFFICIAL[1].votes, symbol="A/RES/1501(XV)")])
    assert [one.key for one in matched.events] == ["A-RES-1501-XV"]
    (found,) = matched.discrepancies
    assert (found.accepted, found.other) == ("A/RES/1501(XV)", "A/RES/1502(XV)")


@given(st.randoms(use_true_random=False))
def test_the_order_of_events_changes_nothing(chance: random.Random) -> None:
    told = [
        event(LOOSE, "unvotes-7", OFFICIAL[0].votes, vote_on="paragraph"),
        event(LOOSE, "unvotes-8", OFFICIAL[1].votes),
        event(LOOSE, "", OFFICIAL[2].votes, "1960-11-02", symbol="A/RES/1503(XV)"),
        event(LOOSE, "unvotes-9", votes("A")),
    ]
    official, shuffled = list(OFFICIAL), list(told)
    chance.shuffle(official)
    chance.shuffle(shuffled)
    one, other = match(OFFICIAL, told), match(official, shuffled)
    assert one.events == other.events
    assert one.discrepancies == other.discrepancies


def test_how_often_the_votes_find_what_the_symbols_say(
    real: dict[str, Real],
) -> None:
    """From session 31 on symbols can be read, so there the rule is tried without them."""
    official, told = real["undl-ga"].events, real["unvotes"].events
    known = {event.key for event in official}
    hidden, right = [], {}
    for one in told:
        if one.key in known and one.session.isdecimal() and int(one.session) >= 31:
            right[f"hidden-{one.key}"] = one.key
            hidden.append(replace(one, key=f"hidden-{one.key}", decides=None, source_symbol=""))
        elif one.key not in known:
            hidden.append(one)
    matched = match(official, hidden)
    origin = {id(one.votes): one.key for one in hidden}
    found = {origin[id(one.votes)]: one.key for one in matched.events}
    outcome = {key: (found[key], true) for key, true in right.items() if found[key] != key}
    assert len(right) == 3_932
    wrong = [pair for pair in outcome.values() if pair[0] != pair[1]]
    assert (len(outcome) - len(wrong), len(wrong)) == (3_786, 12)
    # Among roll calls with the same votes the words may mislead; no vote is wrong for it.
    by_key = {event.key: event.votes for event in official}
    apart = [pair for pair in wrong if voted(by_key[pair[0]]) != voted(by_key[pair[1]])]
    # What unvotes has for 63/49 are the votes on 63/47.
    assert apart == [("A-RES-63-47", "A-RES-63-49")]


def test_how_often_something_else_takes_a_missing_place(
    real: dict[str, Real],
) -> None:
    """Where unvotes has no row for a resolution, a paragraph of it may have the same votes."""
    official, told = real["undl-ga"].events, real["unvotes"].events
    known = {event.key: event for event in official}
    others = [one for one in told if one.key not in known]
    alone = [
        known[one.key]
        for one in told
        if one.key in known and one.session.isdecimal() and int(one.session) >= 31
    ]
    matched = match(alone, others)
    assert len(alone) == 3_932
    assert matched.by_votes == 12
