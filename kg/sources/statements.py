"""The source ``statements``: what was said for a state, as articles and documents tell it."""

from __future__ import annotations

import re
from pathlib import Path

from kg.records import Statement
from kg.sources import tables
from kg.sources.base import Loaded
from kg.sources.describe import describe
from kg.states import StateRegister
from kg.symbols import slug

FILES = ("statements.csv", "sources.csv")
_COLUMNS = (
    "key made_by speaker speaker_role date about_kind about stance summary quote source via "
    "record_note"
)
_STANCES = ("", "supportive", "critical", "reserved")
MAX_QUOTE_WORDS = 15


def load(folder: Path, states: StateRegister) -> Loaded:
    """Load the statements.

    Raises:
        SourceError: if the table or a value in it is unusable.
    """
    statements = []
    for row in tables.read(folder / "statements.csv", _COLUMNS):
        if row["made_by"] not in states:
            raise row.fail("made_by", "the key of a state")
        if row["stance"] not in _STANCES:
            raise row.fail("stance", "supportive, critical, reserved or empty")
        if row["stance"] and not row["about"]:
            raise row.fail("stance", "empty: a stance needs something it is about")
        if row["date"] and not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", row["date"]):
            raise row.fail("date", "an ISO date or month")
        if len(row["quote"].split()) > MAX_QUOTE_WORDS:
            raise row.fail("quote", f"at most {MAX_QUOTE_WORDS} words")
        statements.append(
            Statement(
                key=row["key"],
                made_by=row["made_by"],
                summary=row["summary"],
                source=row["source"],
                speaker=row["speaker"],
                speaker_role=row["speaker_role"],
                date=row["date"],
                about=_about(row),
                stance=row["stance"],
                quote=row["quote"],
                via=row["via"],
                note=row["record_note"],
            )
        )
    return Loaded([*describe(folder, {s.source for s in statements}), *statements])


def _about(row: tables.Row) -> tuple[tuple[str, str], ...]:
    kind, target = row["about_kind"], row["about"]
    if kind == "resolution":
        return (("resolution", slug(target)),)
    if kind == "proposal":
        return (("proposal", target),)
    if kind or target:
        raise row.fail("about_kind", "resolution, proposal or empty")
    return ()
