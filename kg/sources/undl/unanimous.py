"""Unanimous votes for which the UN Digital Library marks every member as non-voting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.model.symbols import slug
from kg.resources import DATA
from kg.sources import csv_table

FILE: Final = "undl_unanimous.csv"


def read_unanimous() -> Mapping[str, str]:
    """Return the source that reports a unanimous vote, by the slug of the resolution."""
    rows = csv_table.read(DATA / FILE, "symbol source")
    return {slug(row["symbol"]): row["source"] for row in rows}
