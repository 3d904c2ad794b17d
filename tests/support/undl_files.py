"""Small voting tables of the UN Digital Library."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

_HEADER: Final = (
    "undl_id ms_code ms_name ms_vote date session resolution meeting title undl_link "
    "total_yes total_no total_abstentions total_non_voting"
).split()
_NAMES: Final = {
    "UKR": "UKRAINE", "RUS": "RUSSIAN FEDERATION", "IND": "INDIA", "SUN": "USSR",
    "FRA": "FRANCE", "DMA": "DOMINICA",
}  # fmt: skip


def write(folder: Path, *records: dict[str, Any]) -> Path:
    """Write a table of the UN Digital Library; a record has its ``votes`` by code."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "2026_01_01_ga_voting.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _HEADER, restval="", extrasaction="ignore")
        writer.writeheader()
        for record in records:
            for code, vote in record["votes"].items():
                row = {"ms_code": code, "ms_name": _NAMES[code], "ms_vote": vote}
                writer.writerow({**record, **row})
    return path
