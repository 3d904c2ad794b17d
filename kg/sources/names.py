"""The names of states and other agents in the official languages, and their alternative names.

``names_in_languages.csv`` is written by ``tests/support/state_names.py`` from its sources;
``additional_names.csv`` is kept by hand. In both the column ``thing`` is the path of the IRI below
``id/``: ``state/GBR``, ``agent/EU``.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from kg.model.names import Name, NameKind
from kg.sources import csv_table

LANGUAGES_FILE: Final = "names_in_languages.csv"
ADDITIONAL_FILE: Final = "additional_names.csv"
FILES: Final = (LANGUAGES_FILE, ADDITIONAL_FILE)
_COLUMNS: Final = "thing language name kind source"


@functools.cache
def read_names(folder: Path) -> Mapping[str, tuple[Name, ...]]:
    """Return the names of each state and agent by its path, such as ``state/GBR``.

    Raises:
        SourceError: if a table is unusable.
    """
    names: dict[str, list[Name]] = defaultdict(list)
    for row in csv_table.read(folder / LANGUAGES_FILE, _COLUMNS):
        names[row["thing"]].append(_name(row))
    for row in csv_table.read(folder / ADDITIONAL_FILE, f"{_COLUMNS} from until"):
        if row["until"] and not "" < row["from"] < row["until"]:
            raise row.fail("until", "later than the first day in the column from")
        name = replace(_name(row), start=row["from"], until=row["until"])
        names[row["thing"]].append(name)
    return {thing: tuple(of_thing) for thing, of_thing in names.items()}


def _name(row: csv_table.Row) -> Name:
    return Name(row["name"], row["language"], _kind(row), row.keys("source"))


def _kind(row: csv_table.Row) -> NameKind:
    kinds: tuple[NameKind, ...] = ("preferred", "formal", "alternative")
    for kind in kinds:
        if kind == row["kind"]:
            return kind
    raise row.fail("kind", f"one of {', '.join(kinds)}")
