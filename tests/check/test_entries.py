"""From an article to the graph: what it reports as a file of positions, and in a release."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kg.check.entries import cited_outlet
from kg.rdf.vocabulary import PREFIXES
from kg.release.release import require_current
from kg.web.pages.queries import Row
from kg.web.pages.wrong_numbers import wrong_number
from tests.support.command import kg
from tests.support.releases import make_release
from tests.support.thinned import write_thinned

_ARTICLE = (
    "According to the BBC A/RES/ES-11/1 was adopted by 141 votes to 5, with 34 abstentions. "
    "Russia, Belarus, Syria, North Korea and Eritrea voted against A/RES/ES-11/1. Then it rained."
)


@pytest.fixture(scope="module")
def positions(embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file that ``kg check`` writes of an article."""
    folder = tmp_path_factory.mktemp("checked")
    arguments = ["--format", "positions", "--key", "times", "--date", "2022-03-03"]
    result = kg("check", "-", *arguments, data=embedded, stdin=_ARTICLE)
    assert result.returncode == 0, result.stderr
    (folder / "times.yaml").write_text(result.stdout, encoding="utf-8")
    return folder


def test_an_article_becomes_a_source_with_its_reports(positions: Path) -> None:
    content = yaml.safe_load((positions / "times.yaml").read_text(encoding="utf-8"))
    assert content["sources"] == [
        {"key": "times", "title": "A checked article", "date": "2022-03-03"}
    ]
    common = {"event": "A/RES/ES-11/1", "source": "times"}
    states = ["RUS", "BLR", "SYR", "PRK", "ERI"]
    assert content["reports"] == [
        {"kind": "tally", "in_favour": 141, "against": 5, "abstaining": 34, "via": "BBC", **common},
        {"kind": "vote", "option": "against", "states": states, **common},
    ]


def test_the_file_passes_the_rules_and_its_reports_are_in_the_next_release(
    positions: Path, tmp_path: Path
) -> None:
    result = kg("add", "check", str(positions))
    assert result.returncode == 0, result.stderr
    votes = write_thinned(tmp_path / "votes")
    make_release(tmp_path / "data", "embedded", votes, f"statements={positions}")
    store = require_current(tmp_path / "data").open_store()
    query = """
      ASK { ?difference a unv:Discrepancy ; unv:concerns ?event, ?report ;
              unv:acceptedValue ?recorded ; unv:otherValue "34 abstaining" .
            ?report unv:reports ?event ; unv:via "BBC" ; prov:wasQuotedFrom ?source .
            FILTER (STRENDS(STR(?source), "/source/times")) }
    """
    assert store.query(query, prefixes=PREFIXES)


def test_a_wrong_number_is_followed_from_source_to_source() -> None:
    def row(source: str, publisher: str, via: str) -> Row:
        row = Row()
        row.update(
            event="e", vote="Vote", state="", printed="34", recorded="35", date="", title=source,
            source=source, publisher=publisher, via=via, report="r",
        )  # fmt: skip
        return row

    number = wrong_number([row("first", "Wire", ""), row("second", "Daily", "wire")])
    first, second = number.appearances
    assert first.earlier is None
    assert second.earlier is not None
    assert second.earlier["source"] == "first"


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("According to the BBC, 141 voted for it.", "BBC"),
        ("Reuters reported that 141 voted for it.", "Reuters"),
        ("According to the UN Charter nine votes are needed.", ""),
        ("141 voted for it.", ""),
    ],
)
def test_the_outlet_that_a_sentence_cites_is_read(text: str, outlet: str) -> None:
    assert cited_outlet(text) == outlet
