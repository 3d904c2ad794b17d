"""The manifest of a release: its sources, its contents and the findings of its build.

It is written by the build and read only here. Fields missing in earlier formats have defaults, so
earlier releases can be read; those of a later format cannot. Its checksum is in a file beside it,
in the format of ``sha256sum``; ``kg.release.integrity`` verifies the other files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kg.errors import ReleaseError
from kg.release.checksums import FileEntry, FileName, sha256
from kg.release.coverage import BodyCoverage, Coverage, by_body, record_end
from kg.release.damage import DamagedFile, DamagedReleaseError

#: The manifest in the folder of a release, and the file with its checksum.
FILE: Final = "manifest.json"
CHECKSUM_FILE: Final = "manifest.sha256"
#: The format of the releases that this version writes. Format 1 (version 0.1.0) has no checksums
#: and lacks resources that pages show.
FORMAT: Final = 2
#: The count of events with that outcome.
ADOPTED_WITHOUT_VOTE: Final = "adoptions without a vote"
#: The count of events for which a source with only reliable months has a different day.
REPLACED_DAYS: Final = "days of the month replaced by a better source"
#: The number of events in the sample that pySHACL validates against all shapes.
SAMPLED_EVENTS: Final = "events in the sample for pySHACL"
#: The rights in a release besides those of its sources.
COMPILATION_RIGHTS: Final = (
    "The compilation is dedicated to the public domain (CC0 1.0); the facts keep the terms of "
    "their sources."
)


class SourceEntry(BaseModel):
    """A loaded source, with the outcomes of its rows of votes.

    ``redistributable`` is None where unknown; ``files`` maps names to SHA-256; ``coverage`` is
    empty where the source has no roll calls.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str = ""
    publisher: str = ""
    licence: str = ""
    redistributable: bool | None = None
    embedded: bool = False
    files: Mapping[str, str] = Field(default_factory=dict)
    rows: int = 0
    loaded: int = 0
    merged: int = 0
    discrepant: int = 0
    repeated: int = 0
    without_vote: int = 0
    read_by_rule: int = 0
    refused: int = 0
    notes: Mapping[str, int] = Field(default_factory=dict)
    coverage: tuple[Coverage, ...] = ()

    def outcomes(self) -> dict[str, int]:
        """Return the number of its rows by outcome, which add up to all rows."""
        return {
            "loaded": self.loaded,
            "merged": self.merged,
            "discrepant": self.discrepant,
            "repeated": self.repeated,
            "without_vote": self.without_vote,
            "refused": self.refused,
        }


class ChangeCounts(BaseModel):
    """The number of changes of each kind since an earlier release."""

    model_config = ConfigDict(frozen=True)

    since: str
    counts: Mapping[str, int] = Field(default_factory=dict)

    @property
    def total(self) -> int:
        """The number of all changes."""
        return sum(self.counts.values())

    @property
    def summary(self) -> str:
        """The counts in words.

        >>> ChangeCounts(since="a", counts={"event removed": 1, "vote changed": 3}).summary
        '1 event removed, 3 votes changed'
        """
        parts = []
        for kind, count in self.counts.items():
            noun, _, verb = kind.partition(" ")
            parts.append(f"{count:,} {noun}{'' if count == 1 else 's'} {verb}")
        return ", ".join(parts) or "no event, vote, date, symbol or statement changed"


class Manifest(BaseModel):
    """The manifest; fields are in the order of the file.

    ``changes`` is None if there was no current release where it was built.
    ``refused`` counts rows, ``refused_records`` their records, once for each reason.
    ``files`` are all other files of the release, by their path below its folder.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    format: int = 1
    created: str = ""
    base_iri: str = ""
    software: Mapping[str, str] = Field(default_factory=dict)
    facts_sha256: str = ""
    sources: tuple[SourceEntry, ...] = ()
    counts: Mapping[str, int] = Field(default_factory=dict)
    discrepancies: Mapping[str, int] = Field(default_factory=dict)
    warnings: Mapping[str, int] = Field(default_factory=dict)
    refused: int = 0
    refused_records: int = 0
    read_by_rule: int = 0
    changes: ChangeCounts | None = None
    seconds: Mapping[str, float] = Field(default_factory=dict)
    files: Mapping[FileName, FileEntry] = Field(default_factory=dict)

    @property
    def withheld(self) -> tuple[SourceEntry, ...]:
        """The sources whose terms do not allow redistribution, or may not."""
        return tuple(source for source in self.sources if source.redistributable is not True)

    @property
    def coverage(self) -> list[BodyCoverage]:
        """What all sources together cover of each body."""
        return by_body(period for source in self.sources for period in source.coverage)

    @property
    def record_end(self) -> str:
        """Sentences on the last day that the record covers; empty for a release without events."""
        return record_end(period for source in self.sources for period in source.coverage)

    def count(self, name: str) -> int:
        """Return a count by name, 0 if there is none."""
        return self.counts.get(name, 0)


def rights_statement(sources: Iterable[SourceEntry]) -> str:
    """Return a text on the rights in a release: those of its sources, and what they allow."""
    entries = list(sources)
    withheld = [source.name for source in entries if source.redistributable is not True]
    terms = "; ".join(f"{source.name}: {source.licence}" for source in entries)
    if withheld:
        allowed = (
            "This release may not be redistributed: the terms of these sources do not allow it, or "
            f"it is unknown whether they do: {', '.join(withheld)}."
        )
    else:
        allowed = "The terms of all sources allow redistribution."
    return f"{allowed} {COMPILATION_RIGHTS} {terms}."


def read(path: Path) -> Manifest:
    """Read a manifest file, and verify its checksum.

    Raises:
        DamagedReleaseError: if it is missing, not JSON, not a manifest, or has another checksum.
        ReleaseError: if it has a later format.
    """
    release = path.parent.name
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        _check_format(release, fields)
        manifest = Manifest.model_validate(fields)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise _damaged(release, faults) from error
    except OSError as error:
        raise _damaged(release, error.strerror or "cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(release, str(error)) from error
    if manifest.format > 1 and not _has_checksum(path):
        raise _damaged(release, f"its SHA-256 is not that in {CHECKSUM_FILE}")
    return manifest


def write(path: Path, manifest: Manifest) -> None:
    """Write a manifest file, and its checksum."""
    content = json.dumps(manifest.model_dump(), indent=2, ensure_ascii=False)
    path.write_text(content + "\n", encoding="utf-8")
    path.with_name(CHECKSUM_FILE).write_text(f"{sha256(path)}  {path.name}\n", encoding="ascii")


def _check_format(release: str, fields: object) -> None:
    written = fields.get("format") if isinstance(fields, dict) else None
    if isinstance(written, int) and written > FORMAT:
        raise ReleaseError(
            f"release {release} has format {written} of a later version of un-votes-kg; this "
            f"version reads formats up to {FORMAT}: install a later version, or run kg build"
        )


def _has_checksum(path: Path) -> bool:
    try:
        expected = path.with_name(CHECKSUM_FILE).read_text(encoding="ascii")
    except (OSError, ValueError):
        return False
    return expected == f"{sha256(path)}  {path.name}\n"


def _damaged(release: str, reason: str) -> DamagedReleaseError:
    return DamagedReleaseError(release, [DamagedFile(FILE, reason)])
