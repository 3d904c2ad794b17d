"""What is known of the columns of a release before a query runs: kinds of terms, exact counts.

It is a file of JSON beside the columns, so that a query that goes to Oxigraph never needs DuckDB.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.engine.columnar.term_types import Form
from kg.sparql.algebra import Term

#: The file beside the columns.
FILE: Final = "columns.json"
#: Objects that occur more often than this in a table are counted one by one.
FREQUENT: Final = 500


@dataclass(frozen=True)
class Part:
    """A table of facts with one predicate, and objects of one form; its counts are exact."""

    name: str
    predicate: str
    form: Form
    subject_kinds: frozenset[str]
    object_kinds: frozenset[str]
    facts: int
    subjects: int
    objects: int
    #: By object, as N-Triples has it: how many facts, where these are many.
    frequent: dict[str, int]

    @property
    def rare(self) -> float:
        """How many facts an object has that is not frequent, on average."""
        facts = self.facts - sum(self.frequent.values())
        return facts / max(self.objects - len(self.frequent), 1)

    def with_object(self, term: Term) -> float:
        """Return about how many facts have an object."""
        return self.frequent.get(str(term), self.rare)


@dataclass(frozen=True)
class Catalogue:
    """What is known of the columns of the release of a name, written by a version."""

    release: str
    version: str
    #: By predicate.
    parts: dict[str, tuple[Part, ...]]
    #: By kind: the numbers of its terms, from and before.
    ranges: dict[str, tuple[int, int]]


def read(folder: Path) -> Catalogue | None:
    """Return the catalogue in the folder of a release, or None if there is none of that release."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if told["release"] != manifest.get("name"):
        return None
    parts: dict[str, tuple[Part, ...]] = {}
    for one in told["parts"]:
        part = _part(one)
        parts[part.predicate] = (*parts.get(part.predicate, ()), part)
    ranges = {kind: (low, high) for kind, low, high in told["kinds"]}
    return Catalogue(told["release"], told["version"], parts, ranges)


def _part(told: dict[str, Any]) -> Part:
    kinds = {name: frozenset(told[name]) for name in ("subject_kinds", "object_kinds")}
    return Part(**{**told, **kinds, "form": Form(told["form"])})
