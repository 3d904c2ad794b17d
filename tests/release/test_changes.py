"""What changed between two releases: found, named, and written as CSV and RDF."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.rdf.vocabulary import BASE, CS, PREFIXES, with_prefixes
from kg.release.changes import Change, ChangeKind, changes, shared_events, to_ntriples, write_csv
from kg.release.release import Release

EVENT = BASE + "id/event/"

BEFORE = """
<event/A-RES-1> a unv:VotingEvent ; rdfs:label "Vote on A/RES/1"@en ;
  unv:date "1980-05-10"^^xsd:date ;
  unv:decides <resolution/A-RES-1> ; unv:inFavour <state/AAA> ; unv:against <state/BBB> .
<resolution/A-RES-1> unv:symbol "A/RES/1" .
<event/unvotes-7> a unv:VotingEvent ; rdfs:label "Roll call unvotes-7"@en ;
  unv:month "1980-05"^^xsd:gYearMonth ;
  unv:abstaining <state/AAA> .
<statement/hope> a unv:Statement ; rdfs:label "Alpha hopes."@en .
"""


def release(folder: Path, name: str, text: str) -> Release:
    """Return a release that holds no more than some facts in Turtle, relative to the things."""
    built = Release(folder / name)
    built.path.mkdir()
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    store = ox.Store(str(built.path / "store"))
    store.load(f"@base <{BASE}id/> .\n{prefixes}{text}", ox.RdfFormat.TURTLE)
    store.flush()
    return built


def found_changes(folder: Path, after: str) -> list[tuple[ChangeKind, str, str, str]]:
    old, new = release(folder, "old", BEFORE), release(folder, "new", after)
    return [
        (change.kind, change.thing.removeprefix(BASE + "id/"), change.before, change.after)
        for change in changes(old, new)
    ]


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
    tmp_path: Path, replaced: str, by: str, expected: list[tuple[ChangeKind, str, str, str]]
) -> None:
    assert found_changes(tmp_path, BEFORE.replace(replaced, by) if replaced else BEFORE) == expected


def test_an_event_under_a_new_iri_has_moved_with_its_votes(tmp_path: Path) -> None:
    after = BEFORE.replace("event/unvotes-7", "event/A-RES-2").replace(
        "unv:abstaining <state/AAA>", "unv:against <state/AAA> ; dcterms:replaces <event/unvotes-7>"
    )
    assert found_changes(tmp_path, after) == [
        (ChangeKind.EVENT_MOVED, "event/A-RES-2", EVENT + "unvotes-7", EVENT + "A-RES-2"),
        (ChangeKind.VOTE_CHANGED, "vote/A-RES-2/AAA", "abstaining", "against"),
    ]


def test_the_length_of_a_comparison_is_known_before(tmp_path: Path) -> None:
    old, new = release(tmp_path, "old", BEFORE), release(tmp_path, "new", BEFORE)
    steps: list[None] = []
    changes(old, new, lambda: steps.append(None))
    assert len(steps) == shared_events(old, new) == 2


ALL = [Change(f"{EVENT}x", kind, "A roll call", *values) for kind, *values in (
    (ChangeKind.EVENT_ADDED, "", "1980-05"),
    (ChangeKind.EVENT_MOVED, EVENT + "y", EVENT + "x"),
    (ChangeKind.DATE_CHANGED, "1980-05", "1980-05-10"),
    (ChangeKind.SYMBOL_CHANGED, "A/RES/1", 'with "quotes", and a comma'),
    (ChangeKind.VOTE_CHANGED, "against", "non-voting"),
    (ChangeKind.STATEMENT_REMOVED, "Alpha hopes.", ""),
)]  # fmt: skip


def test_changes_as_csv_read_back_the_same() -> None:
    stream = io.StringIO()
    write_csv(ALL, stream)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert [tuple(row.values()) for row in rows] == [
        (change.thing, change.kind.value, change.label, change.before, change.after)
        for change in ALL
    ]


def test_changes_as_rdf_name_what_was_removed_and_added(tmp_path: Path) -> None:
    store = ox.Store()
    store.load("".join(to_ntriples(ALL, Release(tmp_path / "new"))), ox.RdfFormat.N_TRIPLES)
    query = f"""
        SELECT ?side ?property ?value {{
          ?change a <{CS.ChangeSet}> ; <{CS.subjectOfChange}> <{EVENT}x> ; ?side ?statement .
          VALUES ?side {{ <{CS.addition}> <{CS.removal}> }}
          ?statement a rdf:Statement ; rdf:subject <{EVENT}x> ; rdf:predicate ?property ;
            rdf:object ?value .
        }}"""
    rows = store.query(with_prefixes(query))
    assert isinstance(rows, ox.QuerySolutions)
    statements = {
        (_end(row["side"].value), _end(row["property"].value), _text(row)) for row in rows
    }
    assert statements == {
        ("addition", "type", "VotingEvent"),
        ("addition", "identifier", "x"),
        ("removal", "identifier", "y"),
        ("addition", "date", "1980-05-10"),
        ("removal", "date", "1980-05"),
        ("addition", "symbol", 'with "quotes", and a comma'),
        ("removal", "symbol", "1"),
        ("addition", "option", "NonVoting"),
        ("removal", "option", "No"),
        ("removal", "label", "Alpha hopes."),
    }  # fmt: skip


def _end(text: str) -> str:
    return text.replace("#", "/").rsplit("/", 1)[1]


def _text(row: ox.QuerySolution) -> str:
    value = row["value"].value
    return _end(value) if value.startswith(("http", "A/")) else value
