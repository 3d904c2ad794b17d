"""The embedded sources with the votes of few states.

Most of a release is agreement, which grows with the square of the number of states. These sources
have every resolution, an eighth of the votes, and a hundredth of the agreement.
"""

from __future__ import annotations

import csv
import shutil
import zlib
from pathlib import Path
from typing import Final

from kg.resources import DATA

#: States whose pages are requested in tests.
_ALWAYS: Final = frozenset({"ARM", "CHN", "IND", "RUS", "UKR", "USA"})


def write_thinned(folder: Path) -> str:
    """Write the roll calls into a new folder, and return the source that loads them."""
    folder.mkdir()
    for name in ("sources.csv", "ukraine_council.csv", "ukraine_resolutions.csv"):
        shutil.copy(DATA / name, folder)
    name = "ukraine_roll_calls.csv"
    with (
        (DATA / name).open(encoding="utf-8", newline="") as whole,
        (folder / name).open("w", encoding="utf-8", newline="") as thinned,
    ):
        rows = csv.DictReader(whole)
        writer = csv.DictWriter(thinned, rows.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in rows if _is_kept(row["state"]))
    return f"ukraine={folder}"


def _is_kept(state: str) -> bool:
    return state in _ALWAYS or zlib.crc32(state.encode()) % 8 == 0
