"""The part of a build that derives facts: compute and write all, check a sample with SHACL.

pySHACL would take minutes for those of the whole record. What must hold of every observation is
checked by ``kg.pipeline.derivation`` before it is written; the sample shows that what the store
holds has the form that the shapes demand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, Generic, TypeVar

import pyoxigraph as ox

from kg.model.derived import AgreementObservation, DerivedFact, Margin, YearlyTally
from kg.pipeline import validation
from kg.pipeline.derivation import Positions
from kg.pipeline.validation import DERIVED_SHAPES, Finding
from kg.progress import Steps
from kg.rdf import derived_mapper
from kg.rdf.vocabulary import DCTERMS, OPTION_TERMS, PROV, RDF, RDFS, UNV

T = TypeVar("T")

#: Facts of each kind that are validated with SHACL, at most.
SAMPLE: Final = 100
_NAMES: Final[dict[type[DerivedFact], str]] = {
    AgreementObservation: "agreement observations",
    YearlyTally: "yearly tallies",
    Margin: "margins",
}
#: Facts in one file: several files load in parallel, and each faster than one that holds all.
PART: Final = 40_000
#: The properties that the shapes look at; events have many more.
_SHAPED: Final = {
    *(RDF.type, RDFS.label, DCTERMS.description, PROV.used),
    *(UNV.between, UNV.body, UNV.state, UNV.year, UNV.sharedVotes, UNV.identicalVotes, UNV.margin),
    *(terms.count_property for terms in OPTION_TERMS.values()),
}


class Sample(Generic[T]):
    """Every n-th of a stream of unknown length, n a power of two, so that there are not too many.

    >>> sample = Sample(limit=4)
    >>> for number in range(11):
    ...     sample.take(str(number))
    >>> sample.kept
    ['0', '4', '8']
    """

    def __init__(self, limit: int = SAMPLE) -> None:
        self.kept: list[T] = []
        self._limit = limit
        self._step = 1
        self._seen = 0

    def take(self, item: T) -> None:
        """Take up the next of the stream."""
        if self._seen % self._step == 0:
            self.kept.append(item)
            if len(self.kept) > self._limit:
                self.kept = self.kept[::2]
                self._step *= 2
        self._seen += 1


@dataclass
class Derived:
    """What has been written: the files in their order, how many facts, and which to validate."""

    files: list[Path] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    sample: list[str] = field(default_factory=list)


def write(positions: Positions, folder: Path, steps: Steps) -> Derived:
    """Write all derived facts to files in a folder.

    Raises:
        InvalidDataError: if the agreement of states contradicts itself.
    """
    counts: Counter[type[DerivedFact]] = Counter()
    samples: dict[type[DerivedFact], Sample[DerivedFact]] = {kind: Sample() for kind in _NAMES}
    found = Derived()
    facts = positions.facts()
    with steps.counted("derive", "Deriving agreement and tallies") as advance:
        while part := list(islice(facts, PART)):
            lines = []
            for fact in part:
                counts[type(fact)] += 1
                samples[type(fact)].take(fact)
                lines.append(derived_mapper.lines(fact))
            _write_part(folder, found, lines)
            advance(len(part))
    told = [line for kind in counts for line in derived_mapper.derivation(kind, positions.sources)]
    _write_part(folder, found, told)
    found.counts.update({name: counts[kind] for kind, name in _NAMES.items()})
    found.sample = [derived_mapper.subject(fact) for one in samples.values() for fact in one.kept]
    return found


def _write_part(folder: Path, found: Derived, lines: list[str]) -> None:
    path = folder / f"derived-{len(found.files):03}.nt"
    path.write_text("".join(lines), encoding="utf-8")
    found.files.append(path)


def validate(store: ox.Store, subjects: list[str]) -> list[Finding]:
    """Validate derived facts as a store holds them, with what tells how they were derived."""
    return validation.validate("".join(_described(store, subjects)), DERIVED_SHAPES)


def _described(store: ox.Store, subjects: list[str]) -> list[str]:
    default, rdf_type = ox.DefaultGraph(), ox.NamedNode(RDF.type)
    derivations = (one.iri for one in derived_mapper.DERIVATIONS.values())
    lines: dict[str, None] = {}
    for subject in (*subjects, *derivations):
        for quad in store.quads_for_pattern(ox.NamedNode(subject), None, None, default):
            if quad.predicate.value not in _SHAPED:
                continue
            lines[f"{quad.triple} .\n"] = None
            if isinstance(quad.object, ox.NamedNode):
                types = store.quads_for_pattern(quad.object, rdf_type, None, default)
                lines.update((f"{one.triple} .\n", None) for one in types)
    return list(lines)
