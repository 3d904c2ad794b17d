"""The metadata for a deposit: DataCite JSON and a citation file that name release and terms."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import yaml

from kg.release.coverage import Coverage
from kg.release.export import CITATION_FILE, DATACITE_FILE
from kg.release.export.deposit import citation, datacite
from kg.release.manifest import Manifest, SourceEntry
from kg.release.release import require_current

#: The properties that DataCite requires, besides the identifier, which the repository assigns.
REQUIRED = {"creators", "titles", "publisher", "publicationYear", "types", "schemaVersion"}


def test_the_metadata_accompany_every_export(dump: Path, embedded: Path) -> None:
    release = require_current(embedded)
    metadata = json.loads((dump / DATACITE_FILE).read_text(encoding="utf-8"))
    assert metadata.keys() >= REQUIRED
    assert metadata["version"] == release.name
    assert metadata["publicationYear"] == release.name[:4]
    coverage = [date for date in metadata["dates"] if date["dateType"] == "Coverage"]
    assert {
        "date": "2014-03-27/2025-12-18",
        "dateType": "Coverage",
        "dateInformation": "General Assembly: selected votes",
    } in coverage
    assert {rights["rightsIdentifier"] for rights in metadata["rightsList"]} == {"CC0-1.0"}
    assert "https://digitallibrary.un.org" in " ".join(
        item["relatedIdentifier"] for item in metadata["relatedIdentifiers"]
    )
    cited = yaml.safe_load((dump / CITATION_FILE).read_text(encoding="utf-8"))
    assert (cited["cff-version"], cited["type"]) == ("1.2.0", "dataset")
    assert cited["version"] == release.name
    assert cited["date-released"].replace("-", "") == release.name[:8]
    assert cited["license"] == "CC0-1.0"
    assert [item["title"] for item in cited["references"]] == [
        source.title for source in release.manifest().sources
    ]


def test_a_release_of_several_licences_names_them_by_source() -> None:
    manifest = Manifest(
        name="r",
        created="2026-11-29T10:00:00+00:00",
        sources=(
            SourceEntry(
                name="a",
                licence="CC BY 4.0",
                redistributable=True,
                coverage=(Coverage(body="SecurityCouncil", first="1946-02-04", last="2025-12-30"),),
            ),
            SourceEntry(name="b", licence="Copyright of somebody", redistributable=False),
        ),
    )
    metadata = json.loads(datacite(manifest, ox.Store()))
    assert metadata["rightsList"] == [
        {
            "rights": "a: CC BY 4.0",
            "rightsUri": "https://creativecommons.org/licenses/by/4.0/",
            "rightsIdentifier": "CC-BY-4.0",
            "rightsIdentifierScheme": "SPDX",
            "schemeUri": "https://spdx.org/licenses/",
        },
        {"rights": "b: Copyright of somebody"},
    ]
    abstract, rights = (item["description"] for item in metadata["descriptions"])
    assert abstract.endswith("The record ends on 30 December 2025 (Security Council).")
    assert rights.startswith("This release may not be redistributed")
    assert "license" not in yaml.safe_load(citation(manifest))
