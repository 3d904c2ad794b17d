"""Releases and their changes, described as versions of a dataset and as a series.

https://www.w3.org/TR/vocab-dcat-3/#dataset-versions, https://www.w3.org/TR/vocab-dcat-3/#dataset-series
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kg.rdf import iris
from kg.rdf.ntriples import about, plain, text, typed
from kg.rdf.vocabulary import ADMS, BASE, DATASET, DCAT, DCTERMS, RDF, VOID, XSD
from kg.release.manifest import Manifest

#: The series of all releases, which has the address of their list.
_SERIES: Final = f"{BASE}releases"


class ReleaseIdentity(NamedTuple):
    """The name of a release, and the time of its build as an xsd:dateTime."""

    name: str
    created: str

    @property
    def iri(self) -> str:
        """The IRI of the release."""
        return iris.release(self.name)


def versions(manifests: Iterable[Manifest], current: str) -> Iterator[str]:
    """Yield the dataset with the kept releases as its versions, as N-Triples."""
    yield from about(DATASET, RDF.type, f"<{DCAT.Dataset}>")
    yield from about(DATASET, DCAT.hasCurrentVersion, f"<{iris.release(current)}>")
    yield from series()
    for manifest in manifests:
        yield from about(DATASET, DCAT.hasVersion, f"<{iris.release(manifest.name)}>")
        yield from version(manifest)


def version(manifest: Manifest) -> Iterator[str]:
    """Yield the description of one release as N-Triples."""
    this = iris.release(manifest.name)
    yield from identity(ReleaseIdentity(manifest.name, manifest.created))
    yield from about(this, VOID.triples, typed(manifest.count("triples"), XSD.integer))
    if manifest.changes:
        previous = iris.release(manifest.changes.since)
        yield from about(this, DCAT.previousVersion, f"<{previous}>")
        yield from about(this, DCAT.prev, f"<{previous}>")
        yield from about(this, ADMS.versionNotes, text(manifest.changes.summary))


def identity(release: ReleaseIdentity) -> Iterator[str]:
    """Yield what is known of a release before its contents are counted, as N-Triples."""
    this = release.iri
    yield from about(this, RDF.type, f"<{DCAT.Dataset}>")
    yield from about(this, DCTERMS.title, text(f"Release {release.name}"))
    yield from about(
        this, DCTERMS.description, text(f"The UN votes knowledge graph as of {release.created}.")
    )
    yield from about(this, DCTERMS.created, typed(release.created, XSD.dateTime))
    yield from about(this, DCAT.isVersionOf, f"<{DATASET}>")
    yield from about(this, DCAT.inSeries, f"<{_SERIES}>")
    yield from about(this, DCAT.version, plain(release.name))


def series() -> Iterator[str]:
    """Yield the description of the series of releases as N-Triples."""
    yield from about(_SERIES, RDF.type, f"<{DCAT.DatasetSeries}>")
    yield from about(_SERIES, DCTERMS.title, text("Releases of the UN votes knowledge graph"))
    yield from about(
        _SERIES,
        DCTERMS.description,
        text("Each build of the knowledge graph is a release, which never changes."),
    )
