"""Small files in the format of the R package unvotes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CALL = {
    "rcid": 5000, "session": 68.0, "importantvote": 0, "date": 16156.0, "unres": "R/68/262",
    "amend": 0, "para": 0, "short": "UKRAINE", "descr": "Territorial integrity of Ukraine",
}  # fmt: skip
VOTES = [
    ("Ukraine", "UA", "yes"),
    ("Russia", "RU", "no"),
    ("India", "IN", "abstain"),
    ("Namibia", "NA", "abstain"),
]


def write(
    folder: Path,
    calls: list[dict[str, Any]] | None = None,
    votes: list[tuple[Any, ...]] | None = None,
    issues: list[tuple[int, str, str]] | None = None,
) -> Path:
    """Write the three files; votes are (country, code, vote), optionally preceded by an rcid."""
    import pandas as pd  # noqa: PLC0415 - as in real_files.py
    import rdata  # noqa: PLC0415

    folder.mkdir(exist_ok=True)
    rows = [(v if len(v) == 4 else (5000, *v)) for v in (VOTES if votes is None else votes)]
    frame = pd.DataFrame(rows, columns=["rcid", "country", "country_code", "vote"])
    frame["rcid"] = frame["rcid"].astype("float64")
    for column in ("country", "country_code", "vote"):
        frame[column] = frame[column].astype("string")
    rdata.write_rda(folder / "un_votes.rda", {"un_votes": frame})
    frame = pd.DataFrame([CALL | call for call in calls or [{}]])
    for column in ("rcid", "importantvote", "amend", "para"):
        frame[column] = frame[column].astype("Int32")
    for column in ("unres", "short", "descr"):
        frame[column] = frame[column].astype("string")
    rdata.write_rda(folder / "un_roll_calls.rda", {"un_roll_calls": frame})
    frame = pd.DataFrame(
        [(5000, "hr", "Human rights")] if issues is None else issues,
        columns=["rcid", "short_name", "issue"],
    ).astype({"rcid": "Int32", "short_name": "string", "issue": "string"})
    rdata.write_rda(folder / "un_roll_call_issues.rda", {"un_roll_call_issues": frame})
    return folder
