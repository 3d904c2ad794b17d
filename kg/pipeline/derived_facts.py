"""The stage of a build that computes and writes derived facts and validates a sample with SHACL.

pySHACL would take minutes for all derived facts of the whole record. ``kg.pipeline.derivation``
checks every observation before it is written; the sample shows that the facts in the store conform
to the shapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, TypeVar

import pyoxigraph as ox

from kg.model.derived import AgreementObservation, DerivedFact, Margin, YearlyTally
from kg.pipeline import validation
from kg.pipeline.blocks import Block
from kg.pipeline.derivation import VoteMatrices
from kg.pipeline.validation import DERIVED_SHAPES, Finding
from kg.progress import ProgressReporter
from kg.rdf import derived_mapper
from kg.rdf.vocabulary import DCTERMS, OPTION_TERMS, PROV, RDF, RDFS, UNV

T = TypeVar("T")

#: The maximum number of facts of each kind that are validated with SHACL.
SAMPLE_FACTS: Final = 100
_NAMES: Final[dict[type[DerivedFact], str]] = {
    AgreementObservation: "agreement observations",
    YearlyTally: "yearly tallies",
    Margin: "margins",
}
#: The minimum number of facts per file: several files load in parallel, and faster than one.
FILE_FACTS: Final = 40_000
#: The properties that the shapes use; events have many more.
_SHAPED: Final = {
    *(RDF.type, RDFS.label, DCTERMS.description, PROV.used),
    *(UNV.between, UNV.year, UNV.sharedVotes, UNV.identicalVotes, UNV.margin),
    *(UNV.tallyBody, UNV.state, UNV.unrecordedEvents),
    # Properties of events: a margin is compared with the counts.
    *(terms.count_property for terms in OPTION_TERMS.values()),
    *(terms.times_property for terms in OPTION_TERMS.values()),
}


class Sample(Generic[T]):
    """Every n-th item of a stream of unknown length; n is a power of two chosen to fit a limit.

    >>> sample = Sample(limit=4)
    >>> sample.extend(str(number) for number in range(11))
    >>> sample.kept
    ['0', '4', '8']
    """

    def __init__(self, limit: int = SAMPLE_FACTS) -> None:
        self.kept: list[T] = []
        self._limit = limit
        self._step = 1
        self._seen = 0

    def extend(self, items: Iterable[T]) -> None:
        """Add the n-th items among the next ones of the stream."""
        for item in items:
            if self._seen % self._step == 0:
                self.kept.append(item)
                if len(self.kept) > self._limit:
                    self.kept = self.kept[::2]
                    self._step *= 2
            self._seen += 1


@dataclass
class DerivedFacts:
    """The files in order with their blocks, the number of facts by kind, a sample of subjects."""

    files: list[Path] = field(default_factory=list)
    #: A block for each kind and year, one for all margins, and one for the provenance.
    blocks: list[Block] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    sample: list[str] = field(default_factory=list)


def write(matrices: VoteMatrices, folder: Path, progress: ProgressReporter) -> DerivedFacts:
    """Write all derived facts to files in a folder.

    Raises:
        InvalidDataError: if the agreement of states is inconsistent.
    """
    counts: Counter[type[DerivedFact]] = Counter()
    samples: dict[type[DerivedFact], Sample[DerivedFact]] = {kind: Sample() for kind in _NAMES}
    derived = DerivedFacts()
    with progress.counted("derive", "Deriving agreement and tallies") as advance:
        part, number = list[str](), 0
        for group in filter(None, matrices.groups()):
            kind = type(group[0])
            counts[kind] += len(group)
            samples[kind].extend(group)
            part.append("".join(map(derived_mapper.lines, group)))
            number += len(group)
            if number >= FILE_FACTS:
                _write_part(folder, derived, part)
                advance(number)
                part, number = [], 0
        if part:
            _write_part(folder, derived, part)
            advance(number)
    provenance = (
        line for kind in counts for line in derived_mapper.derivation(kind, matrices.sources)
    )
    _write_part(folder, derived, ["".join(provenance)])
    derived.counts.update({name: counts[kind] for kind, name in _NAMES.items()})
    derived.sample = [
        derived_mapper.subject(fact) for sample in samples.values() for fact in sample.kept
    ]
    return derived


def _write_part(folder: Path, derived: DerivedFacts, texts: list[str]) -> None:
    """Write a file of several blocks."""
    path = folder / f"derived-{len(derived.files):03}.nt"
    with path.open("wb") as stream:
        for text in filter(None, texts):
            start = stream.tell()
            stream.write(text.encode())
            derived.blocks.append(Block(path, start, stream.tell()))
    derived.files.append(path)


def validate(store: ox.Store, subjects: list[str]) -> list[Finding]:
    """Validate derived facts in a store, with the description of their derivation."""
    return validation.validate("".join(_shaped_triples(store, subjects)), DERIVED_SHAPES)


def validation_method(derived: DerivedFacts) -> str:
    """Return a sentence on which derived facts pySHACL validated; empty if there are none."""
    if not derived.sample:
        return ""
    return (
        f"Of {derived.counts.total():,} derived facts it validated a sample of "
        f"{len(derived.sample):,}."
    )


def _shaped_triples(store: ox.Store, subjects: list[str]) -> list[str]:
    default, rdf_type = ox.DefaultGraph(), ox.NamedNode(RDF.type)
    derivations = (derivation.iri for derivation in derived_mapper.DERIVATIONS.values())
    lines: dict[str, None] = {}
    for subject in (*subjects, *derivations):
        for quad in store.quads_for_pattern(ox.NamedNode(subject), None, None, default):
            if quad.predicate.value not in _SHAPED:
                continue
            lines[f"{quad.triple} .\n"] = None
            if isinstance(quad.object, ox.NamedNode):
                types = store.quads_for_pattern(quad.object, rdf_type, None, default)
                lines.update((f"{type_.triple} .\n", None) for type_ in types)
    return list(lines)
