"""What does not fit in a release: discrepancies, warnings, rows refused or read by a rule."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.records import RefusedRow, RuledRow
from kg.release import Release
from kg.vocabulary import PREFIXES, REPORT_GRAPH

_DISCREPANCIES = """
SELECT ?aspect ?told ?accepted (GROUP_CONCAT(DISTINCT ?acceptedTitle; separator="; ") AS ?by)
    ?other (GROUP_CONCAT(DISTINCT ?otherTitle; separator="; ") AS ?against)
WHERE {
  ?discrepancy a unv:Discrepancy ; unv:aspect ?aspect ; rdfs:label ?told ;
    unv:acceptedValue ?accepted ; unv:otherValue ?other ;
    unv:acceptedFrom/dcterms:title ?acceptedTitle ; unv:otherFrom/dcterms:title ?otherTitle .
}
GROUP BY ?discrepancy ?aspect ?told ?accepted ?other
ORDER BY ?aspect ?told
"""

_WARNINGS = f"""
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?message ?focus ?value WHERE {{
  GRAPH <{REPORT_GRAPH}> {{
    ?result a sh:ValidationResult ; sh:resultMessage ?message ; sh:focusNode ?focus .
    OPTIONAL {{ ?result sh:value ?value }}
  }}
}} ORDER BY ?message ?focus
"""


@dataclass(frozen=True)
class Difference:
    """One discrepancy in words."""

    aspect: str
    told: str
    accepted: str
    accepted_from: str
    other: str
    other_from: str


@dataclass(frozen=True)
class Audit:
    """Everything a release says of its own doubts."""

    differences: list[Difference]
    warnings: list[tuple[str, str, str]]
    refused: list[RefusedRow]
    read_by_rule: list[RuledRow]
    manifest: dict[str, Any]


def audit(release: Release) -> Audit:
    """Return the audit of a release.

    Raises:
        ReleaseError: if the release is damaged.
    """
    store = release.open()
    refused = [
        RefusedRow(row["source"], row["file"], int(row["row"]), row["value"], row["expected"])
        for row in _table(release.path / "refused.csv")
    ]
    ruled = [
        RuledRow(
            row["source"], row["file"], int(row["row"]), row["value"], row["read_as"], row["rule"]
        )
        for row in _table(release.path / "readings.csv")
    ]
    return Audit(
        differences=[Difference(*row) for row in _rows(store, _DISCREPANCIES)],
        warnings=[(row[0], row[1], row[2]) for row in _rows(store, _WARNINGS)],
        refused=refused,
        read_by_rule=ruled,
        manifest=release.manifest(),
    )


def _table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table; none if a release was made before there was such a table."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _rows(store: ox.Store, query: str) -> list[list[str]]:
    solutions = store.query(query, prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    return [[getattr(term, "value", "") for term in solution] for solution in solutions]
