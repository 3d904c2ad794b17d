"""``kg diff``: two releases compared, in each format."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyoxigraph as ox

from kg.rdf.vocabulary import CS, RDF
from tests.support.changes import corrected_releases
from tests.support.command import kg


def test_a_withdrawn_record_a_vote_a_date_and_a_symbol_are_shown(
    corrected: Path,
) -> None:
    earlier, _ = corrected_releases(corrected)
    result = kg("diff", earlier.name, data=corrected)
    assert result.returncode == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "event removed Vote on A/RES/68/103 2013-12-05" in lines
    assert "vote changed Vote on A/RES/68/100, IND abstaining in favour" in lines
    assert "date changed Vote on A/RES/68/101 2013-12-05 2013-10-06" in lines
    assert "symbol changed Vote on A/RES/68/109 A/RES/68/102 A/RES/68/109" in lines
    assert "event moved Vote on A/RES/68/109 event/A-RES-68-102 event/A-RES-68-109" in lines
    assert lines[-1] == "1 vote changed"


def test_csv_has_a_row_for_each_change(corrected: Path) -> None:
    earlier, later = corrected_releases(corrected)
    rows = list(
        csv.DictReader(io.StringIO(kg("diff", earlier.name, "-f", "csv", data=corrected).stdout))
    )
    assert sorted(row["kind"] for row in rows) == [
        "date changed", "event moved", "event removed", "symbol changed", "vote changed",
    ]  # fmt: skip
    # The list that the build wrote into the release is the same.
    assert rows == list(
        csv.DictReader(io.StringIO((later.path / "changes.csv").read_text("utf-8")))
    )


def test_rdf_has_a_change_set_for_each_change(corrected: Path) -> None:
    earlier, _ = corrected_releases(corrected)
    text = kg("diff", str(earlier.path), str(corrected), "-f", "ntriples", data=corrected).stdout
    types = [
        quad.object.value
        for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
        if quad.predicate.value == RDF.type and isinstance(quad.object, ox.NamedNode)
    ]
    assert types.count(CS.ChangeSet) == 5
    assert types.count(RDF.Statement) == 8


def test_a_release_compared_with_itself_has_no_changes(corrected: Path) -> None:
    result = kg("diff", "current", data=corrected)
    assert result.stdout == "No event, vote, date, symbol or statement differs.\n"


def test_an_unknown_release_is_named_in_the_message(corrected: Path) -> None:
    result = kg("diff", "nonsense", data=corrected)
    assert result.returncode == 1
    assert "nonsense: no such release; expected a name under" in result.stderr
