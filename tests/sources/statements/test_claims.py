"""The claims of the three articles are in the graph where docs/reference/claims.md says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.rdf.vocabulary import BASE
from kg.sparql.saved_queries import library
from tests.support.paths import ROOT
from tests.support.releases import count
from tests.support.saved_queries import ask
from tests.support.seed_claims import AGREES, DIFFERS, answers, table

LIBRARY = library()
IDS = BASE + "id/"

DOCUMENT = ROOT / "docs" / "reference" / "claims.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| a?\d", line)
]
#: Claims missing from the list made beforehand.
ADDED = [row for row in ROWS if row[0].startswith("a")]
LISTED = [row for row in ROWS if row not in ADDED]
#: Not in the graph: a number of members, the history of sessions, unnamed states.
ABSENT = {"39", "40", "47"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_claim_is_found_by_the_documented_query(row: list[str], embedded_store: ox.Store) -> None:
    number, _, query, answer, discrepancy, note = row
    if number in ABSENT:
        assert note.startswith("not in the graph: ")
        assert query == answer == ""
        return
    name, parameter = query.split()
    rows = ask(embedded_store, LIBRARY[name], **dict([parameter.split("=")]))
    matching = [row for row in rows if answer in row.values()]
    assert matching, answer
    if discrepancy:
        assert count(
            embedded_store,
            f"<{IDS}{discrepancy}> a unv:Discrepancy ; unv:concerns <{IDS}{answer}> ; "
            "unv:acceptedFrom ?one ; unv:otherFrom ?other",
        )
        assert any(row["record"] for row in matching)
    elif name == "claims-of-source":
        assert not any(row["record"] for row in matching)


def test_every_claim_is_in_the_document(real_data: Path) -> None:
    with (real_data / "seed_claims.csv").open(encoding="utf-8", newline="") as stream:
        claims = list(csv.DictReader(stream))
    assert [row[:2] for row in LISTED] == [
        [str(number), claim["claim_type"]] for number, claim in enumerate(claims, 1)
    ]
    for claim, row in zip(claims, LISTED, strict=True):
        *_, discrepancy, note = row
        # A contradicted claim has a discrepancy; a partly supported one has at least a note.
        if claim["record_agrees"] == "no":
            assert discrepancy, row
        if claim["record_agrees"] == "partly":
            assert discrepancy or note, row


def test_primary_records_answer_what_the_document_says(real_data: Path) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert table(real_data) in document
    with (real_data / "seed_claims.csv").open(encoding="utf-8", newline="") as stream:
        claims = list(csv.DictReader(stream))
    rows = answers(real_data)
    assert len(rows) == len(claims) == 78
    # The list was judged beforehand from other compilations; absence is no abstention.
    for answer, claim in zip(rows, claims, strict=True):
        if answer.verdict == AGREES:
            assert claim["record_agrees"] in ("yes", "partly"), answer
        elif answer.verdict == DIFFERS:
            assert claim["record_agrees"] in ("no", "partly"), answer
