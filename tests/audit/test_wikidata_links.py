"""The links to Wikidata, and the check for faults in them."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.audit.wikidata_links import check_links
from kg.cli.main import cli
from kg.rdf.vocabulary import BASE, UNV, WIKIDATA_ENTITY
from tests.support.releases import store_copy

_WIKIDATA = ox.NamedNode(UNV.wikidata)


def _state(key: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}id/state/{key}")


def _copy(data: Path, folder: Path, **changed: str) -> ox.Store:
    """Return a copy in which states have other items, by key; an empty string means no item."""
    copy = store_copy(data, folder)
    for key, items in changed.items():
        for quad in list(copy.quads_for_pattern(_state(key), _WIKIDATA, None)):
            copy.remove(quad)
        for item in items.split():
            copy.add(ox.Quad(_state(key), _WIKIDATA, ox.NamedNode(WIKIDATA_ENTITY + item)))
    return copy


def test_every_state_and_body_has_an_item_of_its_own(
    embedded_store: ox.Store, federation: Path, tmp_path: Path
) -> None:
    report = check_links(embedded_store, tmp_path, federation)
    coverage = {
        counts.kind: (counts.resources, counts.linked, counts.matched) for counts in report.coverage
    }
    assert coverage["states"] == (206, 206, 193)
    assert coverage["bodies"][:2] == (2, 2)
    # No source has the items of these.
    assert coverage["sessions"][0] > 10
    assert coverage["sessions"][1] == coverage["resolutions"][1] == 0
    assert report.missing == report.ambiguous == []
    assert report.not_checked == ""


def test_wrong_links_are_found(
    embedded: Path,
    embedded_store: ox.Store,
    federation: Path,
    tmp_path: Path,
    real_data: Path,
) -> None:
    assert check_links(embedded_store, tmp_path, federation).dead == []
    # India without item, France with two, Belarus with a deleted one, Bangladesh with Pakistan's.
    changed = {"IND": "", "FRA": "Q142 Q142142", "BLR": "Q999999999", "BGD": "Q843"}
    store = _copy(embedded, tmp_path / "store", **changed)
    report = check_links(store, tmp_path, federation)
    assert report.missing == [_state("IND").value]
    wd = WIKIDATA_ENTITY
    assert report.ambiguous == [
        f"{_state('FRA').value} has {wd}Q142, {wd}Q142142",
        f"{wd}Q843 is the item of {_state('BGD').value}, {_state('PAK').value}",
    ]
    assert report.dead == [
        f"{wd}Q142142 of {_state('FRA').value}: no English label; deleted or a redirect?",
        f"{wd}Q843 of {_state('BGD').value} has the code PAK, not BGD",
        f"{wd}Q999999999 of {_state('BLR').value}: no English label; deleted or a redirect?",
    ]


def test_command_line_reports_coverage_and_whether_wikidata_was_queried(
    embedded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = tmp_path / "nobody.toml"
    nobody.write_text("defaults = false\n", encoding="utf-8")
    monkeypatch.setenv("KG_FEDERATION", str(nobody))
    result = CliRunner().invoke(cli, ["audit", "--links", "--data", str(embedded)])
    assert result.exit_code == 0, result.output
    assert "Wikidata was not queried: SERVICE to https://query.wikidata.org/sparql" in result.output
