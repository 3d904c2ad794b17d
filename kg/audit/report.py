"""What does not fit in a release: where sources differ, what was refused, what breaks a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.model.sources import NormalizedRow, RejectedRow
from kg.rdf.vocabulary import PREFIXES, REPORT_GRAPH
from kg.release import row_lists
from kg.release.manifest import REPLACED_DAYS, Manifest
from kg.release.release import Release

_DISCREPANCIES = """
SELECT ?kind ?told ?accepted (GROUP_CONCAT(DISTINCT ?acceptedTitle; separator="; ") AS ?by)
    ?other (GROUP_CONCAT(DISTINCT ?otherTitle; separator="; ") AS ?against)
WHERE {
  ?discrepancy a unv:Discrepancy ; unv:aspect ?aspect ; rdfs:label ?told ;
    unv:acceptedValue ?accepted ; unv:otherValue ?other ;
    unv:acceptedFrom/dcterms:title ?acceptedTitle ; unv:otherFrom/dcterms:title ?otherTitle .
  OPTIONAL { ?discrepancy unv:concerns ?event . ?event a unv:VotingEvent }
  OPTIONAL { ?discrepancy unv:concerns ?report . ?report prov:wasQuotedFrom ?source }
  BIND (?aspect = "total" && EXISTS { ?event prov:wasDerivedFrom ?source } AS ?own)
  BIND (IF(?aspect = "membership", "outside membership", IF(?own, "printed total",
    CONCAT(IF(BOUND(?report), "reported ", "recorded "), ?aspect))) AS ?kind)
}
GROUP BY ?discrepancy ?kind ?told ?accepted ?other
ORDER BY ?kind ?told
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

#: What is checked, in the order it is told; the names are those of ``_DISCREPANCIES``.
_DIFFERENCES: Final = {
    "recorded vote": "votes that sources record differently",
    "recorded date": "dates that sources record differently",
    "recorded session": "sessions that sources record differently",
    "recorded symbol": "symbols that sources record differently",
    "printed total": "printed totals that are not the sum of the votes",
    "reported total": "totals that reports tell otherwise than the record",
    "reported vote": "votes that reports tell otherwise than the record",
    "reported content": "texts whose content reports tell otherwise",
    "outside membership": "votes of states that were no members",
}
_SYMBOL_NOTE: Final = "symbols kept: "


@dataclass(frozen=True)
class Difference:
    """One discrepancy in words; ``kind`` says what differs, and who from whom."""

    kind: str
    told: str
    accepted: str
    accepted_from: str
    other: str
    other_from: str


@dataclass(frozen=True)
class Check:
    """How often something was found, with an example (empty for none)."""

    what: str
    found: int
    example: str


@dataclass(frozen=True)
class Audit:
    """Everything a release says of its own doubts."""

    differences: list[Difference]
    warnings: list[tuple[str, str, str]]
    refused: list[RejectedRow]
    read_by_rule: list[NormalizedRow]
    manifest: Manifest

    def checks(self) -> list[Check]:
        """Return what was checked, with how often something was found."""
        return [
            *self._differences(),
            *self._symbols(),
            *self._refused(),
            *self._rules(),
            Check(REPLACED_DAYS, self.manifest.count(REPLACED_DAYS), ""),
        ]

    def _differences(self) -> Iterator[Check]:
        for kind, what in _DIFFERENCES.items():
            told = [one.told for one in self.differences if one.kind == kind]
            yield Check(what, len(told), told[0] if told else "")

    def _symbols(self) -> Iterator[Check]:
        for source in self.manifest.sources:
            for note, count in source.notes.items():
                if note.startswith(_SYMBOL_NOTE):
                    reason = note.removeprefix(_SYMBOL_NOTE)
                    yield Check(f"symbols of {source.name} not read: {reason}", count, "")

    def _refused(self) -> Iterator[Check]:
        counts = Counter(row.problem for row in self.refused)
        for problem in sorted(counts):
            first = next(row for row in self.refused if row.problem == problem)
            example = f"{first.file}, row {first.row}: {first.value}"
            yield Check(f"rows refused: {problem}", counts[problem], example)

    def _rules(self) -> Iterator[Check]:
        counts = Counter(row.rule for row in self.read_by_rule)
        for rule in sorted(counts):
            first = next(row for row in self.read_by_rule if row.rule == rule)
            example = f"{first.file}, row {first.row}: {first.value} as {first.read_as}"
            yield Check(f"rows read by a rule: {rule}", counts[rule], example)


def audit(release: Release) -> Audit:
    """Return the audit of a release.

    Raises:
        ReleaseError: if the release is damaged, or an earlier version made it.
    """
    store = release.open_store()
    return Audit(
        differences=[Difference(*row) for row in _rows(store, _DISCREPANCIES)],
        warnings=[(row[0], row[1], row[2]) for row in _rows(store, _WARNINGS)],
        refused=row_lists.read(RejectedRow, release.path / row_lists.REJECTED_FILE),
        read_by_rule=row_lists.read(NormalizedRow, release.path / row_lists.NORMALIZED_FILE),
        manifest=release.manifest(),
    )


def _rows(store: ox.Store, query: str) -> list[list[str]]:
    solutions = store.query(query, prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    return [[getattr(term, "value", "") for term in solution] for solution in solutions]
