"""The list of changes: it reads back as written, whole or by page; changes as RDF."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import ReleaseError
from kg.rdf.vocabulary import BASE, CS, DCTERMS, RDF, RDFS, UNV, with_prefixes
from kg.release import change_list
from kg.release.change_list import CSV_FILE, RDF_FILE, Releases, to_ntriples
from kg.release.changes import Change, ChangeKind, Comparison
from kg.release.release import Release

EVENT = BASE + "id/event/"
RELEASES = Releases("old", "new")
ALL = [Change(f"{EVENT}x", kind, "A roll call", *values) for kind, *values in (
    (ChangeKind.EVENT_ADDED, RDF.type, "", "1980-05"),
    (ChangeKind.EVENT_MOVED, DCTERMS.replaces, EVENT + "y", EVENT + "x"),
    (ChangeKind.DATE_CHANGED, UNV.date, "1980-05", "1980-05-10"),
    (ChangeKind.SYMBOL_CHANGED, UNV.symbol, "A/RES/1", 'with "quotes", and a comma'),
    (ChangeKind.VOTE_CHANGED, UNV.option, "against", "non-voting"),
    (ChangeKind.STATEMENT_REMOVED, RDFS.label, "Alpha hopes.\nOften.", ""),
    (ChangeKind.STATEMENT_CHANGED, UNV.stance, UNV.Critical, UNV.Reserved),
    (ChangeKind.STATEMENT_CHANGED, UNV.quote, "We hope.", ""),
)]  # fmt: skip


@pytest.fixture
def listed(tmp_path: Path) -> Release:
    change_list.write(tmp_path, RELEASES, ALL)
    return Release(tmp_path)


def test_changes_as_csv_read_back_the_same(listed: Release) -> None:
    assert list(change_list.read(listed)) == ALL
    header = (listed.path / CSV_FILE).read_text(encoding="utf-8").splitlines()[0]
    assert header == "thing,kind,label,property,before,after"


def test_a_list_is_read_page_by_page(listed: Release) -> None:
    def page(number: int, kind: ChangeKind | None = None) -> list[Change]:
        return change_list.read_page(listed, kind, number, 3)

    assert page(1) + page(2) + page(3) == ALL
    assert page(4) == []
    assert page(1, ChangeKind.STATEMENT_CHANGED) == ALL[-2:]
    assert page(2, ChangeKind.STATEMENT_CHANGED) == []


def test_the_changes_of_each_kind_are_counted(tmp_path: Path) -> None:
    counts = change_list.write(tmp_path, RELEASES, ALL)
    assert counts.since == "old"
    assert counts.counts == Counter(change.kind.value for change in ALL)
    assert counts.total == len(ALL)
    assert counts.summary.endswith("1 vote changed, 1 statement removed, 2 statements changed")
    empty = change_list.write(tmp_path, RELEASES, [])
    assert empty.summary == "no event, vote, date, symbol or statement changed"


@pytest.mark.parametrize("content", ["", "thing,kind\n1,2\n", "a,b,c,d,e,f\n1,2,3,4,5,6\n"])
def test_a_damaged_list_is_an_error(tmp_path: Path, content: str) -> None:
    if content:
        (tmp_path / CSV_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"is damaged: changes\.csv: "):
        list(change_list.read(Release(tmp_path)))


def test_changes_as_rdf_contain_the_removed_and_added_statements(listed: Release) -> None:
    content = gzip.decompress((listed.path / RDF_FILE).read_bytes())
    store = ox.Store()
    store.load(content, ox.RdfFormat.N_TRIPLES)
    query = f"""
        SELECT ?side ?property ?value {{
          ?change a <{CS.ChangeSet}> ; <{CS.subjectOfChange}> <{EVENT}x> ; ?side ?statement ;
            prov:wasDerivedFrom <{BASE}id/release/old> , <{BASE}id/release/new> .
          VALUES ?side {{ <{CS.addition}> <{CS.removal}> }}
          ?statement a rdf:Statement ; rdf:subject <{EVENT}x> ; rdf:predicate ?property ;
            rdf:object ?value .
        }}"""
    rows = store.query(with_prefixes(query))
    assert isinstance(rows, ox.QuerySolutions)
    statements = {
        (_local(row["side"].value), _local(row["property"].value), str(row["value"]))
        for row in rows
    }
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert statements == {
        ("addition", "type", f"<{UNV.VotingEvent}>"),
        ("addition", "replaces", f"<{EVENT}y>"),
        ("addition", "date", f'"1980-05-10"^^<{xsd}date>'),
        ("removal", "month", f'"1980-05"^^<{xsd}gYearMonth>'),
        ("addition", "symbol", '"with \\"quotes\\", and a comma"'),
        ("removal", "symbol", '"A/RES/1"'),
        ("addition", "option", f"<{UNV.NonVoting}>"),
        ("removal", "option", f"<{UNV.No}>"),
        ("removal", "label", '"Alpha hopes.\\nOften."@en'),
        ("addition", "stance", f"<{UNV.Reserved}>"),
        ("removal", "stance", f"<{UNV.Critical}>"),
        ("removal", "quote", '"We hope."@en'),
    }  # fmt: skip


def test_a_change_has_a_unique_iri_between_two_releases() -> None:
    iris = [RELEASES.change_iri(change) for change in ALL]
    assert len(set(iris)) == len(ALL)
    assert all(iri.startswith(f"{BASE}id/change/new/") for iri in iris)
    assert Releases("older", "new").change_iri(ALL[0]) != iris[0]


def test_values_of_statements_are_the_terms_of_the_release(embedded_store: ox.Store) -> None:
    def statements(change: str) -> ox.QueryTriples:
        query = "CONSTRUCT {{ ?s ?p ?o }} {{ ?s a unv:Statement ; ?p ?o {} }}"
        triples = embedded_store.query(with_prefixes(query.format(change)))
        assert isinstance(triples, ox.QueryTriples)
        return triples

    # One release has all properties of statements, the other only their type and label.
    before, after = ox.Store(), ox.Store()
    after.extend(ox.Quad(*triple) for triple in statements(""))
    before.extend(
        ox.Quad(*triple)
        for triple in statements("FILTER(?p IN (rdf:type, rdfs:label)) FILTER(?o != unv:Speech)")
    )
    lines = "".join(to_ntriples(Comparison(before, after).changes(), RELEASES))
    added = {
        quad.object for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
        if quad.predicate.value == RDF.object
    }  # fmt: skip
    kept = {quad.object for quad in before}
    assert added - kept == {quad.object for quad in after} - kept


def _local(iri: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[1]
