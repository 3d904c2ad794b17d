"""Releases and their changes, described as versions of a dataset.

https://www.w3.org/TR/vocab-dcat-3/#dataset-versions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.rdf import iris
from kg.rdf.ntriples import about, plain, text, typed
from kg.rdf.vocabulary import ADMS, DATASET, DCAT, DCTERMS, RDF, VOID, XSD
from kg.release.manifest import Manifest


def versions(manifests: Iterable[Manifest], current: str) -> Iterator[str]:
    """Yield the dataset with the kept releases as its versions, as N-Triples."""
    yield from about(DATASET, RDF.type, f"<{DCAT.Dataset}>")
    yield from about(DATASET, DCAT.hasCurrentVersion, f"<{iris.release(current)}>")
    for manifest in manifests:
        yield from about(DATASET, DCAT.hasVersion, f"<{iris.release(manifest.name)}>")
        yield from version(manifest)


def version(manifest: Manifest) -> Iterator[str]:
    """Yield the description of one release as N-Triples."""
    this = iris.release(manifest.name)
    yield from about(this, RDF.type, f"<{DCAT.Dataset}>")
    yield from about(this, DCTERMS.title, text(f"Release {manifest.name}"))
    yield from about(this, DCTERMS.created, typed(manifest.created, XSD.dateTime))
    yield from about(this, DCAT.isVersionOf, f"<{DATASET}>")
    yield from about(this, DCAT.version, plain(manifest.name))
    yield from about(this, VOID.triples, typed(manifest.count("triples"), XSD.integer))
    if manifest.changes:
        previous = iris.release(manifest.changes.since)
        yield from about(this, DCAT.previousVersion, f"<{previous}>")
        yield from about(this, ADMS.versionNotes, text(manifest.changes.summary))
