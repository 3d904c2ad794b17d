"""What a service distributes, in DCAT: the endpoint, the downloads with checksums, a catalogue.

It conforms to DCAT-AP 3.0: https://semiceu.github.io/DCAT-AP/releases/3.0.0/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kg.rdf.ntriples import about, plain, text, typed
from kg.rdf.vocabulary import DATASET, DCAT, DCTERMS, RDF, SPDX, VOID, XSD
from kg.release.dcat import PUBLISHER, TITLE, licence_of
from kg.release.export import ExportFile
from kg.release.export.files import read_checksums
from kg.release.release import Release
from kg.web import downloads
from kg.web.sparql_endpoint import PATH as ENDPOINT

_DESCRIPTION: Final = "/.well-known/void"
_MEDIA_TYPE: Final = "https://www.iana.org/assignments/media-types/"
_GZIP: Final = "application/gzip"
_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"


def described(release: Release, address: str, files: Iterable[ExportFile]) -> Iterator[str]:
    """Yield the endpoint, the downloads and the catalogue of a service, as N-Triples."""
    licence = licence_of(release.manifest().sources)
    yield from _endpoint(address, licence)
    checksums = read_checksums(release.dumps)
    for file in files:
        url = f"{address}{downloads.PATH}{file.name}"
        if file.rdf:
            yield from about(DATASET, VOID.dataDump, f"<{url}>")
        yield from _download(url, f"{address}{downloads.PATH}", file, licence)
        yield from _size(url, release.dumps / file.name)
        if file.name in checksums:
            yield from _checksum(url, checksums[file.name])
    yield from _catalogue(address)


def _endpoint(address: str, licence: str) -> Iterator[str]:
    """Yield the endpoint as a service, and as a distribution of the dataset."""
    endpoint = address + ENDPOINT
    service, distribution = f"{endpoint}#service", f"{endpoint}#distribution"
    yield from about(service, RDF.type, f"<{DCAT.DataService}>")
    yield from about(service, DCTERMS.title, text(f"SPARQL endpoint of the {TITLE}"))
    yield from about(service, DCAT.endpointURL, f"<{endpoint}>")
    yield from about(service, DCAT.endpointDescription, f"<{address}{_DESCRIPTION}>")
    yield from about(service, DCAT.servesDataset, f"<{DATASET}>")
    yield from about(service, DCTERMS.license, f"<{licence}>")
    yield from about(service, DCTERMS.conformsTo, f"<{_PROTOCOL}>")
    yield from about(_PROTOCOL, RDF.type, f"<{DCTERMS.Standard}>")
    yield from about(DATASET, DCAT.distribution, f"<{distribution}>")
    yield from about(distribution, RDF.type, f"<{DCAT.Distribution}>")
    yield from about(distribution, DCTERMS.title, text("Queries in SPARQL"))
    yield from about(distribution, DCAT.accessURL, f"<{endpoint}>")
    yield from about(distribution, DCAT.accessService, f"<{service}>")
    yield from about(distribution, DCTERMS.license, f"<{licence}>")


def _download(url: str, page: str, file: ExportFile, licence: str) -> Iterator[str]:
    this = f"{url}#distribution"
    yield from about(DATASET, DCAT.distribution, f"<{this}>")
    yield from about(this, RDF.type, f"<{DCAT.Distribution}>")
    yield from about(this, DCTERMS.title, text(file.name))
    yield from about(this, DCTERMS.description, text(file.holds))
    yield from about(this, DCAT.accessURL, f"<{page}>")
    yield from about(this, DCAT.downloadURL, f"<{url}>")
    yield from about(this, DCTERMS.license, f"<{licence}>")
    yield from _media_type(this, DCAT.mediaType, file.content_type)
    if file.media_type == _GZIP:
        yield from _media_type(this, DCAT.compressFormat, _GZIP)


def _media_type(this: str, term: str, media_type: str) -> Iterator[str]:
    iri = _MEDIA_TYPE + media_type.partition(";")[0]
    yield from about(this, term, f"<{iri}>")
    yield from about(iri, RDF.type, f"<{DCTERMS.MediaType}>")


def _size(url: str, path: Path) -> Iterator[str]:
    size = typed(path.stat().st_size, XSD.nonNegativeInteger)
    yield from about(f"{url}#distribution", DCAT.byteSize, size)


def _checksum(url: str, sha256: str) -> Iterator[str]:
    this = f"{url}#checksum"
    yield from about(f"{url}#distribution", SPDX.checksum, f"<{this}>")
    yield from about(this, RDF.type, f"<{SPDX.Checksum}>")
    yield from about(this, SPDX.algorithm, f"<{SPDX.checksumAlgorithm_sha256}>")
    yield from about(SPDX.checksumAlgorithm_sha256, RDF.type, f"<{SPDX.ChecksumAlgorithm}>")
    yield from about(this, SPDX.checksumValue, typed(sha256, XSD.hexBinary))


def _catalogue(address: str) -> Iterator[str]:
    this = f"{address}{_DESCRIPTION}#catalogue"
    yield from about(this, RDF.type, f"<{DCAT.Catalog}>")
    yield from about(this, DCTERMS.title, text(f"Catalogue of the {TITLE}"))
    yield from about(this, DCTERMS.description, text("The data that this service distributes."))
    yield from about(this, DCTERMS.identifier, plain(this))
    yield from about(this, DCTERMS.publisher, f"<{PUBLISHER}>")
    yield from about(this, DCAT.dataset, f"<{DATASET}>")
    yield from about(this, DCAT.service, f"<{address}{ENDPOINT}#service>")
