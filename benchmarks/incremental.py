"""Cost of ``kg build --incremental`` for the whole record: at first, and after an edition.

The new edition of the General Assembly's votes corrects a vote, lacks a roll call and has another
one. It is invented; the data folder should be a temporary one.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO, Final, cast

from benchmarks.building import Run, run
from benchmarks.real_files import FOLDERS, selectors
from kg.release import release

_SOURCE: Final = "undl-ga"
_PATTERN: Final = "*ga_voting.csv*"
_CORRECTED: Final = ("A/RES/68/262", "IND", "Y")
_REMOVED: Final = "A/RES/70/15"
#: A roll call that is there twice, the second time as another resolution.
_COPIED: Final = ("A/RES/74/40", "A/RES/74/998")
#: The record of the copy: no two documents have the same.
_RECORD: Final = "9999999"


def main() -> None:
    """Build twice and print the cost of each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="an empty folder")
    parser.add_argument("folder", type=Path, help="the folder of the real files")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="edition-") as edition:
        place = options.folder / FOLDERS[_SOURCE]
        _write_edition(place, Path(edition))
        sources = selectors(options.folder)
        edited = [f"{_SOURCE}={edition}" if s == f"{_SOURCE}={place}" else s for s in sources]
        first = _build(options.data, sources)
        second = _build(options.data, edited)
    print(f"First build: {first[0]}. After the new edition: {second[0]}.\n")
    print("| step | first | after |\n|---|---|---|")
    for kind in sorted(first[1].keys() | second[1].keys()):
        print(f"| {kind} | {first[1].get(kind, 0):.1f} | {second[1].get(kind, 0):.1f} |")


def _build(data: Path, sources: list[str]) -> tuple[Run, dict[str, float]]:
    """Build incrementally; return the cost, and the seconds of each step."""
    command = [sys.executable, "-m", "kg", "build", "--data", str(data), "--max-refused", "1"]
    for source in sources:
        command += ["--source", source]
    cost = run([*command, "--incremental"])
    return cost, dict(release.require_current(data).manifest().seconds)


def _write_edition(place: Path, target: Path) -> None:
    """Write a copy of the files in a folder with the changes."""
    (original,) = place.glob(_PATTERN)
    for other in place.iterdir():
        if other != original:
            shutil.copy(other, target)
    with _opened(original, "rt") as source, _opened(target / original.name, "wt") as written:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(written, rows.fieldnames or ())
        writer.writeheader()
        copies = []
        for row in rows:
            if row["resolution"] == _REMOVED:
                continue
            if (row["resolution"], row["ms_code"]) == _CORRECTED[:2]:
                row["ms_vote"] = _CORRECTED[2]
            writer.writerow(row)
            if row["resolution"] == _COPIED[0]:
                link = row["undl_link"].replace(row["undl_id"], _RECORD)
                copy = {"resolution": _COPIED[1], "undl_id": _RECORD, "undl_link": link}
                copies.append(row | copy)
        writer.writerows(copies)


def _opened(path: Path, mode: str) -> IO[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    return cast("IO[str]", opened(path, mode, encoding="utf-8-sig", newline=""))


if __name__ == "__main__":
    main()
