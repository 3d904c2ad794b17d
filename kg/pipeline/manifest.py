"""What a release says of its making: the manifest, and the lists of rows beside it."""

from __future__ import annotations

import csv
import hashlib
import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, fields
from importlib.metadata import version
from pathlib import Path

import kg
from kg.model.sources import NormalizedRow, RejectedRow
from kg.model.votes import VoteOutcome
from kg.release.manifest import SourceEntry
from kg.sources.loader import LoadResult
from kg.sources.selection import SourceSelection


def source(one: SourceSelection, loaded: LoadResult, account: Counter[VoteOutcome]) -> SourceEntry:
    """Return the entry of a source, after its events have been merged."""
    files = loaded.files or [one.places[0] / name for name in one.source.files]
    return SourceEntry(
        name=one.source.name,
        title=one.source.title,
        licence=one.source.terms.licence,
        redistributable=one.source.terms.redistributable,
        embedded=one.embedded,
        files={file.name: digest(file) for file in files},
        rows=loaded.rows["read"],
        loaded=account["loaded"],
        merged=account["merged"],
        discrepant=account["discrepant"],
        repeated=loaded.rows["repeated"],
        without_vote=loaded.rows["without a vote"],
        read_by_rule=len(loaded.normalized),
        refused=len(loaded.rejected),
        notes=dict(sorted(loaded.notes.items())),
    )


def software() -> dict[str, str]:
    """Return the versions of what a release was made with."""
    packages = ("pyoxigraph", "pyshacl", "rdflib")
    return {
        "un-votes-kg": kg.__version__,
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def digest(*files: Path) -> str:
    """Return the SHA-256 of the contents of files, in hexadecimal."""
    found = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                found.update(block)
    return found.hexdigest()


def write_rows(
    kind: type[RejectedRow | NormalizedRow], rows: Iterable[RejectedRow | NormalizedRow], path: Path
) -> None:
    """Write rows of one kind as CSV, its columns named by the fields."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(one.name for one in fields(kind))
        writer.writerows(astuple(row) for row in rows)


def refusals(refused: list[RejectedRow], allowed: int) -> str:
    """Say which rows were refused, when there are more than allowed."""
    lines = [
        f"{row.file}, row {row.row}: {row.value}: expected {row.expected}" for row in refused[:50]
    ]
    if len(refused) > len(lines):
        lines.append(f"and {len(refused) - len(lines)} more")
    return "\n".join(
        [
            f"refused rows: {len(refused)}, allowed: {allowed} (--max-refused); "
            "the earlier release stays in force",
            *lines,
        ]
    )
