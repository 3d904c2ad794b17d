"""The audit of a release: discrepancies of sources, refused rows, warnings, gaps in numbering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.audit.numbering import MISSING, NOT_RECORDED, Gap
from kg.audit.numbering import gaps as gaps_in
from kg.model.sources import (
    NormalizedRow,
    RejectedRecord,
    RejectedRow,
    SourceRecord,
    by_record,
)
from kg.rdf.vocabulary import REPORT_GRAPH
from kg.release import row_lists
from kg.release.manifest import REPLACED_DAYS, Manifest
from kg.release.release import Release
from kg.release.store import solution_texts
from kg.sources.registry import SOURCES

_DISCREPANCIES = """
SELECT ?kind ?description ?accepted (GROUP_CONCAT(DISTINCT ?acceptedTitle; separator="; ") AS ?by)
    ?other (GROUP_CONCAT(DISTINCT ?otherTitle; separator="; ") AS ?against)
WHERE {
  ?discrepancy a unv:Discrepancy ; unv:aspect ?aspect ; rdfs:label ?description ;
    unv:acceptedValue ?accepted ; unv:otherValue ?other ;
    unv:acceptedFrom/dcterms:title ?acceptedTitle ; unv:otherFrom/dcterms:title ?otherTitle .
  OPTIONAL { ?discrepancy unv:concerns ?event . ?event a unv:VotingEvent }
  OPTIONAL { ?discrepancy unv:concerns ?report . ?report prov:wasQuotedFrom ?source }
  BIND (?aspect = "total" && EXISTS { ?event prov:wasDerivedFrom ?source } AS ?own)
  BIND (IF(?aspect = "membership", "outside membership", IF(?own, "printed total",
    CONCAT(IF(BOUND(?report), "reported ", "recorded "), ?aspect))) AS ?kind)
}
GROUP BY ?discrepancy ?kind ?description ?accepted ?other
ORDER BY ?kind ?description
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

#: The descriptions of the kinds of discrepancies in ``_DISCREPANCIES``, in the order of the report.
_DIFFERENCES: Final = {
    "recorded vote": "votes that sources record differently",
    "recorded date": "dates that sources record differently",
    "recorded session": "sessions that sources record differently",
    "recorded symbol": "symbols that sources record differently",
    "printed total": "printed totals that are not the sum of the votes",
    "reported total": "totals reported differently from the record",
    "reported vote": "votes reported differently from the record",
    "reported content": "texts whose content is reported differently",
    "outside membership": "votes of states that were not members",
}
_SYMBOL_NOTE: Final = "symbols kept: "


@dataclass(frozen=True)
class Difference:
    """One discrepancy in words; ``kind`` names what differs, and between which kinds of sources."""

    kind: str
    description: str
    accepted: str
    accepted_from: str
    other: str
    other_from: str


@dataclass(frozen=True)
class ShaclWarning:
    """A SHACL warning, with focus node and value as returned by SPARQL."""

    message: str
    focus: str
    value: str


@dataclass(frozen=True)
class Check:
    """The number of cases of one kind, with an example (empty if there are none)."""

    name: str
    count: int
    example: str


@dataclass(frozen=True)
class Audit:
    """The inconsistencies of a release, with its manifest."""

    differences: list[Difference]
    warnings: list[ShaclWarning]
    rejected: list[RejectedRow]
    normalized: list[NormalizedRow]
    gaps: list[Gap]
    manifest: Manifest

    @property
    def rejected_records(self) -> list[RejectedRecord]:
        """The records with rejected rows, one for each reason."""
        return by_record(self.rejected)

    def checks(self) -> list[Check]:
        """Return the checks with their counts."""
        return [
            *self._differences(),
            *self._symbols(),
            *self._rejected(),
            *self._normalized(),
            *self._gaps(),
            Check(REPLACED_DAYS, self.manifest.count(REPLACED_DAYS), ""),
        ]

    def _differences(self) -> Iterator[Check]:
        for kind, name in _DIFFERENCES.items():
            descriptions = [item.description for item in self.differences if item.kind == kind]
            yield Check(name, len(descriptions), descriptions[0] if descriptions else "")

    def _symbols(self) -> Iterator[Check]:
        for source in self.manifest.sources:
            for note, count in source.notes.items():
                if note.startswith(_SYMBOL_NOTE):
                    reason = note.removeprefix(_SYMBOL_NOTE)
                    yield Check(f"symbols of {source.name} not read: {reason}", count, "")

    def _rejected(self) -> Iterator[Check]:
        counts = Counter(row.problem for row in self.rejected)
        records = self.rejected_records
        for problem in sorted(counts):
            first = next(record for record in records if record.problem == problem)
            example = f"{first.where}: {first.value}"
            yield Check(f"rows refused: {problem}", counts[problem], example)

    def _normalized(self) -> Iterator[Check]:
        counts = Counter(row.rule for row in self.normalized)
        for rule in sorted(counts):
            first = next(row for row in self.normalized if row.rule == rule)
            read_as = first.read_as or "nothing"
            example = f"{first.file}, row {first.row}: {first.named_value} as {read_as}"
            yield Check(f"rows read by a rule: {rule}", counts[rule], example)

    def _gaps(self) -> Iterator[Check]:
        for meaning in (MISSING, NOT_RECORDED):
            gaps = [gap for gap in self.gaps if gap.meaning == meaning]
            example = f"{gaps[0].series}: {gaps[0].ranges}" if gaps else ""
            yield Check(
                f"numbers of resolutions {meaning}", sum(gap.count for gap in gaps), example
            )


def audit(release: Release) -> Audit:
    """Return the audit of a release.

    Raises:
        ReleaseError: if the release is damaged, or was built by an earlier version.
    """
    store = release.open_store()
    records = row_lists.read(SourceRecord, release.path / row_lists.RECORDS_FILE)
    manifest = release.manifest()
    complete = {source.name for source in SOURCES.values() if source.complete}
    # A source with adoptions without a vote has all resolutions of its years.
    whole = {
        source.name
        for source in manifest.sources
        if any(period.without_vote for period in source.coverage)
    }
    return Audit(
        differences=[Difference(*row) for row in solution_texts(store, _DISCREPANCIES)],
        warnings=[ShaclWarning(*row) for row in solution_texts(store, _WARNINGS)],
        rejected=row_lists.read(RejectedRow, release.path / row_lists.REJECTED_FILE),
        normalized=row_lists.read(NormalizedRow, release.path / row_lists.NORMALIZED_FILE),
        gaps=gaps_in(
            store,
            (record.symbol for record in records if record.name in complete),
            (record.symbol for record in records if record.name in whole - complete),
        ),
        manifest=manifest,
    )
