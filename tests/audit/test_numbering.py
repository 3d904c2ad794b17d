"""Gaps in the numbering of resolutions, and their meaning."""

from __future__ import annotations

import pyoxigraph as ox

from kg.audit.numbering import MISSING, NOT_RECORDED, Gap, gaps
from kg.rdf.vocabulary import RDF, UNV, XSD


def store(*symbols: str) -> ox.Store:
    graph = ox.Store()
    for number, symbol in enumerate(symbols):
        this = ox.NamedNode(f"https://example.org/{number}")
        graph.add(ox.Quad(this, ox.NamedNode(RDF.type), ox.NamedNode(UNV.Resolution)))
        graph.add(ox.Quad(this, ox.NamedNode(UNV.symbol), ox.Literal(symbol)))
    return graph


def test_numbers_of_the_council_are_consecutive_and_should_be_complete() -> None:
    symbols = ("S/RES/2(1946)", "S/RES/3(1946)", "S/RES/7 (1947)")
    assert gaps(store(), symbols) == [Gap("Security Council", ((1, 1), (4, 6)), MISSING)]
    (gap,) = gaps(store(), symbols)
    assert (gap.count, gap.ranges) == (4, "1, 4-6")


def test_another_source_fills_a_gap() -> None:
    symbols = ("S/RES/1(1946)", "S/RES/3(1946)")
    assert gaps(store("S/RES/2(1946)"), symbols) == []


def test_nothing_is_missing_beyond_what_a_complete_source_covers() -> None:
    assert gaps(store("S/RES/9(1946)", "A/RES/79/184"), ["S/RES/1(1946)"]) == []
    assert gaps(store("S/RES/2774(2025)"), []) == []


def test_each_session_of_the_assembly_counts_from_one() -> None:
    symbols = ("A/RES/31/1", "A/RES/31/5[B]", "A/RES/31/5[D]", "A/RES/32/2", "A/RES/ES-10/2")
    assert gaps(store(), symbols) == [
        Gap("General Assembly, session 31", ((2, 4),), NOT_RECORDED),
        Gap("General Assembly, session 32", ((1, 1),), NOT_RECORDED),
        Gap("General Assembly, session ES-10", ((1, 1),), NOT_RECORDED),
    ]


def test_in_a_session_with_adoptions_without_a_vote_nothing_should_be_missing() -> None:
    graph = store("A/RES/78/1", "A/RES/77/2")
    event, symbol = ox.NamedNode("https://example.org/event"), ox.Literal("A/RES/78/1")
    true = ox.Literal("true", datatype=ox.NamedNode(XSD.boolean))
    graph.add(ox.Quad(event, ox.NamedNode(UNV.adoptedWithoutVote), true))
    (resolution,) = (
        quad.subject for quad in graph.quads_for_pattern(None, ox.NamedNode(UNV.symbol), symbol)
    )
    graph.add(ox.Quad(event, ox.NamedNode(UNV.decides), resolution))
    assert gaps(graph, ["A/RES/78/1", "A/RES/78/4", "A/RES/77/2"]) == [
        Gap("General Assembly, session 77", ((1, 1),), NOT_RECORDED),
        Gap("General Assembly, session 78", ((2, 3),), MISSING),
    ]


def test_a_source_that_begins_later_misses_nothing_before() -> None:
    symbols = ("S/RES/1284(1999)", "S/RES/1286(2000)", "A/RES/75/1", "A/RES/75/3")
    assert gaps(store("S/RES/1(1946)"), [], symbols) == [
        Gap("Security Council", ((1285, 1285),), MISSING),
        Gap("General Assembly, session 75", ((2, 2),), NOT_RECORDED),
    ]


def test_until_session_30_numbers_continue_and_may_belong_to_either_session() -> None:
    symbols = ("A/RES/2(I)", "A/RES/4(I)", "A/RES/6(S-I)", "A/RES/7(II)", "A/RES/9(II)")
    assert [(gap.series, gap.ranges) for gap in gaps(store(), symbols)] == [
        ("General Assembly, session 1", "1, 3"),
        ("General Assembly, sessions 1 and S-1", "5"),
        ("General Assembly, session 2", "8"),
    ]
