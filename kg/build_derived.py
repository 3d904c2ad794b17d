"""The part of a build that derives facts: compute and write all, check a sample with SHACL.

pySHACL would take most of an hour for the whole record's. What holds for every observation is
checked by ``kg.derive`` before it is written; the sample shows that what the store holds has the
form that the shapes demand.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rich.console import Console

from kg import validation
from kg.derive import Positions
from kg.progress import progress_bar
from kg.records import AgreementObservation, DerivedFact, Margin, YearlyTally
from kg.triples import derived
from kg.validation import DERIVED_SHAPES, Finding
from kg.vocabulary import COUNT_PROPERTY, DCTERMS, PROV, RDF, RDFS, UNV

#: Facts of each kind that are validated with SHACL, at most.
SAMPLE: Final = 300
_NAMES: Final[dict[type[DerivedFact], str]] = {
    AgreementObservation: "agreement observations",
    YearlyTally: "yearly tallies",
    Margin: "margins",
}
#: Facts written at once.
_CHUNK: Final = 1000
#: The properties that the shapes look at; events have many more.
_SHAPED: Final = {
    *(RDF.type, RDFS.label, DCTERMS.description, PROV.used),
    *(UNV.between, UNV.state, UNV.year, UNV.sharedVotes, UNV.identicalVotes, UNV.margin),
    *COUNT_PROPERTY.values(),
}


class Sample:
    """Every n-th of a stream of unknown length, n a power of two, so that there are not too many.

    >>> sample = Sample(limit=4)
    >>> for number in range(11):
    ...     sample.take(str(number))
    >>> sample.kept
    ['0', '4', '8']
    """

    def __init__(self, limit: int = SAMPLE) -> None:
        self.kept: list[str] = []
        self._limit = limit
        self._step = 1
        self._seen = 0

    def take(self, item: str) -> None:
        """Take up the next of the stream."""
        if self._seen % self._step == 0:
            self.kept.append(item)
            if len(self.kept) > self._limit:
                self.kept = self.kept[::2]
                self._step *= 2
        self._seen += 1


def write(positions: Positions, path: Path, console: Console) -> tuple[Counter[str], list[str]]:
    """Write all derived facts; return their numbers by name, and the subjects to validate.

    Raises:
        InvalidDataError: if the agreement of states contradicts itself.
    """
    counts: Counter[type[DerivedFact]] = Counter()
    samples = {kind: Sample() for kind in _NAMES}
    lines: list[str] = []
    with progress_bar(console) as progress, path.open("w", encoding="utf-8") as stream:
        task = progress.add_task("Deriving agreement and tallies", total=None)
        for fact in positions.facts():
            kind = type(fact)
            counts[kind] += 1
            samples[kind].take(derived.subject(fact))
            lines.append(derived.lines(fact))
            if len(lines) == _CHUNK:
                stream.write("".join(lines))
                lines.clear()
                progress.update(task, completed=counts.total())
        for kind in counts:
            lines += derived.derivation(kind, positions.sources)
        stream.write("".join(lines))
        progress.update(task, completed=counts.total(), total=counts.total())
    named = Counter({name: counts[kind] for kind, name in _NAMES.items()})
    return named, [subject for sample in samples.values() for subject in sample.kept]


def validate(store: ox.Store, subjects: list[str]) -> list[Finding]:
    """Validate derived facts as a store holds them, with what tells how they were derived."""
    return validation.validate("".join(_described(store, subjects)), DERIVED_SHAPES)


def _described(store: ox.Store, subjects: list[str]) -> list[str]:
    default, rdf_type = ox.DefaultGraph(), ox.NamedNode(RDF.type)
    derivations = (one.iri for one in derived.DERIVATIONS.values())
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
