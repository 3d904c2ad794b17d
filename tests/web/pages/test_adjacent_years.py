"""Decisions on the same text in adjacent years, with parts of resolutions as actually numbered."""

from __future__ import annotations

import pytest

from kg.web.pages.adjacent_years import Decision, counterpart


def decision(symbol: str, year: int, *agenda: str) -> Decision:
    return Decision(f"event of {symbol}", symbol, symbol, str(year), frozenset(agenda))


MIDDLE_EAST_1991 = [decision("A/RES/46/82A", 1991, "m"), decision("A/RES/46/82B", 1991, "m")]
MIDDLE_EAST_1992 = [decision("A/RES/47/63B", 1992, "m"), decision("A/RES/47/63A", 1992, "m")]


@pytest.mark.parametrize("number", [0, 1])
def test_parts_are_paired_by_their_letter_from_both_sides(number: int) -> None:
    of_1991 = MIDDLE_EAST_1991[number]
    of_1992 = MIDDLE_EAST_1992[1 - number]
    assert counterpart(of_1991, MIDDLE_EAST_1991, MIDDLE_EAST_1992) is of_1992
    assert counterpart(of_1992, MIDDLE_EAST_1992, MIDDLE_EAST_1991) is of_1991


def test_the_only_text_of_a_title_needs_neither_letter_nor_agenda() -> None:
    earlier, later = decision("A/RES/76/179", 2021, "x"), decision("A/RES/77/229", 2022)
    assert counterpart(later, [later], [earlier]) is earlier
    assert counterpart(earlier, [earlier], [later]) is later


def test_the_agenda_item_decides_before_the_letter() -> None:
    own = [decision("A/RES/40/1A", 1985, "cyprus"), decision("A/RES/40/1B", 1985, "budget")]
    other = [decision("A/RES/41/1A", 1986, "budget"), decision("A/RES/41/1B", 1986, "cyprus")]
    assert counterpart(own[0], own, other) is other[1]
    assert counterpart(other[1], other, own) is own[0]


def test_nothing_is_shown_if_several_candidates_remain() -> None:
    whole = decision("A/RES/3115(XXVIII)", 1973, "rhodesia")
    parts = [decision(f"A/RES/{n}(XXVII)", 1972, "rhodesia") for n in (2945, 2946)]
    assert counterpart(whole, [whole], parts) is None
    assert all(counterpart(part, parts, [whole]) is None for part in parts)
    assert counterpart(whole, [whole], []) is None


@pytest.mark.parametrize(
    ("symbol", "part"),
    [("A/RES/46/82B", "B"), ("A/RES/289(IV)[AA]", "AA"), ("A/RES/77/229", ""),
     ("A/RES/2758(XXVI)", ""), ("A/RES/63(I)[PARA.3]", ""), ("S/RES/2623 (2022)", "")],
)  # fmt: skip
def test_part_is_the_letter_of_the_symbol(symbol: str, part: str) -> None:
    assert decision(symbol, 2000).part == part
