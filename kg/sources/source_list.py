"""The Source records of the embedded data: one row for each in ``sources.csv``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kg.errors import SourceError
from kg.model.sources import Source
from kg.sources import csv_table

FILE = "sources.csv"
_COLUMNS = "key title publisher date licence redistributable retrieved address note derived_from"
_REDISTRIBUTABLE = {"true": True, "false": False, "": None}


def read_sources(folder: Path, keys: Iterable[str]) -> list[Source]:
    """Return the sources with these keys, and the sources they are derived from.

    Raises:
        SourceError: if the table is unusable or does not describe a key.
    """
    table = _read(folder / FILE)
    wanted = sorted(set(keys))
    described: dict[str, Source] = {}
    while wanted:
        key = wanted.pop()
        if key in described:
            continue
        if key not in table:
            raise SourceError(f"{folder / FILE}: no row for the source {key!r}, used by facts")
        described[key] = table[key]
        wanted += table[key].derived_from
    return [described[key] for key in sorted(described)]


def source_keys(folder: Path) -> set[str]:
    """Return the keys of all sources in the table.

    Raises:
        SourceError: if the table is unusable.
    """
    return set(_read(folder / FILE))


def _read(path: Path) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for row in csv_table.read(path, _COLUMNS):
        if row["redistributable"] not in _REDISTRIBUTABLE:
            raise row.fail("redistributable", "true, false or empty")
        if row["key"] in sources:
            raise row.fail("key", "a unique key: an earlier row has it")
        source = Source(
            key=row["key"],
            title=row["title"],
            publisher=row["publisher"],
            date=row["date"],
            licence=row["licence"],
            redistributable=_REDISTRIBUTABLE[row["redistributable"]],
            retrieved=row["retrieved"],
            address=row["address"],
            note=row["note"],
        )
        sources[source.key] = replace(source, derived_from=row.keys("derived_from"))
    return sources
