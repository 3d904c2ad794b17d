"""The list of changes from one release to another, as CSV and RDF.

A build compares the new release with the current one and writes the list into it; comparing two
whole records takes too long for a request.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from kg.model.vote_option import VoteOption
from kg.rdf import iris
from kg.rdf.ntriples import about, dated, plain, text
from kg.rdf.vocabulary import CS, DCTERMS, OPTION_TERMS, PROV, RDF, UNV, XSD
from kg.release.changes import Change, ChangeKind
from kg.release.damage import DamagedFile, DamagedReleaseError
from kg.release.export.files import gzipped
from kg.release.manifest import ChangeCounts
from kg.release.release import Release
from kg.release.row_lists import write_csv

#: The files in the folder of a release: all changes as CSV, and as gzipped N-Triples.
CSV_FILE: Final = "changes.csv"
RDF_FILE: Final = "changes.nt.gz"

#: The properties of statements whose values are resources.
_RESOURCE_PROPERTIES: Final = frozenset(
    {
        RDF.type,
        UNV.about,
        UNV.addressedTo,
        UNV.codedBy,
        UNV.codingRule,
        UNV.madeBy,
        UNV.onBehalfOf,
        UNV.speaker,
        UNV.stance,
        UNV.towards,
        PROV.wasQuotedFrom,
    }
)


@dataclass(frozen=True)
class Releases:
    """The names of two compared releases."""

    old: str
    new: str

    def change_iri(self, change: Change) -> str:
        """Return the IRI of a change between them, independent of other changes."""
        return iris.change(self.new, self.old, *astuple(change))


def write(folder: Path, releases: Releases, changes: list[Change]) -> ChangeCounts:
    """Write the list into the folder of a release and return the number of changes by kind."""
    with (folder / CSV_FILE).open("w", encoding="utf-8", newline="") as stream:
        write_csv(Change, changes, stream)
    with gzipped(folder / RDF_FILE) as compressed:
        for line in to_ntriples(changes, releases):
            compressed.write(line.encode())
    counts = Counter(change.kind for change in changes)
    return ChangeCounts(
        since=releases.old, counts={kind.value: counts[kind] for kind in ChangeKind if counts[kind]}
    )


def read(release: Release) -> Iterator[Change]:
    """Yield the changes in the list of a release.

    Raises:
        DamagedReleaseError: if the list is missing or damaged.
    """
    path = release.path / CSV_FILE
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            next(rows, None)
            for iri, kind, label, term, before, after in rows:
                yield Change(iri, ChangeKind(kind), label, term, before, after)
    except OSError as error:
        damage = [DamagedFile(CSV_FILE, error.strerror or "cannot be read")]
        raise DamagedReleaseError(release.name, damage) from error
    except (ValueError, csv.Error) as error:
        raise DamagedReleaseError(release.name, [DamagedFile(CSV_FILE, str(error))]) from error


def read_page(release: Release, kind: ChangeKind | None, page: int, length: int) -> list[Change]:
    """Return a page of the list of a release, counted from 1, of one kind of change or of all.

    Raises:
        DamagedReleaseError: if the list is missing or damaged.
    """
    chosen = (change for change in read(release) if kind in {None, change.kind})
    return list(islice(chosen, (page - 1) * length, page * length))


def to_ntriples(changes: Iterable[Change], releases: Releases) -> Iterator[str]:
    """Yield changes as N-Triples in the Changeset vocabulary (https://vocab.org/changeset/).

    Each is a ``cs:ChangeSet`` of a resource, with the removed statement, the added statement, or
    both.
    """
    old, new = iris.release(releases.old), iris.release(releases.new)
    for change in changes:
        this = releases.change_iri(change)
        yield from about(this, RDF.type, f"<{CS.ChangeSet}>")
        yield from about(this, CS.subjectOfChange, f"<{change.thing}>")
        yield from about(this, CS.changeReason, text(f"{change.label}: {change.kind}"))
        yield from about(this, PROV.wasDerivedFrom, f"<{old}>")
        yield from about(this, PROV.wasDerivedFrom, f"<{new}>")
        if change.property == DCTERMS.replaces:
            yield from _statement(this, CS.addition, change, f"<{change.before}>")
            continue
        for side, value in ((CS.removal, change.before), (CS.addition, change.after)):
            if value:
                yield from _statement(this, side, change, _term(change, value))


def _statement(this: str, side: str, change: Change, term: str) -> Iterator[str]:
    """Yield the statement that a change removed or added."""
    node = f"{this}/{side.rsplit('#', 1)[1]}"
    is_month = change.kind is ChangeKind.DATE_CHANGED and XSD.gYearMonth in term
    yield from about(this, side, f"<{node}>")
    yield from about(node, RDF.type, f"<{RDF.Statement}>")
    yield from about(node, RDF.subject, f"<{change.thing}>")
    yield from about(node, RDF.predicate, f"<{UNV.month if is_month else change.property}>")
    yield from about(node, RDF.object, term)


def _term(change: Change, value: str) -> str:
    """Return the term of a value, as in the release, in N-Triples."""
    if change.kind in {ChangeKind.EVENT_ADDED, ChangeKind.EVENT_REMOVED}:
        return f"<{UNV.VotingEvent}>"
    if change.property in _RESOURCE_PROPERTIES:
        return f"<{value}>"
    match change.property:
        case UNV.option:
            return f"<{OPTION_TERMS[VoteOption.from_label(value)].individual}>"
        case UNV.date | DCTERMS.date:
            return dated(value)
        case UNV.symbol | UNV.via:
            return plain(value)
        case _:
            return text(value)
