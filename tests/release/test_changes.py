"""Changes between two releases are found, each once."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pyoxigraph as ox
import pytest

from kg.rdf.vocabulary import BASE, DCTERMS, PREFIXES, UNV
from kg.release.changes import Change, ChangeKind, Comparison

EVENT = BASE + "id/event/"

BEFORE = """
<event/A-RES-1> a unv:VotingEvent ; rdfs:label "Vote on A/RES/1"@en ;
  unv:date "1980-05-10"^^xsd:date ; dcterms:identifier "R/1", "rcid 1" ;
  unv:decides <resolution/A-RES-1> ; unv:inFavour <state/AAA> ; unv:against <state/BBB> .
<resolution/A-RES-1> unv:symbol "A/RES/1" .
<event/unvotes-7> a unv:VotingEvent ; rdfs:label "Roll call unvotes-7"@en ;
  unv:month "1980-05"^^xsd:gYearMonth ;
  unv:abstaining <state/AAA> .
<statement/hope> a unv:Statement ; rdfs:label "Alpha hopes."@en ; unv:stance unv:Supportive ;
  unv:quote "We hope."@en ; dcterms:date "1980-05-10"^^xsd:date ;
  unv:about <event/A-RES-1> , <event/unvotes-7> .
"""


def store(text: str) -> ox.Store:
    """Return a store with only the given facts in Turtle, with relative resource IRIs."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    filled = ox.Store()
    filled.load(f"@base <{BASE}id/> .\n{prefixes}{text}", ox.RdfFormat.TURTLE)
    return filled


def shown(changes: list[Change]) -> list[tuple[ChangeKind, str, str, str]]:
    return [
        (change.kind, change.thing.removeprefix(BASE + "id/"), change.before, change.after)
        for change in changes
    ]


def compared(before: str, after: str) -> list[tuple[ChangeKind, str, str, str]]:
    return shown(Comparison(store(before), store(after)).changes())


@pytest.mark.parametrize(
    ("replaced", "by", "expected"),
    [
        ("", "", []),
        (
            'unv:date "1980-05-10"',
            'unv:date "1980-05-12"',
            [(ChangeKind.DATE_CHANGED, "event/A-RES-1", "1980-05-10", "1980-05-12")],
        ),
        (
            'unv:date "1980-05-10"^^xsd:date',
            'unv:month "1980-05"^^xsd:gYearMonth',
            [(ChangeKind.DATE_CHANGED, "event/A-RES-1", "1980-05-10", "1980-05")],
        ),
        (
            'unv:symbol "A/RES/1"',
            'unv:symbol "A/RES/1(I)"',
            [(ChangeKind.SYMBOL_CHANGED, "event/A-RES-1", "A/RES/1", "A/RES/1(I)")],
        ),
        (
            "unv:against <state/BBB>",
            "unv:abstaining <state/BBB>",
            [(ChangeKind.VOTE_CHANGED, "vote/A-RES-1/BBB", "against", "abstaining")],
        ),
        (
            " ; unv:against <state/BBB>",
            "",
            [(ChangeKind.VOTE_REMOVED, "vote/A-RES-1/BBB", "against", "")],
        ),
        (
            "unv:inFavour <state/AAA>",
            "unv:inFavour <state/AAA> , <state/CCC>",
            [(ChangeKind.VOTE_ADDED, "vote/A-RES-1/CCC", "", "in favour")],
        ),
        (
            "Alpha hopes.",
            "Alpha insists.",
            [(ChangeKind.STATEMENT_CHANGED, "statement/hope", "Alpha hopes.", "Alpha insists.")],
        ),
        (
            "<event/unvotes-7> a unv:VotingEvent",
            "<event/unvotes-7> a unv:Resolution",
            [(ChangeKind.EVENT_REMOVED, "event/unvotes-7", "1980-05", "")],
        ),
    ],
)
def test_each_kind_of_change_is_found(
    replaced: str, by: str, expected: list[tuple[ChangeKind, str, str, str]]
) -> None:
    assert replaced in BEFORE
    assert compared(BEFORE, BEFORE.replace(replaced, by) if replaced else BEFORE) == expected


@pytest.mark.parametrize(
    ("replaced", "by", "term", "before", "after"),
    [
        ("unv:Supportive", "unv:Critical", UNV.stance, UNV.Supportive, UNV.Critical),
        ('"We hope."', '"We do hope."', UNV.quote, "We hope.", "We do hope."),
        ('"1980-05-10"^^xsd:date ;\n  unv:about', '"1980-05-11"^^xsd:date ;\n  unv:about',
         DCTERMS.date, "1980-05-10", "1980-05-11"),
        (" , <event/unvotes-7>", "", UNV.about, EVENT + "unvotes-7", ""),
    ],
)  # fmt: skip
def test_a_statement_has_changed_with_any_of_its_values(
    replaced: str, by: str, term: str, before: str, after: str
) -> None:
    assert replaced in BEFORE
    assert Comparison(store(BEFORE), store(BEFORE.replace(replaced, by))).changes() == [
        Change(
            BASE + "id/statement/hope", ChangeKind.STATEMENT_CHANGED, "Alpha hopes.", term,
            before, after,
        )
    ]  # fmt: skip


