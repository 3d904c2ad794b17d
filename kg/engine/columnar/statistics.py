"""Statistics of the columns of a release: kinds of terms, and exact counts.

They are stored in a JSON file beside the columns, so that queries for Oxigraph do not need DuckDB.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NotRequired, TypedDict

from kg.engine.columnar.term_types import Storage
from kg.sparql.algebra import Term

#: The file beside the columns.
FILE_NAME: Final = "columns.json"
#: facts: the count of an object with more facts than this in a table is recorded.
FREQUENT_OBJECT_FACTS: Final = 500


class PartitionEntry(TypedDict):
    """The description of a table of facts in the file."""

    name: str
    predicate: str
    form: str
    subject_kinds: list[str]
    object_kinds: list[str]
    value_kinds: NotRequired[list[str]]
    facts: int
    subjects: int
    objects: int
    frequent: dict[str, int]
    wide: NotRequired[str]
    by_object: NotRequired[str]
    wide_by_object: NotRequired[str]


class _Document(TypedDict):
    """The whole file."""

    release: str
    version: str
    kinds: list[tuple[str, int, int]]
    parts: list[PartitionEntry]


@dataclass(frozen=True)
class TablePartition:
    """A table of the facts with one predicate and one storage of objects, with exact counts."""

    name: str
    predicate: str
    storage: Storage
    subject_kinds: frozenset[str]
    object_kinds: frozenset[str]
    #: The kinds of objects by ``term_types.typed_kind``, which knows the values of more literals.
    value_kinds: frozenset[str]
    facts: int
    subjects: int
    objects: int
    #: The number of facts of each frequent object, by object in N-Triples.
    frequent: dict[str, int]
    #: The table of ``wide_tables`` that has its objects too, in a column of its name; or ''.
    wide: str = ""
    #: The copies by ``sorted_copies`` of this table and of the wide one, or ''.
    by_object: str = ""
    wide_by_object: str = ""

    @property
    def average_frequency(self) -> float:
        """The average number of facts per object, excluding frequent objects."""
        facts = self.facts - sum(self.frequent.values())
        return facts / max(self.objects - len(self.frequent), 1)

    @property
    def typical_frequency(self) -> float:
        """The number of facts with the object of a fact, on the average of facts.

        It is higher than the average of objects where these differ: an event of any topic is likely
        to be one of a large topic.
        """
        frequent = self.frequent.values()
        others = (self.facts - sum(frequent)) * self.average_frequency
        return (sum(number**2 for number in frequent) + others) / max(self.facts, 1)

    def object_frequency(self, term: Term) -> float:
        """Return the number of facts with an object, an estimate unless it is frequent."""
        return self.frequent.get(str(term), self.average_frequency)


@dataclass(frozen=True)
class Statistics:
    """Statistics of the columns of a release, and the layout version they were written with."""

    release: str
    version: str
    #: By predicate.
    partitions: dict[str, tuple[TablePartition, ...]]
    #: By kind: the half-open range of the identifiers of its terms.
    id_ranges: dict[str, tuple[int, int]]


def write(
    folder: Path,
    release: str,
    version: str,
    id_ranges: list[tuple[str, int, int]],
    partitions: list[PartitionEntry],
) -> None:
    """Write the statistics into the folder of a release."""
    document: _Document = {
        "release": release,
        "version": version,
        "kinds": id_ranges,
        "parts": partitions,
    }
    (folder / FILE_NAME).write_text(json.dumps(document), encoding="utf-8")


def read(folder: Path) -> Statistics | None:
    """Return the statistics in the folder of a release, or None if they are not of this release."""
    try:
        document: _Document = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if document["release"] != manifest["name"]:
            return None
        return _statistics(document)
    except (OSError, ValueError, LookupError, TypeError):
        # Damaged: the server knows from the checksums, and reports it.
        return None


def _statistics(document: _Document) -> Statistics:
    partitions: dict[str, tuple[TablePartition, ...]] = {}
    for entry in document["parts"]:
        partition = _partition(entry)
        partitions[partition.predicate] = (*partitions.get(partition.predicate, ()), partition)
    id_ranges = {kind: (low, high) for kind, low, high in document["kinds"]}
    return Statistics(document["release"], document["version"], partitions, id_ranges)


def _partition(entry: PartitionEntry) -> TablePartition:
    return TablePartition(
        name=entry["name"],
        predicate=entry["predicate"],
        storage=Storage(entry["form"]),
        subject_kinds=frozenset(entry["subject_kinds"]),
        object_kinds=frozenset(entry["object_kinds"]),
        # Columns of earlier versions do not have it.
        value_kinds=frozenset(entry.get("value_kinds", entry["object_kinds"])),
        facts=entry["facts"],
        subjects=entry["subjects"],
        objects=entry["objects"],
        frequent=entry["frequent"],
        wide=entry.get("wide", ""),
        by_object=entry.get("by_object", ""),
        wide_by_object=entry.get("wide_by_object", ""),
    )
