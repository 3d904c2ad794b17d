"""The three articles with which this product began, and what their claims are known to be.

They lie in the folder ``seeds`` beside that of ``KG_TEST_DATA``, and are no part of the repository.
"""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import pytest

from kg.check.checker import check_article
from kg.check.findings import Finding
from kg.check.mentions import mentions
from kg.check.record import Record, asks_store, read_index
from kg.check.text import read
from kg.model.symbol_spelling import document_key
from kg.rdf.iris import event
from kg.release.release import require_current

#: The days on which the articles were published, as they state them or their news is dated.
_DAYS = {"000": "2023-02-24", "001": "2022-03-02", "002": "2022-10-09"}


@pytest.fixture(scope="module")
def findings(real_data: Path, embedded: Path) -> dict[str, list[Finding]]:
    folder = real_data.parent / "seeds"
    if not folder.is_dir():
        pytest.skip("there is no folder of seed articles beside KG_TEST_DATA")
    asks = asks_store(require_current(embedded).open_store())
    record = Record(asyncio.run(read_index(asks)), asks)

    def check(path: Path) -> list[Finding]:
        article = read(path.read_text(encoding="utf-8"))
        return asyncio.run(check_article(article, record, _DAYS[path.name[:3]]))

    found = {path.name: check(path) for path in sorted(folder.glob("*.txt"))}
    again = {path.name: check(path) for path in sorted(folder.glob("*.txt"))}
    assert json.dumps([[f.as_json() for f in article] for article in found.values()]) == json.dumps(
        [[f.as_json() for f in article] for article in again.values()]
    )
    return found


@pytest.fixture(scope="module")
def claims(real_data: Path) -> list[dict[str, str]]:
    with (real_data / "seed_claims.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_votes_and_tallies_are_judged_as_the_record_is_known(
    findings: dict[str, list[Finding]], claims: list[dict[str, str]]
) -> None:
    votes = [claim for claim in claims if claim["claim_type"] == "state_vote"]
    for claim in votes:
        (state,) = mentions(claim["subject"])
        verdicts = {
            finding.verdict
            for finding in findings[claim["seed_file"]]
            for position in finding.claim.positions
            for mention in position.states
            if mention.keys & state.keys and finding.event == event(document_key(claim["object"]))
        }
        # "Stayed away" is not abstaining: it may be about any of two votes, so it is not judged.
        assert verdicts <= {"agrees"}, claim["claim"]
        assert verdicts or claim["record_agrees"] == "partly", claim["claim"]
    tallies = {c["seed_file"]: c["record_agrees"] for c in claims if c["claim_type"] == "tally"}
    for file, agrees in tallies.items():
        with_totals = [f for f in findings[file] if len(f.claim.counts) == 3]
        assert [f.verdict for f in with_totals] == ["agrees" if agrees == "yes" else "contradicts"]


def test_nothing_else_in_them_contradicts(findings: dict[str, list[Finding]]) -> None:
    wrong = [f for article in findings.values() for f in article if f.verdict == "contradicts"]
    assert [finding.reason for finding in wrong] == ["34 abstaining; the record has 35"]
    bound = {f.event for article in findings.values() for f in article if f.event}
    assert bound == {event("A-RES-ES-11-1"), event("A-RES-ES-11-6")}