def test_statements_are_added_and_removed() -> None:
    without = BEFORE[: BEFORE.index("<statement/hope>")]
    assert compared(without, BEFORE) == [
        (ChangeKind.STATEMENT_ADDED, "statement/hope", "", "Alpha hopes.")
    ]
    assert compared(BEFORE, without) == [
        (ChangeKind.STATEMENT_REMOVED, "statement/hope", "Alpha hopes.", "")
    ]


def test_an_event_under_a_new_iri_has_moved_with_its_votes() -> None:
    after = BEFORE.replace("event/unvotes-7", "event/A-RES-2").replace(
        "unv:abstaining <state/AAA>", "unv:against <state/AAA> ; dcterms:replaces <event/unvotes-7>"
    )
    assert compared(BEFORE, after) == [
        (ChangeKind.EVENT_MOVED, "event/A-RES-2", EVENT + "unvotes-7", EVENT + "A-RES-2"),
        (ChangeKind.VOTE_CHANGED, "vote/A-RES-2/AAA", "abstaining", "against"),
    ]


def test_an_event_whose_source_corrects_its_symbol_has_moved() -> None:
    after = BEFORE.replace("A-RES-1", "A-RES-3").replace("A/RES/1", "A/RES/3")
    assert compared(BEFORE, after) == [
        (ChangeKind.EVENT_MOVED, "event/A-RES-3", EVENT + "A-RES-1", EVENT + "A-RES-3"),
        (ChangeKind.SYMBOL_CHANGED, "event/A-RES-3", "A/RES/1", "A/RES/3"),
    ]


def test_an_identifier_shared_by_two_events_identifies_neither() -> None:
    before = BEFORE + '<event/unvotes-7> dcterms:identifier "R/1", "rcid 1" .'
    after = before.replace("A-RES-1", "A-RES-3").replace("A/RES/1", "A/RES/3")
    assert compared(before, after) == [
        (ChangeKind.EVENT_REMOVED, "event/A-RES-1", "1980-05-10", ""),
        (ChangeKind.EVENT_ADDED, "event/A-RES-3", "", "1980-05-10"),
        (ChangeKind.STATEMENT_CHANGED, "statement/hope", EVENT + "A-RES-1", EVENT + "A-RES-3"),
    ]


def test_votes_of_an_event_that_was_merged_into_a_known_one_have_not_changed() -> None:
    # A roll call recorded twice, with different votes of AAA.
    event = BEFORE[BEFORE.index("<event/unvotes-7>") : BEFORE.index("<statement/hope>")]
    after = BEFORE.replace(event, "<event/A-RES-1> dcterms:replaces <event/unvotes-7> .\n")
    after = after.replace(" , <event/unvotes-7> .\n", " .\n")
    assert compared(BEFORE, after) == [
        (ChangeKind.EVENT_MERGED, "event/A-RES-1", EVENT + "unvotes-7", EVENT + "A-RES-1"),
    ]


def test_only_one_of_several_events_that_became_one_has_moved() -> None:
    before = (
        BEFORE
        + """
        <event/unvotes-8> a unv:VotingEvent ; rdfs:label "Roll call unvotes-8"@en ;
          unv:month "1980-05"^^xsd:gYearMonth ; unv:inFavour <state/AAA> ."""
    )
    after = BEFORE.replace("event/unvotes-7", "event/A-RES-2") + (
        "<event/A-RES-2> dcterms:replaces <event/unvotes-7> , <event/unvotes-8> ."
    )
    comparison = Comparison(store(before), store(after))
    assert shown(comparison.changes()) == [
        (ChangeKind.EVENT_MERGED, "event/A-RES-2", EVENT + "unvotes-8", EVENT + "A-RES-2"),
        (ChangeKind.EVENT_MOVED, "event/A-RES-2", EVENT + "unvotes-7", EVENT + "A-RES-2"),
    ]
    assert comparison.shared_events == 2


def test_the_length_of_a_comparison_is_known_in_advance() -> None:
    moved = BEFORE.replace("<event/unvotes-7>", "<event/A-RES-2>") + (
        "<event/A-RES-2> dcterms:replaces <event/unvotes-7> ."
    )
    for after in (BEFORE, moved):
        comparison, progress = Comparison(store(BEFORE), store(after)), Counter[str]()
        comparison.changes(partial(progress.update, ["event"]))
        assert progress.total() == comparison.shared_events == 2
