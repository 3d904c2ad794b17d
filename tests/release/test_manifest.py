"""The manifest: it reads back as written, including from earlier versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.release import manifest
from kg.release.manifest import Manifest, SourceEntry
from kg.release.release import Release

#: A manifest written by version 0.1, before rows were counted by outcome.
EARLIER = {
    "name": "20261101T000000.000000Z-0123abcd",
    "created": "2026-11-01T00:00:00+00:00",
    "base_iri": "https://w3id.org/un-votes/",
    "software": {"un-votes-kg": "0.1.0"},
    "facts_sha256": "0" * 64,
    "sources": [
        {
            "name": "ukraine",
            "title": "Roll calls",
            "licence": "CC0-1.0",
            "embedded": True,
            "files": {"votes.csv": "1" * 64},
            "notes": {"é": 1},
        }
    ],
    "counts": {"events": 2, "triples": 30},
    "discrepancies": {"vote": 4},
    "warnings": {},
    "refused": 1,
    "seconds": {"read": 0.1},
}


def test_a_manifest_reads_back_as_written(tmp_path: Path) -> None:
    written = Manifest(
        name="a", sources=(SourceEntry(name="s", notes={"é": 1}),), counts={"events": 1}
    )
    manifest.write(tmp_path / "manifest.json", written)
    assert manifest.read(tmp_path / "manifest.json") == written
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
    assert '"é": 1' in text


def test_a_manifest_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(EARLIER), encoding="utf-8")
    read = Release(tmp_path).manifest()
    (source,) = read.sources
    assert (read.count("triples"), read.count("votes"), read.read_by_rule) == (30, 0, 0)
    assert (source.rows, source.notes) == (0, {"é": 1})
    # Unknown terms do not allow redistribution.
    assert read.withheld == (source,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is damaged: manifest.json: Expecting property name"),
        ("{}", "is damaged: manifest.json: name: Field required"),
        ('{"name": "a", "sources": 3}', "manifest.json: sources: Input should be a valid tuple"),
        ("[]", "is damaged: manifest.json: : Input should be"),
        ("[" * 100_000, "is damaged: manifest.json: "),
        ('{"name": "a", "format": 2}', "manifest.json: its SHA-256 is not that in manifest.sha256"),
        (
            '{"name": "a", "files": {"../x": {"bytes": 1, "sha256": "0"}}}',
            r"files\.\.\./x.*String should match",
        ),
        ('{"name": "a", "format": 3}', "later version .* reads formats up to 2: install a later"),
    ],
)
def test_a_damaged_manifest_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match=message) as caught:
        Release(tmp_path).manifest()
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_manifest_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="is damaged"):
        Release(tmp_path).manifest()
